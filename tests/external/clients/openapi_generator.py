"""Call every operation with a client by openapi-generator, and print a report as JSON.

Run as a script, with the generated package on the path. ``helpers.ts`` has the same helpers in
TypeScript.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import protocol_client as api  # type: ignore[import-not-found]

USER, GROUP = "inEIRvzjC6YLMX3o", "l7cGNIBKZiNJ6wqF"
UNKNOWN_ID = "0000000000000000"
NAMES = ("documentation_url", "message", "type")


def client(token: str) -> Any:
    settings = api.Configuration(host=os.environ["PROTOCOL_API_BASE_URL"], access_token=token)
    settings.retries = False
    return api.ApiClient(settings)


def walk(list_page: Callable[..., Any]) -> list[int]:
    """Walk a list in both directions.

    Return the number of objects each way, and how many are at the same position in both.
    """
    page = list_page(limit=7)
    forward = [item.id for item in page.data]
    while page.has_more:
        page = list_page(limit=7, starting_after=forward[-1])
        forward += [item.id for item in page.data]
    page = list_page(limit=7, ending_before=forward[-1])
    backward = [item.id for item in page.data]
    while page.has_more:
        page = list_page(limit=7, ending_before=backward[0])
        backward = [item.id for item in page.data] + backward
    same = sum(a == b for a, b in zip(forward, backward, strict=False))
    return [len(forward), len(backward), same]


def error_of(call: Callable[[], Any]) -> list[Any]:
    """Return the status of an error, its type and its attributes; nothing on success."""
    try:
        call()
    except api.ApiException as error:
        return [
            error.status,
            error.data.type,
            [name for name in NAMES if name in error.data.to_dict()],
        ]
    return []


def main() -> None:
    api_client = client(os.environ["MOCKSERVER_TOKEN"])
    contacts, conversations = api.ContactsApi(api_client), api.ConversationsApi(api_client)
    groups, messages = api.GroupsApi(api_client), api.MessagesApi(api_client)
    attachments = api.AttachmentsApi(api_client)
    report: dict[str, Any] = {
        "walked": {
            "contacts": walk(contacts.contacts_list),
            "conversations": walk(conversations.conversations_list),
            "groups": walk(groups.groups_list),
            "messages": walk(messages.messages_list),
            "attachments": walk(attachments.attachments_list),
        }
    }

    contact = contacts.contacts_create(api.ContactCreate(username="Buzz", phone_number="1"))
    group = groups.groups_create(api.GroupCreate(name="Tree house", contacts=[contact.id]))
    conversation = conversations.conversations_create(api.ConversationCreate(contact_id=contact.id))
    file = attachments.attachments_create(file=("plan.txt", "Grüße".encode()))
    message = messages.messages_create(
        api.MessageCreate(conversation_id=conversation.id, message="Well?", attachments=[file.id])
    )
    report["created"] = [
        contact.username,
        group.contacts[0].username,
        conversation.contact_id == contact.id,
        file.filename,
        file.file_size,
        message.attachments[0].message_id == message.id,
    ]

    report["updated"] = [
        contacts.contacts_update(contact.id, api.ContactUpdate(display_name="B")).display_name,
        groups.groups_update(group.id, api.GroupUpdate(description="Up")).description,
        conversations.conversations_update(
            conversation.id, api.ConversationUpdate(is_muted=True, pinned_message_id=message.id)
        ).is_muted,
        messages.messages_update(
            message.id, api.MessageUpdate(reactions=[{"joy": ["Buzz"]}])
        ).reactions,
        attachments.attachments_update(file.id, api.AttachmentUpdate(filename="b.txt")).filename,
    ]
    report["retrieved"] = [
        contacts.contacts_retrieve(contact.id).display_name,
        groups.groups_retrieve(group.id).description,
        conversations.conversations_retrieve(conversation.id).pinned_message_id == message.id,
        messages.messages_retrieve(message.id).message,
        attachments.attachments_retrieve(file.id).file_type,
    ]
    attachments.attachments_delete(file.id)
    messages.messages_delete(message.id)
    conversations.conversations_delete(conversation.id)
    groups.groups_delete(group.id)
    contacts.contacts_delete(contact.id)
    report["deleted"] = error_of(lambda: contacts.contacts_retrieve(contact.id))

    revoked = api.ContactsApi(client("revoked_1"))
    report["refused"] = [
        error_of(lambda: contacts.contacts_list(starting_after=UNKNOWN_ID)),
        error_of(revoked.contacts_list),
        error_of(lambda: contacts.contacts_retrieve(UNKNOWN_ID)),
        error_of(lambda: contacts.contacts_delete(USER)),
    ]
    # The errors that the test injects, one after the other.
    update = api.GroupUpdate(description="Up")
    while error := error_of(lambda: groups.groups_update(GROUP, update)):
        report["refused"].append(error)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
