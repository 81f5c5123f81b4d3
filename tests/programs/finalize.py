# weakref.finalize: clean-up that runs once, on death, by hand, or at the end of the program.
import gc
import weakref


class Resource:
    open_handles = set()

    def __init__(self, name):
        self.name = name
        Resource.open_handles.add(name)
        self.closer = weakref.finalize(self, Resource.release, name, reason="dropped")

    @staticmethod
    def release(name, reason):
        Resource.open_handles.discard(name)
        print(f"released {name} ({reason})")
        return name.upper()

    def close(self):
        return self.closer()

    @property
    def closed(self):
        return not self.closer.alive


first = Resource("first")
print(first.closed, sorted(Resource.open_handles))
del first
print(sorted(Resource.open_handles))

second = Resource("second")
print(second.close(), second.closed, second.close())
del second

third = Resource("third")
finalizer = third.closer
referent, function, args, kwargs = finalizer.peek()
print(referent is third, function is Resource.release, args, kwargs)
obj, function, args, kwargs = finalizer.detach()
print(obj is third, finalizer.alive, finalizer.peek(), finalizer.detach(), finalizer())
del third, obj, referent
print("a detached one does not run:", sorted(Resource.open_handles))

# In a cycle it runs when the cycle is collected.
fourth = Resource("fourth")
fourth.me = fourth
del fourth
gc.collect()
print(sorted(Resource.open_handles))


# An error in one is reported and does not stop the program.
class Plain:
    pass


plain = Plain()
order = []
for number in range(3):
    weakref.finalize(plain, order.append, number)
del plain
print("several for one object:", order)

# The first to run may call the others, though their object is dying.
plain = Plain()
others = [weakref.finalize(plain, lambda number: number * 2, number) for number in range(2)]
weakref.finalize(plain, lambda: print("called:", [other() for other in others],
                                      [(other.alive, other.peek(), other()) for other in others]))
del plain
plain = Plain()
failing = weakref.finalize(plain, lambda: 1 // 0)
try:
    failing()
except ZeroDivisionError as error:
    print("its error:", error, failing.alive)

# At the end: newest first, except those that say no.
survivors = [Plain(), Plain(), Plain()]
weakref.finalize(survivors[0], print, "at exit: oldest")
quiet = weakref.finalize(survivors[1], print, "never printed")
quiet.atexit = False
print(quiet.atexit, quiet.alive)
weakref.finalize(survivors[2], print, "at exit: newest")
print("end of the program")
# SPDX-License-Identifier: MIT
