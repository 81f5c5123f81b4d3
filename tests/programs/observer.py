# Subjects that do not keep their observers alive, and observers that leave while they are told.
import gc
import weakref


class Subject:
    def __init__(self):
        self._observers = weakref.WeakSet()
        self._state = None

    def attach(self, observer):
        self._observers.add(observer)
        return observer

    def detach(self, observer):
        self._observers.discard(observer)

    @property
    def state(self):
        return self._state

    @state.setter
    def state(self, value):
        old, self._state = self._state, value
        for observer in sorted(self._observers, key=lambda o: o.name):
            observer.changed(old, value)

    def __len__(self):
        return len(self._observers)


class Observer:
    def __init__(self, name):
        self.name = name
        self.seen = []

    def changed(self, old, new):
        self.seen.append((old, new))
        print(f"  {self.name}: {old} -> {new}")


class OneShot(Observer):
    def __init__(self, name, subject):
        super().__init__(name)
        self.subject = subject

    def changed(self, old, new):
        super().changed(old, new)
        self.subject.detach(self)


subject = Subject()
log = subject.attach(Observer("log"))
view = subject.attach(Observer("view"))
once = subject.attach(OneShot("once", subject))
print(len(subject))
subject.state = "ready"
print(len(subject))
subject.state = "busy"
del view
print(len(subject), once.seen)
subject.state = "done"
subject.attach(Observer("nobody keeps me"))
print(len(subject))

# An observer that owns its subject makes no cycle: the way back is weak.
watch = weakref.ref(subject)
once.subject = None
owner = Observer("owner")
owner.subject = subject
subject.attach(owner)
del subject
print(watch() is not None)
del owner
print("subject died with its last owner:", watch() is None)


class Event:
    """Weak methods: handlers are methods of objects that come and go."""

    def __init__(self):
        self.handlers = []

    def __iadd__(self, method):
        self.handlers.append(weakref.WeakMethod(method, self.handlers.remove))
        return self

    def __call__(self, *args, **kwargs):
        return [handler()(*args, **kwargs) for handler in self.handlers]


class Player:
    def __init__(self, name):
        self.name = name

    def hear(self, sound, volume=1):
        return f"{self.name} hears {sound * volume}"


event = Event()
one, two = Player("one"), Player("two")
event += one.hear
event += two.hear
print(event("boom"), event("hi", volume=2))
two.partner = two
del two
gc.collect()
print(event("last"), len(event.handlers))
# SPDX-License-Identifier: MIT
