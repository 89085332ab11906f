"""Checks of messages and attachments (contract/reference.md, "Message" and "Attachment")."""

from collections.abc import Iterator
from typing import Any

from mockserver.checks.api.api_client import MARK, ApiClient, ApiObject
from mockserver.checks.api.http import multipart_body
from mockserver.checks.api.results import (
    DECIDED,
    DOCUMENTED,
    ApiCheck,
    Unclear,
    expect,
    expect_equal,
)

CREATE, UPDATE, DELETE = "POST /messages", "PUT /messages/:id", "DELETE /messages/:id"
UPLOAD = "POST /attachments"
FILE_TYPE = "application/x-mockserver-check"


def checks() -> Iterator[ApiCheck]:
    for where, rule, basis, run in (
        (CREATE, "all messages have the same sender", DOCUMENTED, _same_sender),
        (CREATE, "the text may be empty with attachments", DECIDED, _only_attachments),
        (CREATE, "its attachments have its message_id", DOCUMENTED, _attached),
        (CREATE, "an attachment is an id or an object with an id", DECIDED, _attachment_objects),
        (CREATE, "another message's attachment: 400", DECIDED, _attached_elsewhere),
        (UPDATE, "updated_at is set if a value changes", DECIDED, _updated_at),
        (UPDATE, "updated_at stays null if nothing changes", DECIDED, _unchanged),
        (UPDATE, "omitted attachments are detached", DECIDED, _detached),
        ("GET /messages/:id", "the embedded contact equals the contact", DOCUMENTED, _sender),
        (DELETE, "deletes its attachments", DECIDED, _delete_attachments),
        (DELETE, "unpins the message", DECIDED, _unpinned),
        (UPLOAD, "message_id attaches the file to the message", DECIDED, _attach_at_once),
        (
            UPLOAD,
            "text is a path: its last segment is the filename, the file is empty",
            DECIDED,
            _text_as_file,
        ),
        ("DELETE /attachments/:id", "keeps the message", DOCUMENTED, _message_stays),
    ):
        yield ApiCheck(where, rule, basis, run)
    name = f"{MARK}_1.txt"
    url = f"https://assets.protocol.chat/attachments/{name}"
    content = bytes(range(256)) * 3
    for rule, basis, sent, expected in (
        ("a file's name", DOCUMENTED, {"name": f"{MARK} 1.txt"}, {"filename": f"{MARK} 1.txt"}),
        ("a file's size in bytes", DOCUMENTED, {"content": content}, {"file_size": len(content)}),
        ("a file's type as sent", DECIDED, {"type": FILE_TYPE}, {"file_type": FILE_TYPE}),
        ("file_url is as documented", DOCUMENTED, {"name": name}, {"file_url": url}),
    ):
        yield ApiCheck(UPLOAD, rule, basis, _upload, (sent, expected))


def _message_and_attachment(api: ApiClient) -> tuple[ApiObject, ApiObject]:
    attachment = api.upload()
    return api.message(attachments=[attachment.id]), attachment


def _same_sender(api: ApiClient) -> None:
    conversation = api.conversation()
    senders = {api.message(conversation)["contact"]["id"] for _ in range(2)}
    expect_equal("the number of senders", len(senders), 1)


def _only_attachments(api: ApiClient) -> None:
    api.message(message="", attachments=[api.upload().id]).expect(message="")


def _attached(api: ApiClient) -> None:
    message, attachment = _message_and_attachment(api)
    message.expect_embedded("attachments", attachment)
    attachment.retrieve().expect(message_id=message.id)


def _attachment_objects(api: ApiClient) -> None:
    first, second = api.upload(), api.upload()
    message = api.message(attachments=[{"id": first.id, "filename": "ignored"}, second.id])
    message.expect_embedded("attachments", first, second)


def _attached_elsewhere(api: ApiClient) -> None:
    conversation, attachment = api.conversation(), api.upload()
    api.message(conversation, attachments=[attachment.id])
    values = {"conversation_id": conversation.id, "message": MARK, "attachments": [attachment.id]}
    api.expect_error(400, "POST", "messages", values=values)


def _updated_at(api: ApiClient) -> None:
    updated = api.message().update({"message": f"{MARK}, once more"})
    expect(updated["updated_at"] is not None, "null after an update")


def _unchanged(api: ApiClient) -> None:
    message = api.message()
    message.update({"message": message["message"]}).expect(updated_at=None)


def _detached(api: ApiClient) -> None:
    message, attachment = _message_and_attachment(api)
    message.update({"attachments": []}).expect(attachments=[])
    attachment.retrieve().expect(message_id=None)


def _sender(api: ApiClient) -> None:
    """Expect the embedded sender to equal the contact, unless other clients change it meanwhile."""
    message = api.message()
    api.message()
    for _ in range(5):
        [sender] = message.retrieve().embedded("contact")
        contact = sender.retrieve().valid_values()
        if sender.data == message.retrieve()["contact"]:
            for name in ("username", "phone_number", "avatar_url", "last_active_at"):
                if name in contact:
                    sender.expect(**{name: contact[name]})
            return
    raise Unclear("the sender changes with every request")


def _delete_attachments(api: ApiClient) -> None:
    message, attachment = _message_and_attachment(api)
    message.delete()
    attachment.expect_gone()


def _unpinned(api: ApiClient) -> None:
    conversation = api.conversation()
    message = api.message(conversation)
    conversation.update({"pinned_message_id": message.id})
    message.delete()
    conversation.retrieve().expect(pinned_message_id=None)


def _upload(api: ApiClient, sent: dict[str, Any], expected: dict[str, Any]) -> None:
    api.upload(**sent).expect(**expected)


def _attach_at_once(api: ApiClient) -> None:
    message = api.message()
    attachment = api.upload(message)
    attachment.expect(message_id=message.id)
    message.retrieve().expect_embedded("attachments", attachment)


def _text_as_file(api: ApiClient) -> None:
    attachment = api.post("attachments", multipart_body([("file", f"../a/{MARK}.pdf")]))
    attachment.expect(filename=f"{MARK}.pdf", file_size=0, file_type="application/pdf")


def _message_stays(api: ApiClient) -> None:
    message, attachment = _message_and_attachment(api)
    attachment.delete()
    message.retrieve().expect(attachments=[])
