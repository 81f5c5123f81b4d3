"""Other programs: start them, feed them, read what they print, wait for them."""
import time

import _process

PIPE = -1
STDOUT = -2
DEVNULL = -3
_KINDS = {None: 0, PIPE: 1, DEVNULL: 2, STDOUT: 3}


class SubprocessError(Exception):
    pass


class CalledProcessError(SubprocessError):
    def __init__(self, returncode, cmd, output=None, stderr=None):
        super().__init__(f"Command '{cmd}' returned non-zero exit status {returncode}.")
        self.returncode = returncode
        self.cmd = cmd
        self.output = self.stdout = output
        self.stderr = stderr


class TimeoutExpired(SubprocessError):
    def __init__(self, cmd, timeout, output=None, stderr=None):
        super().__init__(f"Command '{cmd}' timed out after {timeout} seconds")
        self.cmd = cmd
        self.timeout = timeout
        self.output = self.stdout = output
        self.stderr = stderr


class CompletedProcess:
    def __init__(self, args, returncode, stdout=None, stderr=None):
        self.args = args
        self.returncode = returncode
        self.stdout = stdout
        self.stderr = stderr

    def check_returncode(self):
        if self.returncode != 0:
            raise CalledProcessError(self.returncode, self.args, self.stdout, self.stderr)

    def __repr__(self):
        parts = [f"args={self.args!r}", f"returncode={self.returncode!r}"]
        parts += [f"{name}={value!r}" for name, value in (("stdout", self.stdout),
                                                          ("stderr", self.stderr))
                  if value is not None]
        return f"CompletedProcess({', '.join(parts)})"


class _Pipe:
    """Our end of a stream of the other program."""

    def __init__(self, fd, text):
        self._fd = fd
        self._text = text

    @property
    def closed(self):
        return self._fd < 0

    def fileno(self):
        return self._fd

    def _take(self):
        fd, self._fd = self._fd, -1
        return fd

    def read(self):
        """All that comes until the end."""
        out, _, _ = _process.exchange(-1, self._take(), -1, None, None)
        return out.decode() if self._text else out

    def close(self):
        if not self.closed:
            _process.close(self._take())

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


class _InputPipe(_Pipe):
    def __init__(self, fd, text):
        super().__init__(fd, text)
        self._data = b""

    def write(self, data):
        """Keeps the data; they are sent when the stream is closed, or by communicate()."""
        self._data += data.encode() if self._text else data
        return len(data)

    def flush(self):
        pass

    def close(self):
        if not self.closed:
            _process.exchange(self._take(), -1, -1, self._data, None)


class Popen:
    def __init__(self, args, *, stdin=None, stdout=None, stderr=None, cwd=None, env=None,
                 shell=False, text=None, universal_newlines=None, encoding=None, errors=None):
        self.args = args
        words = [args] if isinstance(args, str) else [_path(word) for word in args]
        if shell:
            words = ["/bin/sh", "-c", *words]
        if env is not None:
            env = [f"{name}={value}" for name, value in env.items()]
        self._text = bool(text or universal_newlines or encoding)
        self.returncode = None
        self.pid, *fds = _process.start(words, env, None if cwd is None else _path(cwd),
                                        _KINDS[stdin], _KINDS[stdout], _KINDS[stderr])
        self.stdin = _InputPipe(fds[0], self._text) if fds[0] >= 0 else None
        self.stdout = _Pipe(fds[1], self._text) if fds[1] >= 0 else None
        self.stderr = _Pipe(fds[2], self._text) if fds[2] >= 0 else None

    def communicate(self, input=None, timeout=None):
        end = None if timeout is None else time.monotonic() + timeout
        data = b""
        if self.stdin is not None:
            data = self.stdin._data
            if input is not None:
                data += input.encode() if self._text else input
        pipes = (self.stdin, self.stdout, self.stderr)
        fds = [-1 if pipe is None else pipe._take() for pipe in pipes]
        out, err, in_time = _process.exchange(*fds, data, timeout)
        if self._text:
            out, err = out.decode(), err.decode()
        out = None if self.stdout is None else out
        err = None if self.stderr is None else err
        if not in_time:
            raise TimeoutExpired(self.args, timeout, out, err)
        self.wait(None if end is None else end - time.monotonic())
        return out, err

    def poll(self):
        if self.returncode is None:
            self.returncode = _process.wait(self.pid, False)
        return self.returncode

    def wait(self, timeout=None):
        if timeout is not None:
            self._wait_until(timeout)
        elif self.returncode is None:
            self.returncode = _process.wait(self.pid, True)
        return self.returncode

    def _wait_until(self, timeout):
        end = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > end:
                raise TimeoutExpired(self.args, timeout)
            time.sleep(0.005)

    def send_signal(self, signal):
        if self.poll() is None:
            _process.kill(self.pid, signal)

    def terminate(self):
        self.send_signal(15)

    def kill(self):
        self.send_signal(9)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for pipe in (self.stdin, self.stdout, self.stderr):
            if pipe is not None:
                pipe.close()
        self.wait()


def _path(word):
    return word if isinstance(word, str) else word.__fspath__()


def run(args, *, input=None, capture_output=False, timeout=None, check=False, **options):
    if capture_output:
        options["stdout"] = options["stderr"] = PIPE
    if input is not None:
        options["stdin"] = PIPE
    process = Popen(args, **options)
    try:
        out, err = process.communicate(input, timeout)
    except BaseException:
        process.kill()
        process.wait()
        raise
    done = CompletedProcess(args, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done


def call(args, **options):
    return run(args, **options).returncode


def check_call(args, **options):
    return run(args, check=True, **options).returncode


def check_output(args, **options):
    return run(args, check=True, stdout=PIPE, **options).stdout


def getoutput(command):
    return getstatusoutput(command)[1]


def getstatusoutput(command):
    done = run(command, shell=True, stdout=PIPE, stderr=STDOUT, text=True)
    return done.returncode, done.stdout[:-1] if done.stdout.endswith("\n") else done.stdout
# SPDX-License-Identifier: MIT
