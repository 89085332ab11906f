"""A strict JSON parser whose error messages are the same on every Python version.

The messages of `json` differ between Python versions, and orjson's between its releases.
"""

import json
import re
from codecs import BOM_UTF8
from collections import Counter
from typing import Any, NoReturn

from mockserver.schema.fields import repr_value

#: Maximum levels of nesting of all accepted JSON. Every Python parses them without RecursionError,
#: and orjson writes them, also within a response.
MAX_DEPTH = 200
MAX_DIGITS = 4300  # of an integer; by default, Python refuses to convert more
MAX_VALUES = 100_000
"""Maximum number of values in a body: no other thread can run while many are parsed."""

#: The start of a string, or a character before another value.
VALUE_START = re.compile(rb'[",]|[\[{](?![ \t\n\r]*+[\]}])')
#: At most 100 KB of a string: other threads can run between two matches.
STRING_PART = re.compile(rb'(?:[^"\\]{1,1000}+|\\.){1,100}+', re.DOTALL)
#: Whitespace, then a token. The match of a string ends before its closing quote or first error.
TOKEN = re.compile(
    r"""[ \t\n\r]*+(
    "(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+
    |(?P<scalar>true|false|null|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |.?)""",
    re.VERBOSE | re.DOTALL,
)
WORD = re.compile(r"-?[A-Za-z0-9_]{1,20}|.", re.DOTALL)
OPENINGS = {"{": "}", "[": "]"}
# What `_check_syntax` expects next; NEXT is a comma or the end of the open array or object.
VALUE, NAME, COLON, NEXT = "a value", "a name in double quotes", "':'", ""
END = "the end of the text"


def parse_json(data: bytes, max_values: int | None = None) -> Any:
    """Return the value of a JSON text.

    Raises ``ValueError`` if it is not UTF-8, not JSON, nested more than ``MAX_DEPTH`` levels deep,
    has a name twice in one object, or has more than ``max_values`` values. The message is a
    sentence without its subject, such as "is not valid UTF-8 (byte 3)". An escaped lone surrogate
    is valid JSON; schemas refuse it.
    """
    if max_values is not None and has_more_values(data, max_values):
        raise ValueError(f"has more than {max_values} values")
    try:
        text = data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"is not valid UTF-8 (byte {error.start})") from None
    try:
        value = DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        _check_syntax(text)
        raise ValueError(str(error)) from None  # valid syntax, but a name occurs twice
    if text.count("{") + text.count("[") > MAX_DEPTH and is_too_deep(value):
        _check_syntax(text)
    return value


def has_more_values(data: bytes, maximum: int = MAX_VALUES) -> bool:
    """Return whether a JSON text has more than this many values, without parsing it."""
    if len(data) <= maximum or sum(map(data.count, (b",", b"[", b"{"))) < maximum:
        return False
    values, position = 1, 0
    while values <= maximum and (start := VALUE_START.search(data, position)):
        position = start.end()
        if start[0] == b'"':
            while part := STRING_PART.match(data, position):
                position = part.end()
            position += 1  # the closing quote
        else:
            values += 1
    return values > maximum


def _parse_integer(digits: str) -> int:
    return int(digits)


def _reject_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        name = next(name for name in result if counts[name] > 1)
        raise ValueError(f"has {repr_value(name)} twice in one object")
    return result


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


#: orjson is faster, but drops all but the last of several values with the same name.
DECODER = json.JSONDecoder(
    object_pairs_hook=_reject_duplicates,
    parse_constant=_reject_constant,
    # A function in Python lets other threads run between two integers of thousands of digits.
    parse_int=_parse_integer,
)


def is_too_deep(value: Any) -> bool:
    """Return whether parsed JSON is nested more than ``MAX_DEPTH`` levels deep."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for container in level
            for item in (container.values() if isinstance(container, dict) else container)
            if isinstance(item, dict | list)
        ]
    return bool(level)


def _check_syntax(text: str) -> None:
    """Raise ``ValueError`` with line and column of the first syntax error, if there is one."""
    closings: list[str] = []  # of the open objects and arrays
    expected, token, position = VALUE, "", 0
    while True:
        match = TOKEN.match(text, position)
        assert match
        previous, token, start, position = token, match[1], match.start(1), match.end()
        closing = closings[-1] if closings else ""
        if token == closing and (expected == NEXT or previous in OPENINGS):
            if not closings:
                return
            closings.pop()
            expected = NEXT
        elif token == closing and previous == ",":
            _fail("trailing comma", text, start)
        elif token == "," and expected == NEXT and closings:
            expected = NAME if closing == "}" else VALUE
        elif token == ":" and expected == COLON:
            expected = VALUE
        elif token in OPENINGS and expected == VALUE:
            if len(closings) == MAX_DEPTH:
                _fail(f"more than {MAX_DEPTH} levels of nesting", text, start)
            closings.append(OPENINGS[token])
            expected = NAME if token == "{" else VALUE
        elif token.startswith('"') and expected in (NAME, VALUE):
            if not text.startswith('"', position):
                at_end = position == len(text)
                problem = "unterminated string" if at_end else "invalid character in a string"
                _fail(problem, text, position)
            position += 1
            expected = COLON if expected == NAME else NEXT
        elif match["scalar"] and expected == VALUE:
            digits = token.removeprefix("-")
            if digits.isdecimal() and len(digits) > MAX_DIGITS:
                _fail(f"an integer of more than {MAX_DIGITS} digits", text, start)
            expected = NEXT
        elif expected == NEXT:
            _fail(f"expected ',' or '{closing}'" if closings else f"expected {END}", text, start)
        else:
            _fail(f"expected {expected}", text, start)


def _fail(problem: str, text: str, position: int) -> NoReturn:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    word = WORD.match(text, position)
    token = repr_value(word[0]) if word else END
    raise ValueError(f"is not valid JSON: {problem} at line {line}, column {column}, found {token}")
