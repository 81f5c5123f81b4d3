# The module traceback, and what a SyntaxError says of itself.
import traceback


def where():
    for text in traceback.format_stack()[-2:]:
        print(text.splitlines()[-1].strip())
    print([entry.name for entry in traceback.extract_stack()])


def outer():
    where()


outer()
for text, name in (("x = 1\ny = x +\n", "file.py"), ("def f(:\n pass", "/a/b.py"), ("return", "c")):
    try:
        compile(text, name, "exec")
    except SyntaxError as problem:
        print(problem, "|", problem.msg, problem.lineno, problem.offset, problem.args[0])
print(SyntaxError("text"), SyntaxError())
print(pow(3, -1, 7), pow(10, -3, 17), pow(3, -1, -7), pow(2, -1, 10**30 + 1))
try:
    pow(2, -1, 4)
except ValueError as problem:
    print(problem)
# SPDX-License-Identifier: MIT
