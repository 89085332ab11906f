"""Whether a document's objects refer to each other rightly (reference: the resources' tables).

It is asked of records that were made of entries whose shapes are right: every attribute is there,
and every id is a string where one is due.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]
Content = Mapping[str, Any]


def problems_of(content: Content) -> Iterator[str]:
    """Everything that is wrong between the entries, each with its JSON path."""
    sections = ("contacts", "groups", "conversations", "messages", "attachments", "departed")
    known = {section: {entry["id"]: entry for entry in content[section]} for section in sections}
    for section in sections:
        if len(known[section]) < len(content[section]):
            yield from _repeated_ids(section, content[section])
    if content["user"] not in known["contacts"]:
        yield f"user: there is no contact '{content['user']}'"
    yield from _owners(content, known)
    yield from _conversations(content, known)
    yield from _messages(content, known)
    yield from _attachments(content, known)


def _repeated_ids(section: str, entries: Sequence[Entry]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for place, entry in enumerate(entries):
        first = seen.setdefault(entry["id"], place)
        if first != place:
            yield f"{section}[{place}].id: '{entry['id']}' is the id of {section}[{first}] already"


def _owners(content: Content, known: Mapping[str, Mapping[str, Entry]]) -> Iterator[str]:
    for section, attribute in (("contacts", "contact_id"), ("groups", "group_id")):
        for place, owner in enumerate(content[section]):
            conversation_id = owner["conversation_id"]
            conversation = known["conversations"].get(conversation_id)
            if conversation_id is not None and (
                conversation is None or conversation[attribute] != owner["id"]
            ):
                yield (
                    f"{section}[{place}].conversation_id: '{conversation_id}' is no conversation "
                    f"whose {attribute} is '{owner['id']}'"
                )
    for place, group in enumerate(content["groups"]):
        members = group["contacts"]
        for number, contact_id in enumerate(members):
            if contact_id not in known["contacts"]:
                yield f"groups[{place}].contacts[{number}]: there is no contact '{contact_id}'"
        if len(set(members)) < len(members):
            yield f"groups[{place}].contacts: names a contact twice"


def _conversations(content: Content, known: Mapping[str, Mapping[str, Entry]]) -> Iterator[str]:
    for place, conversation in enumerate(content["conversations"]):
        where = f"conversations[{place}]"
        owners = {
            attribute: (section, conversation[attribute])
            for attribute, section in (("contact_id", "contacts"), ("group_id", "groups"))
            if conversation[attribute] is not None
        }
        if len(owners) != 1:
            yield f"{where}: must have exactly one of contact_id and group_id"
        for attribute, (section, owner_id) in owners.items():
            if owner_id not in known[section]:
                yield f"{where}.{attribute}: there is no {section[:-1]} '{owner_id}'"
        pinned = conversation["pinned_message_id"]
        if pinned is not None:
            message = known["messages"].get(pinned)
            if message is None or message["conversation_id"] != conversation["id"]:
                yield f"{where}.pinned_message_id: '{pinned}' is no message of this conversation"


def _messages(content: Content, known: Mapping[str, Mapping[str, Entry]]) -> Iterator[str]:
    conversations = known["conversations"]
    senders = known["contacts"].keys() | known["departed"].keys()
    for place, message in enumerate(content["messages"]):
        if message["conversation_id"] not in conversations:
            yield (
                f"messages[{place}].conversation_id: "
                f"there is no conversation '{message['conversation_id']}'"
            )
        if message["contact"] not in senders:
            yield (
                f"messages[{place}].contact: "
                f"'{message['contact']}' is neither in contacts nor in departed"
            )
        if message["attachments"]:
            yield from _attached(f"messages[{place}].attachments", message, known["attachments"])


def _attached(where: str, message: Entry, attachments: Mapping[str, Entry]) -> Iterator[str]:
    named = message["attachments"]
    for number, attachment_id in enumerate(named):
        attachment = attachments.get(attachment_id)
        if attachment is None or attachment["message_id"] != message["id"]:
            yield (
                f"{where}[{number}]: '{attachment_id}' is no attachment "
                f"whose message_id is '{message['id']}'"
            )
    if len(set(named)) < len(named):
        yield f"{where}: names an attachment twice"


def _attachments(content: Content, known: Mapping[str, Mapping[str, Entry]]) -> Iterator[str]:
    for place, attachment in enumerate(content["attachments"]):
        message_id = attachment["message_id"]
        if message_id is not None:
            message = known["messages"].get(message_id)
            if message is None or attachment["id"] not in message["attachments"]:
                yield (
                    f"attachments[{place}].message_id: '{message_id}' is no message "
                    f"whose attachments name '{attachment['id']}'"
                )
