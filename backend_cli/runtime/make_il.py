#!/usr/bin/env python3
"""Makes runtime.il out of the C# sources beside it: mcs compiles them, monodis takes the result apart.

usage: backend_cli/runtime/make_il.py [--check]

What translation needs of the run time is its IL, which is assembled together with the program's, so
that an artefact is one file. --check only says whether runtime.il is what the sources give.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))


def make():
    sources = sorted(glob.glob(os.path.join(HERE, "*.cs")))
    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "runtime.dll")
        # A number is compared with itself to see whether it is one.
        subprocess.run(["mcs", "-unsafe", "-optimize", "-nowarn:1718", "-target:library",
                        f"-out:{library}", *sources], check=True)
        text = subprocess.run(["monodis", library], check=True, stdout=subprocess.PIPE,
                              encoding="utf-8").stdout
    return tidy(text)


def tidy(text):
    """Leaves out the assembly's own heading, comments, and labels that nothing jumps to."""
    modules = re.findall(r"^\.module extern .*$", text, re.M)
    libraries = re.findall(r"^\.assembly extern (\S+)$", text, re.M)
    body = text[text.index("\n.namespace") + 1:]
    body = re.sub(r"^\s*//.*\n", "", body, flags=re.M)
    body = re.sub(r"[ \t]+//.*$", "", body, flags=re.M)
    body = re.sub(r"^[ \t]*\n", "", body, flags=re.M)
    body = re.sub(r"^[ \t]+", "", body, flags=re.M)
    used = set()
    for line in body.splitlines():
        used.update(re.findall(r"IL_[0-9a-f]{4}", line.partition(":")[2] if
                               re.match(r"IL_[0-9a-f]{4}:", line) else line))
    body = re.sub(r"^(IL_[0-9a-f]{4}):\s*",
                  lambda match: match.group(0) if match.group(1) in used else "", body, flags=re.M)
    head = "// Made by make_il.py from the C# sources beside it.\n"
    key = ".publickeytoken = (b7 7a 5c 56 19 34 e0 89) .ver 4:0:0:0"
    for library in libraries:
        if library != "mscorlib":
            head += f".assembly extern {library} {{ {key} }}\n"
    return head + "".join(module + "\n" for module in modules) + body


def main():
    path = os.path.join(HERE, "runtime.il")
    text = make()
    if sys.argv[1:] == ["--check"]:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return 0
        print("backend_cli/runtime/runtime.il is stale; run backend_cli/runtime/make_il.py")
        return 1
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
