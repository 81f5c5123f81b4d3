"""Lists as heaps: each item is not greater than the two at 2i + 1 and 2i + 2."""


def _rise(heap, at, top=0):
    item = heap[at]
    while at > top:
        parent = (at - 1) // 2
        if not item < heap[parent]:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = item


def _sink(heap, at):
    """Lets the smaller of two below go up till the bottom, then the item up again from there."""
    top, item, size = at, heap[at], len(heap)
    below = 2 * at + 1
    while below < size:
        if below + 1 < size and not heap[below] < heap[below + 1]:
            below += 1
        heap[at] = heap[below]
        at = below
        below = 2 * at + 1
    heap[at] = item
    _rise(heap, at, top)


def heapify(x, /):
    for at in reversed(range(len(x) // 2)):
        _sink(x, at)


def heappush(heap, item, /):
    heap.append(item)
    _rise(heap, len(heap) - 1)


def heappop(heap, /):
    if not heap:
        raise IndexError("index out of range")
    last = heap.pop()
    return heapreplace(heap, last) if heap else last


def heapreplace(heap, item, /):
    top = heap[0]
    heap[0] = item
    _sink(heap, 0)
    return top


def heappushpop(heap, item, /):
    return heapreplace(heap, item) if heap and heap[0] < item else item


def nsmallest(n, iterable, key=None):
    return sorted(iterable, key=key)[:max(n, 0)]


def nlargest(n, iterable, key=None):
    return sorted(iterable, key=key, reverse=True)[:max(n, 0)]


def merge(*iterables, key=None, reverse=False):
    heap = []
    for number, items in enumerate(map(iter, iterables)):
        for item in items:
            heap.append(_Head(item if key is None else key(item), number, reverse, item, items))
            break
    heapify(heap)
    while heap:
        head = heap[0]
        yield head.item
        for head.item in head.items:
            head.rank = head.item if key is None else key(head.item)
            heapreplace(heap, head)
            break
        else:
            heappop(heap)


class _Head:
    """The first item of one source of merge()."""

    __slots__ = ("rank", "number", "reverse", "item", "items")

    def __init__(self, rank, number, reverse, item, items):
        self.rank, self.number, self.reverse = rank, number, reverse
        self.item, self.items = item, items

    def __lt__(self, other):
        first, second = (other, self) if self.reverse else (self, other)
        if first.rank < second.rank:
            return True
        return not second.rank < first.rank and self.number < other.number
