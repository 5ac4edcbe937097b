#!/usr/bin/env python3
"""Programs of the hosts that use a translated one.

usage: tests/hosts/run_hosts.py

tests/battery/exported_functions.cc is translated for each host, and a program in the host's own
language calls what it exports. What both print has to be the same. Uses nothing beyond Python's own
library, and what `./dev setup` installs for the backend.
"""

import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = "tests/battery/exported_functions.cc"
EXPECTED = """\
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


HOSTS = {"jvm": jvm, "cli": cli}


def main():
    passed = failed = 0
    for name, host in HOSTS.items():
        with tempfile.TemporaryDirectory(prefix="weft-hosts-") as folder:
            try:
                printed = host(folder)
            except (RuntimeError, OSError) as error:
                printed = str(error)
        if printed == EXPECTED:
            passed += 1
        else:
            failed += 1
            print("FAILED %s: it printed\n%s" % (name, printed))
    print("hosts: %d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
