#!/usr/bin/env python3
"""Compares executors on random programs in restricted C++.

usage: tests/fuzz/fuzz.py [--seed=N] [--count=N] [--batch=N] [--executor=NAME]... [--keep=DIR]
                          [--cxx=COMPILER]
       tests/fuzz/fuzz.py --reduce=SEED [--executor=NAME]...

Programs SEED to SEED + COUNT - 1 are generated, some at a time in one file, and run on each
executor; every line printed has to be the same as the direct build's. Seeds that differ are printed
with what each executor said. --reduce looks for a small program with the same difference and prints
it. --cxx is the compiler of the direct build, g++ when there is none. Exit code 1 when anything
differed.

Uses nothing beyond Debian's python3-minimal.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GENERATE = os.path.join(ROOT, "bazel-bin/tests/fuzz/generate")
WEFT = os.path.join(ROOT, "weft")
TIMEOUT = 600
# The compiler of the direct build.
cxx = "g++"


class Failure(Exception):
    """An executor that could not build or run a batch; the text says how."""


def run(command, environment=None, before=None):
    """Gives what the command prints; anything but exit code 0 is a Failure."""
    merged = dict(os.environ, **(environment or {}))
    try:
        done = subprocess.run(command, cwd=ROOT, env=merged, timeout=TIMEOUT, preexec_fn=before,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired:
        raise Failure("no end after %d s: %s" % (TIMEOUT, " ".join(command)))
    if done.returncode != 0:
        text = done.stderr.decode("utf-8", "replace").strip()
        raise Failure("exit %d: %s\n%s" % (done.returncode, " ".join(command), text[-2000:]))
    return done.stdout.decode("utf-8", "replace").splitlines()


def raise_stack_limit():
    # Programs recurse, and the frames of a build that is not optimised can be large.
    _, most = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (most, most))


def direct(source, folder):
    """The direct build: the oracle."""
    binary = os.path.join(folder, "direct")
    run([cxx, "-std=c++20", "-O0", "-w", "-fwrapv", "-I.", source, "-o", binary])
    return run([binary], before=raise_stack_limit)


def llinterp(*flags):
    def executor(source, folder):
        del folder
        return run([WEFT, "run", source, *flags])

    return executor


def translated(name, flags, environment=None):
    def executor(source, folder):
        binary = os.path.join(folder, name)
        if not os.path.exists(binary):
            run([WEFT, "translate", source, "-o", binary] + flags)
        return run([binary], environment)

    return executor


def jar(name, flags):
    def executor(source, folder):
        path = os.path.join(folder, name + ".jar")
        if not os.path.exists(path):
            run([WEFT, "translate", source, "--backend=jvm", "-o", path] + flags)
        # Everything is run once: the time goes into starting, not into compiling well.
        return run(["java", "-Xverify:all", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                    "-jar", path])

    return executor


def assembly(name, flags):
    def executor(source, folder):
        path = os.path.join(folder, name + ".exe")
        if not os.path.exists(path):
            run([WEFT, "translate", source, "--backend=cli", "-o", path] + flags)
        return run(["mono", path])

    return executor


EXECUTORS = {
    "llinterp": llinterp(),
    "llinterp-oo": llinterp("--backend=jvm"),
    "jvm": jar("jvm", []),
    "jvm-O0": jar("jvm-O0", ["-O0"]),
    "cli": assembly("cli", []),
    "cli-O0": assembly("cli-O0", ["-O0"]),
    "llinterp-tagged": llinterp("-O1", "--boxing=tagged"),
    "c": translated("c", ["-O2"]),
    # The same binary as "c", which a batch builds once.
    "c-stress": translated("c", ["-O2"], {"WEFT_GC_STRESS": "50", "WEFT_GC_VERIFY": "1"}),
    "c-O0": translated("c-O0", ["-O0"]),
    "c-O0-nan": translated("c-O0-nan", ["-O0", "--boxing=nan"]),
    "c-tagged": translated("c-tagged", ["-O2", "--boxing=tagged"],
                           {"WEFT_GC_STRESS": "50", "WEFT_GC_VERIFY": "1"}),
    "c-O3-clang": translated("c-O3-clang", ["-O3", "--cc=clang-19"]),
    "c-parts": translated("c-parts", ["-O2", "--max-function-size=12"]),
    "c-none": translated("c-none", ["-O1", "--gc=none"]),
    "c-incremental": translated("c-incremental", ["-O1", "--gc=incremental"],
                                {"WEFT_GC_STRESS": "20", "WEFT_GC_VERIFY": "1"}),
    "c-refcount": translated("c-refcount", ["-O1", "--gc=refcount"],
                             {"WEFT_GC_STRESS": "20", "WEFT_GC_VERIFY": "1"}),
    "c-immix": translated("c-immix", ["-O1", "--gc=immix"],
                          {"WEFT_GC_STRESS": "20", "WEFT_GC_VERIFY": "1"}),
}


def generate(seed, count, path, dropped=()):
    command = [GENERATE, str(seed), str(count)]
    if dropped:
        command.append("--drop=" + ",".join(str(n) for n in dropped))
    with open(path, "wb") as file:
        subprocess.run(command, stdout=file, check=True)


def compare(seed, count, executors, folder):
    """Gives {seed: {executor: line}} of the seeds that differ from the direct build."""
    source = os.path.join(folder, "batch.cc")
    generate(seed, count, source)
    try:
        expected = direct(source, folder)
    except Failure as failure:
        if count == 1:
            return {seed: {"direct": str(failure)}}
        return in_halves(seed, count, executors)
    differences = {}
    for name in executors:
        try:
            lines = EXECUTORS[name](source, folder)
        except Failure as failure:
            if count == 1:
                differences.setdefault(seed, {})[name] = str(failure)
                continue
            for s, by_name in in_halves(seed, count, [name]).items():
                differences.setdefault(s, {}).update(by_name)
            continue
        for i in range(count):
            line = lines[i] if i < len(lines) else "nothing"
            if line != expected[i]:
                entry = differences.setdefault(seed + i, {"direct": expected[i]})
                entry[name] = line
    return differences


def in_halves(seed, count, executors):
    """Compares again in smaller batches: one program breaks the whole file, and which?"""
    differences = {}
    half = count // 2
    for start, size in ((seed, half), (seed + half, count - half)):
        with tempfile.TemporaryDirectory() as folder:
            differences.update(compare(start, size, executors, folder))
    return differences


def differs(seed, dropped, executors, folder):
    source = os.path.join(folder, "reduced.cc")
    generate(seed, 1, source, dropped)
    try:
        expected = direct(source, folder)
    except Failure:
        # Dropping can leave a program that is no C++ any more.
        return False
    for name in executors:
        # What an earlier attempt left would be run again.
        for ending in ("", ".jar", ".exe"):
            binary = os.path.join(folder, name + ending)
            if os.path.exists(binary):
                os.remove(binary)
        try:
            if EXECUTORS[name](source, folder) != expected:
                return True
        except Failure:
            return True
    return False


def reduce(seed, executors):
    with tempfile.TemporaryDirectory() as folder:
        if not differs(seed, (), executors, folder):
            print("seed %d: no difference" % seed)
            return 0
        count = int(run([GENERATE, str(seed), "--count"])[0])
        dropped = []
        # Large pieces first, then smaller ones.
        size = max(1, count // 2)
        while size >= 1:
            for start in range(0, count, size):
                attempt = dropped + [n for n in range(start, min(start + size, count))
                                     if n not in dropped]
                if len(attempt) > len(dropped) and differs(seed, attempt, executors, folder):
                    dropped = attempt
            size //= 2
        source = os.path.join(folder, "reduced.cc")
        generate(seed, 1, source, dropped)
        with open(source, encoding="utf-8") as file:
            print(file.read())
        print("// generate %d --drop=%s" % (seed, ",".join(str(n) for n in sorted(dropped))))
    return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--executor", action="append", choices=sorted(EXECUTORS))
    parser.add_argument("--reduce", type=int, metavar="SEED")
    parser.add_argument("--keep", metavar="DIR", help="keep the files of batches that differ")
    parser.add_argument("--cxx", default="g++", metavar="COMPILER",
                        help="the compiler of the direct build")
    options = parser.parse_args()
    global cxx
    cxx = options.cxx
    executors = options.executor or [
        "llinterp", "llinterp-oo", "jvm", "jvm-O0", "cli", "cli-O0", "c", "c-stress"]
    if not os.path.exists(GENERATE):
        subprocess.run(["bazel", "build", "//tests/fuzz:generate"], cwd=ROOT, check=True)
    if options.reduce is not None:
        return reduce(options.reduce, executors)

    start = time.monotonic()
    different = 0
    for seed in range(options.seed, options.seed + options.count, options.batch):
        count = min(options.batch, options.seed + options.count - seed)
        folder = tempfile.mkdtemp(prefix="weft-fuzz-")
        differences = compare(seed, count, executors, folder)
        for s, by_name in sorted(differences.items()):
            different += 1
            print("seed %d differs:" % s)
            for name, line in by_name.items():
                print("  %-11s %s" % (name, line.replace("\n", "\n              ")))
            sys.stdout.flush()
        if differences and options.keep:
            shutil.copytree(folder, os.path.join(options.keep, "batch-%d" % seed),
                            dirs_exist_ok=True)
        shutil.rmtree(folder)
    print("%d random programs on direct, %s: %d differ (%.0f s)" % (
        options.count, ", ".join(executors), different, time.monotonic() - start))
    print("fuzz: %d passed, %d failed, 0 skipped" % (options.count - different, different))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
