"""Error messages for malformed JSON are the server's own, and the same on every Python."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.schema.strict_json import MAX_DEPTH, MAX_DIGITS, parse_json

if TYPE_CHECKING:
    from tests.conftest import Client

#: A text, and the whole message, byte for byte.
MALFORMED = [
    ("", "expected a value at line 1, column 1, found the end of the text"),
    ('{"a": 1', "expected ',' or '}' at line 1, column 8, found the end of the text"),
    ('{"message":"x",}', "trailing comma at line 1, column 16, found '}'"),
    ("[1, ]", "trailing comma at line 1, column 5, found ']'"),
    ('{"a" 1}', "expected ':' at line 1, column 6, found '1'"),
    ("{a: 1}", "expected a name in double quotes at line 1, column 2, found 'a'"),
    ("[1 2]", "expected ',' or ']' at line 1, column 4, found '2'"),
    ('{"a":\n  tru}', "expected a value at line 2, column 3, found 'tru'"),
    ('{"a": -Infinity}', "expected a value at line 1, column 7, found '-Infinity'"),
    ('{"a": "b', "unterminated string at line 1, column 9, found the end of the text"),
    (r'{"a": "\x"}', r"invalid character in a string at line 1, column 8, found '\'"),
    ('{"é": "\t"}', r'invalid character in a string at line 1, column 8, found "\t"'),
    ("{} {}", "expected the end of the text at line 1, column 4, found '{'"),
    ("[" * 100_000, "more than 200 levels of nesting at line 1, column 201, found '['"),
    (
        '{"a": 1' + "0" * MAX_DIGITS + "}",
        f"an integer of more than {MAX_DIGITS} digits at line 1, column 7, found '1{'0' * 19}'",
    ),
]


def message(text: str) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the message is compared)
        parse_json(text.encode())
    return str(caught.value)


@pytest.mark.parametrize(("text", "problem"), MALFORMED, ids=[item[1][:40] for item in MALFORMED])
def test_a_syntax_error_is_described_in_our_words(text: str, problem: str) -> None:
    assert message(text) == f"is not valid JSON: {problem}"


@pytest.mark.parametrize("text", [text for text, _ in MALFORMED], ids=range(len(MALFORMED)))
def test_no_message_quotes_the_interpreter_or_orjson(text: str) -> None:
    for library in (json, orjson):
        try:
            library.loads(text)
        except RecursionError as error:
            words = str(error)
        except ValueError as error:
            words = getattr(error, "msg", str(error))
        else:
            continue
        assert words not in message(text)


def test_a_response_names_line_and_column(client: Client) -> None:
    response = client.post(
        "/v1/messages",
        body=b'{"message":"x",}',
        headers={"Content-Type": "application/json"},
    )
    assert response.refused(400).json["message"] == (
        "the body is not valid JSON: trailing comma at line 1, column 16, found '}'"
    )


def test_a_repeated_name_is_an_error() -> None:
    assert message('{"a": {"b": 1, "b": 2}}') == "has 'b' twice in one object"
    # A syntax error is reported first, wherever the parser of an interpreter stops.
    assert "trailing comma" in message('{"a": {"b": 1, "b": 2},}')


def test_invalid_utf8_names_the_byte() -> None:
    with pytest.raises(ValueError, match=r"^is not valid UTF-8 \(byte 2\)$"):
        parse_json(b'["\xff"]')


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_the_depth_limit_is_the_same_on_every_python(opening: str, closing: str) -> None:
    def nested(depth: int) -> str:
        return opening * depth + "1" + closing * depth

    value = parse_json(nested(MAX_DEPTH).encode())
    assert orjson.loads(orjson.dumps(value)) == value
    assert f"more than {MAX_DEPTH} levels" in message(nested(MAX_DEPTH + 1))
    assert sys.getrecursionlimit() > 2 * MAX_DEPTH


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


@given(values)
def test_valid_json_is_parsed_like_the_standard_library(value: Any) -> None:
    text = json.dumps(value)
    if "Infinity" not in text:
        assert parse_json(text.encode()) == json.loads(text)


@given(values, st.integers(0), st.sampled_from([*'{}[],:"\\-+.eE0 \n\t\x00tNé', ""]))
def test_both_parsers_agree_on_what_is_valid(value: Any, position: int, char: str) -> None:
    """Replace or remove one character of a valid text; `json` and ours agree on the result."""
    text = json.dumps(value, ensure_ascii=False)
    position %= len(text)
    text = text[:position] + char + text[position + 1 :]
    try:
        expected = json.loads(text, parse_constant=int, object_pairs_hook=unique)
        text.encode()
    except ValueError:
        with pytest.raises(ValueError, match=r"^(is not valid (JSON: |UTF-8)|has .* twice)"):
            parse_json(text.encode("utf-8", "surrogatepass"))
    else:
        assert parse_json(text.encode()) == expected


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)
