# Nesting that no stack has room for is an error, and not the end of the interpreter.
for make in (lambda: "+".join(["1"] * 20000), lambda: "a" + ".b" * 50000, lambda: "(" * 300 + ")" * 300):
    try:
        compile(make(), "name", "eval")
    except (RecursionError, SyntaxError) as problem:
        print(type(problem).__name__, problem)
print(eval("+".join(["1"] * 2500)))
try:
    compile("not " * 50000 + "1", "name", "eval")
except (MemoryError, SyntaxError):
    print("too many operators")
# SPDX-License-Identifier: MIT
