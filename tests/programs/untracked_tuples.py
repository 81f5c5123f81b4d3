"""Tuples of what can be in no cycle are no longer tracked once a collection has seen them."""
import gc


class Pair(tuple):
    pass


gc.collect()
flat = tuple([1, "x", 2.5, None])
nested = tuple([flat, b"bytes"])
holds_list = tuple([[], 1])
holds_holder = tuple([holds_list, flat])
derived = Pair([1, 2])
holds_dict = tuple([{1: 2}])
holds_set = tuple([frozenset([1])])
every = (flat, nested, holds_list, holds_holder, derived, holds_dict, holds_set)
print([gc.is_tracked(each) for each in every])
print(gc.collect())
print([gc.is_tracked(each) for each in every], gc.is_tracked(()))

# What is garbage is found, and counted, before it could be untracked.
ring = []
ring += [ring, tuple([1, 2]), tuple(["a", ring])]
del ring
print(gc.collect())

# An untracked tuple that garbage held lives on, or dies with it.
ring = [nested]
ring.append(ring)
around = tuple([ring])
gc.collect()
print(gc.is_tracked(nested), gc.is_tracked(around))
del ring, around
print(gc.collect(), nested)
print(any(each is nested for each in gc.get_objects()), gc.get_referrers(flat) == [holds_holder])
# SPDX-License-Identifier: MIT
