"""Iterators from iterators. Each is lazy: it takes from its sources only what it is asked for."""


class _Lazy:
    """An iterator that a generator does the work for."""

    __slots__ = ("_steps",)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._steps)


class count(_Lazy):
    __slots__ = ("_next", "_step")

    def __init__(self, start=0, step=1):
        if not hasattr(start, "__add__"):
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
    __slots__ = ()

    def __init__(self, iterable, /):
        def run(items):
            saved = []
            for item in items:
                saved.append(item)
                yield item
            while saved:
                yield from saved
        self._steps = run(iter(iterable))


class accumulate(_Lazy):
    __slots__ = ()

    def __init__(self, iterable, func=None, *, initial=None):
        def run(items, total):
            if total is None:
                for total in items:
                    break
                else:
                    return
            yield total
            for item in items:
                total = total + item if func is None else func(total, item)
                yield total
        self._steps = run(iter(iterable), initial)


class chain(_Lazy):
    __slots__ = ()

    def __init__(self, *iterables):
        self._run(iterables)

    def _run(self, iterables):
        self._steps = (item for iterable in iterables for item in iterable)

    @classmethod
    def from_iterable(cls, iterables, /):
        self = cls.__new__(cls)
        self._run(iterables)
        return self


class compress(_Lazy):
    __slots__ = ()

    def __init__(self, data, selectors):
        self._steps = (item for item, wanted in zip(data, selectors) if wanted)


class dropwhile(_Lazy):
    __slots__ = ()

    def __init__(self, predicate, iterable, /):
        def run(items):
            for item in items:
                if not predicate(item):
                    yield item
                    break
            yield from items
        self._steps = run(iter(iterable))


class takewhile(_Lazy):
    __slots__ = ()

    def __init__(self, predicate, iterable, /):
        def run(items):
            for item in items:
                if not predicate(item):
                    return
                yield item
        self._steps = run(iter(iterable))


class filterfalse(_Lazy):
    __slots__ = ()

    def __init__(self, function, iterable, /):
        function = bool if function is None else function
        self._steps = (item for item in iterable if not function(item))


class starmap(_Lazy):
    __slots__ = ()

    def __init__(self, function, iterable, /):
        self._steps = (function(*args) for args in iterable)


class pairwise(_Lazy):
    __slots__ = ()

    def __init__(self, iterable, /):
        def run(items):
            for before in items:
                break
            for item in items:
                yield before, item
                before = item
        self._steps = run(iter(iterable))


class islice(_Lazy):
    __slots__ = ()

    def __init__(self, iterable, *bounds):
        start, stop, step = (slice(*bounds).start, slice(*bounds).stop, slice(*bounds).step)
        start, step = 0 if start is None else start, 1 if step is None else step
        for bound, what in ((start, "Indices for islice()"), (stop, "Stop argument for islice()")):
            if bound is not None and (not hasattr(bound, "__index__") or bound < 0):
                raise ValueError(f"{what} must be None or an integer: 0 <= x <= sys.maxsize.")
        if not hasattr(step, "__index__") or step < 1:
            raise ValueError("Step for islice() must be a positive integer or None.")

        def run(items, wanted):
            at = 0
            while stop is None or at < stop:
                for item in items:
                    break
                else:
                    return
                if at == wanted:
                    wanted += step
                    yield item
                at += 1
        self._steps = run(iter(iterable), start)


class zip_longest(_Lazy):
    __slots__ = ()

    def __init__(self, *iterables, fillvalue=None):
        def run(sources):
            left = len(sources)
            while left:
                row = []
                for i, source in enumerate(sources):
                    for item in source or ():
                        row.append(item)
                        break
                    else:
                        if source is not None:
                            sources[i] = None
                            left -= 1
                        row.append(fillvalue)
                if left:
                    yield tuple(row)
        self._steps = run([iter(iterable) for iterable in iterables])


class groupby(_Lazy):
    __slots__ = ()

    def __init__(self, iterable, key=None):
        def run(items):
            nothing = object()
            here = [nothing, None]   # the item looked at, and its key

            def step():
                here[0] = next(items, nothing)
                if here[0] is not nothing:
                    here[1] = here[0] if key is None else key(here[0])

            def group(mine, number):
                while here[0] is not nothing and here[1] == mine and number == current[0]:
                    item = here[0]
                    step()
                    yield item

            current = [0]
            step()
            while here[0] is not nothing:
                mine = here[1]
                current[0] += 1
                yield mine, group(mine, current[0])
                while here[0] is not nothing and here[1] == mine:
                    step()
        self._steps = run(iter(iterable))


class product(_Lazy):
    __slots__ = ()

    def __init__(self, *iterables, repeat=1):
        if repeat < 0:
            raise ValueError("repeat argument cannot be negative")

        def run(pools):
            at = [0] * len(pools)
            while all(pools):
                yield tuple([pool[i] for pool, i in zip(pools, at)])
                for place in reversed(range(len(pools))):
                    at[place] += 1
                    if at[place] < len(pools[place]):
                        break
                    at[place] = 0
                else:
                    return
        self._steps = run([tuple(iterable) for iterable in iterables] * repeat)


def _choices(n, r, first_allowed):
    """The index tuples of length r, each index at least first_allowed(the one before)."""
    at = []
    while True:
        while len(at) < r and (first_allowed(at[-1]) if at else 0) < n:
            at.append(first_allowed(at[-1]) if at else 0)
        if len(at) == r:
            yield at
        elif not at:
            return
        while at and at[-1] == n - 1:
            at.pop()
        if not at:
            return
        at[-1] += 1


def _chosen(iterable, r, first_allowed):
    if r < 0:
        raise ValueError("r must be non-negative")
    pool = tuple(iterable)
    return (tuple([pool[i] for i in at]) for at in _choices(len(pool), r, first_allowed))


class combinations(_Lazy):
    __slots__ = ()

    def __init__(self, iterable, r):
        self._steps = _chosen(iterable, r, lambda before: before + 1)


class combinations_with_replacement(_Lazy):
    __slots__ = ()

    def __init__(self, iterable, r):
        self._steps = _chosen(iterable, r, lambda before: before)


class permutations(_Lazy):
    __slots__ = ()

    def __init__(self, iterable, r=None):
        pool = tuple(iterable)
        r = len(pool) if r is None else r
        if r < 0:
            raise ValueError("r must be non-negative")

        def run(chosen, rest):
            if len(chosen) == r:
                yield tuple([pool[i] for i in chosen])
                return
            for place, i in enumerate(rest):
                yield from run(chosen + [i], rest[:place] + rest[place + 1:])
        self._steps = run([], list(range(len(pool)))) if r <= len(pool) else iter(())


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
