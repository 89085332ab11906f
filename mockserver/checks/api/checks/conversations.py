"""Conversations (reference, "Conversation")."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.checks.api.api_client import ConformanceClient
from mockserver.checks.api.bodies import encoded
from mockserver.checks.api.check import Check, holds, same
from mockserver.checks.api.rows import DECIDED, DOCUMENTED

CREATE, UPDATE, RETRIEVE = "POST /conversations", "PUT /conversations/:id", "GET /conversations/:id"
NOW = 705106800


def checks() -> Iterator[Check]:
    for where, rule, run, basis in (
        (CREATE, "with a contact: contact_id, and no group_id", _of_contact, DOCUMENTED),
        (CREATE, "of a group: group_id, and no contact_id", _of_group, DOCUMENTED),
        (CREATE, "neither pinned, muted, archived nor opened at first", _fresh, DOCUMENTED),
        (CREATE, "contact_id and group_id at once: 400", _both, DOCUMENTED),
        (CREATE, "contact_id of what is no more: 400", _no_contact, DOCUMENTED),
        (CREATE, "group_id of what is no more: 400", _no_group, DOCUMENTED),
        (CREATE, "a second one with the same contact is another", _second, DECIDED),
        (CREATE, "a second one leaves the contact's conversation_id", _first_stays, DECIDED),
        (CREATE, "the contact's conversation_id is set if it was null", _set_if_null, DECIDED),
        (UPDATE, "is_pinned and is_muted, set and unset", _flags, DOCUMENTED),
        (UPDATE, "archived_at, and null to restore", _archived, DOCUMENTED),
        (UPDATE, "pinned_message_id, and null", _pinned, DOCUMENTED),
        (UPDATE, "a message of another conversation is not pinned: 400", _others, DOCUMENTED),
        (UPDATE, "a message that is no more is not pinned: 400", _no_message, DOCUMENTED),
        (RETRIEVE, "last_active_at is set when a message is sent", _active, DECIDED),
        (RETRIEVE, "reading does not set last_opened_at", _not_opened, DECIDED),
    ):
        yield Check(where, rule, run, basis)


def _of_contact(bench: ConformanceClient) -> None:
    contact = bench.contact().id
    made = bench.conversation(contact_id=contact)
    same("contact_id", made["contact_id"], contact)
    same("group_id", made["group_id"], None)


def _of_group(bench: ConformanceClient) -> None:
    group = bench.group().id
    made = bench.conversation(group_id=group)
    same("group_id", made["group_id"], group)
    same("contact_id", made["contact_id"], None)


def _fresh(bench: ConformanceClient) -> None:
    made = bench.conversation()
    for name in ("is_pinned", "is_muted"):
        same(name, made[name], False)
    for name in ("pinned_message_id", "archived_at", "last_opened_at"):
        same(name, made[name], None)


def _both(bench: ConformanceClient) -> None:
    values = {"contact_id": bench.contact().id, "group_id": bench.group().id}
    bench.refused(400, "POST", "conversations", body=encoded(values), sent=values)


def _no_contact(bench: ConformanceClient) -> None:
    _no_owner(bench, "contact_id", "contacts", bench.contact().id)


def _no_group(bench: ConformanceClient) -> None:
    _no_owner(bench, "group_id", "groups", bench.group().id)


def _no_owner(bench: ConformanceClient, name: str, path: str, owner: str) -> None:
    bench.delete(path, owner)
    bench.refused(400, "POST", "conversations", body=encoded({name: owner}), sent={name: owner})


def _second(bench: ConformanceClient) -> None:
    contact = bench.contact().id
    one, other = bench.conversation(contact_id=contact), bench.conversation(contact_id=contact)
    holds(one.id != other.id, "the same conversation again")


def _first_stays(bench: ConformanceClient) -> None:
    contact = bench.contact()
    bench.conversation(contact_id=contact.id)
    after = bench.retrieve("contacts", contact.id)["conversation_id"]
    same("conversation_id", after, contact["conversation_id"])


def _set_if_null(bench: ConformanceClient) -> None:
    contact = bench.contact()
    bench.delete("conversations", bench.home(contact, "contact_id").id)
    made = bench.conversation(contact_id=contact.id).id
    same("conversation_id", bench.retrieve("contacts", contact.id)["conversation_id"], made)


def _flags(bench: ConformanceClient) -> None:
    made = bench.conversation().id
    for value in (True, False):
        shown = bench.update("conversations", made, {"is_pinned": value, "is_muted": value})
        same("is_pinned", shown["is_pinned"], value)
        same("is_muted", shown["is_muted"], value)


def _archived(bench: ConformanceClient) -> None:
    made = bench.conversation().id
    for value in (NOW, None):
        shown = bench.update("conversations", made, {"archived_at": value})
        same("archived_at", shown["archived_at"], value)


def _pinned(bench: ConformanceClient) -> None:
    conversation, [message] = bench.messages(1)
    for value in (message, None):
        shown = bench.update("conversations", conversation, {"pinned_message_id": value})
        same("pinned_message_id", shown["pinned_message_id"], value)


def _others(bench: ConformanceClient) -> None:
    _, [message] = bench.messages(1)
    body = encoded({"pinned_message_id": message})
    bench.refused(400, "PUT", "conversations", bench.conversation().id, body=body)


def _no_message(bench: ConformanceClient) -> None:
    conversation, [message] = bench.messages(1)
    bench.delete("messages", message)
    body = encoded({"pinned_message_id": message})
    bench.refused(400, "PUT", "conversations", conversation, body=body)


def _active(bench: ConformanceClient) -> None:
    conversation, _ = bench.messages(1)
    active = bench.retrieve("conversations", conversation)["last_active_at"]
    holds(active is not None, "null")


def _not_opened(bench: ConformanceClient) -> None:
    conversation, [message] = bench.messages(1)
    bench.retrieve("messages", message)
    bench.ids("messages", conversation_id=conversation)
    opened = bench.retrieve("conversations", conversation)["last_opened_at"]
    same("last_opened_at", opened, None)
