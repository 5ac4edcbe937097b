"""Programs that no sane person writes: at the limits of Lox, beyond them, and not text at all.

Each is generated when it is run. `run_lox.py --bad-input INTERPRETER` runs them.
"""

import os
import tempfile


class Case:
    """A program (or a command line) and what has to come out.

    `out` are the lines on standard output; `err` is how the first ones on standard error begin,
    which is empty if there are none. With `or_right`, a compile error will do in the place of the right answer.
    `memory` limits the heap.
    """

    def __init__(self, name, source=None, out=None, code=0, err=(), arguments=None,
                 or_right=False, memory=None):
        self.name = name
        self.source = source
        self.out = out
        self.code = code
        self.err = list(err)
        self.arguments = arguments
        self.or_right = or_right
        self.memory = memory


def judge(case, command, run, timeout):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'program.lox')
        if case.source is not None:
            with open(path, 'wb') as file:
                source = case.source()
                file.write(source if isinstance(source, bytes) else source.encode())
        arguments = [path] if case.arguments is None else case.arguments(folder)
        limit = ['env', f'WEFT_GC_MAX={case.memory}'] if case.memory else []
        code, out, err = run(limit + command + arguments, '', timeout)
    out = out.split('\n')[:-1]
    err = err.split('\n')[:-1]
    if case.or_right and code == 0:
        return [] if not err and out == case.out else ['neither an error nor the right answer']
    failures = []
    if code != case.code:
        failures.append(f'expected exit code {case.code}, got {code}')
    expected_out = [] if case.or_right else case.out
    if out != expected_out:
        failures.append(f'stdout: expected {expected_out[:3]}..., got {out[:3]}...')
    if case.or_right:
        if not err or not err[0].startswith('[line 1] Error'):
            failures.append(f'stderr: expected an error, got {err[:3]}...')
    elif (len(err) < len(case.err) or (not case.err and err)
          or any(not got.startswith(wanted) for wanted, got in zip(case.err, err))):
        failures.append(f'stderr: expected {case.err[:3]}, got {err[:3]}...')
    return failures


def lines(*parts):
    return lambda: '\n'.join(parts) + '\n'


def error(line, where, message):
    return [f'[line {line}] Error at {where}: {message}']


def too_deep(name, source, out):
    """Something nested so deeply that giving up is allowed, but only as an error."""
    return Case(name, source, out, 65, or_right=True)


NESTING = 100_000


def numbers(count):
    return ' '.join(f'{i};' for i in range(count))


def variables(prefix, count):
    return ' '.join(f'var {prefix}{i} = {i};' for i in range(count))


def uses(prefix, count):
    return ' '.join(f'{prefix}{i};' for i in range(count))


def many_functions():
    """About 50 MB: functions in functions, each with few constants and long code."""
    body = 'nil; true; 1 + 2;\n' * 120
    inner = ''.join(f'fun g{i}() {{ {body} }}\n' for i in range(100))
    outer = ''.join(f'fun f{i}() {{ {inner} return {i}; }}\n' for i in range(100))
    pad = '// ' + 'x' * 96 + '\n'
    text = outer + 'print f99() + f1();\n'
    return text + pad * ((50_000_000 - len(text)) // len(pad))


def nest_calls(depth, arguments):
    first = 'f(' + 'nil, ' * arguments
    return (f'fun f({", ".join(f"p{i}" for i in range(arguments + 1))}) {{}}\n'
            + 'print ' + first * depth + 'nil' + ')' * depth + ';\n')


CASES = [
    # --- Limits: the last program that is right, and the first that is not ---
    Case('256 constants', lambda: f'fun f() {{ {numbers(256)} }} print "fine";', ['fine']),
    Case('257 constants', lambda: f'fun f() {{ {numbers(257)} }}', [], 65,
         error(1, "'256'", 'Too many constants in one chunk.')),
    Case('256 uses of one global', lambda: 'var a; fun f() {' + ' a;' * 256 + '} print "fine";',
         ['fine']),
    Case('257 uses of one global', lambda: 'var a; fun f() {' + ' a;' * 257 + '}', [], 65,
         error(1, "'a'", 'Too many constants in one chunk.')),
    Case('257 uses of one property', lambda: 'fun f(a) {' + ' a.b;' * 257 + '}', [], 65,
         error(1, "'b'", 'Too many constants in one chunk.')),
    Case('255 locals', lambda: f'fun f() {{ {variables("v", 255)} return v254; }} print f();',
         ['254']),
    Case('256 locals', lambda: f'fun f() {{ {variables("v", 256)} }}', [], 65,
         error(1, "'v255'", 'Too many local variables in function.')),
    Case('a million locals',
         lambda: 'fun f() {\n' + ''.join(f'var v{i};\n' for i in range(1_000_000)) + '}\n', [], 65,
         error(257, "'v255'", 'Too many local variables in function.')),
    Case('a million locals in scopes',
         lambda: '{' + 'var a; { var b; }\n' * 200 + '}' + '{ var a; { var b; } }\n' * 1_000_000
         + 'print "done";', [], 65,
         error(2, "'a'", 'Already a variable with this name in this scope.')),
    Case('a million locals, few at a time',
         lambda: '{ var a; { var b; } }\n' * 500_000 + 'print "done";', ['done']),
    Case('256 captured variables', lambda: (
        f'fun f() {{ {variables("a", 200)} fun g() {{ {variables("b", 56)} fun h() {{ '
        f'{uses("a", 200)} {uses("b", 56)} return a199 + b55; }} return h; }} return g(); }} '
        'print f()();'), ['254']),
    Case('257 captured variables', lambda: (
        f'fun f() {{ {variables("a", 200)} fun g() {{ {variables("b", 57)} fun h() {{ '
        f'{uses("a", 200)} {uses("b", 57)} }} }} }}'), [], 65,
         error(1, "'b56'", 'Too many closure variables in function.')),
    Case('255 parameters and arguments', lambda: (
        f'fun f({", ".join(f"p{i}" for i in range(255))}) {{ return p0 + p254; }} '
        f'print f({", ".join(str(i) if i in (0, 254) else "nil" for i in range(255))});'), ['254']),
    Case('256 parameters', lambda: f'fun f({", ".join(f"p{i}" for i in range(256))}) {{}}', [], 65,
         error(1, "'p255'", "Can't have more than 255 parameters.")),
    Case('256 arguments', lambda: f'clock({", ".join(["nil"] * 256)});', [], 65,
         error(1, "'nil'", "Can't have more than 255 arguments.")),
    Case('256 arguments of a method', lambda: f'a.b({", ".join(["nil"] * 256)});', [], 65,
         error(1, "'nil'", "Can't have more than 255 arguments.")),
    # Two bytes for each `nil;`, eight around it.
    Case('the largest loop', lambda: 'while (false) {' + 'nil;' * 32763 + '} print "fine";',
         ['fine']),
    Case('a loop that is too large', lambda: 'while (false) {' + 'nil;' * 32764 + '}', [], 65,
         error(1, "'}'", 'Loop body too large.')),
    Case('the largest for loop', lambda: (
        'for (var i = 0; i < 2; i = i + 1) {' + 'nil;' * 32758 + '} print "fine";'), ['fine']),
    Case('a for loop that is too large', lambda: (
        'for (var i = 0; i < 2; i = i + 1) {' + 'nil;' * 32759 + '}'), [], 65,
         error(1, "'}'", 'Too much code to jump over.')),
    Case('the largest branch', lambda: 'if (true) {' + 'nil;' * 32765 + '} print "fine";', ['fine']),
    Case('a branch that is too large', lambda: 'if (true) {' + 'nil;' * 32766 + '}', [], 65,
         error(1, "'}'", 'Too much code to jump over.')),
    Case('the largest else', lambda: 'if (true) {} else {' + 'nil;' * 32767 + '} print "fine";',
         ['fine']),
    Case('an else that is too large', lambda: 'if (true) {} else {' + 'nil;' * 32768 + '}', [], 65,
         error(1, "'}'", 'Too much code to jump over.')),
    Case('the longest and', lambda: 'print true and (nil' + ' == nil' * 32766 + ');',
         ['false']),
    Case('an and that is too long', lambda: 'print true and (nil' + ' == nil' * 32767 + ');', [], 65,
         error(1, "')'", 'Too much code to jump over.')),
    Case('the longest or', lambda: 'print false or (nil' + ' == nil' * 32766 + ');', ['false']),
    Case('an or that is too long', lambda: 'print false or (nil' + ' == nil' * 32767 + ');', [], 65,
         error(1, "')'", 'Too much code to jump over.')),
    Case('a very long sum', lambda: 'var a = "x"; print (nil' + ' == nil' * 100_000 + ');',
         ['false']),

    # --- The stack ---
    Case('too many frames', lines('fun f() { f(); }', 'f();'), [], 70,
         ['Stack overflow.'] + ['[line 1] in f()'] * 63 + ['[line 2] in script']),
    Case('too many frames of an initializer', lines('class A { init() { A(); } }', 'A();'), [], 70,
         ['Stack overflow.'] + ['[line 1] in init()'] * 63 + ['[line 2] in script']),
    Case('too many frames of a method', lines('class A { m() { this.m(); } }', 'A().m();'), [], 70,
         ['Stack overflow.'] + ['[line 1] in m()'] * 63 + ['[line 2] in script']),
    Case('arguments that fit on the stack', lambda: nest_calls(60, 250), ['nil']),
    Case('more pending arguments than the stack holds', lambda: nest_calls(70, 250), [], 70,
         ['Stack overflow.']),

    # --- Nesting ---
    too_deep('parentheses', lambda: 'print ' + '(' * NESTING + '1' + ')' * NESTING + ';', ['1']),
    too_deep('parentheses that do not end', lambda: '(' * NESTING, []),
    too_deep('negations', lambda: 'print ' + '-' * NESTING + '1;', ['1']),
    too_deep('nots', lambda: 'print ' + '!' * NESTING + 'true;', ['true']),
    too_deep('sums', lambda: 'print ' + '1+(' * NESTING + '0' + ')' * NESTING + ';', ['100000']),
    too_deep('blocks', lambda: '{' * NESTING + 'print 1;' + '}' * NESTING, ['1']),
    too_deep('blocks behind statements', lambda: '{nil;' * NESTING + '}' * NESTING, []),
    too_deep('ifs', lambda: 'if (true) ' * NESTING + 'print 1;', ['1']),
    too_deep('else ifs', lambda: 'if (false) nil; else ' * NESTING + 'print 1;', ['1']),
    too_deep('whiles', lambda: 'while (false) ' * NESTING + 'print 1;', []),
    too_deep('fors', lambda: 'for (;;) ' * NESTING + 'print 1;', []),
    too_deep('functions', lambda: 'fun f() {' * NESTING + '}' * NESTING, []),
    too_deep('classes', lambda: 'class A { m() {' * NESTING + '}}' * NESTING, []),
    too_deep('assignments', lambda: 'var a; ' + 'a = ' * NESTING + '1; print a;', ['1']),
    too_deep('calls', lambda: 'print ' + 'clock(' * NESTING + ')' * NESTING + ';', []),
    too_deep('ands', lambda: 'print ' + 'true and (' * NESTING + '1' + ')' * NESTING + ';', ['1']),
    Case('a long chain of calls', lambda: 'fun f() { return f; } print f' + '()' * 20_000 + ' == f;',
         ['true']),
    Case('nesting that a program may have',
         lambda: 'print ' + '(' * 400 + '1' + ')' * 400 + ';' + '{' * 400 + 'print 2;' + '}' * 400,
         ['1', '2']),

    # --- Size ---
    Case('50 MB of comment', lambda: 'print 1; //' + 'x' * 50_000_000, ['1']),
    Case('50 MB of lines', lambda: 'print 1;' + '\n' * 50_000_000 + 'print nil + 1;', ['1'], 70,
         ['Operands must be two numbers or two strings.', '[line 50000001] in script']),
    Case('a string of 50 MB', lambda: 'print "' + 'x' * 50_000_000 + '" == "";', ['false']),
    Case('a name of 50 MB', lambda: 'var ' + 'x' * 50_000_000 + ' = 1; print 1;', ['1']),
    Case('a number of 5 MB', lambda: 'print ' + '1' * 5_000_000 + ';', ['inf']),
    Case('a number with 5 MB behind the point', lambda: 'print 0.' + '3' * 5_000_000 + ';',
         ['0.333333']),
    Case('50 MB of statements', lambda: 'nil;' * 12_500_000 + 'print "end";', ['end']),
    Case('50 MB of functions', many_functions, ['100']),
    Case('50 MB of errors', lambda: ('x' * 496 + ' 1;\n') * 100_000, [], 65,
         error(1, "'1'", "Expect ';' after expression.")),
    Case('50 MB without meaning', lambda: b'\xff\x00\x80@' * 12_500_000, [], 65,
         ['[line 1] Error: Unexpected character.']),

    # --- Bytes ---
    Case('an empty file', lambda: '', []),
    Case('a NUL', lambda: b'print 1;\n\0print 2;\n', [], 65,
         ['[line 2] Error: Unexpected character.']),
    Case('NULs only', lambda: b'\0' * 1000, [], 65, ['[line 1] Error: Unexpected character.']),
    Case('a NUL in a string', lambda: b'print "a\0b";', ['a\0b']),
    Case('a NUL in a comment', lambda: b'// a\0b\nprint 1;', ['1']),
    Case('a NUL in a name', lambda: b'var a\0b;', [], 65, ['[line 1] Error: Unexpected character.']),
    Case('broken UTF-8', lambda: b'print 1 \xc3(;', [], 65,
         ['[line 1] Error: Unexpected character.']),
    Case('broken UTF-8 in a string', lambda: b'print "\xff\xfe\xc3(";', ['\xff\xfe\xc3(']),
    Case('broken UTF-8 in a comment', lambda: b'// \xff\xfe\xf8\nprint 1;', ['1']),
    Case('a byte order mark', lambda: b'\xef\xbb\xbfprint 1;', [], 65,
         ['[line 1] Error: Unexpected character.']),
    Case('line ends of other systems', lambda: b'print 1;\r\nprint nil + 1;\r\n', ['1'], 70,
         ['Operands must be two numbers or two strings.', '[line 2] in script']),
    Case('every byte', lambda: bytes(range(256)), [], 65, ['[line 1] Error: Unexpected character.']),

    # --- Memory ---
    Case('far more objects than fit into memory at a time', lines(
        'class Ring { init(size) { this.next = this; for (var i = 1; i < size; i = i + 1) this.add(); }',
        '  add() { var n = Link(this.next); this.next = n; } }',
        'class Link { init(next) { this.next = next; this.text = "a" + "b"; } }',
        'var kept = Ring(100);',
        'for (var i = 0; i < 20000; i = i + 1) Ring(10);',
        'var length = 0;',
        'var at = kept.next;',
        'while (at != kept) {',
        '  if (at.text != "ab") print "wrong";',
        '  length = length + 1;',
        '  at = at.next;',
        '}',
        'print length;',
    ), ['99']),
    Case('a list of a million', lambda: (
        'class N { init(n) { this.n = n; } }\nvar l = nil;\n'
        'for (var i = 0; i < 1000000; i = i + 1) l = N(l);\n'
        'var c = 0; while (l != nil) { c = c + 1; l = l.n; } print c;'), ['1e+06']),
    Case('a chain of closures', lambda: (
        'fun wrap(f) { fun g() { return f; } return g; }\nvar c = nil;\n'
        'for (var i = 0; i < 100000; i = i + 1) c = wrap(c);\n'
        'var n = 0; while (c != nil) { n = n + 1; c = c(); } print n;'), ['100000']),
    Case('an object with thousands of fields', lambda: (
        'class A {}\nvar a = A();\n'
        + ''.join('fun f%d() {%s}\nf%d();\n' % (
            j, ''.join(f' a.x{j}_{i} = {i};' for i in range(80)), j) for j in range(60))
        + 'print a.x0_1 + a.x59_79;'), ['80']),
    Case('a string that doubles', lambda: (
        'var s = "x"; for (var i = 0; i < 24; i = i + 1) s = s + s; print s == s + "";'), ['true']),

    Case('an endless list', lines(
        'class N { init(n) { this.n = n; } }', 'var l = nil;', 'while (true) l = N(l);'),
         [], 70, ['Out of memory.'], memory='64M'),
    Case('an endless string', lines('var s = "x";', 'while (true)', '  s = s + s;'), [], 70,
         ['Out of memory.', '[line 3] in script'], memory='64M'),
    Case('an endless string in calls', lines(
        'fun f(s) { while (true) s = s + s; }', 'fun g() { f("x"); }', 'g();'), [], 70,
         ['Out of memory.', '[line 1] in f()', '[line 2] in g()', '[line 3] in script'],
         memory='64M'),
    Case('a program that is larger than memory', lambda: 'nil;' * 2_000_000, [], 74,
         ['Not enough memory to read'], memory='4M'),

    # --- The command line ---
    Case('no such file', code=74, out=[], err=['Could not open file "/nonexistent/x.lox".'],
         arguments=lambda folder: ['/nonexistent/x.lox']),
    Case('a folder', code=74, out=[], err=['Could not open file "/".'],
         arguments=lambda folder: ['/']),
    Case('two programs', code=64, out=[], err=['Usage: lox [path]'],
         arguments=lambda folder: ['a.lox', 'b.lox']),
]
