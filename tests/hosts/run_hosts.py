#!/usr/bin/env python3
"""What translated programs and their hosts see of each other.

usage: tests/hosts/run_hosts.py

jvm, cli: tests/battery/exported_functions.cc is translated, and a program in the host's own language
calls what it exports. What both print has to be the same.
jvm-start, cli-start: a program that has nothing to do with the host is packed for a quick start, and
starts without that, too.
cli-limit: a limit of the heap that is no size is an error when the program starts.
jvm-parts, cli-parts: a function that is too long for the host is cut, and no traceback shows it.
jvm-specialise: what an interpreter runs for a while gets code of its own, without being asked to.
jvm-memory: it says the same of a program that uses up its memory with that code and without.

Uses nothing beyond Python's own library, and what `./dev setup` installs for the backend.
"""

import os
import subprocess
import sys
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = "tests/battery/exported_functions.cc"
ALONE = "tests/battery/bool_logic.cc"
EMBEDDED = """\
40
42
HELLO Gr\u00fc\u00dfe
hello
0.75
5 16
weft::ValueError: a negative count
"""


def run(command, folder):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        raise RuntimeError("exit %d: %s\n%s" % (done.returncode, " ".join(command), text))
    return text


def jvm(folder):
    jar = os.path.join(folder, "exported.jar")
    run([os.path.join(ROOT, "weft"), "translate", SOURCE, "--backend=jvm", "-q", "-o", jar], ROOT)
    run(["javac", "-encoding", "UTF-8", "-cp", jar, "-d", folder, "tests/hosts/Embedding.java"],
        ROOT)
    return run(["java", "-Xverify:all", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8",
                "-cp", jar + ":" + folder, "Embedding"], ROOT)


def cli(folder):
    program = os.path.join(folder, "exported.exe")
    embedding = os.path.join(folder, "embedding.exe")
    run([os.path.join(ROOT, "weft"), "translate", SOURCE, "--backend=cli", "-q", "-o", program],
        ROOT)
    run(["mcs", "-r:" + program, "-out:" + embedding, "tests/hosts/Embedding.cs"], ROOT)
    return run(["mono", embedding], folder)


def expected(source):
    """What a program of the battery prints."""
    with open(os.path.join(ROOT, source), encoding="utf-8") as file:
        return "".join(line[4:] for line in file if line.startswith("//| "))


def jvm_start(folder):
    jar = os.path.join(folder, "alone.jar")
    run([os.path.join(ROOT, "weft"), "translate", ALONE, "--backend=jvm", "-q", "-o", jar], ROOT)
    with zipfile.ZipFile(jar) as archive:
        names = archive.namelist()
    if names != ["META-INF/MANIFEST.MF", "weft/Main.class", "weft/classes"]:
        raise RuntimeError("the jar holds %s" % names)
    ours = run(["java", "-Xverify:all", "-jar", jar], folder)
    # As other tools would write it: compressed, and with an entry of theirs at the end.
    for name, method, extra in [("packed.jar", zipfile.ZIP_DEFLATED, []),
                                ("another one.jar", zipfile.ZIP_STORED, ["license"])]:
        again = os.path.join(folder, name)
        with zipfile.ZipFile(jar) as old, zipfile.ZipFile(again, "w", method) as new:
            for entry in names:
                new.writestr(entry, old.read(entry))
            for entry in extra:
                new.writestr(entry, "free")
        theirs = run(["java", "-Xverify:all", "-jar", again], folder)
        if theirs != ours:
            raise RuntimeError("packed again, %s prints\n%s" % (name, theirs))
    return ours


def long_function():
    """A program whose one function is long, and ends with an exception."""
    lines = ["#include \"dsl/weft.h\"", "using namespace weft;",
             "WEFT_NOINLINE static int64_t big(Array<int64_t> a, int64_t x) {"]
    for i in range(3000):
        lines.append([
            "if (x > %d) a[%d] += x; else a[3] -= %d;" % (i * 7919 % 100003, i % 16, i),
            "switch (x & 7) { case 0: x += %d; break; case 5: x -= a[%d]; break; }" % (i, i % 16),
            "for (int i = 0; i < 2; i++) x = (x * 31 + a[%d]) %% 1000003;" % (i % 16),
        ][i % 3])
    lines += ["throw new ValueError(format_int(x));", "}",
              "int run(Array<Str>) { return static_cast<int>(big(Array<int64_t>(16), 7)); }",
              "WEFT_MAIN(run)"]
    return "\n".join(lines)


LONG_FUNCTION_OUTPUT = """\
uncaught exception: weft::ValueError: 615055
Traceback (most recent call last):
  long.cc:3006 in run
  long.cc:3004 in big
"""


def parts(folder, backend, command):
    with open(os.path.join(folder, "long.cc"), "w", encoding="utf-8") as file:
        file.write(long_function())
    run([os.path.join(ROOT, "weft"), "translate", os.path.join(folder, "long.cc"),
         "--backend=" + backend, "-q", "-o", os.path.join(folder, "long." + backend)], folder)
    done = subprocess.run(command + [os.path.join(folder, "long." + backend)], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.decode().replace(folder + "/", "")


def jvm_parts(folder):
    return parts(folder, "jvm", ["java", "-Xverify:all", "-jar"])


def cli_parts(folder):
    return parts(folder, "cli", ["mono"])


# A loop, one in a function whose calls lead elsewhere after a while, a recursion, and an error whose
# line the interpreter has to know.
LONG_PROGRAM = """\
fun fib(n) { if (n < 2) return n; return fib(n - 2) + fib(n - 1); }
var sum = 0;
for (var i = 0; i < 30000000; i = i + 1) {
  if (i - 2 > sum) sum = sum + 3;
}
print sum;
class Box { init(value) { this.value = value; } get() { return this.value; } }
var box = Box(4);
fun one() { return 1; }
fun two() { return 2; }
fun many(f, n) {
  var sum = 0;
  for (var i = 0; i < n; i = i + 1) {
    sum = sum + f() + box.get() - f() - box.get() + f() + box.get() - box.get();
  }
  return sum;
}
var f = one;
sum = 0;
for (var i = 0; i < 6000; i = i + 1) {
  if (i == 3000) f = two;
  sum = sum + many(f, 1000);
}
print sum;
print fib(33);
fun fail(n) { if (n < 1) return nil + 1; return fail(n - 1); }
fail(3);
"""
LONG_OUTPUT = """\
3e+07
9e+06
3.52458e+06
Operands must be two numbers or two strings.
[line 26] in fail()
[line 26] in fail()
[line 26] in fail()
[line 26] in fail()
[line 27] in script
"""


def lox(folder, text):
    """A jar of the Lox interpreter, and a program for it."""
    jar = os.path.join(folder, "lox.jar")
    program = os.path.join(folder, "program.lox")
    with open(program, "w", encoding="utf-8") as file:
        file.write(text)
    run([os.path.join(ROOT, "weft"), "translate", "interpreter_spec/lox/main.cc", "--backend=jvm",
         "-q", "-o", jar], ROOT)
    return jar, program


def jvm_specialise(folder):
    jar, program = lox(folder, LONG_PROGRAM)
    outputs = set()
    for mode in ["-Dweft.specialise.log=true", "-Dweft.specialise=off"]:
        done = subprocess.run(["java", "-Xverify:all", mode, "-jar", jar, program], cwd=folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        log = [line for line in done.stderr.decode().splitlines(True)
               if line.startswith("weft: specialise ")]
        if mode.endswith("log=true") and not any(" bytes for " in line for line in log):
            raise RuntimeError("no code was made:\n%s" % done.stderr.decode())
        outputs.add(done.stdout.decode() + "".join(
            line for line in done.stderr.decode().splitlines(True) if line not in log))
    return "and without\n".join(outputs)


# The error of a program that has used up its memory, in code that was made for it: there is none
# left to find classes with, or for what the loop hands over.
MEMORY_PROGRAM = """\
class Node { init(next, value) { this.next = next; this.value = value; } }
fun make(next, value) { return Node(next, value); }
var sum = 0;
for (var i = 0; i < 200000; i = i + 1) sum = sum + make(nil, 1).value;
print sum;
var list = nil;
while (true) list = make(list, 1000.5);
"""
MEMORY_OUTPUT = """\
200000
Out of memory.
[line 2] in make()
[line 7] in script
"""


def jvm_memory(folder):
    jar, program = lox(folder, MEMORY_PROGRAM)
    outputs = set()
    for mode in ["", "always", "off"]:
        done = subprocess.run(["java", "-Xmx24m", "-Dweft.specialise=" + mode, "-jar", jar, program],
                              cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        outputs.add(done.stdout.decode())
    return "and otherwise\n".join(outputs)


def cli_start(folder):
    program = os.path.join(folder, "alone.exe")
    translate = [os.path.join(ROOT, "weft"), "translate", ALONE, "--backend=cli", "-q", "-o", program]
    run(translate, ROOT)
    ahead = run(["mono", program], folder)
    # Mono says which machine code it takes.
    log = subprocess.run(["mono", program], cwd=folder, stdout=subprocess.PIPE,
                         env=dict(os.environ, MONO_LOG_LEVEL="info", MONO_LOG_MASK="aot"))
    if b"alone.exe.so' found" not in log.stdout or b"unusable" in log.stdout:
        raise RuntimeError("Mono does not take %s.so:\n%s" % (program, log.stdout.decode()))
    os.remove(program + ".so")
    alone = run(["mono", program], folder)
    return ahead if ahead == alone else "%sand without machine code\n%s" % (ahead, alone)


def cli_limit(folder):
    program = os.path.join(folder, "alone.exe")
    run([os.path.join(ROOT, "weft"), "translate", ALONE, "--backend=cli", "-q", "-o", program], ROOT)
    text = ""
    for limit in ["lots", "M", "-5M", "12345678901234567890", "64m"]:
        done = subprocess.run(["mono", program], cwd=folder, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, env=dict(os.environ, WEFT_GC_MAX=limit))
        text += "%d %s" % (done.returncode, done.stderr.decode() or "\n")
    return text


LIMIT_OUTPUT = "".join(
    "2 weft: WEFT_GC_MAX=%s: expected a size such as 500K, 64M or 2G\n" % limit
    for limit in ["lots", "M", "-5M", "12345678901234567890"]) + "0 \n"


CHECKS = {
    "jvm": (jvm, EMBEDDED),
    "cli": (cli, EMBEDDED),
    "jvm-start": (jvm_start, expected(ALONE)),
    "jvm-parts": (jvm_parts, LONG_FUNCTION_OUTPUT),
    "cli-parts": (cli_parts, LONG_FUNCTION_OUTPUT),
    "jvm-specialise": (jvm_specialise, LONG_OUTPUT),
    "jvm-memory": (jvm_memory, MEMORY_OUTPUT),
    "cli-start": (cli_start, expected(ALONE)),
    "cli-limit": (cli_limit, LIMIT_OUTPUT),
}


def main():
    passed = failed = 0
    for name, (check, wanted) in CHECKS.items():
        with tempfile.TemporaryDirectory(prefix="weft-hosts-") as folder:
            try:
                printed = check(folder)
            except (RuntimeError, OSError) as error:
                printed = str(error)
        if printed == wanted:
            passed += 1
        else:
            failed += 1
            print("FAILED %s: it printed\n%s" % (name, printed))
    print("hosts: %d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
