# What is wrong in a text, where, and how the error says it.
texts = """
x = 1 +
x = (1, 2
x = 1)
x = [1, 2)
if x
def f(: pass
def f(a, a): pass
def f(a=1, b): pass
class: pass
return 5
yield 5
break
continue
x = 'abc
x = '''abc
f(a=1, 2)
f(a=1, a=2)
f(**k, *a)
1 = x
f() = 1
x + 1 = 2
None = 1
for 1 in x: pass
with x as 1: pass
del f()
import
from x import
from . import *, a
lambda x: = 1
x = = 1
x === 1
a b
x = 5 if y
else: pass
try: pass
except: pass
nonlocal x
x = 1__0
x = 012
x = 0xg
x = 1.2.3
x = $
x = a?b
x := 1
assert x, y, z
raise x from
global x, 1
@
f(x for x in y, 1)
*a
{1: 2, 3}
print "hello"
exec x, y
if x = 3: pass
while True print(1)
def f() pass
def f(*): pass
def f(*, **k): pass
(a, b): int = 3
[a]: int
f(): int
a = b = 3 = c
(1, x) = 5
f(a.b=1)
f(True=1)
f(**k, 1)
from __future__ import nope
x = f'{'
x = f'{a'
x = f'{}'
""".strip().splitlines()


def show(text):
    try:
        compile(text, "text", "exec")
    except SyntaxError as error:
        print(f"{text!r:24} {type(error).__name__}: {error.msg}")
    else:
        print(f"{text!r:24} compiles")


for text in texts:
    show(text)
for text in ("if x:\npass", "if x:\n    a\n  b", "  x = 1", "def f():\n", "for x in y:\n# only\n",
             "class A:\n    def f(self):\n    pass", "x = (\n1,\n2", "def f():\n    x = 1\n    global x", "def f():\n    nonlocal y",
             "try:\n    pass\nx = 1", "if x:\n    pass\nelif:\n    pass", "def f():\n    return\n}", "a = 1\nb = 'x\nc = 2"):
    show(text)
try:
    eval("1 +")
except SyntaxError as error:
    print(error.args[0], error.filename, error.text)
# SPDX-License-Identifier: MIT
