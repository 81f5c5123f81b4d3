# Packages: relative imports, functions for missing attributes, circular imports, modules that fail.
import os
import sys
import tempfile

files = {
    "pkg/__init__.py": "print('init', __name__, __package__)\nfrom . import a\nfrom .a import helper as h\n__all__ = ['a', 'h']\n"
                       "hidden = 1\ndef __getattr__(name):\n    if name == 'dynamic':\n        return 'made'\n"
                       "    raise AttributeError(f'nothing is called {name}')\n",
    "pkg/a.py": "from . import b\ndef helper():\n    return b.value + 1\nprint('a', __name__, __package__)\n",
    "pkg/b.py": "import pkg\nvalue = 41\nprint('b', hasattr(pkg, 'a'))\n",
    "pkg/sub/__init__.py": "from ..a import helper\nfrom .. import b as second\ndef up():\n    return helper() + second.value\n",
    "pkg/bad.py": "x = 1\ndef f():\n    return 1 / 0\nf()\n",
    "pkg/unreadable.py": "def f(:\n    pass\n",
    "first.py": "import second\nx = 1\n",
    "second.py": "from first import x\n",
    "third.py": "import fourth\ny = 1\n",
    "fourth.py": "import third\nthird.y\n",
}
holder = tempfile.TemporaryDirectory()
folder = holder.name
for name, text in files.items():
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
sys.path.insert(0, folder)
sys.dont_write_bytecode = True


def attempt(code):
    try:
        exec(code, globals())
    except Exception as error:
        name = getattr(error, "name", None)
        print(type(error).__name__, str(error).replace(folder, "..."), name)


attempt("from pkg import *; print(h(), a.__name__, 'hidden' in globals())")
attempt("import pkg.sub as s, pkg; print(s.up(), pkg.sub is s, pkg.dynamic, hasattr(pkg, 'other'))")
for code in ("pkg.other", "from pkg import dynamic, missing", "import pkg.bad", "import pkg.unreadable", "import first", "import third",
             "import pkg.nothing", "import pkg.a.x", "from . import x"):
    attempt(code)
print(sorted(name for name in sys.modules if name.startswith("pkg")), "first" in sys.modules)
print(__import__("pkg.sub") is pkg, __import__("pkg.sub", fromlist=["up"]) is s)
holder.cleanup()
# SPDX-License-Identifier: MIT
