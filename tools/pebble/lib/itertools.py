"""Iterators from iterators. Each is lazy: it takes from its sources only what it is asked for."""


class _Lazy:
    """An iterator that is its own state, so that it can be copied, and collected, as it stands."""

    __slots__ = ()

    def __iter__(self):
        return self


class count(_Lazy):
    __slots__ = ("_next", "_step")

    def __init__(self, start=0, step=1):
        if not hasattr(start, "__sub__"):
            raise TypeError("a number is required")
        self._next, self._step = start, step

    def __next__(self):
        value = self._next
        self._next = value + self._step
        return value

    def __repr__(self):
        step = "" if self._step == 1 else f", {self._step!r}"
        return f"count({self._next!r}{step})"


class repeat(_Lazy):
    __slots__ = ("_object", "_left")

    def __init__(self, object, times=None):
        self._object = object
        self._left = None if times is None else max(times, 0)

    def __next__(self):
        if self._left is not None:
            if self._left == 0:
                raise StopIteration
            self._left -= 1
        return self._object

    def __length_hint__(self):
        if self._left is None:
            raise TypeError("len() of unsized object")
        return self._left

    def __repr__(self):
        left = "" if self._left is None else f", {self._left}"
        return f"repeat({self._object!r}{left})"


class cycle(_Lazy):
    __slots__ = ("_items", "_saved", "_at")

    def __init__(self, iterable, /):
        self._items, self._saved, self._at = iter(iterable), [], 0

    def __next__(self):
        saved = self._saved
        if self._items is not None:
            for item in self._items:
                saved.append(item)
                return item
            self._items = None
        if not saved:
            raise StopIteration
        item = saved[self._at]
        self._at = (self._at + 1) % len(saved)
        return item


class accumulate(_Lazy):
    __slots__ = ("_items", "_function", "_total", "_started")

    def __init__(self, iterable, func=None, *, initial=None):
        self._items, self._function = iter(iterable), func
        self._total, self._started = initial, False

    def __next__(self):
        if self._started:
            item = next(self._items)
            function = self._function
            self._total = self._total + item if function is None else function(self._total, item)
        elif self._total is None:
            self._total = next(self._items)
        self._started = True
        return self._total


class chain(_Lazy):
    __slots__ = ("_sources", "_active")

    def __init__(self, *iterables):
        self._sources, self._active = iter(iterables), ()

    def __next__(self):
        while True:
            for item in self._active:
                return item
            self._active = iter(next(self._sources))

    @classmethod
    def from_iterable(cls, iterables, /):
        self = cls.__new__(cls)
        self._sources, self._active = iter(iterables), ()
        return self


class compress(_Lazy):
    __slots__ = ("_items", "_selectors")

    def __init__(self, data, selectors):
        self._items, self._selectors = iter(data), iter(selectors)

    def __next__(self):
        for item in self._items:
            if next(self._selectors):
                return item
        raise StopIteration


class _Choosing(_Lazy):
    """An iterator whose items a predicate chooses from, until it has made up its mind."""

    __slots__ = ("_predicate", "_items", "_decided")

    def __init__(self, predicate, iterable, /):
        self._predicate, self._items, self._decided = predicate, iter(iterable), False


class dropwhile(_Choosing):
    __slots__ = ()

    def __next__(self):
        for item in self._items:
            if self._decided or not self._predicate(item):
                self._decided = True
                return item
        raise StopIteration


class takewhile(_Choosing):
    __slots__ = ()

    def __next__(self):
        if not self._decided:
            item = next(self._items)
            if self._predicate(item):
                return item
            self._decided = True
        raise StopIteration


class filterfalse(_Choosing):
    __slots__ = ()

    def __next__(self):
        predicate = bool if self._predicate is None else self._predicate
        for item in self._items:
            if not predicate(item):
                return item
        raise StopIteration


class starmap(_Lazy):
    __slots__ = ("_function", "_items")

    def __init__(self, function, iterable, /):
        self._function, self._items = function, iter(iterable)

    def __next__(self):
        return self._function(*iter(next(self._items)))


_nothing = object()


class pairwise(_Lazy):
    __slots__ = ("_items", "_before")

    def __init__(self, iterable, /):
        self._items, self._before = iter(iterable), _nothing

    def __next__(self):
        before = next(self._items) if self._before is _nothing else self._before
        self._before = next(self._items)
        return before, self._before


class islice(_Lazy):
    __slots__ = ("_items", "_at", "_wanted", "_stop", "_step")

    def __init__(self, iterable, *bounds):
        start, stop, step = (slice(*bounds).start, slice(*bounds).stop, slice(*bounds).step)
        start, step = 0 if start is None else start, 1 if step is None else step
        for bound, what in ((start, "Indices for islice()"), (stop, "Stop argument for islice()")):
            if bound is not None and (not hasattr(bound, "__index__") or bound < 0):
                raise ValueError(f"{what} must be None or an integer: 0 <= x <= sys.maxsize.")
        if not hasattr(step, "__index__") or step < 1:
            raise ValueError("Step for islice() must be a positive integer or None.")
        self._items, self._at, self._wanted = iter(iterable), 0, start
        self._stop, self._step = stop, step

    def __next__(self):
        stop = self._stop
        while self._at < self._wanted:
            self._take()
        if stop is not None and self._at >= stop:
            self._items = iter(())
            raise StopIteration
        item = self._take()
        self._wanted += self._step
        if stop is not None and self._wanted > stop:
            self._wanted = stop
        return item

    def _take(self):
        for item in self._items:
            self._at += 1
            return item
        self._items = iter(())
        raise StopIteration


class zip_longest(_Lazy):
    __slots__ = ("_sources", "_fill")

    def __init__(self, *iterables, fillvalue=None):
        self._sources, self._fill = [iter(iterable) for iterable in iterables], fillvalue

    def __next__(self):
        row = []
        for i, source in enumerate(self._sources):
            for item in source or ():
                row.append(item)
                break
            else:
                if source is not None:
                    # A copy of this iterator keeps the list that it has.
                    self._sources = self._sources[:i] + [None] + self._sources[i + 1:]
                row.append(self._fill)
        if all(source is None for source in self._sources):
            raise StopIteration
        return tuple(row)


class groupby(_Lazy):
    __slots__ = ("_items", "_function", "_value", "_key", "_wanted", "_group")

    def __init__(self, iterable, key=None):
        self._items, self._function = iter(iterable), key
        self._value = self._key = self._wanted = self._group = _nothing

    def _advance(self):
        value = next(self._items)
        self._key = value if self._function is None else self._function(value)
        self._value = value

    def __next__(self):
        self._group = None
        while self._key is _nothing or (self._wanted is not _nothing and
                                        self._wanted == self._key):
            self._advance()
        self._wanted = self._key
        self._group = _grouper(self, self._wanted)
        return self._key, self._group


class _grouper(_Lazy):
    """The items of one group, as long as its groupby() stands at it."""

    __slots__ = ("_parent", "_wanted")

    def __init__(self, parent, wanted):
        self._parent, self._wanted = parent, wanted

    def __next__(self):
        parent = self._parent
        if parent._group is not self:
            raise StopIteration
        if parent._value is _nothing:
            parent._advance()
        if not self._wanted == parent._key:
            raise StopIteration
        value, parent._value = parent._value, _nothing
        return value


class _Selection(_Lazy):
    """Tuples of items of pools. `_at` has the indices of the last one: a list that is replaced,
    not changed, so that a copy keeps its place; None: there is none yet, (): there are no more."""

    __slots__ = ("_pool", "_at")

    def __next__(self):
        if self._at is not None:
            self._at = self._at and self._following(list(self._at))
        else:
            self._at = self._first()
            if self._at == []:
                self._at = ()
                return ()
        if not self._at:
            raise StopIteration
        return self._chosen(self._at)

    def _chosen(self, at):
        pool = self._pool
        return tuple([pool[i] for i in at])


class product(_Selection):
    __slots__ = ()

    def __init__(self, *iterables, repeat=1):
        if repeat < 0:
            raise ValueError("repeat argument cannot be negative")
        self._pool, self._at = [tuple(iterable) for iterable in iterables] * repeat, None

    def _first(self):
        return [0] * len(self._pool) if all(self._pool) else ()

    def _following(self, at):
        for place in reversed(range(len(at))):
            at[place] += 1
            if at[place] < len(self._pool[place]):
                return at
            at[place] = 0
        return ()

    def _chosen(self, at):
        return tuple([pool[i] for pool, i in zip(self._pool, at)])


class combinations(_Selection):
    __slots__ = ("_length",)
    _gap = 1  # between an index and the next, at least

    def __init__(self, iterable, r):
        if r < 0:
            raise ValueError("r must be non-negative")
        self._pool, self._at, self._length = tuple(iterable), None, r

    def _first(self):
        at = [place * self._gap for place in range(self._length)]
        return at if not at or at[-1] < len(self._pool) else ()

    def _following(self, at):
        last = len(at) - 1
        for place in reversed(range(len(at))):
            if at[place] < len(self._pool) - 1 - (last - place) * self._gap:
                index = at[place] + 1
                return at[:place] + [index + i * self._gap for i in range(len(at) - place)]
        return ()


class combinations_with_replacement(combinations):
    __slots__ = ()
    _gap = 0


class permutations(_Selection):
    __slots__ = ("_length",)

    def __init__(self, iterable, r=None):
        self._pool, self._at = tuple(iterable), None
        self._length = len(self._pool) if r is None else r
        if self._length < 0:
            raise ValueError("r must be non-negative")

    def _first(self):
        return list(range(self._length)) if self._length <= len(self._pool) else ()

    def _following(self, at):
        free = [i for i in range(len(self._pool)) if i not in at]
        while at:
            index = at.pop()
            free.append(index)
            larger = [i for i in free if i > index]
            if larger:
                at.append(min(larger))
                free.remove(at[-1])
                free.sort()
                return at + free[:self._length - len(at)]
        return ()


class _tee(_Lazy):
    """One of several readers of a source: a chain of links [item, next link] is their store."""

    __slots__ = ("_source", "_link")

    def __init__(self, source, link):
        self._source, self._link = source, link

    def __next__(self):
        link = self._link
        if not link:
            link += [next(self._source), []]
        self._link = link[1]
        return link[0]

    def __copy__(self):
        return type(self)(self._source, self._link)


def tee(iterable, n=2, /):
    if n < 0:
        raise ValueError("n must be >= 0")
    source = iter(iterable)
    first = source if isinstance(source, _tee) else _tee(source, [])
    return tuple([first, *(first.__copy__() for _ in range(n - 1))][:n])
# SPDX-License-Identifier: MIT
