"""A strict JSON parser whose error messages are the same on every Python.

The messages of `json` differ between Python versions, and orjson's between its releases.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections import Counter
from typing import Any, NoReturn

from mockserver.schema.fields import repr_value

MAX_DEPTH = 200
"""Levels of nesting. Every Python parses them without a RecursionError, and orjson writes them."""

MAX_DIGITS = 4300
"""Digits of an integer. Python refuses to convert more by default."""

WHITESPACE = re.compile(r"[ \t\n\r]*")
#: A string without its closing quote, up to the first invalid character or escape.
STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
SCALAR = re.compile(r"true|false|null|-?(0|[1-9][0-9]*)(?:(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)")
WORD = re.compile(r"-?[A-Za-z0-9_]{1,20}|.", re.DOTALL)


def parse_json(data: bytes) -> Any:
    """Return the value of a JSON text.

    Raises ``ValueError`` if it is not UTF-8, not JSON, nested more than ``MAX_DEPTH`` levels deep,
    or has a name twice in one object. The message is a sentence without its subject, such as
    "is not valid UTF-8 (byte 3)". An escaped lone surrogate is valid JSON; schemas refuse it.
    """
    try:
        text = data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"is not valid UTF-8 (byte {error.start})") from None
    try:
        value = _decoder.decode(text)
    except (ValueError, RecursionError) as error:
        SyntaxChecker(text).check()
        raise ValueError(str(error)) from None  # a name that occurs twice
    if text.count("{") + text.count("[") > MAX_DEPTH and _is_too_deep(value):
        SyntaxChecker(text).check()
    return value


def _reject_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        name = next(name for name in result if counts[name] > 1)
        raise ValueError(f"has {repr_value(name)} twice in one object")
    return result


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


# orjson is faster, but drops all but the last of several values with the same name.
_decoder = json.JSONDecoder(object_pairs_hook=_reject_duplicates, parse_constant=_reject_constant)


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for container in level
            for item in (container.values() if isinstance(container, dict) else container)
            if isinstance(item, dict | list)
        ]
    return bool(level)


class SyntaxChecker:
    """A recursive-descent parser that only finds the first syntax error of a JSON text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def check(self) -> None:
        """Raise ``ValueError`` with line and column of the first error, if there is one."""
        self._value(depth=0)
        if self._next():
            self._fail("expected the end of the text")

    def _value(self, depth: int) -> None:
        char = self._next()
        if char == '"':
            self._string()
        elif char == "{":
            self._container("}", depth + 1)
        elif char == "[":
            self._container("]", depth + 1)
        elif scalar := SCALAR.match(self._text, self._position):
            if scalar[0].lstrip("-") == scalar[1] and len(scalar[1]) > MAX_DIGITS:
                self._fail(f"an integer of more than {MAX_DIGITS} digits")
            self._position = scalar.end()
        else:
            self._fail("expected a value")

    def _container(self, closing: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._fail(f"more than {MAX_DEPTH} levels of nesting")
        self._position += 1
        if self._next() == closing:
            self._position += 1
            return
        while True:
            if closing == "}":
                if self._next() != '"':
                    self._fail("expected a name in double quotes")
                self._string()
                if self._next() != ":":
                    self._fail("expected ':'")
                self._position += 1
            self._value(depth)
            char = self._next()
            if char not in (",", closing):
                self._fail(f"expected ',' or '{closing}'")
            self._position += 1
            if char == closing:
                return
            if self._next() == closing:
                self._fail("trailing comma")

    def _string(self) -> None:
        string = STRING.match(self._text, self._position)
        assert string
        self._position = string.end()
        if self._text[self._position : self._position + 1] != '"':
            at_end = self._position == len(self._text)
            self._fail("unterminated string" if at_end else "invalid character in a string")
        self._position += 1

    def _next(self) -> str:
        """Skip whitespace; return the next character, or "" at the end."""
        whitespace = WHITESPACE.match(self._text, self._position)
        assert whitespace
        self._position = whitespace.end()
        return self._text[self._position : self._position + 1]

    def _fail(self, problem: str) -> NoReturn:
        line = self._text.count("\n", 0, self._position) + 1
        column = self._position - self._text.rfind("\n", 0, self._position)
        word = WORD.match(self._text, self._position)
        found = f"found {repr_value(word[0])}" if word else "found the end of the text"
        raise ValueError(f"is not valid JSON: {problem} at line {line}, column {column}, {found}")
