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

    def copy(self):
        return type(self)(self)

    def __repr__(self):
        return repr(set(self))
