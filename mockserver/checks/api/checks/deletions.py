"""What a deletion takes along, and what it leaves behind in others."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.checks.api.api_client import ConformanceClient
from mockserver.checks.api.check import Check, same
from mockserver.checks.api.rows import DECIDED, DOCUMENTED

CONTACT, CONVERSATION = "DELETE /contacts/:id", "DELETE /conversations/:id"
GROUP, MESSAGE, ATTACHMENT = "DELETE /groups/:id", "DELETE /messages/:id", "DELETE /attachments/:id"


def checks() -> Iterator[Check]:
    for where, rule, run, basis in (
        (CONTACT, "takes the conversation with the contact along", _home, DOCUMENTED),
        (CONTACT, "takes all conversations with the contact along", _all_of_them, DECIDED),
        (CONTACT, "takes their messages along", _messages_of_contact, DOCUMENTED),
        (CONTACT, "takes the contact out of every group", _membership, DOCUMENTED),
        (CONVERSATION, "takes its messages along", _messages, DOCUMENTED),
        (CONVERSATION, "takes their attachments along", _attachments, DECIDED),
        (CONVERSATION, "leaves the contact, whose next is the oldest", _moves, DECIDED),
        (CONVERSATION, "leaves the contact, whose next is null", _to_null, DECIDED),
        (CONVERSATION, "leaves the group, whose next is the oldest", _group_moves, DECIDED),
        (GROUP, "takes its conversation along", _home_of_group, DOCUMENTED),
        (GROUP, "takes all its conversations along", _all_of_group, DOCUMENTED),
        (GROUP, "takes their messages along", _messages_of_group, DOCUMENTED),
        (GROUP, "leaves the members", _members_stay, DOCUMENTED),
        (MESSAGE, "takes its attachments along", _its_attachments, DECIDED),
        (MESSAGE, "is pinned no more", _unpinned, DECIDED),
        (ATTACHMENT, "leaves the message, without it", _message_stays, DOCUMENTED),
    ):
        yield Check(where, rule, run, basis)


def _home(bench: ConformanceClient) -> None:
    contact = bench.contact()
    home = bench.home(contact, "contact_id").id
    bench.delete("contacts", contact.id)
    bench.gone("conversations", home)


def _all_of_them(bench: ConformanceClient) -> None:
    contact = bench.contact().id
    second = bench.conversation(contact_id=contact).id
    bench.delete("contacts", contact)
    bench.gone("conversations", second)


def _messages_of_contact(bench: ConformanceClient) -> None:
    contact = bench.contact()
    message = bench.message(bench.home(contact, "contact_id").id).id
    bench.delete("contacts", contact.id)
    bench.gone("messages", message)


def _membership(bench: ConformanceClient) -> None:
    one, other = bench.contact().id, bench.contact().id
    group = bench.group(contacts=[one, other]).id
    bench.delete("contacts", one)
    left = [each["id"] for each in bench.retrieve("groups", group)["contacts"]]
    same("the members that are left", left, [other])


def _messages(bench: ConformanceClient) -> None:
    conversation, [message] = bench.messages(1)
    bench.delete("conversations", conversation)
    bench.gone("messages", message)


def _attachments(bench: ConformanceClient) -> None:
    conversation, attachment = bench.conversation().id, bench.upload().id
    bench.message(conversation, attachments=[attachment])
    bench.delete("conversations", conversation)
    bench.gone("attachments", attachment)


def _moves(bench: ConformanceClient) -> None:
    contact = bench.contact()
    second = bench.conversation(contact_id=contact.id).id
    bench.conversation(contact_id=contact.id)
    bench.delete("conversations", bench.home(contact, "contact_id").id)
    same("conversation_id", bench.retrieve("contacts", contact.id)["conversation_id"], second)


def _to_null(bench: ConformanceClient) -> None:
    contact = bench.contact()
    bench.delete("conversations", bench.home(contact, "contact_id").id)
    same("conversation_id", bench.retrieve("contacts", contact.id)["conversation_id"], None)


def _group_moves(bench: ConformanceClient) -> None:
    group = bench.group()
    second = bench.conversation(group_id=group.id).id
    bench.delete("conversations", bench.home(group, "group_id").id)
    same("conversation_id", bench.retrieve("groups", group.id)["conversation_id"], second)


def _home_of_group(bench: ConformanceClient) -> None:
    group = bench.group()
    home = bench.home(group, "group_id").id
    bench.delete("groups", group.id)
    bench.gone("conversations", home)


def _all_of_group(bench: ConformanceClient) -> None:
    group = bench.group().id
    second = bench.conversation(group_id=group).id
    bench.delete("groups", group)
    bench.gone("conversations", second)


def _messages_of_group(bench: ConformanceClient) -> None:
    group = bench.group()
    message = bench.message(bench.home(group, "group_id").id).id
    bench.delete("groups", group.id)
    bench.gone("messages", message)


def _members_stay(bench: ConformanceClient) -> None:
    contact = bench.contact().id
    bench.delete("groups", bench.group(contacts=[contact]).id)
    same("the member's id", bench.retrieve("contacts", contact).id, contact)


def _its_attachments(bench: ConformanceClient) -> None:
    attachment = bench.upload().id
    message = bench.message(bench.conversation().id, attachments=[attachment]).id
    bench.delete("messages", message)
    bench.gone("attachments", attachment)


def _unpinned(bench: ConformanceClient) -> None:
    conversation, [message] = bench.messages(1)
    bench.update("conversations", conversation, {"pinned_message_id": message})
    bench.delete("messages", message)
    shown = bench.retrieve("conversations", conversation)
    same("pinned_message_id", shown["pinned_message_id"], None)


def _message_stays(bench: ConformanceClient) -> None:
    attachment = bench.upload().id
    message = bench.message(bench.conversation().id, attachments=[attachment]).id
    bench.delete("attachments", attachment)
    same("attachments", bench.retrieve("messages", message)["attachments"], [])
