# SPDX-License-Identifier: MIT
"""Subjects with weak sets of observers that refer back to them, and come and go."""
import weakref


class Subject:
    def __init__(self):
        self.observers = weakref.WeakSet()

    def tell(self, value):
        for observer in self.observers:
            observer.seen = value


class Observer:
    def __init__(self, subjects):
        self.subjects = subjects
        self.seen = None
        for subject in subjects:
            subject.observers.add(self)


subjects = [Subject() for _ in range(500)]
current = [None] * 10_000
for number in range(150_000):
    chosen = [subjects[number % 500], subjects[number * 31 % 500]]
    current[number % 10_000] = Observer(chosen)
    if number % 100 == 0:
        subjects[number // 100 % 500].tell(number)
    if number % 500 == 0:
        subjects[number // 500 % 500] = Subject()
print(sum(len(subject.observers) for subject in subjects) > 0, sum(o.seen is not None for o in current) > 0)
