# An event loop of generators: tasks, timers, queues; finished and dropped tasks leave nothing.
import gc
import weakref


class Task:
    count = 0

    def __init__(self, loop, generator, name):
        Task.count += 1
        self.loop, self.generator, self.name = loop, generator, name
        self.waiters, self.result, self.done = [], None, False

    def step(self, value=None):
        try:
            request = self.generator.send(value)
        except StopIteration as stop:
            self.done, self.result = True, stop.value
            self.loop.live.discard(self)
            for waiter in self.waiters:
                self.loop.ready.append((waiter, stop.value))
        else:
            request(self)


class Loop:
    def __init__(self):
        self.ready, self.timers, self.time = [], [], 0
        self.live = weakref.WeakSet()

    def start(self, generator, name):
        task = Task(self, generator, name)
        self.live.add(task)
        self.ready.append((task, None))
        return task

    def run(self):
        while self.ready or self.timers:
            if not self.ready:
                self.timers.sort(key=lambda timer: (timer[0], timer[1].name))
                self.time, task = self.timers.pop(0)
                self.ready.append((task, None))
            task, value = self.ready.pop(0)
            task.step(value)


def sleep(ticks):
    yield lambda task: task.loop.timers.append((task.loop.time + ticks, task))


def join(other):
    def request(task):
        if other.done:
            task.loop.ready.append((task, other.result))
        else:
            other.waiters.append(task)

    return (yield request)


class Queue:
    def __init__(self):
        self.items, self.getters = [], []

    def put(self, loop, item):
        if self.getters:
            loop.ready.append((self.getters.pop(0), item))
        else:
            self.items.append(item)

    def get(self):
        def request(task):
            if self.items:
                task.loop.ready.append((task, self.items.pop(0)))
            else:
                self.getters.append(task)

        return (yield request)


def worker(name, queue):
    total = 0
    while (item := (yield from queue.get())) is not None:
        yield from sleep(item)
        total += item
        print(f"{loop.time:3} {name} did {item}")
    return total


def main():
    queue = Queue()
    workers = [loop.start(worker(f"worker{n}", queue), f"worker{n}") for n in range(2)]
    for item in (3, 1, 4, 1, 5):
        queue.put(loop, item)
    for _ in workers:
        queue.put(loop, None)
    totals = []
    for task in workers:
        totals.append((yield from join(task)))
    print(f"{loop.time:3} totals {totals}")


loop = Loop()
loop.start(main(), "main")
loop.run()
print(len(loop.live), Task.count)
forgotten = Queue()
watch = weakref.ref(loop.start(worker("forgotten", forgotten), "forgotten"))
loop.run()
print("waits for ever:", watch() is not None, len(loop.live))
del forgotten
gc.collect()
print("and is gone with its queue:", watch(), len(loop.live))
# SPDX-License-Identifier: MIT
