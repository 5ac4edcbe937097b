#!/usr/bin/env python3
"""Random Lox programs on two interpreters, which must agree on every byte and the exit code.

usage: fuzz_lox.py [--seed N] [--count N] [--keep FOLDER] [--long] FIRST SECOND

FIRST and SECOND are commands: two builds of ours, or ours and another Lox. A program that they
disagree on is kept (default: the current folder) and named. Most programs are right; some have a
token too much or too little, to try the error messages. With --long all are right, run for about a
second, and change from time to time what they call: then a backend has made code for what they
called before. The seed is printed, and N programs from
seed S on are those that S, S+1, ... make one at a time. Ends with "N passed, N failed, N skipped".
"""

import argparse
import os
import random
import shlex
import subprocess
import sys
import tempfile

FIELDS = ['a', 'b', 'c', 'd', 'e']
METHODS = ['m', 'n', 'o']


class Generator:
    """Makes one program. Nearly all that it writes has the right type, so that programs go far."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.depth = 0
        # The variables in scope by what they hold; functions and classes with what calls take.
        self.scope = {'number': [], 'string': [], 'object': [], 'any': []}
        self.functions = []
        self.classes = []
        self.in_function = False
        self.in_class = False
        self.has_superclass = False
        self.is_initializer = False
        self.loops = 0
        self.counter = 0

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def pick(self, items):
        return self.random.choice(items)

    def fresh(self, prefix):
        self.counter += 1
        return f'{prefix}{self.counter}'

    # --- Expressions ---

    def literal(self):
        return self.pick(['0', '1', '2', '3', '10', '0.5', '1.25', '100', '7', '1000000', '0.1'])

    def expression(self, kind, depth=0):
        if self.chance(0.15):
            kind = self.pick(list(self.scope))
        return getattr(self, kind)(depth + 1)

    def variable(self, kind):
        names = self.scope[kind]
        return self.pick(names[-5:]) if names else None

    def number(self, depth):
        r = self.random.randrange(100)
        if depth > 4 or r < 20:
            return self.literal()
        if r < 45:
            return self.variable('number') or self.literal()
        left = lambda: self.expression('number', depth)
        if r < 65:
            text = f'{left()} {self.pick(["+", "-", "*", "/"])} {left()}'
            return f'({text})' if self.chance(60) else text
        if r < 68:
            return f'-{self.literal()}'
        if r < 73 and self.functions:
            return self.call(depth)
        if r < 76 and self.variable('number'):
            return f'({self.variable("number")} = {left()})'
        if r < 86:
            return f'{self.expression("object", depth)}.{self.pick(FIELDS)}'
        if r < 89:
            return f'({self.expression("object", depth)}.{self.pick(FIELDS)} = {left()})'
        if r < 92 and self.in_class and self.has_superclass:
            return f'super.{self.pick(METHODS)}()'
        if r < 97:
            return f'{self.expression("object", depth)}.{self.pick(METHODS)}()'
        return f'({self.expression("any", depth)} and {left()} or {left()})'

    def string(self, depth):
        if depth > 3 or self.chance(40):
            return self.variable('string') or self.pick(['"x"', '"yy"', '""', '"abc"'])
        return f'{self.string(depth + 1)} + {self.string(depth + 1)}'

    def object(self, depth):
        if self.in_class and self.chance(50):
            return 'this'
        name = self.variable('object')
        if name and self.chance(85):
            return name
        return f'{self.pick(self.classes)}()' if depth < 4 else name or f'{self.classes[0]}()'

    def any(self, depth):
        r = self.random.randrange(100)
        if depth > 4 or r < 10:
            return self.pick(['nil', 'true', 'false'])
        sub = lambda: self.expression('any', depth)
        if r < 40:
            operator = self.pick(['<', '<=', '>', '>='])
            return f'{self.expression("number", depth)} {operator} {self.expression("number", depth)}'
        if r < 55:
            return f'{sub()} {self.pick(["==", "!="])} {sub()}'
        if r < 65:
            return f'({sub()} {self.pick(["and", "or"])} {sub()})'
        if r < 72:
            return f'!{sub()}'
        if r < 76:
            return f'({sub()})'
        if r < 80:
            return self.variable('any') or 'nil'
        if r < 90:
            return self.expression('string', depth)
        if r < 93:
            return f'{self.expression("object", depth)}.{self.pick(METHODS)}'
        if r < 95:
            return self.expression('object', depth)
        return self.expression('number', depth)

    def call(self, depth):
        name, arity = self.pick(self.functions)
        if self.chance(0.5):
            arity += 1
        return f'{name}({", ".join(self.expression("number", depth) for _ in range(arity))})'

    # --- Statements ---

    def emit(self, text):
        self.lines.append('  ' * self.depth + text)

    def block(self, size):
        marks = {kind: len(names) for kind, names in self.scope.items()}
        functions, classes = len(self.functions), len(self.classes)
        self.depth += 1
        for _ in range(self.random.randrange(1, size + 1)):
            self.statement()
        self.depth -= 1
        for kind, mark in marks.items():
            del self.scope[kind][mark:]
        del self.functions[functions:], self.classes[classes:]

    def statement(self):
        r = self.random.randrange(100)
        kind = self.pick(['number', 'number', 'number', 'string', 'object', 'any'])
        if self.depth > 4 or r < 22:
            return self.emit(f'print {self.expression(kind)};')
        if r < 38:
            value = self.expression(kind)
            name = self.fresh('v')
            self.emit(f'var {name} = {value};')
            return self.scope[kind].append(name)
        if r < 50 and self.variable(kind):
            return self.emit(f'{self.variable(kind)} = {self.expression(kind)};')
        if r < 57:
            return self.emit(f'{self.expression("object")}.{self.pick(FIELDS)} = '
                             f'{self.expression("number")};')
        if r < 58 and any(arity == 0 for _, arity in self.functions):
            names = [name for name, arity in self.functions if arity == 0]
            return self.emit(f'{self.expression("object")}.{self.pick(METHODS)} = '
                             f'{self.pick(names)};')
        if r < 62:
            return self.emit(f'{self.expression(kind)};')
        if r < 70:
            self.emit(f'if ({self.expression("any")}) {{')
            self.block(3)
            if self.chance(50):
                self.emit('} else {')
                self.block(3)
            return self.emit('}')
        if r < 80 and self.loops < 2:
            return self.loop()
        if r < 84:
            self.emit('{')
            self.block(4)
            return self.emit('}')
        if r < 91:
            return self.function()
        if r < 95 and self.depth < 3:
            return self.declare_class()
        if self.in_function and self.chance(50):
            return self.emit('return;' if self.is_initializer
                             else f'return {self.expression("number")};')
        return self.emit(f'print {self.expression(kind)};')

    def loop(self):
        name = self.fresh('i')
        self.loops += 1
        if self.chance(60):
            self.emit(f'for (var {name} = 0; {name} < {self.random.randrange(1, 5)}; '
                      f'{name} = {name} + 1) {{')
            # Not among the variables: an assignment to it might make the loop endless.
            self.block(3)
            self.emit('}')
        else:
            self.emit(f'{{ var {name} = {self.random.randrange(1, 5)};')
            self.emit(f'while ({name} > 0 and {self.pick(["true", self.expression("any")])}) {{')
            self.emit(f'  {name} = {name} - 1;')
            self.block(3)
            self.emit('} }')
        self.loops -= 1

    def body(self, parameters, size):
        saved = self.in_function, self.loops
        self.in_function, self.loops = True, self.loops + 1
        self.scope['number'] += parameters
        self.block(size)
        del self.scope['number'][len(self.scope['number']) - len(parameters):]
        if not self.is_initializer:
            self.emit(f'  return {self.expression("number", 2)};')
        self.in_function, self.loops = saved

    def function(self):
        name = self.fresh('f')
        parameters = [self.fresh('p') for _ in range(self.random.randrange(3))]
        self.emit(f'fun {name}({", ".join(parameters)}) {{')
        saved = self.is_initializer
        self.is_initializer = False
        self.body(parameters, 4)
        self.is_initializer = saved
        self.emit('}')
        self.functions.append((name, len(parameters)))

    def declare_class(self, is_first=False):
        name = self.fresh('C')
        superclass = None if is_first or self.chance(30) else self.pick(self.classes)
        self.emit(f'class {name}' + (f' < {superclass}' if superclass else '') + ' {')
        saved = self.in_class, self.has_superclass, self.is_initializer
        self.depth += 1
        if superclass is None or self.chance(50):
            self.emit('init() {')
            if superclass and self.chance(70):
                self.emit('  super.init();')
            # All fields are there in the end, in an order of its own.
            for field in self.random.sample(FIELDS, len(FIELDS)):
                self.emit(f'  this.{field} = {self.literal()};')
            self.emit('}')
        self.in_class, self.has_superclass = True, superclass is not None
        methods = METHODS if superclass is None else self.random.sample(METHODS, 2)
        for method in methods:
            self.is_initializer = False
            self.emit(f'{method}() {{')
            if is_first:
                self.emit(f'  return {self.literal()};')
            else:
                self.body([], 3)
            self.emit('}')
        self.depth -= 1
        self.in_class, self.has_superclass, self.is_initializer = saved
        self.emit('}')
        self.classes.append(name)

    def program(self):
        self.declare_class(is_first=True)
        for _ in range(self.random.randrange(5, 25)):
            self.statement()
        text = '\n'.join(self.lines) + '\n'
        if self.chance(10):
            text = self.break_somewhere(text)
        return text

    def break_somewhere(self, text):
        for _ in range(self.random.randrange(1, 4)):
            at = self.random.randrange(len(text))
            if self.chance(50):
                text = text[:at] + text[at + self.random.randrange(1, 4):]
            else:
                word = self.pick(['(', ')', '{', '}', ';', '=', '.', 'var ', 'fun ', 'class ', '"',
                                  '1', 'x', '#', ',', '<', ' and ', 'super', 'this', 'return '])
                text = text[:at] + word + text[at:]
        return text


def run(command, path, timeout):
    try:
        done = subprocess.run(command + [path], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=timeout)
    except subprocess.TimeoutExpired:
        return None
    return done.returncode, done.stdout, done.stderr


class LongGenerator:
    """Makes one program whose loops call other functions and methods in each of some phases."""

    CLASSES = 3

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.functions = self.random.randint(3, 6)

    def function(self, number):
        return self.random.choice([
            f'return x + {number};',
            f'if (x > {self.random.randint(1, 9)}) return x - 1; return x + {number};',
            f'var y = x; while (y > 5) y = y - 3; return y + {number};',
            'last = x; return last + f0(1);' if number else 'last = x; return last;',
        ])

    def method(self, number):
        bodies = ['return this.v + x;',
                  'this.v = this.v + 1; if (this.v > 50) this.v = 0; return x;']
        if number:
            bodies.append('return super.get(x) + 1;')
        return self.random.choice(bodies)

    def pick(self):
        """A function and an object."""
        made = f'C{self.random.randrange(self.CLASSES)}({self.random.randint(0, 9)})'
        if self.random.random() < 0.4:
            return 'changing', made
        return f'f{self.random.randrange(self.functions)}', made

    def program(self):
        lines = ['var last = 0;', 'var round = 0;']
        for number in range(self.functions):
            lines.append(f'fun f{number}(x) {{ {self.function(number)} }}')
        for number in range(self.CLASSES):
            superclass = f' < C{number - 1}' if number else ''
            extra = f' this.w = {number};' if self.random.random() < 0.5 else ''
            lines += [f'class C{number}{superclass} {{', f'  init(v) {{ this.v = v;{extra} }}',
                      f'  get(x) {{ {self.method(number)} }}', '}']
        # A function whose own calls change.
        lines += ['var g = f0;', 'fun changing(x) { return g(x) + g(x + 1) + g(2) - g(last); }']
        lines += ['fun next() { round = round + 1; if (round > 9) round = 0; return round; }',
                  'fun work(f, o, n) {',
                  '  var sum = 0;',
                  '  for (var j = 0; j < n; j = j + 1) {',
                  '    sum = sum + f(next()) + o.get(1);',
                  '    if (sum > 100000) sum = sum - 100000;',
                  '  }',
                  '  return sum;',
                  '}']
        phases = self.random.randint(3, 5)
        # Either the loop itself makes the calls, or a loop in a function that it calls.
        is_nested = self.random.random() < 0.5
        length = self.random.randint(100000, 300000) // (20 if is_nested else 1)
        lines += ['var f = f0;', 'var o = C0(1);', 'var total = 0;',
                  f'for (var i = 0; i < {phases * length}; i = i + 1) {{']
        for phase in range(phases):
            function, made = self.pick()
            called = f'f{self.random.randrange(self.functions)}'
            changes = f'f = {function}; o = {made}; g = {called};'
            lines.append(f'  if (i == {phase * length}) {{ {changes} }}')
        function, made = self.pick()
        calls = 'work(f, o, 20)' if is_nested else 'f(next()) + o.get(2)'
        lines += [f'  total = total + {calls};',
                  '  if (total > 1000000) total = total - 1000000;',
                  '  if (next() == 3 and total > 999900) {',
                  f'    total = total + work({function}, {made}, 300);',
                  '  }',
                  '}',
                  'print total;',
                  'print round;']
        for phase in range(phases):
            function, made = self.pick()
            lines.append(f'print work({function}, {made}, 200000);')
        return '\n'.join(lines) + '\n'


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--seed', type=int, default=None)
    parser.add_argument('--count', type=int, default=200)
    parser.add_argument('--keep', default='.')
    parser.add_argument('--long', action='store_true')
    parser.add_argument('first')
    parser.add_argument('second')
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**9) if options.seed is None else options.seed
    print(f'seed {seed}')

    passed = failed = ended_early = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'program.lox')
        for current in range(seed, seed + options.count):
            text = (LongGenerator if options.long else Generator)(current).program()
            with open(path, 'w') as file:
                file.write(text)
            timeout = 60 if options.long else 5
            first = run(shlex.split(options.first), path, timeout)
            # Some programs do not end, or not soon; they say nothing. Long ones do end.
            if first is None and not options.long:
                ended_early += 1
                continue
            if first == run(shlex.split(options.second), path, timeout) and first is not None:
                passed += 1
                continue
            failed += 1
            kept = os.path.join(options.keep, f'fuzz_{current}.lox')
            with open(kept, 'w') as file:
                file.write(text)
            print(f'FAIL seed {current}: {kept}')
    print(f'{ended_early} programs did not end in time')
    print(f'{passed} passed, {failed} failed, 0 skipped')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
