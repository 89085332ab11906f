"""What the values in a body mean, and which bodies are none (reference, "Request bodies")."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from mockserver.checks.api.api_client import MARK, ConformanceClient
from mockserver.checks.api.bodies import Body, form, json_text, multipart
from mockserver.checks.api.check import Check, holds, same
from mockserver.checks.api.rows import DECIDED, DOCUMENTED

CONVERSATION, GROUP = "PUT /conversations/:id", "PUT /groups/:id"
CONTACT, MESSAGE = "PUT /contacts/:id", "PUT /messages/:id"
Encode = Callable[[Sequence[tuple[str, str]]], Body]
FORMS: dict[str, Encode] = {"form": form, "multipart": lambda fields: multipart([*fields])}


def checks() -> Iterator[Check]:
    for name, encode in FORMS.items():
        for text, value in (("true", True), ("false", False), ("1", True), ("0", False)):
            run = partial(_boolean, encode, text, value)
            yield Check(CONVERSATION, f"{name}: is_muted={text} is a boolean", run)
        yield Check(CONVERSATION, f"{name}: a decimal is an integer", partial(_integer, encode))
        yield Check(CONTACT, f"{name}: an empty value is null", partial(_null, encode))
        rule = f"{name}: reactions[NAME][]=USERNAME nests"
        yield Check(MESSAGE, rule, partial(_nested, encode))
        for rule, field in (("contacts[]=A&contacts[]=B", "contacts[]"), (PLAIN, "contacts")):
            basis = DECIDED if field == "contacts" else DOCUMENTED
            yield Check(GROUP, f"{name}: {rule} is an array", partial(_array, encode, field), basis)
        rule = f"{name}: contacts[]= alone is the empty array"
        yield Check(GROUP, rule, partial(_empty_array, encode), DECIDED)
        twice = [("display_name", "A"), ("display_name", "B")]
        run = partial(_refused_form, encode, twice)
        yield Check(CONTACT, f"{name}: a scalar that is sent twice: 400", run, DECIDED)
    for rule, body, status, basis in BROKEN:
        yield Check(CONTACT, f"{rule}: {status}", partial(_broken, body, status), basis)
    for where, rule, values in STRICT:
        yield Check(where, rule, partial(_strict, where, values))


PLAIN = "contacts=A&contacts=B"
BROKEN = (
    ("malformed JSON", json_text(b'{"display_name": '), 400, DOCUMENTED),
    ("JSON that is no object", json_text(b'["display_name"]'), 400, DOCUMENTED),
    (
        "JSON that is sent as a form",
        Body(b'{"display_name": "A"}', "application/x-www-form-urlencoded"),
        400,
        DOCUMENTED,
    ),
    ("another content type", Body(b"display_name: A", "text/plain"), 415, DOCUMENTED),
    ("a lone surrogate", json_text(b'{"display_name": "\\ud800"}'), 400, DECIDED),
    ("bytes that are no UTF-8", json_text(b'{"display_name": "\xff"}'), 400, DECIDED),
)
STRICT = (
    (CONVERSATION, 'JSON: "true" is no boolean: 400', b'{"is_muted": "true"}'),
    (CONVERSATION, "JSON: 1 is no boolean: 400", b'{"is_muted": 1}'),
    (CONVERSATION, 'JSON: "5" is no integer: 400', b'{"archived_at": "5"}'),
    (CONVERSATION, "JSON: 5.5 is no integer: 400", b'{"archived_at": 5.5}'),
    (CONTACT, "JSON: 5 is no string: 400", b'{"display_name": 5}'),
)


def _boolean(encode: Encode, text: str, value: bool, bench: ConformanceClient) -> None:
    made = bench.conversation().id
    bench.update("conversations", made, {"is_muted": not value})
    shown = bench.put("conversations", made, encode([("is_muted", text)]))
    same("is_muted", shown["is_muted"], value)


def _integer(encode: Encode, bench: ConformanceClient) -> None:
    made = bench.conversation().id
    shown = bench.put("conversations", made, encode([("archived_at", "705106800")]))
    same("archived_at", shown["archived_at"], 705106800)


def _null(encode: Encode, bench: ConformanceClient) -> None:
    made = bench.contact(display_name="Buzz").id
    shown = bench.put("contacts", made, encode([("display_name", "")]))
    same("display_name", shown["display_name"], None)


def _nested(encode: Encode, bench: ConformanceClient) -> None:
    _, [made] = bench.messages(1)
    fields = [
        ("reactions[joy][]", "Buzz"),
        ("reactions[joy][]", "Kate"),
        ("reactions[no][]", "Jeff"),
    ]
    shown = bench.put("messages", made, encode(fields))
    same("reactions", shown["reactions"], [{"joy": ["Buzz", "Kate"]}, {"no": ["Jeff"]}])


def _array(encode: Encode, field: str, bench: ConformanceClient) -> None:
    members = [bench.contact().id, bench.contact().id]
    shown = bench.put("groups", bench.group().id, encode([(field, each) for each in members]))
    same("the members", [each["id"] for each in shown["contacts"]], members)


def _empty_array(encode: Encode, bench: ConformanceClient) -> None:
    made = bench.group(contacts=[bench.contact().id]).id
    same("contacts", bench.put("groups", made, encode([("contacts[]", "")]))["contacts"], [])


def _refused_form(encode: Encode, fields: list[tuple[str, str]], bench: ConformanceClient) -> None:
    _broken(encode(fields), 400, bench)


def _broken(body: Body, status: int, bench: ConformanceClient) -> None:
    made = bench.contact(display_name=MARK)
    bench.refused(status, "PUT", "contacts", made.id, body=body)
    after = bench.retrieve("contacts", made.id)["display_name"]
    holds(after == MARK, f"it was refused, yet display_name is now {after}")


def _strict(where: str, text: bytes, bench: ConformanceClient) -> None:
    contacts = where == CONTACT
    made = bench.contact() if contacts else bench.conversation()
    path = "contacts" if contacts else "conversations"
    bench.refused(400, "PUT", path, made.id, body=json_text(text))
