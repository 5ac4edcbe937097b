#!/usr/bin/env python3
"""Translates the Lox interpreter and judges what comes out, in several builds, which must also
agree with each other on random programs (fuzz_lox.py), the jar on such that run long.

usage: run_translated.py [--book FOLDER] [--quick]

  --book FOLDER   the test folder of the book's repository, which is judged as well
  --quick         the default build only

Ends with "N passed, N failed, N skipped".
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RUNNER = os.path.join(HERE, 'run_lox.py')
FUZZER = os.path.join(HERE, 'fuzz_lox.py')

# The builds: name, options of `weft translate`, and for each run the wrapper and what is judged.
STRESS = 'env WEFT_GC_STRESS=1 WEFT_GC_VERIFY=1'
BUILDS = [
    ('default', [], [
        ('', ['programs', 'book', 'bad input']),
        (STRESS, ['programs', 'book']),
    ]),
    ('checks', ['--checks=all'], [('', ['programs', 'book'])]),
    ('gc=none', ['--gc=none'], [('', ['programs', 'book'])]),
    ('gc=semispace', ['--gc=semispace', '-O1'], [(STRESS, ['programs', 'book'])]),
    ('gc=marksweep', ['--gc=marksweep'], [
        ('', ['programs', 'book']),
        (STRESS, ['programs', 'book']),
    ]),
    ('gc=incremental', ['--gc=incremental', '-O1'], [(STRESS, ['programs', 'book'])]),
    ('gc=refcount', ['--gc=refcount', '-O1'], [(STRESS, ['programs', 'book'])]),
    ('gc=immix', ['--gc=immix', '-O1'], [(STRESS, ['programs', 'book'])]),
    ('gc=boehm', ['--gc=boehm', '-O1'], [(STRESS, ['programs', 'book'])]),
    ('conservative', ['--gc=marksweep', '--gcrootfinder=conservative', '-O1'],
     [(STRESS, ['programs', 'book'])]),
    ('O0', ['-O0'], [('', ['programs', 'book'])]),
    # The instructions are functions.
    ('clang', ['--cc=clang-19', '-O3'], [('', ['programs', 'book']), (STRESS, ['programs'])]),
    # Small programs: what counts is that the JVM starts quickly. None runs for so long that the run
    # time makes code for it, unless it always does.
    ('lox.jar', ['--backend=jvm'],
     [('java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar', ['programs', 'book']),
      ('java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dweft.specialise=always -jar',
       ['programs', 'book'])]),
    ('lox.exe', ['--backend=cli'], [('mono', ['programs', 'book'])]),
]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--book')
    parser.add_argument('--quick', action='store_true')
    options = parser.parse_args()
    judged = {
        'programs': [],
        'bad input': ['--bad-input'],
        'book': ['--book', options.book],
    }

    totals = [0, 0, 0]
    with tempfile.TemporaryDirectory() as folder:
        for name, flags, runs in BUILDS[:1] if options.quick else BUILDS:
            # `env` takes whatever has an equals sign for a variable.
            lox = os.path.join(folder, name.replace('=', '-'))
            command = [os.path.join(ROOT, 'weft'), 'translate',
                       os.path.join(ROOT, 'interpreter_spec', 'lox', 'main.cc'), '-o', lox, *flags]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode != 0:
                print(f'FAIL {name}: {" ".join(command)}\n{done.stdout}')
                totals[1] += 1
                continue
            judges = []
            for wrapper, sets in runs:
                for chosen in sets:
                    if chosen != 'book' or options.book:
                        judges.append((f'{name} {wrapper} {chosen}',
                                       [RUNNER, '--wrapper', wrapper, *judged[chosen], lox]))
            # A wrapper is needed to run what is for a host, which the other judge does not know.
            if name != BUILDS[0][0] and not name.endswith(('.jar', '.exe')):
                first = os.path.join(folder, BUILDS[0][0])
                judges.append((f'{name} random programs',
                               [FUZZER, '--seed', '1', '--count', '100', first, lox]))
            if name.endswith('.jar'):
                first = os.path.join(folder, BUILDS[0][0])
                judges.append((f'{name} long programs',
                               [FUZZER, '--long', '--seed', '1', '--count', '8',
                                f'java -jar {lox}', first]))
            for title, command in judges:
                done = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, text=True)
                *lines, counts = done.stdout.splitlines() or ['']
                print(f'{title}: {counts}', *lines, sep='\n')
                match = re.fullmatch(r'(\d+) passed, (\d+) failed, (\d+) skipped', counts)
                found = [int(word) for word in match.groups()] if match else [0, 1, 0]
                totals = [a + b for a, b in zip(totals, found)]
    print('{} passed, {} failed, {} skipped'.format(*totals))
    return totals[1] > 0


if __name__ == '__main__':
    sys.exit(main())
