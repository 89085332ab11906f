"""Conversations (contract/reference.md, "Conversation")."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.checks.api.api_client import ApiClient
from mockserver.checks.api.check import DECIDED, DOCUMENTED, ApiCheck, expect, expect_equal

CREATE, UPDATE, RETRIEVE = "POST /conversations", "PUT /conversations/:id", "GET /conversations/:id"
DELETE = "DELETE /conversations/:id"
NOW = 705106800


def checks() -> Iterator[ApiCheck]:
    """Yield the checks of conversations."""
    for where, rule, run, basis in (
        (CREATE, "with a contact: contact_id, and no group_id", _of_contact, DOCUMENTED),
        (CREATE, "of a group: group_id, and no contact_id", _of_group, DOCUMENTED),
        (CREATE, "initially not pinned, muted, archived or opened", _initial, DOCUMENTED),
        (CREATE, "contact_id and group_id at once: 400", _both_owners, DOCUMENTED),
        (CREATE, "contact_id of a deleted contact: 400", _deleted_contact, DOCUMENTED),
        (CREATE, "group_id of a deleted group: 400", _deleted_group, DOCUMENTED),
        (CREATE, "a second one with the same contact is a new one", _second, DECIDED),
        (CREATE, "a second one keeps the contact's conversation_id", _first_stays, DECIDED),
        (CREATE, "sets the contact's conversation_id if it is null", _set_if_null, DECIDED),
        (UPDATE, "is_pinned and is_muted, set and unset", _flags, DOCUMENTED),
        (UPDATE, "archived_at, and null to restore", _archived, DOCUMENTED),
        (UPDATE, "pinned_message_id, and null", _pinned, DOCUMENTED),
        (UPDATE, "pinning another conversation's message: 400", _other_message, DOCUMENTED),
        (UPDATE, "pinning a deleted message: 400", _deleted_message, DOCUMENTED),
        (RETRIEVE, "a new message sets last_active_at", _active, DECIDED),
        (RETRIEVE, "reading does not set last_opened_at", _not_opened, DECIDED),
        (DELETE, "deletes its messages", _messages, DOCUMENTED),
        (DELETE, "deletes their attachments", _attachments, DECIDED),
        (DELETE, "the contact's conversation is then the oldest left", _next_of_contact, DECIDED),
        (DELETE, "the contact's last one: conversation_id is null", _none_of_contact, DECIDED),
        (DELETE, "the group's conversation is then the oldest left", _next_of_group, DECIDED),
    ):
        yield ApiCheck(where, rule, run, basis)


def _of_contact(api: ApiClient) -> None:
    contact = api.contact().id
    conversation = api.conversation(contact_id=contact)
    expect_equal("contact_id", conversation["contact_id"], contact)
    expect_equal("group_id", conversation["group_id"], None)


def _of_group(api: ApiClient) -> None:
    group = api.group().id
    conversation = api.conversation(group_id=group)
    expect_equal("group_id", conversation["group_id"], group)
    expect_equal("contact_id", conversation["contact_id"], None)


def _initial(api: ApiClient) -> None:
    conversation = api.conversation()
    for name in ("is_pinned", "is_muted"):
        expect_equal(name, conversation[name], False)
    for name in ("pinned_message_id", "archived_at", "last_opened_at"):
        expect_equal(name, conversation[name], None)


def _both_owners(api: ApiClient) -> None:
    values = {"contact_id": api.contact().id, "group_id": api.group().id}
    api.expect_error(400, "POST", "conversations", values=values)


def _deleted_contact(api: ApiClient) -> None:
    contact = api.contact().id
    api.delete("contacts", contact)
    api.expect_error(400, "POST", "conversations", values={"contact_id": contact})


def _deleted_group(api: ApiClient) -> None:
    group = api.group().id
    api.delete("groups", group)
    api.expect_error(400, "POST", "conversations", values={"group_id": group})


def _second(api: ApiClient) -> None:
    contact = api.contact().id
    first, second = (api.conversation(contact_id=contact).id for _ in range(2))
    expect(first != second, "the same conversation again")


def _first_stays(api: ApiClient) -> None:
    contact = api.contact()
    api.conversation(contact_id=contact.id)
    after = api.retrieve("contacts", contact.id)["conversation_id"]
    expect_equal("conversation_id", after, contact["conversation_id"])


def _set_if_null(api: ApiClient) -> None:
    contact = api.contact()
    api.delete("conversations", api.home(contact, "contact_id").id)
    created = api.conversation(contact_id=contact.id).id
    after = api.retrieve("contacts", contact.id)["conversation_id"]
    expect_equal("conversation_id", after, created)


def _flags(api: ApiClient) -> None:
    conversation = api.conversation().id
    for value in (True, False):
        values = {"is_pinned": value, "is_muted": value}
        updated = api.update("conversations", conversation, values)
        for name in values:
            expect_equal(name, updated[name], value)


def _archived(api: ApiClient) -> None:
    conversation = api.conversation().id
    for value in (NOW, None):
        updated = api.update("conversations", conversation, {"archived_at": value})
        expect_equal("archived_at", updated["archived_at"], value)


def _pinned(api: ApiClient) -> None:
    conversation, [message] = api.messages(1)
    for value in (message, None):
        updated = api.update("conversations", conversation, {"pinned_message_id": value})
        expect_equal("pinned_message_id", updated["pinned_message_id"], value)


def _other_message(api: ApiClient) -> None:
    _, [message] = api.messages(1)
    values = {"pinned_message_id": message}
    api.expect_error(400, "PUT", "conversations", api.conversation().id, values=values)


def _deleted_message(api: ApiClient) -> None:
    conversation, [message] = api.messages(1)
    api.delete("messages", message)
    values = {"pinned_message_id": message}
    api.expect_error(400, "PUT", "conversations", conversation, values=values)


def _active(api: ApiClient) -> None:
    conversation, _ = api.messages(1)
    expect(api.retrieve("conversations", conversation)["last_active_at"] is not None, "null")


def _not_opened(api: ApiClient) -> None:
    conversation, [message] = api.messages(1)
    api.retrieve("messages", message)
    api.ids("messages", conversation_id=conversation)
    opened = api.retrieve("conversations", conversation)["last_opened_at"]
    expect_equal("last_opened_at", opened, None)


def _messages(api: ApiClient) -> None:
    conversation, [message] = api.messages(1)
    api.delete("conversations", conversation)
    api.expect_gone("messages", message)


def _attachments(api: ApiClient) -> None:
    conversation, attachment = api.conversation().id, api.upload().id
    api.message(conversation, attachments=[attachment])
    api.delete("conversations", conversation)
    api.expect_gone("attachments", attachment)


def _next_of_contact(api: ApiClient) -> None:
    contact = api.contact()
    second = api.conversation(contact_id=contact.id).id
    api.conversation(contact_id=contact.id)
    api.delete("conversations", api.home(contact, "contact_id").id)
    after = api.retrieve("contacts", contact.id)["conversation_id"]
    expect_equal("conversation_id", after, second)


def _none_of_contact(api: ApiClient) -> None:
    contact = api.contact()
    api.delete("conversations", api.home(contact, "contact_id").id)
    after = api.retrieve("contacts", contact.id)["conversation_id"]
    expect_equal("conversation_id", after, None)


def _next_of_group(api: ApiClient) -> None:
    group = api.group()
    second = api.conversation(group_id=group.id).id
    api.delete("conversations", api.home(group, "group_id").id)
    after = api.retrieve("groups", group.id)["conversation_id"]
    expect_equal("conversation_id", after, second)
