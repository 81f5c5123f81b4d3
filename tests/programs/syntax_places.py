# Where a syntax error is shown: line, column, and the line itself.
texts = [
    'try:\n    pass\nx = 1', 'try: pass\n', 'try:\n    pass', 'def f():\n    try:\n        pass\n    x = 1\n',
    'try:\n    pass\nelse:\n    pass', 'if x:\n\ta\n        b\n', 'if x:\n        a\n\tb\n', 'if x:\n    a\n\tb\n',
    'if x:\n\tif y:\n\t    a\n            b\n', 'if x:\n \ta\n\tb\n', 'if 1:\n\tpass\n  pass\n', "f'{a b}'",
    "f'{a +}'", "f'{'", "f'{a'", "f'{}'", "f'{ }'", "f'{a!}'", "f'{a!x}'", "f'{a!r'", "f'{a:{'", "f'{a:{b'",
    "f'{a:{b}'", "f'}'", "f'{a}}'", "f'{a\\n}'", "f'{a #}'", "f'{#}'", "f'{(a}'", "f'{a)}'", "f'{a]}'",
    "f'{a:{b:{c}}}'", "f'{lambda x: 1}'", "f'{a = b}'", "f'{*a}'", "f'{1 if x}'", "f'{print x}'", "f'{a.}'",
    "f'{a[}'", "f'{a[1}'", 'f\'{"x}\'', "f'{''}'", "f'{a!r:x'", "f'{a!rr}'", "f'{a! r}'", "f'{:x}'", "f'{!r}'",
    "f'{=}'", "f'{a$b}'", "f'{a?}'", "f'{1x}'", "f'{0x}'", "f'{1__0}'", "f'{None = 1}'", "f'{for}'", "f'{a;b}'",
    "f'{a\nb}'", "x = 1 + f'abc {a b} def'", "x = (1 +\n     f'abc {a b} def')", "x = f'''abc\n{a b}\n'''",
    "x = 'a' f'{a b}'", "print(f'{x!z}', 1)", "def f():\n    return f'{a b}'", "f'é{a b}'", "f'{a:{b c}}'",
    "f'{x:{y!}}'", "f'{{}'", "f'{{a}'", "rf'{a b}'", "F'{a b}'", 'f"{a[\'b]}"', 'f\'{f"{a b}"}\'', "f'{a}' b",
    "f'{a}' = 1", "f'{a' f'}'", "x = f'{a b}' + 1 1", "f'{ a b }'", "f'{a  b}'", "f'{1 2 3}'", "f'{a.b c}'",
    "f'{f(x for x in y, 1)}'", "f'{def}'", "f'{if}'", "f'{not}'", "f'{a b!r:>5}'", "f'{x}{a b}'", "f'{a:>{w w}}'",
    "f'{a == }'", "f'{a!=}'", "f'{a.1}'", "f'{1.a}'", "f'{@}'", "f'{,}'", "f'{a,b c}'", "f'{[a b]}'", "f'{ {a b} }'",
    "f'{x!s }'", "f'{\\'a\\'}'", "f'{a}\\x'", "f'\\x{a}'", "'\\x1'", "b'\\x1'", "'\\u12'", "'\\U12345678'", 'x = 1 +',
    'x = 1)', 'f() = 1', 'None = 1', 'lambda x: = 1', 'x = = 1', 'x === 1', 'else: pass', 'x = 1__0', 'x = 1.2.3',
    'x = a?b', 'x := 1', 'print "hello"', 'while True print(1)', 'x = {1: 2, 3: }', 'x = {1:}', 'x = {1: 2 3: 4}',
    'f(a b)', 'f(a=1 b=2)', 'print(1 2)', 'from a import b,', '(a, b) += 1', '[a] += 1', 'f() += 1', '1 += 1',
    'def f(*a, *b): pass', 'def f(**a, b): pass', 'def f(a, /, b, /): pass', 'def f(/): pass', 'def f(a, *, /): pass',
    'def f(a b): pass', 'lambda *: 1', 'lambda a a: 1', 'try: pass\nexcept A, B: pass',
    'try: pass\nexcept A as b.c: pass', 'x = (yield) = 1', '[x for x in 1, 2]', '[x, y for x in z]', '{x: y for x}',
    '{x for}', '(x for x in y) = 1', '[x for x in y] = 1', '{} = 1', '{1} = 1', 'a if b else c = 1', 'a and b = 1',
    'not a = 1', '-a = 1', 'lambda: 1 = 2', "'a' = 1", '1.5 = 1', '... = 1', 'True = 1', 'a < b = 1', '1.a', '1__2',
    '0b2', '0o8', '1e+', '1.5j2', '?', 'a ? b', 'a <> b', 'while a = b: pass', 'x = 1; if y: pass', '@a\nx = 1',
    "print 'a'", 'print a', 'a = print b', 'a := 1', '(a.b := 1)', '(a[0] := 1)', '(1 := 1)', '((a, b) := 1)',
    'x = a := 1', 'def f(a = b := 1): pass', 'f(**a, *b)', 'f(**a, b)', 'x = lambda', 'x = lambda:', 'return = 1',
    'class = 1', 'import = 1', '[x y]', '{x y}', '{x: y z}', '{x y: z}', 'x = (a b)',
    "[a for a in (b := c)]", "[a := 1 for a in c]", "[a for a in b if (c := a) for c in d]", "[[a := 1 for b in c] for a in d]",
    "def f(a: b := 4): pass", "(a := lambda: b := 1)", "class A:\n    [a := b for b in c]",
]

for text in texts:
    try:
        compile(text, "text", "exec")
    except SyntaxError as error:
        print(repr(text), type(error).__name__, error.msg, error.lineno, error.offset, repr(error.text or text.splitlines()[error.lineno - 1] + "\n"))
for text in ("1 +", "a b", "1x", "f'{a b}'"):
    try:
        eval(text)
    except SyntaxError as error:
        print(error, repr(error))
error = SyntaxError("message", ("file", 1, 2, "text", 1, 3))
print(error, error.filename, error.lineno, error.offset, error.text, error.end_lineno, error.end_offset)
print(SyntaxError("alone"), SyntaxError("alone").lineno, SyntaxError(), SyntaxError().msg)
# SPDX-License-Identifier: MIT
