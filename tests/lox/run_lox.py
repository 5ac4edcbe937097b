#!/usr/bin/env python3
"""Judges a Lox interpreter by programs that say what they should do.

usage: run_lox.py [OPTION...] INTERPRETER [PROGRAM_OR_FOLDER...]

  --book FOLDER   judge by the test folder of the book's repository instead of our own programs
  --bad-input     judge by generated programs that no sane person writes (see bad_input.py)
  --jobs N        run N programs at a time (default: one for each processor)
  --wrapper CMD   put CMD before every command, as in --wrapper 'env WEFT_GC_STRESS=1'
  --timeout SEC   give each program that long (default: 120)
  --verbose       name every program, not only those that fail

INTERPRETER may have arguments: './weft run interpreter_spec/lox/main.cc --' is one. Ends with
"N passed, N failed, N skipped"; the exit code is 1 if any failed.

Our own programs (tests/lox/**/*.lox) say in comments what the interpreter writes:

  // prints: TEXT              a line on standard output; these come in the order of the output
  // error 65: [line 3] ...    a line on standard error, and the exit code; likewise in order
  // error 70: TEXT
  // input: TEXT               a line that is fed to the REPL; the program itself is not run then

Nothing else may be written. The lines may stand anywhere in the program.
"""

import argparse
import concurrent.futures
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def run(command, stdin, timeout):
    """Returns the exit code and the two outputs as text, one character for each byte."""
    try:
        done = subprocess.run(
            command, input=stdin.encode('latin-1'), capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return None, '', f'no end after {timeout} s'
    except OSError as error:
        sys.exit(f'run_lox: {command[0]}: {error.strerror}')
    return done.returncode, done.stdout.decode('latin-1'), done.stderr.decode('latin-1')


def read_lines(path):
    with open(path, encoding='latin-1', newline='') as file:
        return file.read().replace('\r\n', '\n').split('\n')


def first_difference(name, expected, actual):
    for number, (wanted, got) in enumerate(zip(expected, actual), 1):
        if wanted != got:
            return [f'{name} line {number}: expected {wanted!r}, got {got!r}']
    if len(expected) > len(actual):
        return [f'{name}: missing {expected[len(actual)]!r}']
    if len(expected) < len(actual):
        return [f'{name}: got {actual[len(expected)]!r} when no more was expected']
    return []


def output_lines(text):
    lines = text.split('\n')
    if lines[-1] == '':
        lines.pop()
    return lines


def judge_own(command, path, timeout):
    printed, errors, inputs, code = [], [], [], 0
    for line in read_lines(path):
        match = re.search(r'// prints: ?(.*)', line)
        if match:
            printed.append(match[1])
            continue
        match = re.search(r'// error (\d+): (.*)', line)
        if match:
            code = int(match[1])
            errors.append(match[2])
            continue
        match = re.search(r'// input: ?(.*)', line)
        if match:
            inputs.append(match[1])
    if not printed and not errors and '// prints nothing' not in '\n'.join(read_lines(path)):
        return ['the program does not say what it should do']

    if inputs:
        got_code, out, err = run(command, '\n'.join(inputs) + '\n', timeout)
        # A REPL answers errors and goes on.
        code = 0
    else:
        got_code, out, err = run(command + [path], '', timeout)
    failures = []
    if got_code != code:
        failures.append(f'expected exit code {code}, got {got_code}')
    failures += first_difference('stdout', printed, output_lines(out))
    failures += first_difference('stderr', errors, output_lines(err))
    return failures


def judge_book(command, path, timeout):
    """Judges as the book's own runner judges clox."""
    expected, errors, runtime_error, runtime_line, code = [], set(), None, 0, 0
    for number, line in enumerate(read_lines(path), 1):
        if '// nontest' in line:
            return None
        match = re.search(r'// expect: ?(.*)', line)
        if match:
            expected.append(match[1])
            continue
        match = re.search(r'// (Error.*)', line)
        if match:
            errors.add(f'[{number}] {match[1]}')
            code = 65
            continue
        match = re.search(r'// \[((java|c) )?line (\d+)\] (Error.*)', line)
        if match:
            if match[2] in (None, 'c'):
                errors.add(f'[{match[3]}] {match[4]}')
                code = 65
            continue
        match = re.search(r'// expect runtime error: (.+)', line)
        if match:
            runtime_line, runtime_error, code = number, match[1], 70

    got_code, out, err = run(command + [path], '', timeout)
    failures = []
    error_lines = output_lines(err)
    if runtime_error is not None:
        if len(error_lines) < 2:
            failures.append(f'expected runtime error {runtime_error!r} and got none')
        else:
            if error_lines[0] != runtime_error:
                failures.append(f'expected runtime error {runtime_error!r}, got {error_lines[0]!r}')
            traces = [re.search(r'\[line (\d+)\]', line) for line in error_lines[1:]]
            lines = [int(match[1]) for match in traces if match]
            if not lines or lines[0] != runtime_line:
                failures.append(f'expected the error on line {runtime_line}, got {lines[:1]}')
    else:
        found = set()
        for line in error_lines:
            match = re.search(r'\[.*line (\d+)\] (Error.+)', line)
            error = f'[{match[1]}] {match[2]}' if match else None
            if error in errors:
                found.add(error)
            elif line:
                failures.append(f'unexpected on stderr: {line!r}')
        failures += [f'missing error: {error}' for error in sorted(errors - found)]
    if got_code != code:
        failures.append(f'expected exit code {code}, got {got_code}')
    return failures + first_difference('stdout', expected, output_lines(out))


def lox_files(place, skip=()):
    if os.path.isfile(place):
        return [place]
    found = []
    for folder, folders, files in os.walk(place):
        folders[:] = sorted(name for name in folders if os.path.join(folder, name) not in skip)
        found += [os.path.join(folder, name) for name in sorted(files) if name.endswith('.lox')]
    return found


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--book')
    parser.add_argument('--bad-input', action='store_true')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--wrapper', default='')
    parser.add_argument('--timeout', type=float, default=120)
    parser.add_argument('--verbose', action='store_true')
    parser.add_argument('interpreter')
    parser.add_argument('places', nargs='*')
    options = parser.parse_args()
    command = shlex.split(options.wrapper) + shlex.split(options.interpreter)

    if options.bad_input:
        sys.path.insert(0, HERE)
        import bad_input
        cases = [(case.name, case) for case in bad_input.CASES]
        judge = lambda case: bad_input.judge(case, command, run, options.timeout)
    elif options.book:
        # The two folders are about earlier chapters' interpreters, benchmarks expect nothing.
        skip = [os.path.join(options.book, name) for name in ('scanning', 'expressions', 'benchmark')]
        places = options.places or [options.book]
        cases = [(path, path) for place in places for path in lox_files(place, skip)]
        judge = lambda path: judge_book(command, path, options.timeout)
    else:
        cases = [(path, path) for place in options.places or [HERE] for path in lox_files(place)]
        judge = lambda path: judge_own(command, path, options.timeout)
    if not cases:
        sys.exit('run_lox: no programs found')

    passed = failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for (name, _), failures in zip(cases, pool.map(judge, [case for _, case in cases])):
            if failures is None:
                skipped += 1
            elif failures:
                failed += 1
                print(f'FAIL {os.path.relpath(name) if os.path.exists(name) else name}')
                for failure in failures[:10]:
                    print(f'     {failure}')
            else:
                passed += 1
                if options.verbose:
                    print(f'pass {name}')
    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
