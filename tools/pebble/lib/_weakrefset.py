"""Sets that hold their members weakly."""
import _weakref
from collections.abc import MutableSet as _MutableSet


class WeakSet(_MutableSet):
    """The heap's own weak set, `data`, with the methods of a set."""

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
        return item in self.data

    def add(self, item):
        self.data.add(item)

    def discard(self, item):
        try:
            del self.data[item]
        except KeyError:
            pass

    def remove(self, item):
        del self.data[item]

    def pop(self):
        if not self.data:
            raise KeyError("pop from empty WeakSet")
        return self.data.popitem()[0]

    def clear(self):
        self.data.clear()

    def copy(self):
        return type(self)(self)

    def _like(self, treated):
        """A set of the same members, with attributes as `treated` makes them from ours."""
        from copy import _set_state, _state_of
        attributes, slots = _state_of(self)
        attributes = {name: value for name, value in attributes.items() if name != "data"}
        new = type(self)(self)
        _set_state(new, (treated(attributes), treated(slots)))
        return new

    def __copy__(self):
        return self._like(lambda part: part)

    def __deepcopy__(self, memo):
        from copy import deepcopy
        return self._like(lambda part: deepcopy(part, memo))

    def __eq__(self, other):
        if not isinstance(other, WeakSet):
            return NotImplemented
        return len(self) == len(other) and self.issubset(other)

    # With any iterable.

    def update(self, other):
        for item in other:
            self.add(item)

    def union(self, other):
        new = self.copy()
        new.update(other)
        return new

    def difference(self, other):
        new = self.copy()
        new.difference_update(other)
        return new

    def difference_update(self, other):
        for item in list(other):
            self.discard(item)

    def intersection(self, other):
        return type(self)(item for item in other if item in self)

    def intersection_update(self, other):
        wanted = type(self)(other)
        for item in list(self):
            if item not in wanted:
                self.discard(item)

    def symmetric_difference(self, other):
        new = self.copy()
        new.symmetric_difference_update(other)
        return new

    def symmetric_difference_update(self, other):
        for item in list(type(self)(other)):
            if item in self:
                self.discard(item)
            else:
                self.add(item)

    def issubset(self, other):
        return all(item in other for item in self)

    def issuperset(self, other):
        return all(item in self for item in other)

    def isdisjoint(self, other):
        return not any(item in self for item in other)

    # With another set.

    __le__ = issubset
    __ge__ = issuperset
    __or__ = union
    __and__ = intersection
    __sub__ = difference
    __xor__ = symmetric_difference

    def __lt__(self, other):
        return self != other and self.issubset(other)

    def __gt__(self, other):
        return self != other and self.issuperset(other)

    def __ior__(self, other):
        self.update(other)
        return self

    def __iand__(self, other):
        self.intersection_update(other)
        return self

    def __isub__(self, other):
        self.difference_update(other)
        return self

    def __ixor__(self, other):
        self.symmetric_difference_update(other)
        return self

    def __repr__(self):
        return repr(self.data)
# SPDX-License-Identifier: MIT
