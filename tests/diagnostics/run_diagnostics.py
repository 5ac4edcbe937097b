#!/usr/bin/env python3
"""Checks every diagnostic of the language.

usage: tests/diagnostics/run_diagnostics.py [PROGRAM...]

A program here holds `//! W0123: part of the message` behind each line that has to get that
diagnostic; `//! W0123 at N: ...` speaks of line N instead. `weft check` has to report exactly these,
end with exit code 1 and show the source line with a caret. A first line `// weft: ARGUMENTS` runs
another command than `check`, a line `// exit: 0` says that there are only warnings. At the end,
every code of common/diagnostic_kinds.def has to have appeared: here, or in a test under
tests/driver/, which tells the codes of the command line by name.

Uses nothing beyond Debian's python3-minimal.
"""

import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WEFT = os.path.join(ROOT, "weft")
EXPECTED = re.compile(r"//! (W\d{4})(?: at (\d+))?: (.*)$")
REPORTED = re.compile(r"^(.+?):(\d+):(\d+): (?:error|warning): (.*) \[(W\d{4})\]$")


def expectations(lines):
    """Gives [(line, code, part of the message)]."""
    found = []
    for number, line in enumerate(lines, 1):
        for match in EXPECTED.finditer(line):
            code, at, words = match.groups()
            found.append((int(at) if at else number, code, words.strip()))
    return found


def check(path):
    """Gives the faults of one program and the codes that it showed."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        lines = file.read().splitlines()
    wanted = expectations(lines)
    command = [WEFT, "check", path]
    if lines and lines[0].startswith("// weft: "):
        command = [WEFT] + [path if a == "FILE" else a for a in lines[0][9:].split()]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    errors = done.stderr.decode("utf-8", "replace").splitlines()
    faults = []
    exit_code = 0 if "// exit: 0" in lines else 1
    if done.returncode != exit_code:
        faults.append("exit code %d instead of %d" % (done.returncode, exit_code))
    codes = set()
    for i, line in enumerate(errors):
        match = REPORTED.match(line)
        if not match or match.group(1) != path:
            continue
        number, message, code = int(match.group(2)), match.group(4), match.group(5)
        codes.add(code)
        for want in wanted:
            if want[:2] == (number, code) and want[2] in message:
                wanted.remove(want)
                break
        else:
            faults.append("not expected: %s" % line)
        if number > 0 and not any("^" in l for l in errors[i + 1:i + 4]):
            faults.append("no caret below: %s" % line)
    faults += ["missing at line %d: %s [%s]" % (n, words, code) for n, code, words in wanted]
    if faults:
        faults.append("it printed:\n    " + "\n    ".join(errors[:40]))
    return faults, codes


def untested(shown):
    """The codes of the table that no test shows."""
    with open(os.path.join(ROOT, "common/diagnostic_kinds.def"), encoding="utf-8") as file:
        rows = re.findall(r"^WEFT_DIAGNOSTIC\((W\d{4}), (\w+)", file.read(), re.MULTILINE)
    text = ""
    for path in glob.glob(os.path.join(ROOT, "tests/driver/*")):
        with open(path, encoding="utf-8") as file:
            text += file.read()
    return ["%s %s" % row for row in rows if row[0] not in shown and row[0] not in text]


def main():
    paths = sys.argv[1:] or sorted(
        os.path.relpath(p, ROOT) for p in glob.glob(os.path.join(ROOT, "tests/diagnostics/*.cc")))
    shown = set()
    failed = 0
    for path in paths:
        faults, codes = check(path)
        shown |= codes
        if faults:
            failed += 1
            print("FAILED %s\n  %s" % (path, "\n  ".join(faults)))
    passed = len(paths) - failed
    if len(sys.argv) == 1:
        missing = untested(shown)
        if missing:
            failed += 1
            print("FAILED no test shows these diagnostics:\n  " + "\n  ".join(missing))
        else:
            passed += 1
    print("diagnostics: %d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
