"""Checks of conversations and of their owners: contacts and groups.

See contract/reference.md, "Conversation", "Contact" and "Group".
"""

from collections.abc import Iterator

from mockserver.checks.api.api_client import AVATAR, ApiClient
from mockserver.checks.api.cleanup import OWNER_IDS
from mockserver.checks.api.results import DECIDED, DOCUMENTED, ApiCheck, expect

CREATE, UPDATE, RETRIEVE = "POST /conversations", "PUT /conversations/:id", "GET /conversations/:id"
DELETE = "DELETE /conversations/:id"
CREATE_GROUP, UPDATE_GROUP = "POST /groups", "PUT /groups/:id"
EMBEDDED = ("username", "phone_number", "avatar_url", "last_active_at", "created_at")


def checks() -> Iterator[ApiCheck]:
    """Yield the checks that are the same for both owners, then the others."""
    for noun, path in (("contact", "contacts"), ("group", "groups")):
        yield from _owner_checks(noun, path)
    for where, rule, basis, run in (
        ("POST /contacts", "a username may be used twice", DECIDED, _same_username),
        ("GET /contacts/:id", "the authenticated user is a contact", DECIDED, _user),
        ("DELETE /contacts/:id", "removes the contact from every group", DOCUMENTED, _membership),
        (CREATE_GROUP, "the members in the given order", DOCUMENTED, _members_in_order),
        (CREATE_GROUP, "a member is an id or an object with an id", DECIDED, _member_objects),
        (CREATE_GROUP, "a repeated member counts once", DECIDED, _repeated_member),
        (UPDATE_GROUP, "the contacts attribute replaces all members", DOCUMENTED, _new_members),
        ("GET /groups/:id", "an embedded contact equals the contact", DOCUMENTED, _embedded),
        ("DELETE /groups/:id", "keeps its members as contacts", DOCUMENTED, _members_stay),
        (CREATE, "contact_id and group_id at once: 400", DOCUMENTED, _both_owners),
        (CREATE, "a second conversation with a contact is a new one", DECIDED, _second),
        (CREATE, "a second conversation keeps the contact's conversation_id", DECIDED, _kept_id),
        (CREATE, "sets the contact's conversation_id if it is null", DECIDED, _set_if_null),
        (UPDATE, "pinned_message_id pins a message, null unpins it", DOCUMENTED, _pinned),
        (UPDATE, "pinning another conversation's message: 400", DOCUMENTED, _other_message),
        (RETRIEVE, "a new message sets last_active_at", DECIDED, _active),
        (RETRIEVE, "reading does not set last_opened_at", DECIDED, _not_opened),
        (DELETE, "deletes its messages", DOCUMENTED, _messages),
        (DELETE, "deletes their attachments", DECIDED, _attachments),
        (DELETE, "the contact's last conversation: conversation_id is null", DECIDED, _none_left),
    ):
        yield ApiCheck(where, rule, basis, run)


def _owner_checks(noun: str, path: str) -> Iterator[ApiCheck]:
    create, delete, attribute = f"POST /{path}", f"DELETE /{path}/:id", OWNER_IDS[path]
    [other] = {*OWNER_IDS.values()} - {attribute}
    all_basis = DECIDED if noun == "contact" else DOCUMENTED
    for where, rule, basis, run, *args in (
        (create, f"creates the {noun}'s conversation", DOCUMENTED, _home),
        (delete, f"deletes the {noun}'s conversation", DOCUMENTED, _deletes, "first"),
        (delete, "deletes all its conversations", all_basis, _deletes, "another"),
        (delete, "deletes their messages", DOCUMENTED, _deletes, "message"),
        (CREATE, f"with a {noun}: {attribute} is set, {other} is null", DOCUMENTED, _owner_ids),
        (DELETE, f"the {noun}'s conversation_id becomes its oldest conversation", DECIDED, _next),
    ):
        yield ApiCheck(where, rule, basis, run, (path, *args))


def _home(api: ApiClient, path: str) -> None:
    api.home(api.new(path))


def _deletes(api: ApiClient, path: str, kind: str) -> None:
    """Delete an owner; expect its first or another conversation, or its message, to be gone too."""
    owner = api.new(path)
    owned = api.conversation(owner) if kind == "another" else api.home(owner)
    if kind == "message":
        owned = api.message(owned)
    owner.delete()
    owned.expect_gone()


def _owner_ids(api: ApiClient, path: str) -> None:
    owner = api.new(path)
    ids = {**dict.fromkeys(OWNER_IDS.values()), OWNER_IDS[path]: owner.id}
    api.conversation(owner).expect(**ids)


def _next(api: ApiClient, path: str) -> None:
    owner = api.new(path)
    second, _ = api.conversation(owner), api.conversation(owner)
    api.home(owner).delete()
    owner.retrieve().expect(conversation_id=second.id)


def _same_username(api: ApiClient) -> None:
    name = api.name()
    first, second = api.contact(username=name), api.contact(username=name)
    expect(first.id != second.id, "the same contact again")


def _user(api: ApiClient) -> None:
    [sender] = api.message().retrieve().embedded("contact")
    sender.retrieve().expect(id=sender.id)


def _membership(api: ApiClient) -> None:
    deleted, other = api.contact(), api.contact()
    group = api.group(deleted, other)
    deleted.delete()
    group.retrieve().expect_embedded("contacts", other)


def _members_in_order(api: ApiClient) -> None:
    for _ in range(2):
        members = [api.contact(), api.contact(), api.contact()]
        members.sort(key=lambda contact: contact.id, reverse=True)
        api.group(*members).expect_embedded("contacts", *members)


def _member_objects(api: ApiClient) -> None:
    first, second = api.contact(), api.contact()
    contacts = [{"id": first.id, "username": "ignored"}, second.id]
    group = api.create("groups", {"name": api.name(), "contacts": contacts})
    group.expect_embedded("contacts", first, second)


def _repeated_member(api: ApiClient) -> None:
    contact = api.contact()
    api.group(contact, contact).expect_embedded("contacts", contact)


def _new_members(api: ApiClient) -> None:
    first, second = api.contact(), api.contact()
    group = api.group(first)
    for members in ([second], [second, first], []):
        updated = group.update({"contacts": [member.id for member in members]})
        updated.expect_embedded("contacts", *members)


def _embedded(api: ApiClient) -> None:
    created = api.contact(avatar_url=AVATAR)
    [member] = api.group(created).retrieve().embedded("contacts")
    contact = created.retrieve()
    for name in EMBEDDED:
        member.expect(**{name: contact[name]})


def _members_stay(api: ApiClient) -> None:
    contact = api.contact()
    api.group(contact).delete()
    contact.retrieve().expect(id=contact.id)


def _both_owners(api: ApiClient) -> None:
    values = {"contact_id": api.contact().id, "group_id": api.group().id}
    api.expect_error(400, "POST", "conversations", values=values)


def _second(api: ApiClient) -> None:
    contact = api.contact()
    first, second = api.conversation(contact), api.conversation(contact)
    expect(first.id != second.id, "the same conversation again")


def _kept_id(api: ApiClient) -> None:
    contact = api.contact()
    api.conversation(contact)
    contact.retrieve().expect(conversation_id=contact["conversation_id"])


def _set_if_null(api: ApiClient) -> None:
    contact = api.contact()
    api.home(contact).delete()
    second = api.conversation(contact)
    contact.retrieve().expect(conversation_id=second.id)


def _pinned(api: ApiClient) -> None:
    conversation = api.conversation()
    message = api.message(conversation)
    for values in ({"pinned_message_id": message.id}, {"pinned_message_id": None}):
        conversation.update(values).expect(**values)


def _other_message(api: ApiClient) -> None:
    message = api.message()
    api.conversation().expect_refused_update({"pinned_message_id": message.id})


def _active(api: ApiClient) -> None:
    conversation = api.conversation()
    api.message(conversation)
    expect(conversation.retrieve()["last_active_at"] is not None, "null")


def _not_opened(api: ApiClient) -> None:
    conversation = api.conversation()
    api.message(conversation).retrieve()
    api.ids("messages", conversation_id=conversation.id)
    conversation.retrieve().expect(last_opened_at=None)


def _messages(api: ApiClient) -> None:
    conversation = api.conversation()
    message = api.message(conversation)
    conversation.delete()
    message.expect_gone()


def _attachments(api: ApiClient) -> None:
    conversation, attachment = api.conversation(), api.upload()
    api.message(conversation, attachments=[attachment.id])
    conversation.delete()
    attachment.expect_gone()


def _none_left(api: ApiClient) -> None:
    contact = api.contact()
    api.home(contact).delete()
    contact.retrieve().expect(conversation_id=None)
