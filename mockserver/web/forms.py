"""Forms: what the pairs of a URL-encoded or multipart body mean (reference, "Request bodies").

Names nest with brackets. Nothing is dropped in silence: names that could be read in two ways, and
bytes that are no UTF-8, are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from mockserver.errors import InvalidRequest
from mockserver.schema.fields import Upload, repr_value

Value = str | Upload
Pairs = list[tuple[str, Value]]

MOST = 1000
DEPTH = 5
NAME = re.compile(r"[^\[\]]+(?:\[[^\[\]]*\])*")
BACKSLASH = re.compile(r'\\(["\\])?')


def urlencoded(body: bytes) -> Pairs:
    """The pairs of ``application/x-www-form-urlencoded`` (WHATWG URL, section 5.1), strictly."""
    pairs: Pairs = []
    for pair in filter(None, body.split(b"&")):
        name, _, value = pair.partition(b"=")
        pairs.append((_decoded(name), _decoded(value)))
    return pairs


def _decoded(text: bytes) -> str:
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise InvalidRequest(
            f"the form is no UTF-8, at {repr_value(text[:40].decode('latin1'))}"
        ) from None


def multipart(body: bytes, boundary: str) -> Pairs:
    """The pairs of ``multipart/form-data`` (RFC 7578), file parts as ``Upload``."""
    if not boundary:
        raise InvalidRequest("multipart/form-data needs a boundary in its Content-Type")
    try:
        return _parts(body, boundary.encode())
    except RequestEntityTooLarge:
        raise InvalidRequest(f"the form has more than {MOST} parts") from None
    except ValueError as error:
        raise InvalidRequest(f"the multipart body is broken: {error}") from None


def _parts(body: bytes, boundary: bytes) -> Pairs:
    decoder = MultipartDecoder(boundary, max_parts=MOST)
    decoder.receive_data(body)
    decoder.receive_data(None)
    pairs: Pairs = []
    part: Field | File | None = None
    content = bytearray()
    while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
        if isinstance(event, Field | File):
            part, content = event, bytearray()
        elif isinstance(event, Data) and part is not None:
            content += event.data
            if not event.more_data:
                pairs.append(_pair(part, bytes(content)))
    return pairs


def _pair(part: Field | File, content: bytes) -> tuple[str, Value]:
    options = _disposition(part.headers)
    name = options.get("name")
    if not name:
        raise ValueError("a part has no name")
    if isinstance(part, File):
        filename = options.get("filename", "")
        return name, Upload(filename, part.headers.get("content-type"), content)
    charset = _charset(part.headers)
    try:
        return name, content.decode(charset)
    except (UnicodeDecodeError, LookupError):
        raise ValueError(f"the part {repr_value(name)} is no {charset}") from None


def _disposition(headers: Headers) -> dict[str, str]:
    """The parameters of a Content-Disposition. werkzeug drops a backslash that escapes nothing;
    to browsers and most libraries it is itself, as in the path of a file on Windows."""
    given = headers.get("content-disposition", "")
    escaped = BACKSLASH.sub(lambda found: found[0] if found[1] else r"\\", given)
    return parse_options_header(escaped)[1]


def _charset(headers: Headers) -> str:
    _, options = parse_options_header(headers.get("content-type", ""))
    charset = options.get("charset", "utf-8").lower()
    return charset if charset in ("us-ascii", "iso-8859-1", "utf-8") else "utf-8"


def nest(pairs: Pairs) -> dict[str, Any]:
    """The object that bracketed names describe; raises ``InvalidRequest``."""
    given: dict[str, Any] = {}
    for name, value in pairs:
        before = given.get(name)
        if isinstance(before, list):
            before.append(value)
        else:
            given[name] = value if before is None else [before, value]
    problems = list(_ambiguities(given))
    if problems:
        raise InvalidRequest(problems)
    if all("[" not in name for name in given):
        return given
    # Imported when a form first nests: it costs a twentieth of the start-up.
    from qs_codec import DecodeOptions, Duplicates, decode

    options = DecodeOptions(
        duplicates=Duplicates.COMBINE,
        list_limit=MOST,
        parameter_limit=MOST,
        depth=DEPTH,
        raise_on_limit_exceeded=True,
        strict_depth=True,
    )
    try:
        return decode(given, options)
    except (ValueError, IndexError) as error:
        raise InvalidRequest(f"the form's names cannot be read: {error}") from None


def _ambiguities(given: Mapping[str, Any]) -> Iterable[str]:
    """What of the names could be read in two ways."""
    if len(given) > MOST:
        yield f"the form has more than {MOST} names"
        return
    shapes: dict[str, tuple[str, str]] = {}
    for name, value in given.items():
        if not NAME.fullmatch(name):
            yield f"{repr_value(name)} is no name of a form's attribute; nest like a[b] or a[]"
            continue
        if name.count("[") > DEPTH:
            yield f"{repr_value(name)} nests deeper than the {DEPTH} levels that are read"
            continue
        if isinstance(value, list) and len(value) > MOST:
            yield f"{repr_value(name)} is given more than {MOST} times"
            continue
        if "[][]" in name:
            flat = name.replace("[][]", "[]")
            yield f"{repr_value(name)} would be an array in an array; one array is {flat}"
            continue
        if "[][" in name:
            prefix = name[: name.index("[][")] + "[]"
            alike = [other for other in given if other.startswith(prefix)]
            if isinstance(value, list) or len(alike) > 1:
                yield (
                    f"{repr_value(name)} could be read in two ways; "
                    f"number the entries: {prefix[:-1]}0]"
                )
                continue
        yield from _mixed(name, shapes)


def _mixed(name: str, shapes: dict[str, tuple[str, str]]) -> Iterable[str]:
    """Whether ``name`` treats as an array what another treats as a value or an object."""
    root, *brackets = re.split(r"[\[\]]+", name.replace("[]", "[ ]").rstrip("]"))
    path = root
    for step in [*brackets, None]:
        shape = "value" if step is None else "array" if step == " " else "object"
        other_shape, other = shapes.setdefault(path, (shape, name))
        if other_shape != shape:
            names = f"{repr_value(other)} and {repr_value(name)}"
            yield f"{names} contradict each other: {other_shape}, {shape}"
            return
        path = f"{path}[{step}]"
