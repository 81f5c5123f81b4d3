# Trees whose nodes know their parents: strong links make cycles, weak links do not.
import gc
import weakref


class StrongNode:
    def __init__(self, name, parent=None):
        self.name, self.parent, self.children = name, parent, []
        if parent is not None:
            parent.children.append(self)


class WeakNode:
    def __init__(self, name, parent=None):
        self.name, self.children = name, []
        self._parent = None if parent is None else weakref.ref(parent)
        if parent is not None:
            parent.children.append(self)

    @property
    def parent(self):
        return None if self._parent is None else self._parent()

    @property
    def path(self):
        parent = self.parent
        return self.name if parent is None else f"{parent.path}/{self.name}"

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()


def build(kind, depth, width, parent=None, name="root"):
    node = kind(name, parent)
    for number in range(width if depth else 0):
        build(kind, depth - 1, width, node, str(number))
    return node


gc.disable()
gc.collect()
weak = build(WeakNode, 3, 3)
nodes = list(weak.walk())
print(len(nodes), nodes[-1].path, nodes[5].path, nodes[0].parent)
refs = [weakref.ref(node) for node in nodes]
leaf = nodes[-1]
del nodes, weak
print("alive:", sum(ref() is not None for ref in refs), "- the leaf has lost its parent:", leaf.parent)
print(leaf.path)
del leaf
print("alive:", sum(ref() is not None for ref in refs))

strong = build(StrongNode, 3, 3)
ref = weakref.ref(strong.children[1].children[2])
leaf = ref()
print(leaf.name, leaf.parent.name, leaf.parent.parent is strong)
del strong
gc.collect()
print("one leaf keeps the whole tree:", len(leaf.parent.parent.children))
del leaf
gc.collect()
print("gone:", ref() is None)


# Moving a subtree: the weak link is replaced, the strong ones are moved.
def move(node, target):
    node.parent.children.remove(node)
    node._parent = weakref.ref(target)
    target.children.append(node)


root = WeakNode("root")
src, docs = WeakNode("src", root), WeakNode("docs", root)
guide = WeakNode("guide", src)
WeakNode("intro", guide)
print([node.path for node in root.walk()])
move(guide, docs)
print([node.path for node in root.walk()])
docs_ref = weakref.ref(docs)
root.children.remove(docs)
del docs
print(docs_ref(), guide.path, [child.path for child in guide.children])
# SPDX-License-Identifier: MIT
