"""A tour of the heap: what keeps an object alive, what ends its life, and who is told.

Each stop says what it shows, then runs a few lines; `=>` marks what they print.
"""
import gc
import sys

NAMES = {"__name__": "tour"}


def stop(title, text, code):
    stop.number += 1
    print(f"\n{stop.number}. {title}\n")
    for line in text.strip().splitlines():
        print(f"   {line.strip()}")
    print()
    for line in code.strip().splitlines():
        print(f"       {line}")
    print()
    NAMES["print"] = lambda *values: print("    =>", *values)
    exec(code.strip() + "\n", NAMES)


stop.number = 0
print("A tour of Cairn's heap, in Pebble, which runs a subset of Python 3.11 on it.")

stop("Counts", """
    Every object knows how many references lead to it. With the last one it dies, at once.
    getrefcount() tells one more than there are: its own argument.
    """, """
import sys
class Book:
    def __init__(self, title): self.title = title
    def __repr__(self): return f"Book({self.title!r})"
    def __del__(self): print(self, "dies")
book = Book("Walden")
print(sys.getrefcount(book))
shelf = [book, book]
print(sys.getrefcount(book))
del book
print("still on the shelf")
shelf.clear()
print("the shelf is empty")
""")

stop("Cycles", """
    Two objects that hold each other keep each other alive when nobody else wants them. No count
    reaches zero: it takes a collection, which takes the references among the objects off their
    counts and looks who is still held from outside.
    """, """
import gc
gc.disable()
ann, ben = Book("Ann's"), Book("Ben's")
ann.friend, ben.friend = ben, ann
del ann, ben
print("nothing died")
print(gc.collect(), "unreachable objects found")
""")

stop("Generations", """
    A collection looks at young objects most often: most of them die young. What survives moves on
    to an older generation. get_count() tells how full each is, get_threshold() when it is due.
    """, """
gc.enable()
print(gc.get_threshold())
gc.collect()
pile = [[] for _ in range(500)]
print("young objects, about:", round(gc.get_count()[0], -2))
gc.collect(0)
print("and after a young collection:", gc.get_count()[:2])
print("the pile is in generation 1:", any(x is pile[7] for x in gc.get_objects(generation=1)))
del pile
""")

stop("Weak references", """
    A weak reference leads to an object and does not count. Called, it gives the object, or None
    when that has died. One with a callback tells of the death.
    """, """
import weakref
book = Book("Emma")
ref = weakref.ref(book)
told = weakref.ref(book, lambda dead: print("the callback is told"))
print(ref() is book, sys.getrefcount(book))
del book
print(ref(), told())
""")

stop("Caches that do not leak", """
    A dict as a cache keeps all it ever saw. A WeakValueDictionary has an entry for as long as
    somebody else has the value.
    """, """
cache = weakref.WeakValueDictionary()
def load(title):
    book = cache.get(title)
    if book is None:
        print("loading", title)
        book = cache[title] = Book(title)
    return book
one, two = load("Ulysses"), load("Ulysses")
print(one is two, len(cache))
del one, two
print(len(cache), "entries left")
""")

stop("Facts about objects", """
    A WeakKeyDictionary adds facts to objects without touching them, and forgets with them.
    """, """
readers = weakref.WeakKeyDictionary()
book = Book("Dracula")
readers[book] = ["Mina", "Lucy"]
print(len(readers), readers[book])
del book
print(len(readers))
""")

stop("Ephemerons", """
    What if such a fact leads back to its key? In CPython the entry then lives for ever: the
    dictionary holds the value, the value the key. In Cairn a value counts only while its key is
    alive by other means, which is what is meant by an ephemeron. A collection finds that out.
    """, """
book = Book("Narcissus")
readers[book] = ("its own reader:", book)
del book
print(len(readers))
gc.collect()
print(len(readers))
""")

stop("Observers", """
    A WeakSet of observers: nobody has to unsubscribe, whoever is gone is not told any more.
    """, """
class Bell:
    def __init__(self): self.hearers = weakref.WeakSet()
    def ring(self): print(sorted(hearer.name for hearer in self.hearers))
class Cat:
    def __init__(self, name, bell): self.name = name; bell.hearers.add(self)
bell = Bell()
tom, kit = Cat("Tom", bell), Cat("Kit", bell)
bell.ring()
del tom
bell.ring()
""")

stop("Parents", """
    In a tree whose nodes know their parents every link down and up makes a cycle. Weak links up
    make none: the tree dies with its root's last reference, without a collection.
    """, """
class Node:
    def __init__(self, name, parent=None):
        self.name, self.children, self.up = name, [], parent and weakref.ref(parent)
        if parent: parent.children.append(self)
root = Node("root")
leaf = Node("leaf", Node("branch", root))
print(leaf.up().name, leaf.up().up().name)
watch = weakref.ref(root)
del root
print(watch(), leaf.up())
""")

stop("Finalizers", """
    finalize() calls a function when an object dies, or at the end of the program, and once only.
    Unlike __del__ it is no part of the object, so it cannot keep it alive.
    """, """
class File: pass
file = File()
closer = weakref.finalize(file, print, "closed", "notes.txt")
print(closer.alive)
del file
print(closer.alive, closer())
""")

stop("Resurrection", """
    __del__ may make its object reachable again. It then lives on, and __del__ is not called a
    second time.
    """, """
class Phoenix:
    def __del__(self):
        global saved
        saved = self
        print("saved by its own finalizer")
bird = Phoenix()
bird.me = bird
del bird
gc.collect()
print(saved.me is saved, gc.is_finalized(saved))
ref = weakref.ref(saved)
del saved
gc.collect()
print(ref())
""")

stop("Looking inside", """
    Who holds an object, and what does it hold? gc answers; gc.callbacks tells of each collection.
    """, """
book = Book("Moby-Dick")
shelf = [book]
print(any(holder is shelf for holder in gc.get_referrers(book)), gc.get_referents(shelf))
def told(phase, info):
    print(phase, info["generation"])
gc.callbacks.append(told)
gc.collect(1)
gc.callbacks.remove(told)
shelf.clear()
del book
""")

stop("Hunting a leak", """
    What has grown since a mark, and who holds it? The module cairn answers. See docs/leaks.md.
    """, """
import cairn
class Page: pass
visited = {}
def visit(url):
    visited[url] = Page()
mark = cairn.mark()
for n in range(20): visit(f"/page/{n}")
gc.collect()
print([(cls.__name__, row[0]) for cls, row in cairn.growth(mark).items() if cls is Page])
watch = weakref.ref(visited["/page/7"])
print([edge for edge, step in cairn.path_to_root(watch)][-2:])
print(cairn.retained(watch)[0])
visited.clear()
print(watch())
""")

print("\nThat was the tour. `pebble FILE.py` runs a program, `pebble` alone is a prompt, `pebble --help`")
print("names the rest; docs/pebble.md tells what Pebble takes of Python.")
# SPDX-License-Identifier: MIT
