#!/usr/bin/env python3
"""What translated programs and their hosts see of each other.

usage: tests/hosts/run_hosts.py

jvm, cli: tests/battery/exported_functions.cc is translated, and a program in the host's own language
calls what it exports. What both print has to be the same.
jvm-start, cli-start: a program that has nothing to do with the host is packed for a quick start.

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
    return run(["java", "-Xverify:all", "-jar", jar], folder)


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


CHECKS = {
    "jvm": (jvm, EMBEDDED),
    "cli": (cli, EMBEDDED),
    "jvm-start": (jvm_start, expected(ALONE)),
    "cli-start": (cli_start, expected(ALONE)),
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
