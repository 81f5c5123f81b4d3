"""Files in memory. What open() gives is native."""
import sys as _sys

SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
DEFAULT_BUFFER_SIZE = 8192
open = open


class UnsupportedOperation(OSError, ValueError):
    pass


class IOBase:
    """What files have in common."""

    def __init__(self):
        self._closed = False

    @property
    def closed(self):
        return self._closed

    def close(self):
        self._closed = True

    def _check(self):
        if self._closed:
            raise ValueError("I/O operation on closed file")

    def flush(self):
        self._check()

    def readable(self):
        self._check()
        return True

    writable = seekable = readable

    def isatty(self):
        self._check()
        return False

    def fileno(self):
        raise UnsupportedOperation("fileno")

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *details):
        self.close()

    def __iter__(self):
        self._check()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def readlines(self, hint=-1):
        return list(self)

    def writelines(self, lines):
        for line in lines:
            self.write(line)


class _Memory(IOBase):
    """A file whose content is one value, `_content`, kept in parts while it only grows."""

    def __init__(self, initial):
        super().__init__()
        self._parts = []
        self._content = initial
        self._length = len(initial)
        self._at = 0

    def _whole(self):
        self._check()
        if self._parts:
            self._content += self._empty.join(self._parts)
            self._parts = []
        return self._content

    def getvalue(self):
        return self._whole()

    def read(self, size=-1, /):
        content = self._whole()
        end = len(content) if size is None or size < 0 else self._at + size
        taken = content[self._at:end]
        self._at += len(taken)
        return taken

    def readline(self, size=-1, /):
        content = self._whole()
        end = content.find(self._newline, self._at) + 1 or len(content)
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        return self.read(max(end - self._at, 0))

    def write(self, data, /):
        self._check()
        data = self._accept(data)
        if not data:
            return 0
        if self._at == self._length:
            self._parts.append(data)
        else:
            content = self._whole()
            gap = self._fill * (self._at - len(content))
            self._content = content[:self._at] + gap + data + content[self._at + len(data):]
        self._at += len(data)
        self._length = max(self._length, self._at)
        return len(data)

    def tell(self):
        self._check()
        return self._at

    def seek(self, offset, whence=0, /):
        size = len(self._whole())
        if whence == 0 and offset < 0:
            raise ValueError(f"{self._negative} {offset}")
        self._at = max(0, offset + (0, self._at, size)[whence])
        return self._at

    def truncate(self, size=None, /):
        content = self._whole()
        size = self._at if size is None else size
        self._content = content[:size]
        self._length = len(self._content)
        return size


class StringIO(_Memory):
    """A text file in memory."""

    _empty, _newline, _fill, _negative = "", "\n", "\0", "Negative seek position"
    encoding = errors = None
    line_buffering = False

    def __init__(self, initial_value="", newline="\n"):
        super().__init__("")
        if initial_value is not None:
            self.write(initial_value)
            self._at = 0

    def _accept(self, data):
        if not isinstance(data, str):
            raise TypeError(f"string argument expected, got {type(data).__name__!r}")
        return data

    def seek(self, offset, whence=0, /):
        if whence and offset:
            raise OSError("Can't do nonzero cur-relative seeks")
        return super().seek(offset, whence)


class BytesIO(_Memory):
    """A file of bytes in memory."""

    _empty, _newline, _fill, _negative = b"", b"\n", b"\0", "negative seek value"

    def __init__(self, initial_bytes=b""):
        super().__init__(bytes(initial_bytes))

    def _accept(self, data):
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        return bytes(data)

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    read1 = _Memory.read


TextIOWrapper = type(_sys.stdout)
TextIOBase = RawIOBase = BufferedIOBase = IOBase
# SPDX-License-Identifier: MIT
