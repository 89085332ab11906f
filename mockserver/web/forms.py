"""The parser of URL-encoded and multipart bodies (contract/reference.md, "Request bodies").

Names nest with brackets. An ambiguous name and bytes that are not UTF-8 are errors; nothing is
dropped silently.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
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

MAX_NAMES = 1000  # also of parts, and of values of one name
MAX_DEPTH = 5  # levels of brackets
NAME = re.compile(r"[^\[\]]+(?:\[[^\[\]]*\])*")
BACKSLASH = re.compile(r'\\(["\\])?')


def urlencoded(body: bytes) -> Pairs:
    """Return the pairs of ``application/x-www-form-urlencoded`` (WHATWG URL, section 5.1)."""
    pairs = (pair.partition(b"=") for pair in body.split(b"&") if pair)
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


def _decoded(text: bytes) -> str:
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        excerpt = repr_value(text[:40].decode("latin1"))
        raise InvalidRequest(f"the form is not valid UTF-8, at {excerpt}") from None


def multipart(body: bytes, boundary: str) -> Pairs:
    """Return the pairs of ``multipart/form-data`` (RFC 7578), with each file as an ``Upload``."""
    if not boundary:
        raise InvalidRequest("multipart/form-data needs a boundary in its Content-Type")
    try:
        return list(_parts(body, boundary.encode()))
    except RequestEntityTooLarge:
        raise InvalidRequest(f"the form has more than {MAX_NAMES} parts") from None
    except ValueError as error:
        raise InvalidRequest(f"the multipart body is malformed: {error}") from None


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[str, Value]]:
    decoder = MultipartDecoder(boundary, max_parts=MAX_NAMES)
    decoder.receive_data(body)
    decoder.receive_data(None)
    part: Field | File | None = None
    content = bytearray()
    while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
        if isinstance(event, Field | File):
            part, content = event, bytearray()
        elif isinstance(event, Data) and part is not None:
            content += event.data
            if not event.more_data:
                yield _pair(part, bytes(content))


def _pair(part: Field | File, content: bytes) -> tuple[str, Value]:
    options = _disposition(part.headers)
    name = options.get("name")
    if not name:
        raise ValueError("'' is not a valid name for a part")
    if isinstance(part, File):
        filename = options.get("filename", "")
        return name, Upload(filename, part.headers.get("content-type"), content)
    _, options = parse_options_header(part.headers.get("content-type", ""))
    charset = options.get("charset", "").lower()
    if charset not in ("us-ascii", "iso-8859-1"):
        charset = "utf-8"
    try:
        return name, content.decode(charset)
    except (UnicodeDecodeError, LookupError):
        raise ValueError(f"the part {repr_value(name)} is not valid {charset}") from None


def _disposition(headers: Headers) -> dict[str, str]:
    """Return the parameters of a Content-Disposition.

    werkzeug drops a backslash that escapes nothing. Browsers and most libraries send it unescaped,
    as in the path of a file on Windows.
    """
    header = headers.get("content-disposition", "")
    escaped = BACKSLASH.sub(lambda match: match[0] if match[1] else r"\\", header)
    return parse_options_header(escaped)[1]


def nest(pairs: Pairs) -> dict[str, Any]:
    """Return the object that bracketed names describe; raises ``InvalidRequest``."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        previous = values.get(name)
        if isinstance(previous, list):
            previous.append(value)
        else:
            values[name] = value if previous is None else [previous, value]
    problems = list(_name_problems(values))
    if problems:
        raise InvalidRequest(problems)
    if all("[" not in name for name in values):
        return values
    # Import it for the first nested name only: that takes a twentieth of the start-up time.
    from qs_codec import DecodeOptions, Duplicates, decode

    options = DecodeOptions(
        duplicates=Duplicates.COMBINE,
        list_limit=MAX_NAMES,
        parameter_limit=MAX_NAMES,
        depth=MAX_DEPTH,
        raise_on_limit_exceeded=True,
        strict_depth=True,
    )
    try:
        return decode(values, options)
    except (ValueError, IndexError) as error:
        raise InvalidRequest(f"the form's names are invalid: {error}") from None


def _name_problems(values: Mapping[str, Any]) -> Iterable[str]:
    """Yield a problem for each malformed or ambiguous name, or one for too many names."""
    if len(values) > MAX_NAMES:
        yield f"the form has more than {MAX_NAMES} names"
        return
    shapes: dict[str, tuple[str, str]] = {}
    for name, value in values.items():
        quoted, array = repr_value(name), name.partition("[][")[0] + "[]"
        if not NAME.fullmatch(name):
            yield f"{quoted} is not a valid name; write nested names like a[b] or a[]"
        elif name.count("[") > MAX_DEPTH:
            yield f"{quoted} has more than {MAX_DEPTH} levels of brackets"
        elif isinstance(value, list) and len(value) > MAX_NAMES:
            yield f"{quoted} occurs more than {MAX_NAMES} times"
        elif "[][]" in name:
            flat = name.replace("[][]", "[]")
            yield f"{quoted} is an array in an array; for one array write {flat}"
        elif "[][" in name and (
            isinstance(value, list) or sum(other.startswith(array) for other in values) > 1
        ):
            yield f"{quoted} is ambiguous; number the entries: {array[:-1]}0]"
        else:
            yield from _shape_conflicts(name, shapes)


def _shape_conflicts(name: str, shapes: dict[str, tuple[str, str]]) -> Iterable[str]:
    """Yield a problem if a part of the name has different types: value, array or object.

    ``shapes`` maps the parts of previous names to their types and the name that set them.
    """
    root, *brackets = re.split(r"[\[\]]+", name.replace("[]", "[ ]").rstrip("]"))
    path = root
    for step in [*brackets, None]:
        shape = "value" if step is None else "array" if step == " " else "object"
        other_shape, other = shapes.setdefault(path, (shape, name))
        if other_shape != shape:
            yield f"{repr_value(other)} and {repr_value(name)} conflict: {other_shape} and {shape}"
            return
        path = f"{path}[{step}]"
