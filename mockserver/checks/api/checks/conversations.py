"""Conversations and their owners, contacts and groups (contract/reference.md, "Conversation").

A contact and a group each own conversations in the same way, so most checks run for both.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from mockserver.checks.api.api_client import AVATAR, ApiClient, ApiObject
from mockserver.checks.api.check import DECIDED, DOCUMENTED, ApiCheck, Basis, expect, expect_equal
from mockserver.checks.api.checks.endpoints import CREATE as CREATE_ONE

CREATE, UPDATE, RETRIEVE = "POST /conversations", "PUT /conversations/:id", "GET /conversations/:id"
DELETE = "DELETE /conversations/:id"
CREATE_GROUP, UPDATE_GROUP = "POST /groups", "PUT /groups/:id"
#: Each kind of owner, its path, and the attribute of a conversation with its id.
OWNERS = (("contact", "contacts", "contact_id"), ("group", "groups", "group_id"))
EMBEDDED = ("username", "phone_number", "avatar_url", "last_active_at", "created_at")


def checks() -> Iterator[ApiCheck]:
    """Yield the checks of both owners, then of each kind of object."""
    for noun, path, attribute in OWNERS:
        yield from _owner_checks(noun, path, attribute)
    for where, rule, run, basis in (
        ("POST /contacts", "a username may be used twice", _same_username, DECIDED),
        ("GET /contacts/:id", "the authenticated user is a contact", _user, DECIDED),
        ("DELETE /contacts/:id", "removes the contact from every group", _membership, DOCUMENTED),
        (CREATE_GROUP, "the members in the given order", _members_in_order, DOCUMENTED),
        (CREATE_GROUP, "a member is an id or an object with an id", _member_objects, DECIDED),
        (CREATE_GROUP, "a repeated member counts once", _repeated_member, DECIDED),
        (UPDATE_GROUP, "contacts replaces all members", _replaced_members, DOCUMENTED),
        ("GET /groups/:id", "an embedded contact equals the contact", _embedded, DOCUMENTED),
        ("DELETE /groups/:id", "keeps the members", _members_stay, DOCUMENTED),
        (CREATE, "contact_id and group_id at once: 400", _both_owners, DOCUMENTED),
        (CREATE, "a second one with the same contact is a new one", _second, DECIDED),
        (CREATE, "a second one keeps the contact's conversation_id", _first_stays, DECIDED),
        (CREATE, "sets the contact's conversation_id if it is null", _set_if_null, DECIDED),
        (UPDATE, "pinned_message_id, and null", _pinned, DOCUMENTED),
        (UPDATE, "pinning another conversation's message: 400", _other_message, DOCUMENTED),
        (RETRIEVE, "a new message sets last_active_at", _active, DECIDED),
        (RETRIEVE, "reading does not set last_opened_at", _not_opened, DECIDED),
        (DELETE, "deletes its messages", _messages, DOCUMENTED),
        (DELETE, "deletes their attachments", _attachments, DECIDED),
        (DELETE, "the contact's last one: conversation_id is null", _none_left, DECIDED),
    ):
        yield ApiCheck(where, rule, run, basis)


def _owner_checks(noun: str, path: str, attribute: str) -> Iterator[ApiCheck]:
    """Yield the checks that are the same for a contact and a group."""
    create, delete = f"POST /{path}", f"DELETE /{path}/:id"
    (other,) = {name for _, _, name in OWNERS} - {attribute}
    all_basis: Basis = DECIDED if noun == "contact" else DOCUMENTED
    for where, rule, run, basis in (
        (create, f"creates the {noun}'s conversation", _home, DOCUMENTED),
        (delete, f"deletes the {noun}'s conversation", _delete_home, DOCUMENTED),
        (delete, "deletes all its conversations", _delete_all, all_basis),
        (delete, "deletes their messages", _delete_messages, DOCUMENTED),
        (CREATE, f"with a {noun}: {attribute}, and no {other}", _owner_ids, DOCUMENTED),
        (DELETE, f"the {noun}'s conversation is then the oldest left", _next, DECIDED),
    ):
        yield ApiCheck(where, rule, partial(run, path, attribute), basis)


def _home(path: str, attribute: str, api: ApiClient) -> None:
    api.home(CREATE_ONE[path](api), attribute)


def _delete_home(path: str, attribute: str, api: ApiClient) -> None:
    owner = CREATE_ONE[path](api)
    home = api.home(owner, attribute).id
    api.delete(path, owner.id)
    api.expect_gone("conversations", home)


def _delete_all(path: str, attribute: str, api: ApiClient) -> None:
    owner = CREATE_ONE[path](api).id
    second = api.conversation(**{attribute: owner}).id
    api.delete(path, owner)
    api.expect_gone("conversations", second)


def _delete_messages(path: str, attribute: str, api: ApiClient) -> None:
    owner = CREATE_ONE[path](api)
    message = api.message(api.home(owner, attribute).id).id
    api.delete(path, owner.id)
    api.expect_gone("messages", message)


def _owner_ids(path: str, attribute: str, api: ApiClient) -> None:
    owner = CREATE_ONE[path](api).id
    conversation = api.conversation(**{attribute: owner})
    for _, _, name in OWNERS:
        expect_equal(name, conversation[name], owner if name == attribute else None)


def _next(path: str, attribute: str, api: ApiClient) -> None:
    owner = CREATE_ONE[path](api)
    second = api.conversation(**{attribute: owner.id}).id
    api.conversation(**{attribute: owner.id})
    api.delete("conversations", api.home(owner, attribute).id)
    after = api.retrieve(path, owner.id)["conversation_id"]
    expect_equal("conversation_id", after, second)


def _same_username(api: ApiClient) -> None:
    name = api.name()
    first, second = api.contact(username=name), api.contact(username=name)
    expect(first.id != second.id, "the same contact again")


def _user(api: ApiClient) -> None:
    _, [message] = api.messages(1)
    sender = api.retrieve("messages", message)["contact"]
    expect_equal("the sender's id", api.retrieve("contacts", sender["id"]).id, sender["id"])


def _membership(api: ApiClient) -> None:
    deleted, other = api.contact().id, api.contact().id
    group = api.group(contacts=[deleted, other]).id
    api.delete("contacts", deleted)
    expect_equal("the other members", _members(api.retrieve("groups", group)), [other])


def _members(group: ApiObject) -> list[Any]:
    return [member["id"] for member in group["contacts"]]


def _members_in_order(api: ApiClient) -> None:
    for _ in range(2):
        ids = sorted((api.contact().id, api.contact().id, api.contact().id), reverse=True)
        expect_equal("the members", _members(api.group(contacts=ids)), ids)


def _member_objects(api: ApiClient) -> None:
    first, second = api.contact().id, api.contact().id
    group = api.group(contacts=[{"id": first, "username": "ignored"}, second])
    expect_equal("the members", _members(group), [first, second])


def _repeated_member(api: ApiClient) -> None:
    contact = api.contact().id
    expect_equal("the members", _members(api.group(contacts=[contact, contact])), [contact])


def _replaced_members(api: ApiClient) -> None:
    first, second = api.contact().id, api.contact().id
    group = api.group(contacts=[first]).id
    for members in ([second], [second, first], []):
        updated = api.update("groups", group, {"contacts": members})
        expect_equal("the members", _members(updated), members)


def _embedded(api: ApiClient) -> None:
    created = api.contact(avatar_url=AVATAR).id
    group = api.group(contacts=[created]).id
    [member] = api.retrieve("groups", group)["contacts"]
    contact = api.retrieve("contacts", created)
    for name in EMBEDDED:
        api.expect_nested(member, name, contact[name], "group.contacts[]")


def _members_stay(api: ApiClient) -> None:
    contact = api.contact().id
    api.delete("groups", api.group(contacts=[contact]).id)
    expect_equal("the member's id", api.retrieve("contacts", contact).id, contact)


def _both_owners(api: ApiClient) -> None:
    values = {"contact_id": api.contact().id, "group_id": api.group().id}
    api.expect_error(400, "POST", "conversations", values=values)


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


def _pinned(api: ApiClient) -> None:
    conversation, [message] = api.messages(1)
    for value in (message, None):
        updated = api.update("conversations", conversation, {"pinned_message_id": value})
        expect_equal("pinned_message_id", updated["pinned_message_id"], value)


def _other_message(api: ApiClient) -> None:
    _, [message] = api.messages(1)
    values = {"pinned_message_id": message}
    api.expect_error(400, "PUT", "conversations", api.conversation().id, values=values)


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


def _none_left(api: ApiClient) -> None:
    contact = api.contact()
    api.delete("conversations", api.home(contact, "contact_id").id)
    after = api.retrieve("contacts", contact.id)["conversation_id"]
    expect_equal("conversation_id", after, None)
