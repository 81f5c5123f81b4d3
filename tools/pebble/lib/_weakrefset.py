"""Sets that hold their members weakly."""
import _weakref
from collections.abc import MutableSet as _MutableSet


class WeakSet(_MutableSet):
    def __init__(self, data=None):
        self.data = _weakref.Map(_weakref.SET)
        if data is not None:
            self.update(data)

    def __iter__(self):
        for weak in self.data.refs():
            item = weak()
            if item is not None:
                yield item
                item = None

    def __len__(self):
        return len(self.data)

    def __contains__(self, item):
        try:
            return item in self.data
        except TypeError:
            return False

    def add(self, item):
        self.data.add(item)

    def discard(self, item):
        try:
            del self.data[item]
        except KeyError:
            pass

    def remove(self, item):
        del self.data[item]

    def clear(self):
        self.data.clear()

    def update(self, other):
        for item in other:
            self.add(item)

    def pop(self):
        for item in self:
            self.discard(item)
            return item
        raise KeyError("pop from empty WeakSet")

    def copy(self):
        return type(self)(self)

    def union(self, other):
        return type(self)(item for group in (self, other) for item in group)

    def intersection(self, other):
        return type(self)(item for item in other if item in self)

    def difference(self, other):
        new = self.copy()
        new.difference_update(other)
        return new

    def symmetric_difference(self, other):
        new = self.copy()
        new.symmetric_difference_update(other)
        return new

    def intersection_update(self, other):
        self.__iand__(other)

    def difference_update(self, other):
        self.__isub__(other)

    def symmetric_difference_update(self, other):
        self.__ixor__(other)

    def issubset(self, other):
        return all(item in other for item in self)

    def issuperset(self, other):
        return all(item in self for item in other)

    def __reduce__(self):
        return type(self), (list(self),), None

    def __repr__(self):
        return repr(set(self))
