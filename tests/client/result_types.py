"""Checks that what the client returns has the annotated types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from types import FunctionType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from mockserver import MockServer, Sandbox
from mockserver.client.control import SandboxClient

#: The keys that were returned so far, by TypedDict.
returned_keys: dict[Any, set[str]] = {}


def check_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make all public methods of the client check what they return."""
    for cls in (MockServer, Sandbox, *SandboxClient.__subclasses__()):
        for name, method in list(vars(cls).items()):
            if isinstance(method, FunctionType) and not name.startswith("_"):
                monkeypatch.setattr(cls, name, _checked(method))


def _checked(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def checked(*args: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        result = method(*args, **options)
        expected = get_type_hints(method)["return"]
        if is_typeddict(expected) or get_origin(expected) is list:
            problems = list(_problems(result, expected, method.__qualname__))
            assert not problems, "; ".join(problems)
        return result

    return checked


def _problems(value: Any, expected: Any, path: str) -> Iterator[str]:
    """Yield where a JSON value differs from a type."""
    origin, arguments = get_origin(expected), get_args(expected)
    if expected is Any:
        return
    if is_typeddict(expected) and isinstance(value, dict):
        returned_keys.setdefault(expected, set()).update(value)
        keys = value.keys()
        if keys - expected.__annotations__.keys() or expected.__required_keys__ - keys:
            yield f"{path}: {sorted(value)} are not the keys of {expected.__name__}"
            return
        hints = get_type_hints(expected)
        for name, item in value.items():
            yield from _problems(item, hints[name], f"{path}.{name}")
    elif origin in (Union, UnionType):
        if all(list(_problems(value, option, path)) for option in arguments):
            yield f"{path}: {value!r} is not of type {expected}"
    elif origin is list and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _problems(item, arguments[0], f"{path}[{index}]")
    elif origin is dict and isinstance(value, dict):
        for name, item in value.items():
            yield from _problems(item, arguments[1], f"{path}.{name}")
    elif type(value) is not expected and not (expected is float and type(value) is int):
        yield f"{path}: {value!r} is not of type {expected}"
