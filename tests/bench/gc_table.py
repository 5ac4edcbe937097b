"""The allocation programs of tests/bench/gc/ with every collector, beside malloc and free."""

import os
import re
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PAGE = os.path.join(ROOT, 'docs', 'gc.md')
BEGIN = '<!-- ./dev bench gc -->'
END = '<!-- the end of its table -->'

# Each program with an argument that makes it run for about a second with malloc.
PROGRAMS = {
    'gcbench': '5',
    'binary_trees': '18',
    'mutation': '1000000',
    'strings': '8000000',
    'observers': '1000000',
}
# `none` keeps everything, so that it gets by only on what would not fill the memory.
SKIPPED = {
    ('none', 'binary_trees'), ('none', 'gcbench'), ('none', 'strings'), ('none', 'observers'),
}


def collectors():
    """What there is: a name, and the options that choose it."""
    with open(os.path.join(ROOT, 'backend_c', 'collectors.def')) as file:
        rows = re.findall(r'^WEFT_COLLECTOR\("(\w+)", .*?\bk(None|ShadowStack|Conservative|Both)\b',
                          file.read(), re.M | re.S)
    for name, roots in rows:
        yield name, [f'--gc={name}']
        if roots == 'Both':
            yield f'{name}, conservative', [f'--gc={name}', '--gcrootfinder=conservative']


def code_size(binary):
    """Bytes of code and constants."""
    output = subprocess.run(['size', binary], stdout=subprocess.PIPE, check=True).stdout.decode()
    return int(output.splitlines()[1].split()[0])


def build(folder, program, options):
    """The binaries of a program by the names of their rows."""
    source = os.path.join(HERE, 'gc', program)
    binaries = {'malloc and free': os.path.join(folder, f'{program}-malloc')}
    subprocess.run(['gcc', '-O3', '-o', binaries['malloc and free'], source + '.c'], check=True)
    for number, (name, choice) in enumerate(collectors()):
        if (name, program) in SKIPPED:
            continue
        binary = os.path.join(folder, f'{program}-{number}')
        subprocess.run([os.path.join(ROOT, 'weft'), 'translate', '-q', source + '.cc', '-o', binary,
                        *choice, *options], check=True)
        binaries[name] = binary
    return binaries


def pause(text, what):
    found = re.search(re.escape(what) + r' ([0-9.]+) ms', text)
    return f'{float(found.group(1)):.2f} ms' if found else ''


def rows_of(program, folder, arguments, measure, fail):
    binaries = {name: binary for name, binary in build(folder, program, arguments.options).items()
                if arguments.collector is None or arguments.collector in name or
                name == 'malloc and free'}
    times = {name: [] for name in binaries}
    facts = {}
    expected = None
    os.environ['WEFT_GC_LOG'] = 'summary'
    for _ in range(arguments.runs):
        for name, binary in binaries.items():
            cpu, _, memory, text, code = measure([binary, PROGRAMS[program]])
            output = [line for line in text.splitlines() if not line.startswith('weft gc:')]
            expected = expected or output
            if code != 0 or output != expected:
                fail(f'{program} with {name}: exit code {code}\n{text}')
            times[name].append(cpu)
            summary = text[text.find('weft gc: summary'):] if 'weft gc: summary' in text else ''
            facts[name] = (memory, summary)
    base = min(times['malloc and free'])
    for name, binary in binaries.items():
        memory, summary = facts[name]
        yield (f'| {program} | {name} | {min(times[name]):.2f} s | {min(times[name]) / base:.2f} '
               f'| {pause(summary, "median")} | {pause(summary, "99.9 %")} | {pause(summary, "worst")} '
               f'| {memory / 1e6:.0f} MB | {code_size(binary) / 1000:.0f} KB |')


def bench_gc(arguments, measure, fail):
    table = ['| program | collector | time | to malloc | pauses: median | 99.9 % | worst | peak memory '
             '| code |', '|---|---|--:|--:|--:|--:|--:|--:|--:|']
    print('\n'.join(table), flush=True)
    for program in PROGRAMS:
        if arguments.only is not None and arguments.only not in program:
            continue
        with tempfile.TemporaryDirectory() as folder:
            for row in rows_of(program, folder, arguments, measure, fail):
                table.append(row)
                print(row, flush=True)
    if not arguments.write:
        return
    with open(PAGE) as file:
        page = file.read()
    if BEGIN not in page or END not in page:
        fail(f'{PAGE} does not say where the table goes: {BEGIN} ... {END}')
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    with open(PAGE, 'w') as file:
        file.write(f'{before}{BEGIN}\n' + '\n'.join(table) + f'\n{END}{after}')
    print(f'written to {os.path.relpath(PAGE, ROOT)}')
