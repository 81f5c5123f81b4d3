# A cache that does not keep what it caches, with the books of hits and misses.
import gc
import weakref


class Image:
    loaded = 0

    def __init__(self, path):
        self.path = path
        self.pixels = bytes(len(path))
        Image.loaded += 1


class ImageCache:
    def __init__(self):
        self.images = weakref.WeakValueDictionary()
        self.hits = self.misses = 0

    def get(self, path):
        image = self.images.get(path)
        if image is None:
            self.misses += 1
            image = self.images[path] = Image(path)
        else:
            self.hits += 1
        return image

    def report(self):
        return f"{self.hits} hits, {self.misses} misses, {len(self.images)} live, {Image.loaded} loaded"


class Document:
    def __init__(self, cache, *paths):
        self.images = [cache.get(path) for path in paths]


cache = ImageCache()
first = Document(cache, "logo", "photo", "logo")
print(cache.report())
second = Document(cache, "logo", "chart")
print(cache.report(), first.images[0] is second.images[0])
del first
print(cache.report(), sorted(cache.images))
del second
print(cache.report(), sorted(cache.images))

# The same with a strong cache keeps everything.
strong = {}
for number in range(100):
    strong.setdefault(number % 10, Image(str(number)))
print(len(strong), Image.loaded)


# Memoised functions on objects: the result goes with the object.
class Shape:
    def __init__(self, *sides):
        self.sides = sides


def memoise(function):
    results = weakref.WeakKeyDictionary()

    def remembered(key):
        if key not in results:
            results[key] = function(key)
        return results[key]

    remembered.results = results
    return remembered


computed = []


@memoise
def perimeter(shape):
    computed.append(len(shape.sides))
    return sum(shape.sides)


square, triangle = Shape(2, 2, 2, 2), Shape(3, 4, 5)
print(perimeter(square), perimeter(triangle), perimeter(square), computed)
del square
print(len(perimeter.results), perimeter(triangle), computed)


# Interning: equal values share one object for as long as anybody has it.
class Symbol:
    table = weakref.WeakValueDictionary()

    def __new__(cls, name):
        symbol = cls.table.get(name)
        if symbol is None:
            symbol = super().__new__(cls)
            symbol.name = name
            cls.table[name] = symbol
        return symbol


a, b = Symbol("x"), Symbol("x")
print(a is b, len(Symbol.table), a is Symbol("y"), len(Symbol.table))
loop = Symbol("loop")
loop.me = loop
del a, b, loop
gc.collect()
print(len(Symbol.table))
# SPDX-License-Identifier: MIT
