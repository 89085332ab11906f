"""Requests to drafts: bodies of all three types and queries, read by a resource's schemas."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_input_stream

from mockserver.errors import InvalidRequest, TooLarge, UnsupportedMediaType
from mockserver.schema.fields import repr_value
from mockserver.schema.schema import ParameterSchema, Schema, ValidatedInput
from mockserver.web import forms
from mockserver.web.request import JSON, Request

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
TAKEN = f"send {JSON}, {URLENCODED} or {MULTIPART}"
NO_QUERY = ParameterSchema()


def query(call: Request, attributes: Schema) -> ValidatedInput:
    """The draft of a query string. A parameter sent twice is refused, not guessed at."""
    text = call.query_string
    if not text:
        return ValidatedInput()
    pairs = forms.urlencoded(text)
    values = dict(pairs)
    draft = attributes.validated(attributes.from_form(values))
    if len(values) < len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = [name for name in values if times[name] > 1]
        draft.problems += [f"{name}: is given more than once" for name in twice]
    return draft


def no_query(call: Request) -> ValidatedInput:
    """For endpoints that have no parameters: whatever is there is unknown."""
    return query(call, NO_QUERY)


def body(call: Request, attributes: Schema) -> ValidatedInput:
    """The draft of a body, with the query's problems, since there are no parameters here."""
    content = _content(call, attributes)
    call.given = content
    draft = attributes.validated(content)
    if call.query_string:
        draft.problems += no_query(call).problems
    return draft


def _content(call: Request, attributes: Schema) -> Mapping[str, Any]:
    """What the body says, in JSON's types; no body is an empty object."""
    data = raw(call)
    if not data:
        return {}
    encoding = call.environ.get("HTTP_CONTENT_ENCODING", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMediaType(
            f"a body in {repr_value(encoding)} is not taken; send it as it is"
        )
    given = call.environ.get("CONTENT_TYPE", "")
    # What most clients send needs no parsing.
    media_type, options = (JSON, {}) if given == JSON else parse_options_header(given)
    media_type = media_type.lower()
    if media_type == JSON:
        return parse_json(data)
    if media_type == URLENCODED:
        _refuse_json_in_a_form(data)
        return attributes.from_form(forms.nest(forms.urlencoded(data)))
    if media_type == MULTIPART:
        pairs = forms.multipart(data, options.get("boundary", ""))
        return attributes.from_form(forms.nest(pairs))
    named = (
        f"a body of type {repr_value(media_type)}"
        if media_type
        else "a body without a Content-Type"
    )
    raise UnsupportedMediaType(f"{named} is not taken; {TAKEN}")


def demand_json(call: Request) -> None:
    """Raise ``UnsupportedMediaType`` unless the request says that it is JSON.

    The type is asked for even where there is nothing to say: a page of another origin can send
    any other without the browser asking us first (Fetch, "CORS-safelisted request-header").
    """
    media_type, _ = parse_options_header(call.headers.get("Content-Type", ""))
    if media_type.lower() != JSON:
        raise UnsupportedMediaType(f"the control API takes JSON; add 'Content-Type: {JSON}'")


def json_body(call: Request) -> dict[str, Any]:
    """The object that a request of the control API carries; no body is an empty one."""
    data = raw(call)
    return parse_json(data) if data else {}


def raw(call: Request) -> bytes:
    """The body as it came: what Request.get_data comes to, without the four layers around it."""
    limit = call.max_content_length or 0
    length = call.environ.get("CONTENT_LENGTH", "")
    if length.isdecimal() and length.isascii():
        call.received = _exactly(call, int(length), limit)
    else:
        # One byte more is let through: werkzeug cuts at its limit without a word.
        stream = get_input_stream(call.environ, max_content_length=limit + 1)
        call.received = stream.read()
        if len(call.received) > limit:
            raise TooLarge(limit)
    return call.received


def _exactly(call: Request, length: int, limit: int) -> bytes:
    if length > limit:
        raise TooLarge(limit)
    data: bytes = call.environ["wsgi.input"].read(length)
    if len(data) < length:
        raise InvalidRequest(f"the body ended after {len(data)} of its {length} bytes")
    return data


def parse_json(data: bytes) -> dict[str, Any]:
    """The object that a JSON body holds; raises ``InvalidRequest``."""
    try:
        found = _decoder.decode(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"the body is no UTF-8, at byte {error.start}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidRequest(f"the body is no valid JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise InvalidRequest("the body's JSON is nested too deeply") from None
    except ValueError as error:
        raise InvalidRequest(f"the body is no valid JSON: {error}") from None
    if not isinstance(found, dict):
        raise InvalidRequest(f"the body must be a JSON object, not {repr_value(found)}")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = next(name for name in found if times[name] > 1)
        raise ValueError(f"{repr_value(twice)} is given twice in one object")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


# orjson writes the answers, but cannot tell of a name given twice: so this one reads.
_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _refuse_json_in_a_form(data: bytes) -> None:
    """curl sends JSON as a form unless told otherwise: say so, rather than 'unknown attribute'."""
    if data.lstrip()[:1] not in (b"{", b"["):
        return
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return
    raise InvalidRequest(
        f"the body is JSON, but its Content-Type says {URLENCODED} (curl's default); "
        f"add the header 'Content-Type: {JSON}'"
    )
