"""Contacts and groups (contract/reference.md, "Contact" and "Group")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.checks.api.api_client import AVATAR, ApiClient, ApiObject
from mockserver.checks.api.check import DECIDED, DOCUMENTED, ApiCheck, expect, expect_equal

CREATE_CONTACT, CREATE_GROUP = "POST /contacts", "POST /groups"
UPDATE_GROUP = "PUT /groups/:id"
DELETE_CONTACT, DELETE_GROUP = "DELETE /contacts/:id", "DELETE /groups/:id"
EMBEDDED = ("username", "phone_number", "avatar_url", "last_active_at", "created_at")


def checks() -> Iterator[ApiCheck]:
    """Yield the checks of contacts, then those of groups."""
    for where, rule, run, basis in (
        (CREATE_CONTACT, "creates a conversation with the contact", _contact_home, DOCUMENTED),
        (CREATE_CONTACT, "omitted attributes are null", _contact_nulls, DOCUMENTED),
        (CREATE_CONTACT, "a username may be used twice", _same_username, DECIDED),
        ("PUT /contacts/:id", "display_name may be null", _display_name, DOCUMENTED),
        ("GET /contacts/:id", "the authenticated user is a contact", _user, DECIDED),
        (DELETE_CONTACT, "deletes the contact's conversation", _delete_home, DOCUMENTED),
        (DELETE_CONTACT, "deletes all its conversations", _delete_conversations, DECIDED),
        (DELETE_CONTACT, "deletes their messages", _delete_contact_messages, DOCUMENTED),
        (DELETE_CONTACT, "removes the contact from every group", _membership, DOCUMENTED),
        (CREATE_GROUP, "creates the group's conversation", _group_home, DOCUMENTED),
        (CREATE_GROUP, "omitted attributes are null, and no members", _group_nulls, DOCUMENTED),
        (CREATE_GROUP, "the members in the given order", _members_in_order, DOCUMENTED),
        (CREATE_GROUP, "a member is an id or an object with an id", _member_objects, DECIDED),
        (CREATE_GROUP, "a repeated member counts once", _repeated_member, DECIDED),
        (CREATE_GROUP, "a deleted member: 400", _deleted_member, DECIDED),
        (UPDATE_GROUP, "contacts replaces all members", _replaced_members, DOCUMENTED),
        (UPDATE_GROUP, "description, avatar_url, archived_at and null", _nullable, DOCUMENTED),
        ("GET /groups/:id", "an embedded contact equals the contact", _embedded, DOCUMENTED),
        (DELETE_GROUP, "deletes the group's conversation", _delete_group_home, DOCUMENTED),
        (DELETE_GROUP, "deletes all its conversations", _delete_group_others, DOCUMENTED),
        (DELETE_GROUP, "deletes their messages", _delete_group_messages, DOCUMENTED),
        (DELETE_GROUP, "keeps the members", _members_stay, DOCUMENTED),
    ):
        yield ApiCheck(where, rule, run, basis)


def _contact_home(api: ApiClient) -> None:
    api.home(api.contact(), "contact_id")


def _contact_nulls(api: ApiClient) -> None:
    contact = api.contact()
    for name in ("avatar_url", "display_name", "last_active_at"):
        expect_equal(name, contact[name], None)


def _same_username(api: ApiClient) -> None:
    name = api.name()
    first, second = api.contact(username=name), api.contact(username=name)
    expect(first.id != second.id, "the same contact again")


def _display_name(api: ApiClient) -> None:
    contact = api.contact(display_name="Buzz")
    expect_equal("display_name", contact["display_name"], "Buzz")
    updated = api.update("contacts", contact.id, {"display_name": None})
    expect_equal("display_name", updated["display_name"], None)


def _user(api: ApiClient) -> None:
    _, [message] = api.messages(1)
    sender = api.retrieve("messages", message)["contact"]
    expect_equal("the sender's id", api.retrieve("contacts", sender["id"]).id, sender["id"])


def _delete_home(api: ApiClient) -> None:
    contact = api.contact()
    home = api.home(contact, "contact_id").id
    api.delete("contacts", contact.id)
    api.expect_gone("conversations", home)


def _delete_conversations(api: ApiClient) -> None:
    contact = api.contact().id
    second = api.conversation(contact_id=contact).id
    api.delete("contacts", contact)
    api.expect_gone("conversations", second)


def _delete_contact_messages(api: ApiClient) -> None:
    contact = api.contact()
    message = api.message(api.home(contact, "contact_id").id).id
    api.delete("contacts", contact.id)
    api.expect_gone("messages", message)


def _membership(api: ApiClient) -> None:
    deleted, other = api.contact().id, api.contact().id
    group = api.group(contacts=[deleted, other]).id
    api.delete("contacts", deleted)
    expect_equal("the other members", _members(api.retrieve("groups", group)), [other])


def _members(group: ApiObject) -> list[Any]:
    return [member["id"] for member in group["contacts"]]


def _group_home(api: ApiClient) -> None:
    api.home(api.group(), "group_id")


def _group_nulls(api: ApiClient) -> None:
    group = api.group()
    for name in ("description", "avatar_url", "archived_at"):
        expect_equal(name, group[name], None)
    expect_equal("contacts", group["contacts"], [])


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


def _deleted_member(api: ApiClient) -> None:
    contact = api.contact().id
    api.delete("contacts", contact)
    values = {"name": api.name(), "contacts": [contact]}
    api.expect_error(400, "POST", "groups", values=values)


def _replaced_members(api: ApiClient) -> None:
    first, second = api.contact().id, api.contact().id
    group = api.group(contacts=[first]).id
    for members in ([second], [second, first], []):
        updated = api.update("groups", group, {"contacts": members})
        expect_equal("the members", _members(updated), members)


def _nullable(api: ApiClient) -> None:
    group = api.group().id
    for values in (
        {"description": "No grown-ups.", "avatar_url": AVATAR, "archived_at": 705106800},
        {"description": None, "avatar_url": None, "archived_at": None},
    ):
        updated = api.update("groups", group, values)
        for name, value in values.items():
            expect_equal(name, updated[name], value)


def _embedded(api: ApiClient) -> None:
    created = api.contact(avatar_url=AVATAR).id
    group = api.group(contacts=[created]).id
    [member] = api.retrieve("groups", group)["contacts"]
    contact = api.retrieve("contacts", created)
    for name in EMBEDDED:
        api.expect_nested(member, name, contact[name], "group.contacts[]")


def _delete_group_home(api: ApiClient) -> None:
    group = api.group()
    home = api.home(group, "group_id").id
    api.delete("groups", group.id)
    api.expect_gone("conversations", home)


def _delete_group_others(api: ApiClient) -> None:
    group = api.group().id
    second = api.conversation(group_id=group).id
    api.delete("groups", group)
    api.expect_gone("conversations", second)


def _delete_group_messages(api: ApiClient) -> None:
    group = api.group()
    message = api.message(api.home(group, "group_id").id).id
    api.delete("groups", group.id)
    api.expect_gone("messages", message)


def _members_stay(api: ApiClient) -> None:
    contact = api.contact().id
    api.delete("groups", api.group(contacts=[contact]).id)
    expect_equal("the member's id", api.retrieve("contacts", contact).id, contact)
