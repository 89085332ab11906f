"""Checks of bodies in the three encodings (contract/reference.md, "Request bodies")."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

from mockserver.checks.api.api_client import MARK, ApiClient, endpoint_of
from mockserver.checks.api.checks.endpoints import OBJECTS
from mockserver.checks.api.http import ENCODINGS, Body, form_body, json_body, multipart_body
from mockserver.checks.api.results import DECIDED, DOCUMENTED, ApiCheck, expect, expect_equal

CONTACT, GROUP = "PUT /contacts/:id", "PUT /groups/:id"
Encode = Callable[[Sequence[tuple[str, str]]], Body]
FORMS: dict[str, Encode] = {"form": form_body, "multipart": lambda fields: multipart_body(fields)}

FORM_AS_JSON = Body(b'{"display_name": "A"}', "application/x-www-form-urlencoded")
INVALID = (
    ("malformed JSON", json_body(b'{"display_name": '), 400, DOCUMENTED),
    ("JSON that is not an object", json_body(b'["display_name"]'), 400, DOCUMENTED),
    ("JSON sent as a form", FORM_AS_JSON, 400, DOCUMENTED),
    ("another content type", Body(b"display_name: A", "text/plain"), 415, DOCUMENTED),
    ("a lone surrogate", json_body(b'{"display_name": "\\ud800"}'), 400, DECIDED),
    ("bytes that are not UTF-8", json_body(b'{"display_name": "\xff"}'), 400, DECIDED),
)


def checks() -> Iterator[ApiCheck]:
    """Yield the checks of all endpoints in each encoding, of forms, and of invalid bodies."""
    for encoding in ENCODINGS:
        rule = f"accepts a body as {encoding}"
        for path, values in OBJECTS.items():
            # The documentation always uploads an attachment as a file part.
            basis = DECIDED if path == "attachments" else DOCUMENTED
            args = (path, values["any_characters"]["create"], encoding)
            yield ApiCheck(endpoint_of(path, "create"), rule, basis, _created, args)
            args = (path, values["any_characters"]["update"], encoding)
            yield ApiCheck(endpoint_of(path, "update"), rule, DOCUMENTED, _updated, args)
    for name, encode in FORMS.items():
        yield from _form_checks(name, encode)
    for rule, body, status, basis in INVALID:
        yield ApiCheck(CONTACT, f"{rule}: {status}", basis, _invalid, (body, status))


def _form_checks(form: str, encode: Encode) -> Iterator[ApiCheck]:
    for path, values in OBJECTS.items():
        for row in values["form_values"]:
            where, rule = endpoint_of(path, "update"), f"{form}: {row['rule']}"
            body = encode(parse_qsl(row["form"], keep_blank_values=True))
            args = (path, row["before"], body, row["after"])
            yield ApiCheck(where, rule, DOCUMENTED, _form_value, args)
    for field, basis in (("contacts[]", DOCUMENTED), ("contacts", DECIDED)):
        rule = f"{form}: {field}=A&{field}=B is an array"
        yield ApiCheck(GROUP, rule, basis, _array, (encode, field))
    rule, empty = f"{form}: contacts[]= alone is the empty array", encode([("contacts[]", "")])
    yield ApiCheck(GROUP, rule, DECIDED, _empty_array, (empty,))
    repeated = encode([("display_name", "A"), ("display_name", "B")])
    yield ApiCheck(CONTACT, f"{form}: a repeated scalar: 400", DECIDED, _invalid, (repeated, 400))


def _created(api: ApiClient, path: str, more_values: dict[str, Any], encoding: str) -> None:
    values = {**api.values(path), **more_values}
    members = [api.contact(), api.contact()] if path == "groups" else []
    if members:
        values["contacts"] = [member.id for member in members]
    created = api.create(path, values, encoding)
    for name, value in values.items():
        if name == "contacts":
            created.expect_embedded(name, *members)
        else:
            created.expect(**{"filename" if name == "file" else name: value})


def _updated(api: ApiClient, path: str, values: dict[str, Any], encoding: str) -> None:
    updated = api.new(path).update(values, encoding)
    for name, value in values.items():
        if name == "reactions":
            value = [{reaction: usernames} for reaction, usernames in value.items()]
        expect_equal(name, updated[name], value)


def _form_value(
    api: ApiClient, path: str, before: dict[str, Any], form: Body, expected: dict[str, Any]
) -> None:
    created = api.new(path)
    if before:
        created.update(before)
    created.put(form).expect(**expected)


def _array(api: ApiClient, encode: Encode, field: str) -> None:
    members = [api.contact(), api.contact()]
    updated = api.group().put(encode([(field, member.id) for member in members]))
    updated.expect_embedded("contacts", *members)


def _empty_array(api: ApiClient, form: Body) -> None:
    api.group(api.contact()).put(form).expect(contacts=[])


def _invalid(api: ApiClient, body: Body, status: int) -> None:
    contact = api.contact(display_name=MARK)
    api.expect_error(status, "PUT", "contacts", contact.id, body=body)
    name = contact.retrieve()["display_name"]
    expect(name == MARK, f"an error response, but display_name changed to {name}")
