"""The parser of a request's query and body, based on a resource's schemas."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_input_stream

from mockserver.errors import ApiError, InvalidRequest, TooLarge, UnsupportedMediaType
from mockserver.resources.fields import File
from mockserver.schema import strict_json
from mockserver.schema.fields import repr_value
from mockserver.schema.schema import ParameterSchema, Schema, ValidatedInput
from mockserver.schema.strict_json import MAX_VALUES
from mockserver.web import forms
from mockserver.web.request import JSON, Request

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
NO_QUERY = ParameterSchema()
NO_BODY = Schema()  # of a body that no operation reads: a form's values stay texts
#: The environ's key for the part of a broken body that arrived; only our server sets it.
PARTIAL_BODY = "mockserver.partial_body"


def query(request: Request, schema: Schema) -> ValidatedInput:
    """Return the query's values and problems; a parameter that is sent twice is a problem."""
    if not request.query_string:
        return ValidatedInput()
    pairs = forms.urlencoded(request.query_string)
    values = dict(pairs)
    validated = schema.validated(schema.from_form(values))
    if len(values) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        repeated = [name for name in values if counts[name] > 1]
        validated.problems += [f"{name}: sent more than once" for name in repeated]
    return validated


def refuse_query(request: Request) -> None:
    """Raise ``InvalidRequest`` if there is a query: each of its parameters is unknown."""
    if request.query_string:
        query(request, NO_QUERY).raise_for_errors()


def body(request: Request, schema: Schema) -> ValidatedInput:
    """Return the body's values and problems; any query parameter is a problem."""
    request.payload = _payload(request, schema)
    validated = schema.validated(request.payload)
    if request.query_string:
        validated.problems += query(request, NO_QUERY).problems
    return validated


def _payload(request: Request, schema: Schema) -> Mapping[str, Any]:
    """Return the body in JSON's types; an empty body is an empty object."""
    data = raw(request)
    if not data:
        return {}
    encoding = request.environ.get("HTTP_CONTENT_ENCODING", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMediaType(
            f"unsupported Content-Encoding {repr_value(encoding)}; send the body without one"
        )
    content_type = request.environ.get("CONTENT_TYPE", "")
    # Most clients send exactly this header; parsing it would take longer than parsing the body.
    media_type, options = (JSON, {}) if content_type == JSON else parse_options_header(content_type)
    media_type = media_type.lower()
    if media_type == JSON:
        return parse_json(data)
    if media_type == URLENCODED:
        _refuse_json_in_a_form(data)
        return schema.from_form(forms.nest(forms.urlencoded(data)))
    if media_type == MULTIPART:
        file_names = [name for name, item in schema.fields.items() if isinstance(item, File)]
        pairs = forms.multipart(data, options.get("boundary", ""), file_names)
        values: dict[str, Any] = forms.unwrapped(schema.from_form(forms.nest(pairs)))
        return values
    of_type = f"of type {repr_value(media_type)}" if media_type else "without a Content-Type"
    raise UnsupportedMediaType(
        f"a body {of_type} is not supported; send {JSON}, {URLENCODED} or {MULTIPART}"
    )


def require_json(request: Request) -> None:
    """Raise ``UnsupportedMediaType`` unless the Content-Type is JSON, even without a body.

    Other types can be sent by a page of another origin without a preflight (Fetch,
    "CORS-safelisted request-header").
    """
    media_type, _ = parse_options_header(request.headers.get("Content-Type", ""))
    if media_type.lower() != JSON:
        raise UnsupportedMediaType(f"the control API accepts only JSON; add 'Content-Type: {JSON}'")


def json_body(request: Request, max_values: int | None = MAX_VALUES) -> dict[str, Any]:
    """Return the JSON object of a control request; an empty body is an empty object."""
    data = raw(request)
    return parse_json(data, max_values) if data else {}


def raw(request: Request) -> bytes:
    """Return the body and store it in ``request.received``; faster than werkzeug's ``get_data``."""
    limit = request.max_content_length or 0
    length = request.environ.get("CONTENT_LENGTH", "")
    if length.isdecimal() and length.isascii():
        expected = int(length)
        if expected > limit:
            raise TooLarge(limit)
        request.received = request.environ["wsgi.input"].read(expected)
        if len(request.received) < expected:
            read = len(request.received)
            raise InvalidRequest(f"the body ended after {read} of {expected} bytes")
    else:
        # Read one byte above the limit, since werkzeug truncates at its limit without an error.
        stream = get_input_stream(request.environ, max_content_length=limit + 1)
        request.received = stream.read()
        if len(request.received) > limit:
            raise TooLarge(limit)
    return request.received


def keep_unread(request: Request, schemas: Mapping[str, Schema]) -> None:
    """Read and parse the body for the journal if no view has read it, as after a fault.

    ``schemas`` are the schemas of bodies, by operation. Errors in the body are ignored, because
    the response is already decided.
    """
    environ = request.environ
    is_chunked = "HTTP_TRANSFER_ENCODING" in environ
    if request.received or (environ.get("CONTENT_LENGTH") in (None, "", "0") and not is_chunked):
        return
    if PARTIAL_BODY in environ:
        request.received = environ[PARTIAL_BODY]
        return
    with suppress(ApiError, HTTPException, OSError):
        request.payload = _payload(request, schemas.get(request.operation, NO_BODY))


def parse_json(data: bytes, max_values: int | None = MAX_VALUES) -> dict[str, Any]:
    """Return the JSON object in a body; raises ``InvalidRequest`` for any other body."""
    try:
        value = strict_json.parse_json(data, max_values)
    except ValueError as error:
        raise InvalidRequest(f"the body {error}") from None
    if not isinstance(value, dict):
        raise InvalidRequest(f"the body must be a JSON object, not {repr_value(value)}")
    return value


def _refuse_json_in_a_form(data: bytes) -> None:
    """Raise ``InvalidRequest`` for JSON sent as a form, as curl does by default.

    Otherwise the error would report the whole body as an unknown attribute.
    """
    if data.lstrip()[:1] not in (b"{", b"["):
        return
    try:
        strict_json.parse_json(data, MAX_VALUES)
    except ValueError:
        return
    raise InvalidRequest(
        f"the body is JSON, but its Content-Type is {URLENCODED} (curl's default); "
        f"add the header 'Content-Type: {JSON}'"
    )
