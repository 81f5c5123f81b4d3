#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Cairn from Python by ctypes: a cycle, a weak reference with a callback, a collection.

usage: cycle.py PATH_OF_LIBCAIRN
"""
import ctypes
import sys
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_uint32, c_void_p

NUMBERS = """flags object_size item_size item_count_offset slots_offset slot_count array_offset
             array_count_offset record_size record_slots other_keys_offset buffer_offset"""


class Node(Structure):
    _fields_ = [("refcount", c_uint32), ("flags", c_uint32), ("type", c_void_p),  # cairn_object
                ("next", c_void_p)]


class Spec(Structure):  # cairn_type_spec
    _fields_ = [("size", c_size_t), ("name", c_char_p),
                *((name, c_uint32) for name in NUMBERS.split()), ("functions", c_void_p * 11)]


Callback = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p)


def load(path):
    """The library, with the functions that this program uses."""
    cairn = ctypes.CDLL(path)
    for name, result, *arguments in [
            ("heap_new", c_void_p, c_void_p),
            ("heap_free", c_size_t, c_void_p),
            ("type_new", c_int, c_void_p, POINTER(Spec), POINTER(c_void_p)),
            ("new", c_void_p, c_void_p),
            ("decref", None, c_void_p),
            ("set", None, POINTER(c_void_p), c_void_p),
            ("refcount", c_uint32, c_void_p),
            ("weakref_new", c_void_p, c_void_p, Callback, c_void_p, c_void_p),
            ("weakref_is_cleared", c_int, c_void_p),
            ("gc_collect", c_int, c_void_p, c_int, POINTER(c_size_t))]:
        function = getattr(cairn, "cairn_" + name)
        function.restype, function.argtypes = result, arguments
    return cairn


def slot(node):
    return ctypes.cast(node + Node.next.offset, POINTER(c_void_p))


def main():
    cairn = load(sys.argv[1])
    heap = cairn.cairn_heap_new(None)
    spec = Spec(size=ctypes.sizeof(Spec), name=b"node", object_size=ctypes.sizeof(Node),
                slots_offset=Node.next.offset, slot_count=1)
    node_type = c_void_p()
    if cairn.cairn_type_new(heap, byref(spec), byref(node_type)) != 0:
        sys.exit("the type is not valid, or memory is out")

    @Callback  # the heap has its address: it must live as long as the weak reference
    def on_death(_ref, _argument, _user_data):
        print("callback: the cycle is gone")
        return 0

    a, b = cairn.cairn_new(node_type), cairn.cairn_new(node_type)
    cairn.cairn_set(slot(a), b)
    cairn.cairn_set(slot(b), a)
    print(f"linked: {cairn.cairn_refcount(b)} references to b")
    ref = cairn.cairn_weakref_new(a, on_death, None, None)
    cairn.cairn_decref(a)
    cairn.cairn_decref(b)
    found = c_size_t()
    cairn.cairn_gc_collect(heap, 2, byref(found))
    print(f"unreachable: {found.value}")
    print(f"the reference is cleared: {cairn.cairn_weakref_is_cleared(ref)}")
    cairn.cairn_decref(ref)
    print(f"leaked: {cairn.cairn_heap_free(heap)}")


main()
