"""What programs with one thread use of threads: locks, thread-local data, the main thread. A heap
belongs to one thread, so no other can be started."""
import time as _time

TIMEOUT_MAX = 9223372036.0
_IDENT = 1


def _wait(timeout):
    """Nobody else can end the wait: it lasts its time, or for ever."""
    if timeout is None or timeout < 0:
        raise RuntimeError("this wait would never end: pebble has one thread")
    _time.sleep(timeout)
    return False


class _Lock:
    """Held or not; each kind says what it means to hold it once more."""

    def __init__(self):
        self._count = 0

    def _take(self, again, blocking, timeout):
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if blocking and timeout < 0 and timeout != -1:
            raise ValueError("timeout value must be a non-negative number")
        if self._count and not again:
            return _wait(timeout) if blocking else False
        self._count += 1
        return True

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()

    def __repr__(self):
        state = "locked" if self._count else "unlocked"
        return f"<{state} {self._shown} object at {id(self):#x}{self._owner()}>"

    def _owner(self):
        return ""


class _PlainLock(_Lock):
    _shown = "_thread.lock"

    def acquire(self, blocking=True, timeout=-1):
        return self._take(False, blocking, timeout)

    def release(self):
        if not self._count:
            raise RuntimeError("release unlocked lock")
        self._count = 0

    def locked(self):
        return self._count > 0


class _RLock(_Lock):
    _shown = "_thread.RLock"

    def acquire(self, blocking=True, timeout=-1):
        return self._take(True, blocking, timeout)

    def release(self):
        if not self._count:
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1

    def _is_owned(self):
        return self._count > 0

    def _owner(self):
        return f" owner={_IDENT if self._count else 0} count={self._count}"


def Lock():
    return _PlainLock()


def RLock():
    return _RLock()


class Condition:
    """Nobody else can notify: a wait without a time is an error."""

    def __init__(self, lock=None):
        self._lock = RLock() if lock is None else lock
        self.acquire = self._lock.acquire
        self.release = self._lock.release

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *exception):
        return self._lock.__exit__(*exception)

    def wait(self, timeout=None):
        if not self._lock._count:
            raise RuntimeError("cannot wait on un-acquired lock")
        return _wait(timeout)

    def wait_for(self, predicate, timeout=None):
        result = predicate()
        if not result:
            self.wait(timeout)
            result = predicate()
        return result

    def notify(self, n=1):
        if not self._lock._count:
            raise RuntimeError("cannot notify on un-acquired lock")

    def notify_all(self):
        self.notify()


class Event:
    def __init__(self):
        self._set = False

    def is_set(self):
        return self._set

    def set(self):
        self._set = True

    def clear(self):
        self._set = False

    def wait(self, timeout=None):
        return self._set or _wait(timeout)


class local:
    """Attributes that each thread has for itself."""

    def __new__(cls, /, *args, **kwargs):
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        return object.__new__(cls)


_made = 0


class Thread:
    """A thread that is never started."""

    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        if group is not None:
            raise AssertionError("group argument must be None for now")
        if name is None:
            global _made
            _made += 1
            named = getattr(target, "__name__", None)
            name = f"Thread-{_made} ({named})" if named else f"Thread-{_made}"
        self.name = str(name)
        self.daemon = bool(daemon)
        self._target, self._args, self._kwargs = target, args, kwargs or {}

    ident = native_id = None
    _state = "initial"

    def start(self):
        raise RuntimeError(f"thread {self.name!r} cannot be started: pebble has one thread")

    def run(self):
        if self._target is not None:
            self._target(*self._args, **self._kwargs)

    def join(self, timeout=None):
        raise RuntimeError("cannot join thread before it is started")

    def is_alive(self):
        return False

    def __repr__(self):
        started = "" if self.ident is None else f" {self.ident}"
        return f"<{type(self).__name__}({self.name}, {self._state}{started})>"


class _MainThread(Thread):
    ident = native_id = _IDENT
    _state = "started"

    def join(self, timeout=None):
        raise RuntimeError("cannot join current thread")

    def is_alive(self):
        return True


_main = _MainThread(name="MainThread")


def current_thread():
    return _main


def main_thread():
    return _main


def get_ident():
    return _IDENT


get_native_id = get_ident


def active_count():
    return 1


def enumerate():
    return [_main]
# SPDX-License-Identifier: MIT
