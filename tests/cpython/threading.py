"""In the place of a module that pebble does not have: a program can import it and start no thread."""


class Thread:
    def __init__(self, target=None, args=(), kwargs=None):
        raise RuntimeError("pebble has no threads")
