# A function gets other code while frames of the old one run, wait or are told of.
import gc
src = "def big(n):\n" + "".join(f"    v{i} = n\n" for i in range(400)) + "    return v399\n"
ns = {}
exec(src, ns)
big = ns["big"]
def f(n):
    f.__code__ = big.__code__
    x = [[i] for i in range(10)]
    gc.collect()
    return x, n
print(f(3))
print(f(4))
def g():
    yield 1
    yield 2
it = g()
print(next(it))
g.__code__ = big.__code__
gc.collect()
print(next(it))
print(list(it))
space = {"gc": gc, "small": lambda a: a}
exec("""
def h(q):
    h.__code__ = small.__code__
    gc.collect()
    a = [q, 'text that is a constant of the function alone', 12345678901234567890]
    b = a + a
    return b
""", space)
print(space["h"](5))
print(space["h"](5))
def k():
    k.__code__ = (lambda: 7).__code__
    raise ValueError("where am I")
try:
    k()
except ValueError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno)
        tb = tb.tb_next
# SPDX-License-Identifier: MIT
