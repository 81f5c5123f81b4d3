"""An object that accepts every call and remembers it."""


_unset = object()


class _Call(tuple):
    """The arguments of one call."""

    __slots__ = ()

    def __repr__(self):
        args, kwargs = self
        parts = [repr(value) for value in args] + [f"{k}={v!r}" for k, v in kwargs.items()]
        return f"call({', '.join(parts)})"


def call(*args, **kwargs):
    return _Call((args, kwargs))


class Mock:
    """Attributes that nobody has set are mocks as well."""

    def __init__(self, *, return_value=_unset, side_effect=None, name=None, **attributes):
        self.__dict__["_answer"] = return_value
        self.side_effect = side_effect
        self.call_args_list = []
        self._name = name or "mock"
        for key, value in attributes.items():
            setattr(self, key, value)

    @property
    def return_value(self):
        if self._answer is _unset:
            self._answer = Mock(name=f"{self._name}()")
        return self._answer

    @return_value.setter
    def return_value(self, value):
        self._answer = value

    @property
    def called(self):
        return bool(self.call_args_list)

    @property
    def call_count(self):
        return len(self.call_args_list)

    @property
    def call_args(self):
        return self.call_args_list[-1] if self.call_args_list else None

    def __getattr__(self, name):
        if name.startswith("_") or name.startswith("assert"):
            raise AttributeError(name)
        value = Mock(name=f"{self._name}.{name}")
        setattr(self, name, value)
        return value

    def __call__(self, *args, **kwargs):
        self.call_args_list.append(call(*args, **kwargs))
        effect = self.side_effect
        if effect is None:
            return self.return_value
        if isinstance(effect, BaseException) or (isinstance(effect, type)
                                                 and issubclass(effect, BaseException)):
            raise effect
        return effect(*args, **kwargs)

    def reset_mock(self):
        self.call_args_list = []

    def _check(self, condition, expected):
        if not condition:
            raise AssertionError(f"Expected {self._name} {expected}. Calls: {self.call_args_list}")

    def assert_called(self):
        self._check(self.called, "to have been called")

    def assert_not_called(self):
        self._check(not self.called, "to not have been called")

    def assert_called_once(self):
        self._check(self.call_count == 1, "to have been called once")

    def assert_called_with(self, *args, **kwargs):
        self._check(self.call_args == call(*args, **kwargs), f"to be {call(*args, **kwargs)}")

    def assert_called_once_with(self, *args, **kwargs):
        self.assert_called_once()
        self.assert_called_with(*args, **kwargs)

    def assert_any_call(self, *args, **kwargs):
        self._check(call(*args, **kwargs) in self.call_args_list,
                    f"to have {call(*args, **kwargs)}")

    def __repr__(self):
        return f"<Mock name={self._name!r} id='{id(self)}'>"
# SPDX-License-Identifier: MIT
