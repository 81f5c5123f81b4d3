# Which part of a line a traceback marks.
import traceback
def a():
    for i in 5:
        pass
def b():
    x = [1]
    x[0] += "a"
def c():
    x = 1
    x += "a"; y = 2
def d():
    return [i for i in 5]
def e():
    for i, j in [1]: pass
def f():
    for i in range(3): x = i / 0
def g():
    x = 1
    if x: x += "a"
def h():
    with 5 as q:
        pass
def i():
    a = yield from 5
def j():
    x = y = undefined
def k():
    del undefined
def l():
    import nothing_here
def m():
    return (1).foo + 3
def n():
    raise ValueError("x") from 5
def o():
    lambda: 0
    x = {**5}
def q():
    print(*5)
def r():
    one = 1; one(2)(3)
def s():
    a, b = 1
def t():
    a, b = 1, 2, 3
def v():
    @5
    def z(): pass
def w():
    x = [1][5] if True else 2
def x():
    assert 0, 1/0
def y():
    return "a" + \
        1
def z():
    foo(1,
        2)
def a1():
    return f"{1/0}"
def a2():
    return f"{undefined:>{5}}" + "x"
def a3():
    x = 5
    x.y = 1
def a4():
    x = ()
    x[0] = 1
def a5():
    x = ()
    del x[0]
def a6():
    1 < "a" < 2
def a7():
    return not (1 in 5)
def a8():
    global zz
    zz
def a9():
    while 1/0: pass
def b1():
    try:
        1/0
    finally:
        x = 1
def b2():
    try: 1/0
    except undefined: pass
def b3():
    return 1 if 1/0 else 2
def b4():
    x = [1, 2, 3]
    x[1:"a"]
def b5():
    (lambda q: q / 0)(1)
def b6():
    sorted([1, 2], key=lambda q: q.z)
def b7():
    return -"a" * 2
def b8():
    return a1(
    )
def b9():
    (yield)
    1/0
def c1():
    x: undefined_ann = 5
    y: int = undefined
def c2(a=1): pass
def c3():
    c2(1, 2, b=3)
def c4():
    "".join(
        [1, 2]
    )
for name, fn in list(globals().items()):
    if callable(fn) and hasattr(fn, "__code__"):
        try:
            r = fn()
            if hasattr(r, "__next__"): next(r); next(r)
        except Exception as ex:
            print(name); print("".join(traceback.format_exception(ex)))
# SPDX-License-Identifier: MIT
