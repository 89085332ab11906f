"""Bodies in the three encodings (contract/reference.md, "Request bodies")."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from mockserver.checks.api.api_client import AVATAR, MARK, ApiClient, endpoint_of
from mockserver.checks.api.check import DECIDED, DOCUMENTED, ApiCheck, expect, expect_equal
from mockserver.checks.api.checks.endpoints import CREATE
from mockserver.checks.api.http import ENCODINGS, Body, form_body, json_body, multipart_body

CONVERSATION, GROUP = "PUT /conversations/:id", "PUT /groups/:id"
CONTACT, MESSAGE = "PUT /contacts/:id", "PUT /messages/:id"
Encode = Callable[[Sequence[tuple[str, str]]], Body]
FORMS: dict[str, Encode] = {
    "form": form_body,
    "multipart": lambda fields: multipart_body([*fields]),
}

CREATIONS: dict[str, Callable[[ApiClient], dict[str, Any]]] = {
    "contacts": lambda api: {
        "username": f"{MARK} Müller & Söhne+1",
        "phone_number": "+1 (555) 0100",
        "avatar_url": AVATAR,
        "display_name": "林美玲 \U0001fa9c",
    },
    "conversations": lambda api: {"contact_id": api.contact().id},
    "groups": lambda api: {
        "name": api.name(),
        "description": "100% = all; a & b",
        "contacts": [api.contact().id, api.contact().id],
    },
    "messages": lambda api: {
        "conversation_id": api.conversation().id,
        "message": f"{MARK}: Grüße,\nline two \U0001fa9c",
    },
    "attachments": lambda api: {"file": f"{MARK}.pdf"},
}
UPDATES: dict[str, dict[str, Any]] = {
    "contacts": {"display_name": "Zoë & Co."},
    "conversations": {"is_muted": True, "archived_at": 705106800},
    "groups": {"name": f"{MARK} Hôtel", "archived_at": 705106800},
    "messages": {"reactions": {"red_angry_face": ["KateMcCallister", "Buzz"]}},
    "attachments": {"filename": f"{MARK} später.pdf"},
}
#: What the fields of a form mean: the endpoint, the rule, the values before, the fields, and the
#: value of the first field's attribute.
FORM_VALUES: tuple[tuple[str, str, dict[str, Any], list[tuple[str, str]], Any], ...] = (
    *(
        (
            CONVERSATION,
            f"is_muted={text} is a boolean",
            {"is_muted": not value},
            [("is_muted", text)],
            value,
        )
        for text, value in (("true", True), ("false", False), ("1", True), ("0", False))
    ),
    (CONVERSATION, "a decimal is an integer", {}, [("archived_at", "705106800")], 705106800),
    (CONTACT, "an empty value is null", {"display_name": "Buzz"}, [("display_name", "")], None),
    (
        MESSAGE,
        "reactions[NAME][]=USERNAME nests",
        {},
        [("reactions[joy][]", "Buzz"), ("reactions[joy][]", "Kate"), ("reactions[no][]", "Jeff")],
        [{"joy": ["Buzz", "Kate"]}, {"no": ["Jeff"]}],
    ),
)
INVALID = (
    ("malformed JSON", json_body(b'{"display_name": '), 400, DOCUMENTED),
    ("JSON that is not an object", json_body(b'["display_name"]'), 400, DOCUMENTED),
    (
        "JSON sent as a form",
        Body(b'{"display_name": "A"}', "application/x-www-form-urlencoded"),
        400,
        DOCUMENTED,
    ),
    ("another content type", Body(b"display_name: A", "text/plain"), 415, DOCUMENTED),
    ("a lone surrogate", json_body(b'{"display_name": "\\ud800"}'), 400, DECIDED),
    ("bytes that are not UTF-8", json_body(b'{"display_name": "\xff"}'), 400, DECIDED),
)
WRONG_TYPES = (
    (CONVERSATION, 'JSON: "true" is not a boolean: 400', b'{"is_muted": "true"}'),
    (CONVERSATION, "JSON: 1 is not a boolean: 400", b'{"is_muted": 1}'),
    (CONVERSATION, 'JSON: "5" is not an integer: 400', b'{"archived_at": "5"}'),
    (CONVERSATION, "JSON: 5.5 is not an integer: 400", b'{"archived_at": 5.5}'),
    (CONTACT, "JSON: 5 is not a string: 400", b'{"display_name": 5}'),
)


def checks() -> Iterator[ApiCheck]:
    """Yield the checks that all encodings mean the same, and which bodies are invalid."""
    for encoding in ENCODINGS:
        rule = f"accepts a body as {encoding}"
        for path, values in CREATIONS.items():
            # The documentation has no attachment without a file part.
            basis = DECIDED if path == "attachments" else DOCUMENTED
            run = partial(_created, path, values, encoding)
            yield ApiCheck(endpoint_of(path, "create"), rule, run, basis)
        for path, update in UPDATES.items():
            run = partial(_updated, path, update, encoding)
            yield ApiCheck(endpoint_of(path, "update"), rule, run)
    for name, encode in FORMS.items():
        yield from _form_checks(name, encode)
    for rule, body, status, basis in INVALID:
        yield ApiCheck(CONTACT, f"{rule}: {status}", partial(_invalid, body, status), basis)
    for where, rule, content in WRONG_TYPES:
        yield ApiCheck(where, rule, partial(_wrong_type, where, content))


def _form_checks(name: str, encode: Encode) -> Iterator[ApiCheck]:
    for where, rule, values, fields, expected in FORM_VALUES:
        run = partial(_form_value, encode, where, values, fields, expected)
        yield ApiCheck(where, f"{name}: {rule}", run)
    for field, basis in (("contacts[]", DOCUMENTED), ("contacts", DECIDED)):
        rule = f"{name}: {field}=A&{field}=B is an array"
        yield ApiCheck(GROUP, rule, partial(_array, encode, field), basis)
    rule = f"{name}: contacts[]= alone is the empty array"
    yield ApiCheck(GROUP, rule, partial(_empty_array, encode), DECIDED)
    body = encode([("display_name", "A"), ("display_name", "B")])
    rule = f"{name}: a repeated scalar: 400"
    yield ApiCheck(CONTACT, rule, partial(_invalid, body, 400), DECIDED)


def _created(
    path: str, values_of: Callable[[ApiClient], dict[str, Any]], encoding: str, api: ApiClient
) -> None:
    values = values_of(api)
    created = api.create(path, values, encoding)
    for name, value in values.items():
        if name == "contacts":
            expect_equal("the members", [member["id"] for member in created[name]], value)
        else:
            attribute = "filename" if name == "file" else name
            expect_equal(attribute, created[attribute], value)


def _updated(path: str, update: dict[str, Any], encoding: str, api: ApiClient) -> None:
    updated = api.update(path, CREATE[path](api).id, update, encoding)
    for name, value in update.items():
        if name == "reactions":
            value = [{reaction: usernames} for reaction, usernames in value.items()]
        expect_equal(name, updated[name], value)


def _form_value(
    encode: Encode,
    where: str,
    values: dict[str, Any],
    fields: list[tuple[str, str]],
    expected: Any,
    api: ApiClient,
) -> None:
    path, name = where.split("/")[1], fields[0][0].partition("[")[0]
    created = CREATE[path](api).id
    if values:
        api.update(path, created, values)
    updated = api.put(path, created, encode(fields))
    expect_equal(name, updated[name], expected)


def _array(encode: Encode, field: str, api: ApiClient) -> None:
    members = [api.contact().id, api.contact().id]
    group = api.group().id
    updated = api.put("groups", group, encode([(field, member) for member in members]))
    expect_equal("the members", [member["id"] for member in updated["contacts"]], members)


def _empty_array(encode: Encode, api: ApiClient) -> None:
    group = api.group(contacts=[api.contact().id]).id
    updated = api.put("groups", group, encode([("contacts[]", "")]))
    expect_equal("contacts", updated["contacts"], [])


def _invalid(body: Body, status: int, api: ApiClient) -> None:
    contact = api.contact(display_name=MARK).id
    api.expect_error(status, "PUT", "contacts", contact, body=body)
    name = api.retrieve("contacts", contact)["display_name"]
    expect(name == MARK, f"an error, but display_name is now {name}")


def _wrong_type(where: str, content: bytes, api: ApiClient) -> None:
    path = "contacts" if where == CONTACT else "conversations"
    api.expect_error(400, "PUT", path, CREATE[path](api).id, body=json_body(content))
