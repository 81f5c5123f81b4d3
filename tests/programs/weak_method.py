# WeakMethod: a bound method lives only as long as an expression; this lives as long as its object.
import gc
import weakref


class Button:
    def __init__(self, name):
        self.name = name

    def click(self, times=1):
        return f"{self.name} clicked {times}"

    def press(self):
        return "pressed"


def handler(text):
    return text.title()


button = Button("ok")
plain = weakref.ref(button.click)
print("a plain reference is dead at once:", plain() is None)
method = weakref.WeakMethod(button.click)
print(method() is not None, method()(3), method().__self__ is button)
print(method == weakref.WeakMethod(button.click), method == weakref.WeakMethod(button.press))
print(hash(method) == hash(weakref.WeakMethod(button.click)))

events = []
watched = weakref.WeakMethod(button.press, lambda ref: events.append(ref() is None))
print(watched()())
del button
print(method(), watched(), events)

cycle = Button("cycle")
cycle.callback = cycle.click
weak = weakref.WeakMethod(cycle.click)
print(weak()())
del cycle
gc.collect()
print(weak())

try:
    weakref.WeakMethod(handler)
except TypeError as error:
    print("TypeError:", str(error)[:40])


class Signal:
    """Calls all handlers that are still there; functions and methods alike."""

    def __init__(self):
        self.handlers = []

    def connect(self, handler):
        make = weakref.WeakMethod if hasattr(handler, "__self__") else weakref.ref
        self.handlers.append(make(handler))

    def emit(self, *args):
        results = []
        for ref in list(self.handlers):
            live = ref()
            if live is None:
                self.handlers.remove(ref)
            else:
                results.append(live(*args))
        return results


signal = Signal()
left, right = Button("left"), Button("right")
for each in (left.click, right.click, handler):
    signal.connect(each)
del each
print(signal.emit("twice"))
del left
print(signal.emit("again"), len(signal.handlers))
del handler
print(signal.emit("last"), len(signal.handlers))
# SPDX-License-Identifier: MIT
