"""What a client by openapi-generator does with the API, told as JSON. Run as a script, with the
generated package on the path; ``twin.ts`` are the same in TypeScript."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import protocol_client as api  # type: ignore[import-not-found]

USER, GROUP = "inEIRvzjC6YLMX3o", "l7cGNIBKZiNJ6wqF"
NOBODY = "0000000000000000"
NAMES = ("documentation_url", "message", "type")


def client(token: str) -> Any:
    settings = api.Configuration(host=os.environ["PROTOCOL_API_BASE_URL"], access_token=token)
    settings.retries = False
    return api.ApiClient(settings)


def walked(page: Callable[..., Any]) -> list[int]:
    """How many objects a list has, walked to its end in both directions, and how many are the same
    in the other order."""
    forth = page(limit=7)
    found = [each.id for each in forth.data]
    while forth.has_more:
        forth = page(limit=7, starting_after=found[-1])
        found += [each.id for each in forth.data]
    back = page(limit=7, ending_before=found[-1])
    again = [each.id for each in back.data]
    while back.has_more:
        back = page(limit=7, ending_before=again[0])
        again = [each.id for each in back.data] + again
    return [len(found), len(again), sum(a == b for a, b in zip(found, again, strict=False))]


def refused(ask: Callable[[], Any]) -> list[Any]:
    """The status of a refusal, the type of its error, and the attributes of that."""
    try:
        ask()
    except api.ApiException as error:
        return [
            error.status,
            error.data.type,
            [each for each in NAMES if each in error.data.to_dict()],
        ]
    return []


def main() -> None:
    talker = client(os.environ["MOCKSERVER_TOKEN"])
    contacts, conversations = api.ContactsApi(talker), api.ConversationsApi(talker)
    groups, messages = api.GroupsApi(talker), api.MessagesApi(talker)
    attachments = api.AttachmentsApi(talker)
    told: dict[str, Any] = {
        "walked": {
            "contacts": walked(contacts.contacts_list),
            "conversations": walked(conversations.conversations_list),
            "groups": walked(groups.groups_list),
            "messages": walked(messages.messages_list),
            "attachments": walked(attachments.attachments_list),
        }
    }

    contact = contacts.contacts_create(api.ContactCreate(username="Buzz", phone_number="1"))
    group = groups.groups_create(
        api.GroupCreate(name="Tree house", contacts=[api.Reference(contact.id)])
    )
    talk = conversations.conversations_create(api.ConversationCreate(contact_id=contact.id))
    file = attachments.attachments_create(
        file=("plan.txt", "Grüße".encode()), _content_type="multipart/form-data"
    )
    message = messages.messages_create(
        api.MessageCreate(
            conversation_id=talk.id, message="Well?", attachments=[api.Reference(file.id)]
        )
    )
    told["created"] = [
        contact.username,
        group.contacts[0].username,
        talk.contact_id == contact.id,
        file.filename,
        file.file_size,
        message.attachments[0].message_id == message.id,
    ]

    told["updated"] = [
        contacts.contacts_update(contact.id, api.ContactUpdate(display_name="B")).display_name,
        groups.groups_update(group.id, api.GroupUpdate(description="Up")).description,
        conversations.conversations_update(
            talk.id, api.ConversationUpdate(is_muted=True, pinned_message_id=message.id)
        ).is_muted,
        messages.messages_update(
            message.id,
            api.MessageUpdate(reactions=api.MessageUpdateReactions({"joy": ["Buzz"]})),
        ).reactions,
        attachments.attachments_update(file.id, api.AttachmentUpdate(filename="b.txt")).filename,
    ]
    told["retrieved"] = [
        contacts.contacts_retrieve(contact.id).display_name,
        groups.groups_retrieve(group.id).description,
        conversations.conversations_retrieve(talk.id).pinned_message_id == message.id,
        messages.messages_retrieve(message.id).message,
        attachments.attachments_retrieve(file.id).file_type,
    ]
    attachments.attachments_delete(file.id)
    messages.messages_delete(message.id)
    conversations.conversations_delete(talk.id)
    groups.groups_delete(group.id)
    contacts.contacts_delete(contact.id)
    told["deleted"] = refused(lambda: contacts.contacts_retrieve(contact.id))

    revoked = api.ContactsApi(client("revoked_1"))
    told["refused"] = [
        refused(lambda: contacts.contacts_list(starting_after=NOBODY)),
        refused(revoked.contacts_list),
        refused(lambda: contacts.contacts_retrieve(NOBODY)),
        refused(lambda: contacts.contacts_delete(USER)),
    ]
    # Those that only a bad day brings: one after the other, as the test has set it up.
    bad_day = api.GroupUpdate(description="Up")
    while answer := refused(lambda: groups.groups_update(GROUP, bad_day)):
        told["refused"].append(answer)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
