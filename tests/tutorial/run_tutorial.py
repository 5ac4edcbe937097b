#!/usr/bin/env python3
"""Does what docs/tutorial.md tells its reader to do, and compares what comes out.

usage: run_tutorial.py [PAGE]

A block of code under `<!-- file: NAME -->` goes to mine/NAME. Of a block under `<!-- run -->` each
line that begins with `$ ` is a command; what stands below it is its output. Outputs that differ from
machine to machine stand in blocks without such a mark, and the progress of `weft translate` is left
out. Ends with "N passed, N failed, N skipped";
each command and each comparison is one.
"""

import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BLOCK = re.compile(r'<!-- (file: (?P<name>\S+)|run) -->\n```\w*\n(?P<text>.*?)```\n', re.DOTALL)
PROGRESS = re.compile(r'weft: .* \d+\.\d+ s|.*: translated in .*')


def commands(text):
    found = []
    for line in text.splitlines():
        if line.startswith('$ '):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def main():
    page = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, 'docs', 'tutorial.md')
    with open(page, encoding='utf-8') as file:
        text = file.read()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        # The reader's checkout, without touching this one.
        for name in os.listdir(ROOT):
            if name != 'mine' and not name.startswith(('.git', 'bazel-')):
                os.symlink(os.path.join(ROOT, name), os.path.join(folder, name))
        os.mkdir(os.path.join(folder, 'mine'))
        for block in BLOCK.finditer(text):
            if block['name']:
                with open(os.path.join(folder, 'mine', block['name']), 'w') as file:
                    file.write(block['text'])
                continue
            for command, expected in commands(block['text']):
                done = subprocess.run(['bash', '-c', command], cwd=folder, text=True,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT)
                lines = [line for line in done.stdout.splitlines() if not PROGRESS.fullmatch(line)]
                if lines == expected:
                    passed += 1
                    continue
                failed += 1
                print(f'FAIL $ {command} (exit code {done.returncode})')
                print('expected:', *expected, 'got:', *lines, sep='\n     ')
    if passed + failed == 0:
        sys.exit(f'run_tutorial: {page} has no commands')
    print(f'{passed} passed, {failed} failed, 0 skipped')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
