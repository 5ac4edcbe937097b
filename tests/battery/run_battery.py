#!/usr/bin/env python3
"""Runs the battery: small programs in restricted C++ with their output, on every executor.

usage: tests/battery/run_battery.py [--executor=NAME]... [--jobs=N] [--update] [PROGRAM...]

A program is a file here; its comment at the top says what it is about, a line `// battery: ...` how
to run it, and its last lines, which begin with `//|`, what it prints. docs/battery.md has the rest.
Uses nothing beyond Python's own library.
"""

import argparse
import glob
import os
import re
import shlex
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = "tests/battery"
# How many programs share a file of the direct build, of which --jobs are compiled at once.
DIRECT_BATCH = 24
TIMEOUT = 120
# The translator's command; --weft names another one. The launcher ./weft builds it first, once.
WEFT = ["bazel-bin/driver/weft"]

# Warnings are the unit tests' business: the programs do odd things on purpose.
DIRECT_FLAGS = [
    "-std=c++20", "-O1", "-fwrapv", "-ffp-contract=off", "-finstrument-functions",
    "-fsanitize=null,integer-divide-by-zero", "-fno-sanitize-recover=all",
    "-w", "-I.",
]


# Everything is verified, the run time's classes, too; a small heap is collected often.
JAVA = ["java", "-Xverify:all", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "-Dweft.specialise=always"]


class Executor:
    """One way to run programs: how to build them, and with which environment they run."""

    def __init__(self, name, kind, compiler=None, flags=(), environment=None, checks=True,
                 build_of=None, only="", heavy_stress="1000"):
        self.name = name
        self.kind = kind
        self.compiler = compiler
        self.flags = list(flags)
        self.environment = environment or {}
        self.checks = checks
        # Executors that only differ in how the binary is run share what is built.
        self.build_name = build_of or name
        # It runs the programs that have this word in them.
        self.only = only
        # Under stress, at every how many allocations a program that is heavy collects.
        self.heavy_stress = heavy_stress


EXECUTORS = [
    Executor("direct-g++", "direct", "g++"),
    Executor("direct-clang++", "direct", "clang++-19"),
    Executor("llinterp", "llinterp", flags=["--checks=all"]),
    Executor("llinterp-parts", "llinterp", flags=["--checks=all", "--max-function-size=4"]),
    Executor("llinterp-oo", "llinterp", flags=["--checks=all", "--backend=jvm"]),
    Executor("c-gcc", "c", flags=["--cc=gcc", "--checks=all"]),
    Executor("c-gcc-stress", "c", flags=["--cc=gcc", "--checks=all"], build_of="c-gcc",
             environment={"WEFT_GC_STRESS": "1", "WEFT_GC_VERIFY": "1"}),
    Executor("c-marksweep", "c", flags=["--cc=gcc", "--gc=marksweep", "--checks=all", "-O1"],
             environment={"WEFT_GC_STRESS": "1", "WEFT_GC_VERIFY": "1"}),
    # It copies all that a deep stack holds each time.
    Executor("c-semispace", "c", flags=["--cc=gcc", "--gc=semispace", "--checks=all", "-O0"],
             environment={"WEFT_GC_STRESS": "1", "WEFT_GC_VERIFY": "1"}, heavy_stress="20000"),
    Executor("c-incremental", "c", flags=["--cc=gcc", "--gc=incremental", "--checks=all", "-O0"],
             environment={"WEFT_GC_STRESS": "1", "WEFT_GC_VERIFY": "1"}, heavy_stress="20000"),
    Executor("c-clang", "c", flags=["--cc=clang-19", "-O3", "--dispatch=tail"], checks=False),
    Executor("c-conservative", "c", flags=["--cc=gcc", "--gcrootfinder=conservative"],
             checks=False, environment={"WEFT_GC_STRESS": "1", "WEFT_GC_VERIFY": "1"}),
    Executor("c-boehm", "c", flags=["--cc=gcc", "--gc=boehm"], checks=False,
             environment={"WEFT_GC_STRESS": "1", "WEFT_GC_VERIFY": "1"}),
    Executor("c-refcount", "c", flags=["--cc=gcc", "--gc=refcount"], checks=False,
             environment={"WEFT_GC_STRESS": "1", "WEFT_GC_VERIFY": "1"}),
    Executor("c-immix", "c", flags=["--cc=gcc", "--gc=immix"], checks=False,
             environment={"WEFT_GC_STRESS": "1", "WEFT_GC_VERIFY": "1"}),
    Executor("jvm", "jvm", flags=["--backend=jvm", "--checks=all"]),
    Executor("c-none", "c", flags=["--cc=gcc", "--gc=none", "--checks=all", "-O0"]),
    Executor("cli", "cli", flags=["--backend=cli", "--checks=all"]),
    # The defaults represent Unboxed objects as --boxing=nan does, and at -O0 not at all.
    Executor("llinterp-tagged", "llinterp", flags=["--checks=all", "--boxing=tagged"],
             only="Unboxed"),
    Executor("c-tagged", "c", flags=["--cc=clang-19", "--checks=all", "--boxing=tagged"],
             environment={"WEFT_GC_STRESS": "1", "WEFT_GC_VERIFY": "1"}, only="Unboxed"),
    Executor("c-nan-O0", "c", flags=["--cc=gcc", "--checks=all", "-O0", "--boxing=nan"],
             environment={"WEFT_GC_STRESS": "1", "WEFT_GC_VERIFY": "1"}, only="Unboxed"),
]


class Program:
    """A program of the battery, as its file says.

    solo       it does not share a file with others
    exit=N     its exit code, 0 otherwise
    check      it ends in a failing check: not for executors that have none
    stderr=T   its first line on standard error holds T
    args=T     its arguments
    stdin=T    its standard input, with \\n for a newline
    env=T      NAME=VALUE for its environment
    heavy      it allocates much: GC stress collects less often
    collects   it shows that dead objects go away: not for executors that keep everything
    """

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-3]
        with open(os.path.join(ROOT, path), encoding="utf-8", newline="") as file:
            self.text = file.read()
        self.options = {}
        for line in re.findall(r"^// battery: (.*)$", self.text, re.M):
            for word in shlex.split(line):
                key, _, value = word.partition("=")
                self.options[key] = value
        known = {"solo", "exit", "check", "stderr", "args", "stdin", "env", "heavy", "collects"}
        unknown = set(self.options) - known
        if unknown:
            sys.exit(f"{path}: unknown battery options: {' '.join(sorted(unknown))}")
        self.solo = "solo" in self.options
        self.exit_code = int(self.options.get("exit", "0"))
        self.expected = "".join(
            line + "\n" for line in re.findall(r"^//\| ?(.*)$", self.text, re.M))

    def files(self):
        """The program's sources: its own, and each `NAME_*.cc` beside it."""
        return [self.path] + sorted(
            os.path.relpath(path, ROOT)
            for path in glob.glob(os.path.join(ROOT, HERE, "parts", self.name + "_*.cc")))


class Result:
    """Why a program did not pass on an executor; an empty reason says that it did."""

    def __init__(self, reason, output=None):
        self.reason = reason
        self.output = output


def run(command, environment=None, stdin=b"", timeout=TIMEOUT):
    """Runs a command from the root of the repository: its exit code, stdout and stderr."""
    full = dict(os.environ)
    full.update(environment or {})
    try:
        process = subprocess.run(command, cwd=ROOT, env=full, input=stdin, timeout=timeout,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    except subprocess.TimeoutExpired as expired:
        return "no end", expired.stdout or b"", expired.stderr or b""
    except OSError as error:
        return 127, b"", str(error).encode()
    code = process.returncode
    return (128 - code if code < 0 else code), process.stdout, process.stderr


def in_parallel(jobs, items, work):
    """Calls work(item) for each item from `jobs` threads; the results in the items' order."""
    results = [None] * len(items)
    numbers = iter(range(len(items)))
    lock = threading.Lock()

    def loop():
        while True:
            with lock:
                index = next(numbers, None)
            if index is None:
                return
            results[index] = work(items[index])

    threads = [threading.Thread(target=loop) for _ in range(min(jobs, len(items)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def batch_source(programs):
    """One program out of many: each in a namespace of its own, chosen by the first argument."""
    out = ['#include "dsl/weft.h"', '#include "tests/battery/show.h"',
           "#undef WEFT_MAIN", "#define WEFT_MAIN(run)", ""]
    for program in programs:
        out += [f"namespace battery_{program.name} {{", f'#include "{program.path}"',
                f"}}  // namespace battery_{program.name}", ""]
    out += [
        "// Runs the named program with the arguments behind its name.",
        "static int run_one(weft::Str name, weft::Array<weft::Str> args) {",
    ]
    out += [f'  if (name == "{p.name}") return battery_{p.name}::run(args);' for p in programs]
    out += [
        '  weft::fatal("no such program");',
        "}",
        "",
        "static int battery_run(weft::Array<weft::Str> args) {",
        '  if (args[1] != "--all") {',
        "    weft::Array<weft::Str> rest(args.length() - 1);",
        "    weft::array_copy(rest, 0, args, 1, rest.length());",
        "    return run_one(args[1], rest);",
        "  }",
        "  for (int64_t i = 2; i < args.length(); i++) {",
        "    weft::Array<weft::Str> rest(1);",
        "    rest[0] = args[i];",
        '    weft::println("=== begin " + args[i]);',
        "    int code = run_one(args[i], rest);",
        '    weft::println("=== end " + args[i] + " " + weft::format_int(code));',
        "  }",
        "  return 0;",
        "}",
        "#undef WEFT_MAIN",
        "#ifdef __WEFT__",
        "#define WEFT_MAIN(run) [[clang::annotate(\"weft.entry\")]] "
        "int weft_entry_(::weft::Array<::weft::Str> args) { return run(args); }",
        "#else",
        "#define WEFT_MAIN(run) "
        "int main(int argc, char** argv) { return ::weft::direct::run_main(run, argc, argv); }",
        "#endif",
        "WEFT_MAIN(battery_run)",
        "",
    ]
    return "\n".join(out)


def unverified(path):
    """What peverify has against an executable: nothing but that the run time looks at the depth of
    the stack (docs/backend_cli.md)."""
    _, stdout, stderr = run(["peverify", path])
    text = (stdout + stderr).decode(errors="replace")
    methods = re.findall(r"^In method: (.*)$", text, re.M)
    known = [m for m in methods if m.startswith("Weft.Stack::")]
    return "" if methods == known and len(methods) == 2 else f"peverify says\n{text}"


class Build:
    """Programs made runnable for one executor, in batches where they may share a file."""

    def __init__(self, executor, folder, jobs):
        self.executor = executor
        self.folder = folder
        self.jobs = jobs
        # From a program's name to the command that runs it, or to the text of what went wrong.
        self.commands = {}
        self.errors = {}
        # From a program's name to the batch that it runs in, for executors that run many at once.
        self.batches = {}

    def build(self, programs):
        os.makedirs(self.folder, exist_ok=True)
        # llinterp translates again for each run, so what runs alone there stands alone.
        # Mono takes any word on the stack for a reference, and the one large function that a batch
        # begins with has many: a program that shows that objects die has a small one.
        apart = [p for p in programs if p.solo or (
            self.executor.kind == "llinterp" and not simple(p)) or (
            self.executor.kind == "cli" and "collects" in p.options)]
        together = [p for p in programs if p not in apart]
        size = DIRECT_BATCH if self.executor.kind == "direct" else max(1, len(together))
        batches = [together[i:i + size] for i in range(0, len(together), size)]
        batches += [[p] for p in apart]
        in_parallel(self.jobs, list(enumerate(batches)), self.build_batch)

    def build_batch(self, numbered):
        number, programs = numbered
        if len(programs) == 1 and programs[0].solo:
            error = self.make(programs[0].name, programs[0].files(), programs[0].files()[:1])
            command = [os.path.join(self.folder, programs[0].name)]
            self.record(programs, command, error, False, programs[0].path)
            return
        name = f"batch{number}"
        source = os.path.join(self.folder, name + ".cc")
        with open(source, "w", encoding="utf-8") as file:
            file.write(batch_source(programs))
        error = self.make(name, [source], [source], len(programs) > 1)
        if error and len(programs) > 1:
            # Halve it until it is known which ones are to blame; the others still run.
            half = len(programs) // 2
            self.build_batch((f"{number}a", programs[:half]))
            self.build_batch((f"{number}b", programs[half:]))
            return
        self.record(programs, [os.path.join(self.folder, name)], error, True, source)

    def record(self, programs, command, error, named, source):
        if self.executor.kind == "jvm":
            command = [*JAVA, "-jar", command[0] + ".jar"]
        if self.executor.kind == "cli":
            command = ["mono", *command]
            command[1] += ".exe"
        for program in programs:
            if error:
                self.errors[program.name] = error
                continue
            if self.executor.kind == "llinterp":
                command = [WEFT[0], "run", *self.executor.flags, source, "--"]
            self.commands[program.name] = command + ([program.name] if named else [])
            if named:
                self.batches[program.name] = (command, source)

    def make(self, name, sources, named_sources, shared=False):
        """Builds one executable; the text of the errors if it fails. Programs that do not share a
        file need no build on llinterp: to run them says it all."""
        output = os.path.join(self.folder, name)
        if self.executor.kind == "llinterp":
            if not shared:
                return ""
            backend = [flag for flag in self.executor.flags if flag.startswith("--backend=")]
            code, _, stderr = run([WEFT[0], "check", *backend, *named_sources])
            return "" if code == 0 else f"exit code {code}\n{stderr.decode(errors='replace')}"
        if self.executor.kind == "jvm":
            code, _, stderr = run([WEFT[0], "translate", *self.executor.flags, *named_sources,
                                   "-o", output + ".jar"], timeout=600)
            return "" if code == 0 else f"exit code {code}\n{stderr.decode(errors='replace')}"
        if self.executor.kind in ("c", "cli"):
            if self.executor.kind == "cli":
                output += ".exe"
            code, _, stderr = run([WEFT[0], "translate", *self.executor.flags, *named_sources,
                                   "-o", output], timeout=600)
            if code != 0:
                return f"exit code {code}\n{stderr.decode(errors='replace')}"
            return unverified(output) if self.executor.kind == "cli" else ""
        objects = []
        for source in sources:
            objects.append(f"{output}_{os.path.basename(source)}.o")
            code, _, stderr = run([self.executor.compiler, *DIRECT_FLAGS, "-c", source,
                                   "-o", objects[-1]], timeout=600)
            if code != 0:
                return stderr.decode(errors="replace")
        code, _, stderr = run([self.executor.compiler, *objects, "-o", output])
        return "" if code == 0 else stderr.decode(errors="replace")


def judge(program, executor, code, stdout, stderr):
    """The Result of a finished run."""
    output = stdout.decode(errors="backslashreplace")
    # In a batch, a program's classes stand in a namespace of its own.
    errors = stderr.decode(errors="backslashreplace").replace(f"battery_{program.name}::", "")
    # On llinterp the translator's own lines come first.
    first = errors if executor.kind == "llinterp" else errors.split("\n", 1)[0]
    if code != program.exit_code:
        return Result(f"exit code {code} instead of {program.exit_code}\n{errors[:2000]}", output)
    if program.options.get("stderr", "") not in first:
        return Result(f"stderr begins with: {first[:500]}", output)
    if output + ("\n" if output and not output.endswith("\n") else "") != program.expected:
        return Result("the output differs\n" + difference(program.expected, output), output)
    return Result("", output)


def difference(expected, actual):
    """The first lines in which two texts differ."""
    wanted, got = expected.splitlines(), actual.splitlines()
    for i in range(max(len(wanted), len(got))):
        a = wanted[i] if i < len(wanted) else "(nothing)"
        b = got[i] if i < len(got) else "(nothing)"
        if a != b:
            return f"  line {i + 1}: expected {a!r}\n  line {i + 1}: printed  {b!r}"
    return "  only in how the lines end"


def run_program(program, executor, build):
    if program.name in build.errors:
        return Result("does not build\n" + build.errors[program.name][:3000])
    environment = dict(executor.environment)
    if "heavy" in program.options and "WEFT_GC_STRESS" in environment:
        environment["WEFT_GC_STRESS"] = executor.heavy_stress
    for assignment in shlex.split(program.options.get("env", "")):
        key, _, value = assignment.partition("=")
        environment[key] = value
    command = build.commands[program.name] + shlex.split(program.options.get("args", ""))
    if executor.kind == "jvm" and "WEFT_GC_MAX" in environment:
        # The JVM takes the limit of its heap as an option.
        command.insert(1, "-Xmx" + environment["WEFT_GC_MAX"])
    stdin = program.options.get("stdin", "").replace("\\n", "\n").encode()
    return judge(program, executor, *run(command, environment, stdin))


def simple(program):
    """Whether many such programs can run one after another in one process."""
    return not program.solo and not set(program.options) - {"heavy"}


def run_many(programs, build):
    """Runs simple programs of one batch in one process. One that ends the process is left out of the
    results, to be run alone, and those behind it have another process."""
    command, _ = build.batches[programs[0].name]
    results = {}
    while programs:
        _, stdout, _ = run(command + ["--all"] + [p.name for p in programs], timeout=600)
        pattern = rb"^=== begin (\w+)\n(.*?)^=== end \1 (\d+)\n"
        for match in re.finditer(pattern, stdout, re.M | re.S):
            name = match.group(1).decode()
            program = next(p for p in programs if p.name == name)
            results[name] = judge(program, build.executor, int(match.group(3)), match.group(2), b"")
        done = [p.name in results for p in programs]
        if False not in done:
            break
        programs = programs[done.index(False) + 1:]
    return results


def read_skips():
    """The rows of skips.txt, `EXECUTOR PROGRAM REASON`, as a dictionary."""
    skips = {}
    with open(os.path.join(ROOT, HERE, "skips.txt"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                executor, program, reason = line.rstrip("\n").split(None, 2)
                skips[executor, program] = reason
    return skips


def applies(program, executor):
    """Whether a program has anything to say about an executor. Not a skip: see docs/battery.md."""
    if executor.only not in program.text:
        return False
    if "check" in program.options and not executor.checks:
        return False
    keeps_all = executor.kind == "direct" or "--gc=none" in executor.flags
    return not ("collects" in program.options and keeps_all)


def update(program, output):
    """Writes what the program printed into its file as what it should print."""
    body = re.sub(r"\n*(^//\|.*\n?)+\Z", "\n", program.text, flags=re.M).rstrip("\n") + "\n"
    lines = "".join(f"//| {line}".rstrip() + "\n" for line in output.splitlines())
    with open(os.path.join(ROOT, program.path), "w", encoding="utf-8", newline="") as file:
        file.write(body + ("\n" + lines if lines else ""))


def uncovered(programs):
    """The constructs of docs/language.md whose row names no program, or one that does not exist."""
    names = {p.name for p in programs}
    missing = []
    if not os.path.exists(os.path.join(ROOT, "docs/language.md")):
        return missing
    with open(os.path.join(ROOT, "docs/language.md"), encoding="utf-8") as file:
        for line in file:
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            if not line.startswith("|") or len(cells) != 4 or cells[1] != "yes":
                continue
            tests = re.findall(r"`(\w+)`", cells[3])
            if not tests or not set(tests) <= names:
                missing.append(f"{cells[0]}: {cells[3]}")
    return missing


def main():
    parser = argparse.ArgumentParser(description="Runs the battery of language programs.")
    parser.add_argument("--executor", action="append", default=[],
                        choices=[e.name for e in EXECUTORS], help="only this one; may be repeated")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--weft", help="the translator's command, instead of building it")
    parser.add_argument("--keep", action="store_true", help="keep what was built, and say where")
    parser.add_argument("--update", action="store_true",
                        help="write the output of the first executor into the programs")
    parser.add_argument("programs", nargs="*")
    arguments = parser.parse_args()

    programs = [Program(os.path.relpath(path, ROOT))
                for path in sorted(glob.glob(os.path.join(ROOT, HERE, "*.cc")))]
    passed = failed = skipped = 0
    if not arguments.programs:
        missing = uncovered(programs)
        for row in missing:
            print(f"FAIL docs/language.md: no program for {row}")
        failed += len(missing)
        passed += not missing
    if arguments.programs:
        wanted = {os.path.basename(name).removesuffix(".cc") for name in arguments.programs}
        unknown = wanted - {p.name for p in programs}
        if unknown:
            sys.exit(f"no such program: {' '.join(sorted(unknown))}")
        programs = [p for p in programs if p.name in wanted]
    executors = [e for e in EXECUTORS if not arguments.executor or e.name in arguments.executor]
    if arguments.weft:
        WEFT[0] = arguments.weft
    elif any(e.kind != "direct" for e in executors):
        code, _, stderr = run(["./weft", "--version"], timeout=3600)
        if code != 0:
            sys.exit(f"the translator does not build\n{stderr.decode(errors='replace')}")
    skips = read_skips()
    folder = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"weft-battery-{os.getpid()}")
    builds = {}
    for executor in executors:
        start = time.time()
        chosen = [p for p in programs if applies(p, executor)]
        counts = [0, 0, 0]
        to_run = []
        for program in chosen:
            reason = skips.get((executor.name, program.name)) or skips.get((executor.name, "*"))
            if reason:
                print(f"SKIP {executor.name} {program.name}: {reason}")
                counts[2] += 1
            else:
                to_run.append(program)
        if to_run and executor.build_name not in builds:
            builds[executor.build_name] = Build(
                executor, os.path.join(folder, executor.build_name), arguments.jobs)
            builds[executor.build_name].build(to_run)
        if to_run:
            build = builds[executor.build_name]
            results = {}
            if executor.kind in ("llinterp", "jvm", "cli"):
                many = [p for p in to_run if simple(p) and p.name in build.batches]
                commands = {}
                for program in many:
                    commands.setdefault(build.batches[program.name][1], []).append(program)
                for group in commands.values():
                    results.update(run_many(group, build))
            alone = [p for p in to_run if p.name not in results]
            for program, result in zip(alone, in_parallel(
                    arguments.jobs, alone, lambda p: run_program(p, executor, build))):
                results[program.name] = result
            for program in to_run:
                result = results[program.name]
                if arguments.update and executor is executors[0] and result.output is not None:
                    update(program, result.output)
                counts[1 if result.reason else 0] += 1
                if result.reason:
                    print(f"FAIL {executor.name} {program.name}: {result.reason}")
                    print(f"     again: tests/battery/run_battery.py --executor={executor.name} "
                          f"{program.name}")
        print(f"{executor.name}: {counts[0]} passed, {counts[1]} failed, {counts[2]} skipped, "
              f"{time.time() - start:.1f} s", flush=True)
        passed, failed, skipped = passed + counts[0], failed + counts[1], skipped + counts[2]
    if arguments.keep:
        print(f"kept: {folder}")
    else:
        subprocess.run(["rm", "-rf", folder], check=False)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
