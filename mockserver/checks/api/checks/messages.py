"""Messages (reference, "Message")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.checks.api.api_client import MARK, ConformanceClient
from mockserver.checks.api.bodies import encoded
from mockserver.checks.api.check import Check, holds, same
from mockserver.checks.api.rows import DECIDED, DOCUMENTED, Unclear

CREATE, UPDATE = "POST /messages", "PUT /messages/:id"


def checks() -> Iterator[Check]:
    for where, rule, run, basis in (
        (CREATE, "no reactions, attachments or updated_at at first", _fresh, DOCUMENTED),
        (CREATE, "conversation_id of what is no more: 400", _no_conversation, DOCUMENTED),
        (CREATE, "all are sent by the same contact", _one_sender, DOCUMENTED),
        (CREATE, "no text, where there are attachments", _only_attachments, DECIDED),
        (CREATE, "attachments are carried, and say so", _attached, DOCUMENTED),
        (CREATE, "attachments are ids, or objects of which id is read", _objects, DECIDED),
        (CREATE, "an attachment of another message: 400", _of_another, DECIDED),
        (CREATE, "an attachment that is no more: 400", _no_attachment, DECIDED),
        (UPDATE, "updated_at is set when a value changes", _updated_at, DECIDED),
        (UPDATE, "updated_at stays null where nothing changes", _unchanged, DECIDED),
        (UPDATE, "reactions: one object in, one object per name out", _reactions, DOCUMENTED),
        (UPDATE, "reactions: an array of objects is taken too", _array, DECIDED),
        (UPDATE, "reactions replace those before", _replaced, DOCUMENTED),
        (UPDATE, "attachments that are left out are detached", _detached, DECIDED),
        ("GET /messages/:id", "its contact is the contact as it is now", _sender, DOCUMENTED),
    ):
        yield Check(where, rule, run, basis)


def _fresh(bench: ConformanceClient) -> None:
    made = bench.message(bench.conversation().id)
    same("reactions", made["reactions"], [])
    same("attachments", made["attachments"], [])
    same("updated_at", made["updated_at"], None)


def _no_conversation(bench: ConformanceClient) -> None:
    conversation = bench.conversation().id
    bench.delete("conversations", conversation)
    _refused(bench, {"conversation_id": conversation, "message": MARK})


def _refused(bench: ConformanceClient, values: dict[str, Any]) -> None:
    bench.refused(400, "POST", "messages", body=encoded(values), sent=values)


def _one_sender(bench: ConformanceClient) -> None:
    conversation = bench.conversation().id
    senders = {bench.message(conversation)["contact"]["id"] for _ in range(2)}
    same("the number of senders", len(senders), 1)


def _only_attachments(bench: ConformanceClient) -> None:
    conversation, attachment = bench.conversation().id, bench.upload().id
    shown = bench.message(conversation, message="", attachments=[attachment])
    same("message", shown["message"], "")


def _attached(bench: ConformanceClient) -> None:
    attachment = bench.upload().id
    made = bench.message(bench.conversation().id, attachments=[attachment])
    same("its attachments", [each["id"] for each in made["attachments"]], [attachment])
    same("message_id", bench.retrieve("attachments", attachment)["message_id"], made.id)


def _objects(bench: ConformanceClient) -> None:
    one, other = bench.upload().id, bench.upload().id
    sent = [{"id": one, "filename": "ignored"}, other]
    made = bench.message(bench.conversation().id, attachments=sent)
    same("its attachments", [each["id"] for each in made["attachments"]], [one, other])


def _of_another(bench: ConformanceClient) -> None:
    conversation, attachment = bench.conversation().id, bench.upload().id
    bench.message(conversation, attachments=[attachment])
    values = {"conversation_id": conversation, "message": MARK, "attachments": [attachment]}
    _refused(bench, values)


def _no_attachment(bench: ConformanceClient) -> None:
    conversation, attachment = bench.conversation().id, bench.upload().id
    bench.delete("attachments", attachment)
    values = {"conversation_id": conversation, "message": MARK, "attachments": [attachment]}
    _refused(bench, values)


def _updated_at(bench: ConformanceClient) -> None:
    made = bench.message(bench.conversation().id)
    after = bench.update("messages", made.id, {"message": f"{MARK}, once more"})["updated_at"]
    holds(after is not None, "null after an update")


def _unchanged(bench: ConformanceClient) -> None:
    made = bench.message(bench.conversation().id)
    shown = bench.update("messages", made.id, {"message": made["message"]})
    same("updated_at", shown["updated_at"], None)


def _reactions(bench: ConformanceClient) -> None:
    _react(bench, {"joy": ["Buzz", "Kate"], "no": ["Jeff"]})


def _array(bench: ConformanceClient) -> None:
    _react(bench, [{"joy": ["Buzz", "Kate"]}, {"no": ["Jeff"]}])


def _react(bench: ConformanceClient, sent: Any) -> None:
    _, [message] = bench.messages(1)
    shown = bench.update("messages", message, {"reactions": sent})
    same("reactions", shown["reactions"], [{"joy": ["Buzz", "Kate"]}, {"no": ["Jeff"]}])


def _replaced(bench: ConformanceClient) -> None:
    _, [message] = bench.messages(1)
    for sent, wanted in (
        ({"joy": ["Buzz"]}, [{"joy": ["Buzz"]}]),
        ({"no": ["K"]}, [{"no": ["K"]}]),
    ):
        shown = bench.update("messages", message, {"reactions": sent})
        same("reactions", shown["reactions"], wanted)


def _detached(bench: ConformanceClient) -> None:
    attachment = bench.upload().id
    made = bench.message(bench.conversation().id, attachments=[attachment]).id
    shown = bench.update("messages", made, {"attachments": []})
    same("attachments", shown["attachments"], [])
    same("message_id", bench.retrieve("attachments", attachment)["message_id"], None)


def _sender(bench: ConformanceClient) -> None:
    """Simulator may make the sender active meanwhile, so it counts if nothing moved around it."""
    _, [_, first] = bench.messages(2)
    for _ in range(5):
        before = bench.retrieve("messages", first)["contact"]
        contact = bench.retrieve("contacts", before["id"]).trusted()
        if before == bench.retrieve("messages", first)["contact"]:
            for name in ("username", "phone_number", "avatar_url", "last_active_at"):
                if name in contact:
                    bench.member(before, name, contact[name], "message.contact")
            return
    raise Unclear("the sender changes with every request")
