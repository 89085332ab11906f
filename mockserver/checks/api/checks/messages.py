"""Messages and attachments (contract/reference.md, "Message" and "Attachment")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from mockserver.checks.api.api_client import MARK, ApiClient
from mockserver.checks.api.check import DECIDED, DOCUMENTED, ApiCheck, Unclear, expect, expect_equal
from mockserver.checks.api.http import multipart_body

CREATE, UPDATE, DELETE = "POST /messages", "PUT /messages/:id", "DELETE /messages/:id"
UPLOAD = "POST /attachments"
FILES = "https://assets.protocol.chat/attachments/"
REACTIONS = [{"joy": ["Buzz", "Kate"]}, {"no": ["Jeff"]}]


def checks() -> Iterator[ApiCheck]:
    """Yield the checks of messages, then of attachments."""
    for where, rule, run, basis in (
        (CREATE, "all messages have the same sender", _same_sender, DOCUMENTED),
        (CREATE, "no text, if there are attachments", _only_attachments, DECIDED),
        (CREATE, "its attachments have its message_id", _attached, DOCUMENTED),
        (CREATE, "an attachment is an id or an object with an id", _attachment_objects, DECIDED),
        (CREATE, "another message's attachment: 400", _attached_elsewhere, DECIDED),
        (UPDATE, "updated_at is set if a value changes", _updated_at, DECIDED),
        (UPDATE, "updated_at stays null if nothing changes", _unchanged, DECIDED),
        (UPDATE, "reactions: one object in, one object per name out", _reactions, DOCUMENTED),
        (UPDATE, "reactions: an array of objects is accepted too", _reactions_array, DECIDED),
        (UPDATE, "reactions replace the earlier ones", _replaced_reactions, DOCUMENTED),
        (UPDATE, "omitted attachments are detached", _detached, DECIDED),
        ("GET /messages/:id", "its contact equals the contact", _sender, DOCUMENTED),
        (DELETE, "deletes its attachments", _delete_attachments, DECIDED),
        (DELETE, "unpins the message", _unpinned, DECIDED),
        (UPLOAD, "a file's name", _file_name, DOCUMENTED),
        (UPLOAD, "a file's size in bytes", _file_size, DOCUMENTED),
        (UPLOAD, "a file's type, as it was sent", _file_type, DECIDED),
        (UPLOAD, "file_url is as documented", _file_url, DOCUMENTED),
        (UPLOAD, "message_id attaches it at once", _attach_at_once, DECIDED),
        (UPLOAD, "a text is a path: its last segment, and no content", _text_as_file, DECIDED),
        ("PUT /attachments/:id", "file_url follows the filename", _renamed, DOCUMENTED),
        ("DELETE /attachments/:id", "keeps the message, without it", _message_stays, DOCUMENTED),
    ):
        yield ApiCheck(where, rule, run, basis)


def _same_sender(api: ApiClient) -> None:
    conversation = api.conversation().id
    senders = {api.message(conversation)["contact"]["id"] for _ in range(2)}
    expect_equal("the number of senders", len(senders), 1)


def _only_attachments(api: ApiClient) -> None:
    conversation, attachment = api.conversation().id, api.upload().id
    message = api.message(conversation, message="", attachments=[attachment])
    expect_equal("message", message["message"], "")


def _attached(api: ApiClient) -> None:
    attachment = api.upload().id
    message = api.message(api.conversation().id, attachments=[attachment])
    expect_equal("its attachments", _ids(message["attachments"]), [attachment])
    message_id = api.retrieve("attachments", attachment)["message_id"]
    expect_equal("message_id", message_id, message.id)


def _ids(items: list[Any]) -> list[Any]:
    return [item["id"] for item in items]


def _attachment_objects(api: ApiClient) -> None:
    first, second = api.upload().id, api.upload().id
    attachments = [{"id": first, "filename": "ignored"}, second]
    message = api.message(api.conversation().id, attachments=attachments)
    expect_equal("its attachments", _ids(message["attachments"]), [first, second])


def _attached_elsewhere(api: ApiClient) -> None:
    conversation, attachment = api.conversation().id, api.upload().id
    api.message(conversation, attachments=[attachment])
    values = {"conversation_id": conversation, "message": MARK, "attachments": [attachment]}
    api.expect_error(400, "POST", "messages", values=values)


def _updated_at(api: ApiClient) -> None:
    message = api.message(api.conversation().id).id
    updated = api.update("messages", message, {"message": f"{MARK}, once more"})
    expect(updated["updated_at"] is not None, "null after an update")


def _unchanged(api: ApiClient) -> None:
    message = api.message(api.conversation().id)
    updated = api.update("messages", message.id, {"message": message["message"]})
    expect_equal("updated_at", updated["updated_at"], None)


def _reactions(api: ApiClient) -> None:
    _react(api, {"joy": ["Buzz", "Kate"], "no": ["Jeff"]})


def _reactions_array(api: ApiClient) -> None:
    _react(api, REACTIONS)


def _react(api: ApiClient, reactions: Any) -> None:
    _, [message] = api.messages(1)
    updated = api.update("messages", message, {"reactions": reactions})
    expect_equal("reactions", updated["reactions"], REACTIONS)


def _replaced_reactions(api: ApiClient) -> None:
    _, [message] = api.messages(1)
    for reactions in ({"joy": ["Buzz"]}, {"no": ["K"]}):
        updated = api.update("messages", message, {"reactions": reactions})
        expect_equal("reactions", updated["reactions"], [reactions])


def _detached(api: ApiClient) -> None:
    attachment = api.upload().id
    message = api.message(api.conversation().id, attachments=[attachment]).id
    updated = api.update("messages", message, {"attachments": []})
    expect_equal("attachments", updated["attachments"], [])
    message_id = api.retrieve("attachments", attachment)["message_id"]
    expect_equal("message_id", message_id, None)


def _sender(api: ApiClient) -> None:
    """Compare the sender with the contact.

    Other clients may make the sender active meanwhile, so compare only if it was the same before
    and after reading the contact.
    """
    _, [_, first] = api.messages(2)
    for _ in range(5):
        sender = api.retrieve("messages", first)["contact"]
        contact = api.retrieve("contacts", sender["id"]).valid_values()
        if sender == api.retrieve("messages", first)["contact"]:
            for name in ("username", "phone_number", "avatar_url", "last_active_at"):
                if name in contact:
                    api.expect_nested(sender, name, contact[name], "message.contact")
            return
    raise Unclear("the sender changes with every request")


def _delete_attachments(api: ApiClient) -> None:
    attachment = api.upload().id
    message = api.message(api.conversation().id, attachments=[attachment]).id
    api.delete("messages", message)
    api.expect_gone("attachments", attachment)


def _unpinned(api: ApiClient) -> None:
    conversation, [message] = api.messages(1)
    api.update("conversations", conversation, {"pinned_message_id": message})
    api.delete("messages", message)
    pinned = api.retrieve("conversations", conversation)["pinned_message_id"]
    expect_equal("pinned_message_id", pinned, None)


def _file_name(api: ApiClient) -> None:
    expect_equal("filename", api.upload(f"{MARK} 1.txt")["filename"], f"{MARK} 1.txt")


def _file_size(api: ApiClient) -> None:
    content = bytes(range(256)) * 3
    expect_equal("file_size", api.upload(content=content)["file_size"], 768)


def _file_type(api: ApiClient) -> None:
    attachment = api.upload(f"{MARK}.bin", type="application/x-mockserver-check")
    expect_equal("file_type", attachment["file_type"], "application/x-mockserver-check")


def _file_url(api: ApiClient) -> None:
    name = f"{MARK}_1.txt"
    expect_equal("file_url", api.upload(name)["file_url"], f"{FILES}{name}")


def _attach_at_once(api: ApiClient) -> None:
    _, [message] = api.messages(1)
    attachment = api.upload(fields=[("message_id", message)])
    expect_equal("message_id", attachment["message_id"], message)
    attachments = api.retrieve("messages", message)["attachments"]
    expect_equal("its message's attachments", _ids(attachments), [attachment.id])


def _text_as_file(api: ApiClient) -> None:
    attachment = api.post("attachments", multipart_body([("file", f"../a/{MARK}.pdf")]), {})
    expect_equal("filename", attachment["filename"], f"{MARK}.pdf")
    expect_equal("file_size", attachment["file_size"], 0)
    expect_equal("file_type", attachment["file_type"], "application/pdf")


def _renamed(api: ApiClient) -> None:
    name = f"{MARK} later.txt"
    attachment = api.update("attachments", api.upload().id, {"filename": name})
    expect_equal("file_url", attachment["file_url"], FILES + quote(name, safe=""))


def _message_stays(api: ApiClient) -> None:
    attachment = api.upload().id
    message = api.message(api.conversation().id, attachments=[attachment]).id
    api.delete("attachments", attachment)
    expect_equal("attachments", api.retrieve("messages", message)["attachments"], [])
