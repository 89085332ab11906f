"""The parser of URL-encoded and multipart bodies (contract/reference.md, "Request bodies").

Names nest with brackets. An ambiguous name and bytes that are not UTF-8 are errors; nothing is
dropped silently.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from mockserver.errors import MAX_PROBLEMS, InvalidRequest
from mockserver.schema.fields import JsonPart, Upload, repr_value
from mockserver.schema.strict_json import MAX_VALUES, parse_json
from mockserver.web.request import JSON

Value = str | Upload | JsonPart
Pairs = list[tuple[str, Value]]

MAX_NAMES = 1000  # also the maximum of parts, and of values of one name
MAX_PAIRS = 10_000  # names with values of a URL-encoded form
MAX_NAME = 1000  # characters of a name
MAX_DEPTH = 5  # levels of brackets
CHUNK = 64 * 1024  # bytes of a multipart body that are decoded together
MAX_PART_HEAD = 2 * CHUNK  # bytes of the header lines of a part
NAME = re.compile(r"[^\[\]]+(?:\[[^\[\]]*\])*")
PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*+)"|([^;]*))', re.DOTALL)
BACKSLASH = re.compile(r'\\(["\\])')
ESCAPED = re.compile("%(22|0[AaDd])")  # the characters that browsers escape in a name (HTML)
# At most 10,000 escapes at once: other threads can run between two matches.
ESCAPES = re.compile(b"(?:%[0-9A-Fa-f]{2}){1,10000}")
STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def urlencoded(body: bytes) -> Pairs:
    """Return the pairs of ``application/x-www-form-urlencoded`` (WHATWG URL, section 5.1)."""
    if body.count(b"&") > MAX_PAIRS:
        raise InvalidRequest(f"the form has more than {MAX_PAIRS} names with values")
    pairs = (pair.partition(b"=") for pair in body.split(b"&") if pair)
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


def _decoded(text: bytes) -> str:
    try:
        # unquote_to_bytes would hold each escape as a separate object.
        return ESCAPES.sub(_unescape, text.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        excerpt = repr_value(text[:40].decode("latin1"))
        raise InvalidRequest(f"the form is not valid UTF-8, at {excerpt}") from None


def _unescape(escapes: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escapes[0].replace(b"%", b"").decode())


def multipart(body: bytes, boundary: str, file_names: Collection[str]) -> Pairs:
    """Return the pairs of ``multipart/form-data`` (RFC 7578), with each file as an ``Upload``.

    A part of type ``application/json`` is a ``JsonPart``, unless it is a file for one of
    ``file_names``. OpenAPI clients send objects in such parts; a browser adds a filename.
    """
    if not boundary:
        raise InvalidRequest(
            "multipart/form-data needs a boundary in its Content-Type; "
            "let the HTTP client set this header"
        )
    try:
        return [
            _pair(headers, content, file_names)
            for headers, content in _parts(body, boundary.encode())
        ]
    except RequestEntityTooLarge:
        raise InvalidRequest(f"the form has more than {MAX_NAMES} parts") from None
    except ValueError as error:
        raise InvalidRequest(f"the multipart body is malformed: {error}") from None


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[Headers, bytes]]:
    decoder = MultipartDecoder(boundary, MAX_PART_HEAD, max_parts=MAX_NAMES)
    headers, content = Headers(), bytearray()
    for start in range(0, len(body) + CHUNK, CHUNK):
        _feed(decoder, body[start : start + CHUNK])
        while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
            if isinstance(event, Field | File):
                headers, content = event.headers, bytearray()
            elif isinstance(event, Data):
                content += event.data
                if not event.more_data:
                    yield headers, bytes(content)
        if isinstance(event, Epilogue):
            return


def _feed(decoder: MultipartDecoder, data: bytes) -> None:
    """Pass more of the body to the decoder, or its end if ``data`` is empty."""
    try:
        decoder.receive_data(data or None)
    except RequestEntityTooLarge:
        raise ValueError(f"a part has more than {MAX_PART_HEAD} bytes of headers") from None


def _pair(headers: Headers, content: bytes, file_names: Collection[str]) -> tuple[str, Value]:
    name, filename = _disposition(headers.get("content-disposition", ""))
    if not name:
        raise ValueError("'' is not a valid name for a part")
    content_type = headers.get("content-type", "")
    media_type, options = parse_options_header(content_type)
    encoding = headers.get("content-transfer-encoding", "binary").lower()
    if encoding not in ("7bit", "8bit", "binary"):
        raise ValueError(
            f"the part {repr_value(name)} has the Content-Transfer-Encoding "
            f"{repr_value(encoding)}; send its bytes as they are"
        )
    if media_type.lower() == JSON and (filename is None or name not in file_names):
        try:
            return name, JsonPart(parse_json(content, MAX_VALUES))
        except ValueError as error:
            raise ValueError(f"the part {repr_value(name)} {error}") from None
    if filename is not None:
        return name, Upload(filename, content_type or None, content)
    charset = options.get("charset", "").lower()
    if charset not in ("us-ascii", "iso-8859-1"):
        charset = "utf-8"
    try:
        return name, content.decode(charset)
    except (UnicodeDecodeError, LookupError):
        raise ValueError(f"the part {repr_value(name)} is not valid {charset}") from None


def _disposition(header: str) -> tuple[str | None, str | None]:
    """Return the name and the filename of a Content-Disposition; ``filename*`` is preferred.

    A backslash that escapes nothing is kept: browsers and most libraries send it unescaped, as in
    the path of a file on Windows.
    """
    values = {
        key.lower(): quoted or token.strip() for key, quoted, token in PARAMETER.findall(header)
    }

    def value(key: str, decode: Callable[[str], str]) -> str | None:
        extended, text = values.get(f"{key}*"), values.get(key)
        if extended is not None:
            return _extended(f"{key}*", extended)
        return None if text is None else decode(BACKSLASH.sub(r"\1", text))

    return value("name", _unescaped), value("filename", _unquoted)


def _extended(parameter: str, text: str) -> str:
    """Return the value of a parameter such as ``filename*`` (RFC 8187)."""
    charset, _, rest = text.partition("'")
    if charset.lower() in ("utf-8", "iso-8859-1"):
        with suppress(UnicodeDecodeError):
            return unquote_to_bytes(rest.partition("'")[2]).decode(charset)
    example = "UTF-8''caf%C3%A9.txt"
    raise ValueError(f"invalid {parameter}={repr_value(text)}; send it like {example}")


def _unescaped(name: str) -> str:
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), name)


def _unquoted(filename: str) -> str:
    """Return a filename that the client may have percent-encoded.

    Browsers encode only quotes and line breaks (HTML, "multipart form data"); aiohttp encodes all
    special characters. A filename with any other ``%`` is returned unchanged.
    """
    if STRAY_PERCENT.search(filename):
        return filename
    try:
        return unquote(filename, errors="strict")
    except UnicodeDecodeError:
        return filename


def unwrapped(value: Any) -> Any:
    """Return a form's value with each JSON part replaced by the value that it contains."""
    if isinstance(value, JsonPart):
        return value.value
    if isinstance(value, dict):
        return {name: unwrapped(item) for name, item in value.items()}
    return [unwrapped(item) for item in value] if isinstance(value, list) else value


def nest(pairs: Pairs) -> dict[str, Any]:
    """Return the object that bracketed names describe; raises ``InvalidRequest``."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        previous = values.get(name)
        if isinstance(previous, list):
            previous.append(value)
        else:
            values[name] = value if previous is None else [previous, value]
    problems = list(islice(_name_problems(values), MAX_PROBLEMS + 1))
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


def _name_problems(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield a problem for each malformed or ambiguous name, or one for too many names."""
    if len(values) > MAX_NAMES:
        yield f"the form has more than {MAX_NAMES} names"
        return
    shapes: dict[str, tuple[str, str]] = {}
    arrays = Counter(
        name.partition("[]")[0] for name in values if len(name) <= MAX_NAME and "[]" in name
    )
    for name, value in values.items():
        quoted, array = repr_value(name), name.partition("[]")[0]
        if len(name) > MAX_NAME:
            yield f"a name may have at most {MAX_NAME} characters, not {len(name)}"
        elif name.count("[") > MAX_DEPTH:
            yield f"{quoted} has more than {MAX_DEPTH} levels of brackets"
        elif not NAME.fullmatch(name):
            yield f"{quoted} is not a valid name; write nested names like a[b] or a[]"
        elif isinstance(value, list) and len(value) > MAX_NAMES:
            yield f"{quoted} occurs more than {MAX_NAMES} times"
        elif "[][]" in name:
            flat = name.replace("[][]", "[]")
            yield f"{quoted} is an array in an array; for one array write {flat}"
        elif "[][" in name and (isinstance(value, list) or arrays[array] > 1):
            yield f"{quoted} is ambiguous; number the entries: {array}[0]"
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
