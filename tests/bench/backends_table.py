"""The table of ./dev bench backends: Lox as C, as a jar and as an assembly, beside another Lox in
Java."""

import os
import shutil
import statistics
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SOURCE = os.path.join(ROOT, 'interpreter_spec/lox/main.cc')

HELLO_JAVA = '''public class Hello {
  public static void main(String[] arguments) {
    System.out.println("hello");
  }
}
'''
HELLO_CS = '''public class Hello {
  public static void Main() {
    System.Console.WriteLine("hello");
  }
}
'''


def translate(folder, backend, ending, options, fail):
    """The path of the translated interpreter."""
    path = os.path.join(folder, 'lox' + ending)
    command = [os.path.join(ROOT, 'weft'), 'translate', SOURCE, f'--backend={backend}', '-q',
               '-o', path, *options]
    if subprocess.run(command, check=False).returncode != 0:
        fail(f'the interpreter does not translate for {backend}')
    return path


def hello(folder):
    """Commands that run a hello-world, by the host's name, and by what it is."""
    commands = {}
    if shutil.which('javac') is not None:
        compile_text('javac', folder, 'Hello.java', HELLO_JAVA)
        jar = os.path.join(folder, 'Hello.jar')
        subprocess.run(['jar', 'cfe', jar, 'Hello', '-C', folder, 'Hello.class'], check=True)
        commands['jvm'] = {'a hello-world in a jar': ['java', '-jar', jar],
                           'one in a class file': ['java', '-cp', folder, 'Hello']}
    if shutil.which('mcs') is not None:
        compile_text('mcs', folder, 'Hello.cs', HELLO_CS)
        commands['cli'] = {'a hello-world': ['mono', os.path.join(folder, 'Hello.exe')]}
    return commands


def compile_text(compiler, folder, name, text):
    source = os.path.join(folder, name)
    with open(source, 'w', encoding='utf-8') as file:
        file.write(text)
    subprocess.run([compiler, source], cwd=folder, check=True)


def bench_backends(arguments, measure, find_programs, fail):
    folder = arguments.programs or find_programs(arguments.peer)
    names = sorted(name for name in os.listdir(folder)
                   if name.endswith('.lox') and name != 'zoo_batch.lox'
                   and (arguments.only is None or arguments.only in name))
    java = ['java', *arguments.java.split()]
    with tempfile.TemporaryDirectory() as temporary:
        commands = {'c': [translate(temporary, 'c', '', arguments.options, fail)]}
        if shutil.which('java'):
            commands['jvm'] = [*java, '-jar',
                               translate(temporary, 'jvm', '.jar', arguments.options, fail)]
        if shutil.which('mono') and shutil.which('ilasm'):
            commands['cli'] = ['mono', translate(temporary, 'cli', '.exe', arguments.options, fail)]
        if arguments.peer:
            commands['peer'] = [*java, '-cp', arguments.peer, 'com.craftinginterpreters.lox.Lox']
        print(f'programs: {folder}; best of {arguments.runs} runs: cpu time, in brackets wall time')
        print(f'{"program":20}' + ''.join(f'{name:>19}' for name in commands))
        quotients = {}
        for name in names:
            program = os.path.join(folder, name)
            best = {}
            failed = False
            for _ in range(arguments.runs):
                for host, command in commands.items():
                    cpu, wall, _, _, code = measure([*command, program])
                    # One of the book's programs is larger than a function may be: it fails at once.
                    failed = failed or code != 0
                    old = best.get(host, (cpu, wall))
                    best[host] = (min(cpu, old[0]), min(wall, old[1]))
            if failed:
                print(f'{name[:-4]:20} ends with an error')
                continue
            print(f'{name[:-4]:20}' +
                  ''.join(f'{best[h][0]:8.2f} s ({best[h][1]:5.2f})' for h in commands), flush=True)
            for a, b in (('jvm', 'c'), ('cli', 'c'), ('peer', 'jvm')):
                if a in best and b in best:
                    entry = quotients.setdefault((a, b), ([], []))
                    for which in (0, 1):
                        entry[which].append(best[a][which] / best[b][which])
        for (a, b), (cpu, wall) in quotients.items():
            print(f'geometric mean of {a} / {b}: {statistics.geometric_mean(cpu):.2f} cpu time, '
                  f'{statistics.geometric_mean(wall):.2f} wall time')

        empty = os.path.join(temporary, 'empty.lox')
        with open(empty, 'w', encoding='utf-8'):
            pass
        runs = max(20, arguments.runs)
        for host, hellos in hello(temporary).items():
            if host not in commands:
                continue
            lines = {'an empty script': [*commands[host], empty], **hellos}
            walls = {title: [] for title in lines}
            for _ in range(runs):
                for title, line in lines.items():
                    walls[title].append(measure(line)[1])
            best = {title: min(times) for title, times in walls.items()}
            empty_time = best.pop('an empty script')
            print(f'{host}: an empty script takes {empty_time * 1e3:.0f} ms; ' + '; '.join(
                f'{title} {time * 1e3:.0f} ms: {empty_time / time:.2f} times'
                for title, time in best.items()))
