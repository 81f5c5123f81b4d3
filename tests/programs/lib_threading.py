# threading in a program that starts no thread: locks, thread-local data, the main thread.
import threading

lock = threading.Lock()
print(lock.acquire(), lock.locked(), lock.acquire(blocking=False), lock.acquire(timeout=0.01))
lock.release()
with lock as taken:
    print(taken, lock.locked())
print(lock.locked())
try:
    lock.release()
except RuntimeError as error:
    print(error)
try:
    lock.acquire(False, 1)
except ValueError as error:
    print(error)

again = threading.RLock()
with again, again:
    print(again.acquire(False))
    again.release()
try:
    again.release()
except RuntimeError as error:
    print(error)


class Settings(threading.local):
    verbose = False

    def __init__(self, level=1):
        self.level = level


settings = Settings(3)
settings.verbose = True
print(settings.level, settings.verbose, settings.__dict__ == {"level": 3, "verbose": True})
try:
    threading.local(1)
except TypeError as error:
    print(error)

main = threading.main_thread()
print(main is threading.current_thread(), main.name, main.daemon, main.is_alive())
print(main.ident == threading.get_ident(), threading.active_count(), threading.enumerate() == [main])

thread = threading.Thread(target=print, args=("runs",), kwargs={"end": "!\n"}, name="worker")
print(thread.name, thread.is_alive(), thread.ident, thread)
thread.run()
try:
    thread.join()
except RuntimeError as error:
    print(error)

event = threading.Event()
print(event.is_set(), event.wait(0.01))
event.set()
print(event.wait())
condition = threading.Condition()
with condition:
    condition.notify_all()
    print(condition.wait(0.01), condition.wait_for(lambda: True))
try:
    condition.notify()
except RuntimeError as error:
    print(error)
# SPDX-License-Identifier: MIT
