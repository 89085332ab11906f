"""Use a client by openapi-python-client, and print a report as JSON."""

from __future__ import annotations

import io
import json
import os
from typing import Any

from protocol_api_client import AuthenticatedClient, models  # type: ignore[import-not-found]
from protocol_api_client.api.attachments import (  # type: ignore[import-not-found]
    attachments_create,
    attachments_delete,
)
from protocol_api_client.api.contacts import (  # type: ignore[import-not-found]
    contacts_create,
    contacts_list,
)
from protocol_api_client.api.groups import groups_create  # type: ignore[import-not-found]
from protocol_api_client.api.messages import (  # type: ignore[import-not-found]
    messages_create,
    messages_delete,
    messages_retrieve,
    messages_update,
)
from protocol_api_client.types import File  # type: ignore[import-not-found]


def main() -> None:
    token = os.environ["MOCKSERVER_TOKEN"]
    client = AuthenticatedClient(base_url=os.environ["PROTOCOL_API_BASE_URL"], token=token)
    page = contacts_list.sync(client=client, limit=7)
    walked = len(page.data)
    while page.has_more:
        page = contacts_list.sync(client=client, limit=7, starting_after=page.data[-1].id)
        walked += len(page.data)

    new_contact = models.ContactCreate(username="Buzz", phone_number="1")
    contact = contacts_create.sync(client=client, body=new_contact)
    new_group = models.GroupCreate(name="Tree house", contacts=[contact.id])
    group = groups_create.sync(client=client, body=new_group)
    upload = File(payload=io.BytesIO("Grüße".encode()), file_name="plan.txt")
    file = attachments_create.sync(client=client, body=models.AttachmentCreate(file=upload))
    new_message = models.MessageCreate(
        conversation_id=group.conversation_id, message="Well?", attachments=[file.id]
    )
    message = messages_create.sync(client=client, body=new_message)

    joy = models.ReactionsItem.from_dict({"joy": ["Buzz"]})
    update = models.MessageUpdate(reactions=[joy])
    messages_update.sync(message.id, client=client, body=update)
    edit = models.MessageUpdate(message="Well!")
    updated = messages_update.sync(message.id, client=client, body=edit)

    assert attachments_delete.sync_detailed(file.id, client=client).status_code == 204
    assert messages_delete.sync_detailed(message.id, client=client).status_code == 204
    missing = messages_retrieve.sync_detailed(message.id, client=client)
    report: dict[str, Any] = {
        "walked": walked,
        "created": [group.contacts[0].username, file.filename, file.file_size],
        "updated": [message.attachments[0].id == file.id, updated.to_dict()["reactions"]],
        "error": [missing.status_code, missing.parsed.type_],
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
