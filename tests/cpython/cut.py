#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Cuts one test method out of a module of CPython's test suite, with what it needs.

usage: cut.py FILE CLASS METHOD      prints the module that is left

Pebble takes a part of Python only, so that it cannot load most of those modules whole. What is kept
stands on the lines on which it stood: the method; of its class and that class's bases the
members that it names; of the module's top level the definitions and imports that those name, and so on.
"""
import ast
import pathlib
import sys

# What unittest calls by itself.
CALLED = {"setUp", "tearDown", "setUpClass", "tearDownClass", "setUpModule", "tearDownModule"}


def bound_names(node):
    """The names that a statement binds in its own scope."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Store) else set()
    names = {node.name} if isinstance(node, ast.ExceptHandler) and node.name else set()
    return names.union(*(bound_names(child) for child in ast.iter_child_nodes(node)))


def named(node):
    """The names and the attributes that occur in it."""
    parts = list(ast.walk(node))
    return ({part.id for part in parts if isinstance(part, ast.Name)}
            | {name for part in parts if isinstance(part, (ast.Global, ast.Nonlocal)) for name in part.names},
            {part.attr for part in parts if isinstance(part, ast.Attribute)})


class Module:
    """A file, and which statements of its top level bind a name."""

    def __init__(self, path):
        text = pathlib.Path(path).read_text(encoding="utf-8")
        self.lines = text.split("\n")
        self.body = ast.parse(text).body
        self.providers = {}
        for statement in self.body:
            for name in bound_names(statement):
                self.providers.setdefault(name, []).append(statement)

    def cut(self, class_name, method):
        """The text that is left, or None if there is no such method."""
        cutter = Cutter(self)
        return cutter.text() if cutter.want_method(class_name, method) else None


class Cutter:
    """What of a module is kept: whole statements, and of classes single members."""

    def __init__(self, module):
        self.module = module
        self.providers = module.providers
        self.whole = set()
        self.members = {}  # class statement: kept members
        self.aliases = {}  # import statement: kept names
        self.names = set()

    def family(self, name):
        """The class of that name and those of its bases that the module defines."""
        found = []
        for statement in self.providers.get(name, []):
            if isinstance(statement, ast.ClassDef):
                found.append(statement)
                for base in statement.bases:
                    if isinstance(base, ast.Name):
                        found += self.family(base.id)
        return found

    def want(self, names):
        for name in names - self.names:
            self.names.add(name)
            for statement in self.providers.get(name, []):
                self.want_statement(statement, name)

    def want_statement(self, statement, name):
        if statement in self.members:
            return
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            self.aliases.setdefault(statement, set()).add(name)
        elif statement not in self.whole:
            self.whole.add(statement)
            self.want(named(statement)[0])

    def want_method(self, class_name, method):
        """Keeps a method and what it leads to."""
        family = self.family(class_name)
        self.members = {cls: set() for cls in family}
        for cls in family:
            for part in [*cls.bases, *cls.keywords, *cls.decorator_list]:
                self.want(named(part)[0])
        wanted = CALLED | {method}
        waiting = True
        while waiting:
            waiting = False
            for cls in family:
                for member in cls.body:
                    binds = bound_names(member)
                    if member in self.members[cls] or not (
                            binds & wanted or any(name.startswith("__") for name in binds)):
                        continue
                    self.members[cls].add(member)
                    names, attributes = named(member)
                    wanted |= attributes | names  # A member may be named in the class's own scope.
                    self.want(names)
                    waiting = True
        self.names.add(class_name)
        return any(method in bound_names(member) for cls in family for member in self.members[cls])

    def lines_of(self, node):
        first = min([node.lineno, *(part.lineno for part in getattr(node, "decorator_list", []))])
        return range(first - 1, node.end_lineno)

    def text(self):
        lines = self.module.lines
        kept = [""] * len(lines)

        def keep(numbers):
            for number in numbers:
                kept[number] = lines[number]

        for statement in self.module.body:
            if isinstance(statement, ast.ImportFrom) and (
                    statement.module == "__future__" or statement.names[0].name == "*"):
                keep(self.lines_of(statement))
            elif statement in self.aliases:
                names = [alias for alias in statement.names
                         if (alias.asname or alias.name.split(".")[0]) in self.aliases[statement]]
                fields = dict(ast.iter_fields(statement)) | {"names": names}
                kept[statement.lineno - 1] += ast.unparse(type(statement)(**fields))
            elif statement in self.members:
                first = self.lines_of(statement.body[0])
                keep(range(self.lines_of(statement).start, first.start))
                kept[first.start] = " " * statement.body[0].col_offset + "pass"
                for member in statement.body:
                    if member in self.members[statement]:
                        keep(self.lines_of(member))
            elif statement in self.whole:
                keep(self.lines_of(statement))
        return "\n".join(kept)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    print(Module(sys.argv[1]).cut(*sys.argv[2:]) or sys.exit("cut.py: no such method"))
