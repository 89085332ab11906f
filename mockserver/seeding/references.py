"""Checks of the references between the objects of a fixture document.

The checks read records whose shapes are valid: every attribute is present, and every id is a
string or None.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Entry = Mapping[str, Any]
Content = Mapping[str, Any]
Sections = Mapping[str, Mapping[str, Entry]]


def problems_of(content: Content) -> Iterator[str]:
    """Yield a problem, with its JSON path, for each invalid reference between the entries."""
    sections = ("contacts", "groups", "conversations", "messages", "attachments", "departed")
    by_id = {section: {entry["id"]: entry for entry in content[section]} for section in sections}
    for section in sections:
        if len(by_id[section]) < len(content[section]):
            ids = (entry["id"] for entry in content[section])
            yield from duplicates(section, "id", ids, "the id ")
    if content["user"] not in by_id["contacts"]:
        yield f"user: unknown contact '{content['user']}'"
    yield from _owner_problems(content, by_id)
    yield from _conversation_problems(content, by_id)
    yield from _message_problems(content, by_id)
    yield from _attachment_problems(content, by_id)


def duplicates(
    section: str, attribute: str, values: Iterable[str], noun: str = ""
) -> Iterator[str]:
    """Yield a problem for each entry of a section with the same value as an earlier entry."""
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        earlier = first.setdefault(value, index)
        if earlier != index:
            path = f"{section}[{index}].{attribute}"
            yield f"{path}: {section}[{earlier}] already has {noun}'{value}'"


def _owner_problems(content: Content, by_id: Sections) -> Iterator[str]:
    for section, attribute in (("contacts", "contact_id"), ("groups", "group_id")):
        for index, owner in enumerate(content[section]):
            conversation_id = owner["conversation_id"]
            conversation = by_id["conversations"].get(conversation_id)
            if conversation_id is not None and (
                conversation is None or conversation[attribute] != owner["id"]
            ):
                yield (
                    f"{section}[{index}].conversation_id: '{conversation_id}' must be a "
                    f"conversation with the {attribute} '{owner['id']}'"
                )
    for index, group in enumerate(content["groups"]):
        path, members = f"groups[{index}].contacts", group["contacts"]
        for position, contact_id in enumerate(members):
            if contact_id not in by_id["contacts"]:
                yield f"{path}[{position}]: unknown contact '{contact_id}'"
        if len(set(members)) < len(members):
            yield f"{path}: must not repeat a contact"


def _conversation_problems(content: Content, by_id: Sections) -> Iterator[str]:
    for index, conversation in enumerate(content["conversations"]):
        path = f"conversations[{index}]"
        owners = {
            attribute: (section, conversation[attribute])
            for attribute, section in (("contact_id", "contacts"), ("group_id", "groups"))
            if conversation[attribute] is not None
        }
        if len(owners) != 1:
            yield f"{path}: must have exactly one of contact_id and group_id"
        for attribute, (section, owner_id) in owners.items():
            if owner_id not in by_id[section]:
                yield f"{path}.{attribute}: unknown {section[:-1]} '{owner_id}'"
        pinned = conversation["pinned_message_id"]
        if pinned is not None:
            message = by_id["messages"].get(pinned)
            if message is None or message["conversation_id"] != conversation["id"]:
                yield f"{path}.pinned_message_id: '{pinned}' is not in this conversation"


def _message_problems(content: Content, by_id: Sections) -> Iterator[str]:
    senders = by_id["contacts"].keys() | by_id["departed"].keys()
    for index, message in enumerate(content["messages"]):
        path, conversation_id = f"messages[{index}]", message["conversation_id"]
        if conversation_id not in by_id["conversations"]:
            yield f"{path}.conversation_id: unknown conversation '{conversation_id}'"
        if message["contact"] not in senders:
            yield f"{path}.contact: '{message['contact']}' is not in contacts or departed"
        attachments = message["attachments"]
        for position, attachment_id in enumerate(attachments):
            attachment = by_id["attachments"].get(attachment_id)
            if attachment is None or attachment["message_id"] != message["id"]:
                yield (
                    f"{path}.attachments[{position}]: '{attachment_id}' must be an attachment "
                    f"with the message_id '{message['id']}'"
                )
        if len(set(attachments)) < len(attachments):
            yield f"{path}.attachments: must not repeat an attachment"


def _attachment_problems(content: Content, by_id: Sections) -> Iterator[str]:
    for index, attachment in enumerate(content["attachments"]):
        message_id, size = attachment["message_id"], attachment["file_size"]
        content_size = len(attachment.get("content", b""))
        if "content" in attachment and size not in (None, content_size):
            yield (
                f"attachments[{index}].file_size: must be {content_size}, the size of the content, "
                f"not {size}"
            )
        if message_id is not None:
            message = by_id["messages"].get(message_id)
            if message is None or attachment["id"] not in message["attachments"]:
                yield (
                    f"attachments[{index}].message_id: '{message_id}' must be a message whose "
                    f"attachments include '{attachment['id']}'"
                )
