# SPDX-License-Identifier: MIT
"""Cairn in gdb: printers, and commands that work on a live process or a core file.

    source tools/cairn-gdb.py

    print *object              <person at 0x7f.. refs 2 gen 1 {friend: 0x7f..}>
    cairn-heap HEAP|OBJECT     objects and bytes by type
    cairn-refs OBJECT          what an object refers to, by slot, item or record
    cairn-referrers OBJECT     which objects refer to it

Nothing is called in the program. The debug information of the library is needed, in any kind of
build. References of types with a traverse function are not known: cairn-refs shows the words of the
object that are addresses of objects, and marks them with "?"; what lies outside the object is missing.
"""
import collections
import struct

import gdb

SEGMENT = 4 << 20
PAGE = 64 << 10
GRANULE = 32
FIRST_PAGE = SEGMENT // GRANULE
DYING = 1 << 4
IS_WEAKREF = 1 << 7
IS_WEAKMAP = 1 << 9
IMMORTAL = 1 << 31
SIDES = {0: "untracked", 1: "gen 0", 2: "gen 1", 3: "gen 2", 4: "permanent"}


def lookup(name):
    """A type; those of the library are unknown, or known by name alone, without its debug information."""
    try:
        found = gdb.lookup_type(name).strip_typedefs()
    except gdb.error:
        found = None
    if found is None or (found.code == gdb.TYPE_CODE_STRUCT and not found.fields()):
        raise gdb.GdbError("the library has no debug information")
    return found


def pointer(address, type_name):
    return gdb.Value(address).cast(lookup(type_name).pointer())


def read(address, size):
    return bytes(gdb.selected_inferior().read_memory(address, size))


def word(address):
    return struct.unpack("=Q", read(address, 8))[0]


def text_at(address):
    return gdb.Value(address).cast(lookup("char").pointer()).string(errors="replace")


class Layout:
    """How objects of a type lie in memory."""

    known = {}  # by address, until another process may have another type there

    def __init__(self, address):
        kind = pointer(address, "cairn_type").dereference()
        shape = kind["shape"]
        self.name = kind["name"].string(errors="replace")
        self.traverse = int(kind["traverse"]) != 0
        self.tagged = bool(shape["tagged"])
        self.slots_offset = int(shape["slots_offset"])
        self.slot_count = int(shape["slot_count"])
        self.items_offset = int(shape["items_offset"])
        self.item_count_offset = int(shape["item_count_offset"])
        array = shape["array"]
        self.array_offset = int(array["offset"])
        self.count_offset = int(array["count_offset"])
        self.record_size = int(array["record_size"])
        self.record_slots = int(array["record_slots"])
        names = int(kind["slot_names"]["names"])
        own = 1 if int(kind["flags"]) & 8 else 0
        self.names = ["argument"] * own
        for i in range(self.slot_count - own):
            name = word(names + 8 * i) if names else 0
            self.names.append(text_at(name) if name else f"slot {i}")

    @classmethod
    def of(cls, address):
        if address not in cls.known:
            cls.known[address] = cls(address)
        return cls.known[address]

    def is_reference(self, value):
        return value != 0 and not (self.tagged and value & 1)


class Object:
    """A live object."""

    def __init__(self, address):
        self.address = address
        self.refcount, self.flags, self.type = struct.unpack("=IIQ", read(address, 16))

    @property
    def is_alive(self):
        return self.refcount != 0 and not self.flags & DYING

    @property
    def layout(self):
        return Layout.of(self.type)

    def side(self):
        segment = self.address & ~(SEGMENT - 1)
        byte = read(segment + (self.address % SEGMENT) // GRANULE, 1)[0]
        return SIDES.get(byte, "candidate" if byte >= 8 else "reached")

    def references(self, heap=None):
        """(place, address) of each strong reference, and weak ones with a place that says so."""
        if self.flags & IS_WEAKMAP:
            yield from self.entries()
            return
        layout = self.layout
        if self.flags & IS_WEAKREF:
            referent = word(self.address + 16)
            if referent:
                yield "weak referent", referent
        if layout.traverse:
            yield from self.guesses(heap)
            return
        for i in range(layout.slot_count):
            value = word(self.address + layout.slots_offset + 8 * i)
            if layout.is_reference(value):
                yield layout.names[i], value
        if layout.items_offset:
            count = word(self.address + layout.item_count_offset)
            yield from self.numbered(self.address + layout.items_offset, count, 8, 1)
        if layout.array_offset:
            count = word(self.address + layout.count_offset)
            if count:
                records = word(self.address + layout.array_offset)
                yield from self.numbered(records, count, layout.record_size, layout.record_slots)

    def numbered(self, start, count, size, parts):
        data = read(start, count * size) if count else b""
        for i in range(count):
            for part in range(parts):
                value = struct.unpack_from("=Q", data, i * size + 8 * part)[0]
                if self.layout.is_reference(value):
                    yield (f"[{i}]" if parts == 1 else f"[{i}].{part}"), value

    def entries(self):
        table = pointer(self.address, "cairn::WeakMapObject").dereference()["table"]
        for i in range(int(table["used"])):
            entry = table["entries"][i]
            if int(entry["ref"]):
                yield f"reference of entry {i}", int(entry["ref"])
                if int(entry["strong"]):
                    yield f"entry {i}", int(entry["strong"])
                if int(entry["weak"]):
                    yield f"weak side of entry {i}", int(entry["weak"])

    def guesses(self, heap):
        heap = heap or Heap.of_object(self.address)
        size = heap.cell_size(self.address)
        for offset, (value,) in enumerate(struct.iter_unpack("=Q", read(self.address, size))):
            if offset >= 2 and heap.is_object(value):
                yield f"? at {8 * offset}", value

    def text(self, with_references=True):
        count = "immortal" if self.refcount & IMMORTAL else f"refs {self.refcount}"
        if not self.is_alive:
            return f"<no live object at {self.address:#x}>"
        text = f"<{self.layout.name} at {self.address:#x} {count} {self.side()}"
        if with_references:
            shown = [f"{place}: {to:#x}" for place, to in self.references()]
            more = ", ..." if len(shown) > 5 else ""
            text += " {" + ", ".join(shown[:5]) + more + "}" if shown else ""
        return text + ">"


class Heap:
    """The pages of a heap."""

    def __init__(self, address):
        self.pages = []  # (base, cell size, cells)
        self.by_page = {}
        heap = pointer(address, "cairn_heap").dereference()
        segment = heap["space"]["segments_"]
        while int(segment):
            for i in range(int(segment["page_count"])):
                self.add_page(segment["pages"][i])
            segment = segment["next"]

    def add_page(self, page):
        cell_size = int(page["cell_size"])
        if cell_size == 0:
            return
        base, owner, cells = int(page["base"]), page["bin"], int(page["carved"])
        if int(owner) and int(owner["current"]) == int(page.address):
            cells = (int(owner["bump"]) - base) // cell_size
        self.pages.append((base, cell_size, cells))
        self.by_page[base // PAGE] = (base, cell_size, cells)

    @classmethod
    def of_object(cls, address):
        return cls(int(pointer(address & ~(SEGMENT - 1), "cairn::Segment")["heap"]))

    def cell_size(self, address):
        return self.by_page[address // PAGE][1]

    def is_object(self, address):
        base, size, cells = self.by_page.get(address // PAGE, (0, 1, 0))
        return 0 <= address - base < size * cells and (address - base) % size == 0

    def objects(self):
        for base, size, cells in self.pages:
            if cells == 1:
                data, size = read(base, 16), 16
            else:
                data = read(base, size * cells)
            for i in range(cells):
                refcount, flags, _ = struct.unpack_from("=IIQ", data, i * size)
                if refcount != 0 and not flags & DYING:
                    yield Object(base + i * size)


def evaluate(argument):
    if not argument:
        raise gdb.GdbError("an expression is needed: an object, or a heap")
    value = gdb.parse_and_eval(argument)
    target = value.type.strip_typedefs()
    if target.code == gdb.TYPE_CODE_STRUCT:
        value = value.address
    name = target.target().strip_typedefs().name if target.code == gdb.TYPE_CODE_PTR else None
    return int(value) & (1 << 64) - 1, name


class Command(gdb.Command):
    """A command whose errors are sentences: gdb shows those of Python with the word "Exception"."""

    def __init__(self, name):
        super().__init__(name, gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        try:
            self.show(*evaluate(argument))
        except gdb.MemoryError as error:
            raise gdb.GdbError(f"{argument} is not an object or a heap: {error}") from None
        except gdb.error as error:
            raise gdb.GdbError(str(error)) from None


class CairnHeap(Command):
    """cairn-heap HEAP|OBJECT: counts the live objects of a heap by type."""

    def show(self, address, name):
        heap = Heap(address) if name == "cairn_heap" else Heap.of_object(address)
        counts, sizes = collections.Counter(), collections.Counter()
        for found in heap.objects():
            counts[found.layout.name] += 1
            sizes[found.layout.name] += heap.cell_size(found.address)
        print(f"{'objects':>10} {'bytes':>12}  type")
        for kind, size in sizes.most_common():
            print(f"{counts[kind]:>10} {size:>12}  {kind}")
        print(f"{sum(counts.values()):>10} {sum(sizes.values()):>12}  all")


class CairnRefs(Command):
    """cairn-refs OBJECT: shows what an object refers to."""

    def show(self, address, _name):
        found = Object(address)
        print(found.text(with_references=False))
        for place, to in found.references():
            print(f"  {place}: {Object(to).text(with_references=False)}")


class CairnReferrers(Command):
    """cairn-referrers OBJECT: shows which objects refer to an object."""

    def show(self, address, _name):
        heap = Heap.of_object(address)
        print(Object(address).text(with_references=False))
        strong = 0
        for found in heap.objects():
            for place, to in found.references(heap):
                if to == address:
                    strong += not place.startswith("weak")
                    print(f"  {found.text(with_references=False)} {place}")
        count = Object(address).refcount
        if not count & IMMORTAL:
            print(f"  {count - strong} of {count} references are not from objects")


class ObjectPrinter:
    def __init__(self, address):
        self.address = address

    def to_string(self):
        try:
            return Object(self.address).text()
        except (gdb.error, gdb.GdbError) as error:
            return f"<no object at {self.address:#x}: {error}>"


def find_printer(value):
    kind = value.type.strip_typedefs()
    if kind.name == "cairn_object" and value.address is not None:
        return ObjectPrinter(int(value.address))
    return None


gdb.pretty_printers.append(find_printer)
for event in (gdb.events.exited, gdb.events.new_objfile):
    event.connect(lambda _: Layout.known.clear())
CairnHeap("cairn-heap")
CairnRefs("cairn-refs")
CairnReferrers("cairn-referrers")
