"""Generated documents: valid, plausible, and the same bytes everywhere."""

from __future__ import annotations

import io
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from mockserver.seeding.generate import Counts, generate, write
from mockserver.seeding.random_values import KeyedRandom, TimeSpan, consistent_hash

COUNTS = Counts(contacts=40, groups=6, conversations=50, messages=800, attachments=120)
SECTIONS = ("contacts", "groups", "conversations", "messages", "attachments")
KEYS = {
    "contacts": "id username phone_number avatar_url display_name conversation_id "
    "last_active_at created_at",
    "groups": "id name description avatar_url conversation_id contacts created_at archived_at",
    "conversations": "id contact_id group_id pinned_message_id is_pinned is_muted "
    "last_active_at last_opened_at created_at archived_at",
    "messages": "id conversation_id contact message reactions attachments "
    "read_at created_at updated_at",
    "attachments": "id message_id filename file_type file_size created_at",
}
NULLABLE = {
    "avatar_url",
    "display_name",
    "conversation_id",
    "description",
    "contact_id",
    "group_id",
    "pinned_message_id",
    "message_id",
    "last_active_at",
    "last_opened_at",
    "archived_at",
    "read_at",
    "updated_at",
}

Document = dict[str, Any]
Entry = dict[str, Any]


@cache
def text_of(counts: Counts, seed: int | str = 1) -> str:
    return "".join(generate(counts, seed))


def document_of(counts: Counts, seed: int | str = 1) -> Document:
    document: Document = json.loads(text_of(counts, seed))
    return document


def by_id(entries: list[Entry]) -> dict[str, Entry]:
    return {entry["id"]: entry for entry in entries}


def changed(old: Document, new: Document, section: str) -> dict[str, set[str]]:
    """Return the ids of entries that differ between documents, with the changed attributes."""
    before, after = by_id(old[section]), by_id(new[section])
    return {
        key: {name for name in before[key] if before[key][name] != after[key][name]}
        for key in before.keys() & after.keys()
        if before[key] != after[key]
    }


def problems_of(document: Document) -> Iterator[str]:
    """Yield every violation of the format."""
    if list(document) != ["version", "now", "user", *SECTIONS]:
        yield f"keys {list(document)}"
    if document["version"] != 1:
        yield f"version {document['version']}"
    for section in SECTIONS:
        yield from shape_problems(section, document[section], document["now"])
    ids = {section: by_id(document[section]) for section in SECTIONS}
    if document["user"] not in ids["contacts"]:
        yield "the user is not a contact"
    for owners, attribute in (("contacts", "contact_id"), ("groups", "group_id")):
        for owner in document[owners]:
            actual = owner["conversation_id"]
            owned = [
                item["id"] for item in document["conversations"] if item[attribute] == owner["id"]
            ]
            if (owned[0] if owned else None) != actual:
                yield f"{owner['id']} has the conversation_id {actual}, but owns {owned[:1]}"
    for group in document["groups"]:
        if not set(group["contacts"]) <= ids["contacts"].keys():
            yield f"group {group['id']} has unknown members"
        if len(set(group["contacts"])) < len(group["contacts"]):
            yield f"group {group['id']} has a member twice"
    for conversation in document["conversations"]:
        yield from conversation_problems(conversation, ids, document["messages"])
    usernames = {contact["username"] for contact in document["contacts"]}
    for message in document["messages"]:
        yield from message_problems(message, ids, usernames)
    attachments = [item for message in document["messages"] for item in message["attachments"]]
    if len(set(attachments)) < len(attachments):
        yield "an attachment is sent twice"
    for attachment in document["attachments"]:
        if (attachment["message_id"] is None) == (attachment["id"] in attachments):
            yield f"attachment {attachment['id']} and its message disagree"


def shape_problems(section: str, entries: list[Entry], now: int) -> Iterator[str]:
    """Yield problems of the order and the attributes of the entries of a section."""
    if len(by_id(entries)) < len(entries):
        yield f"an id recurs in {section}"
    created = [entry["created_at"] for entry in entries]
    if created != sorted(created):
        yield f"{section} are not in order of creation"
    for entry in entries:
        if list(entry) != KEYS[section].split():
            yield f"keys of {section}: {list(entry)}"
        if not re.fullmatch("[A-Za-z0-9]{16}", entry["id"]):
            yield f"id {entry['id']!r}"
        for name, value in entry.items():
            if not fits(name, value, entry["created_at"], now):
                yield f"{section}.{name} is {value!r}"


def fits(name: str, value: object, created_at: int, now: int) -> bool:
    """Whether a value is valid for an attribute."""
    if value is None:
        return name in NULLABLE
    if name.endswith("_at"):
        return type(value) is int and created_at <= value <= now
    if name.startswith("is_"):
        return type(value) is bool
    if name == "file_size":
        return type(value) is int and value >= 0
    if name in ("contacts", "reactions", "attachments"):
        return type(value) is list
    if name == "avatar_url":
        return type(value) is str and bool(re.fullmatch(r"https://[\w./-]+", value))
    return type(value) is str and bool(value)


def conversation_problems(
    conversation: Entry, ids: dict[str, dict[str, Entry]], messages: list[Entry]
) -> Iterator[str]:
    where = f"conversation {conversation['id']}"
    contact_id, group_id = conversation["contact_id"], conversation["group_id"]
    if (contact_id is None) == (group_id is None):
        yield f"{where} is not with exactly one of contact and group"
    if contact_id is not None and contact_id not in ids["contacts"]:
        yield f"{where} is with an unknown contact"
    if group_id is not None and group_id not in ids["groups"]:
        yield f"{where} is of an unknown group"
    pinned = conversation["pinned_message_id"]
    if pinned is not None and ids["messages"][pinned]["conversation_id"] != conversation["id"]:
        yield f"{where} has pinned a message of another conversation"
    times = [m["created_at"] for m in messages if m["conversation_id"] == conversation["id"]]
    if conversation["last_active_at"] != max(times, default=None):
        yield f"{where} has a last_active_at other than its newest message"
    if times and min(times) < conversation["created_at"]:
        yield f"{where} has a message from before its creation"


def message_problems(
    message: Entry, ids: dict[str, dict[str, Entry]], usernames: set[str]
) -> Iterator[str]:
    where = f"message {message['id']}"
    conversation = ids["conversations"].get(message["conversation_id"])
    if conversation is None:
        yield f"{where} is in an unknown conversation"
        return
    if conversation["group_id"] is None:
        people = {conversation["contact_id"], next(iter(ids["contacts"]))}
    else:
        people = set(ids["groups"][conversation["group_id"]]["contacts"])
    if message["contact"] not in people:
        yield f"{where} is from a contact that does not participate"
    elif ids["contacts"][message["contact"]]["last_active_at"] < message["created_at"]:
        yield f"{where} is from a contact with an earlier last_active_at"
    names = [name for reaction in message["reactions"] for name in reaction]
    if len(set(names)) < len(names) or len(names) != len(message["reactions"]):
        yield f"{where} has reactions {message['reactions']}"
    for reaction in message["reactions"]:
        for names in reaction.values():
            if not names or len(set(names)) < len(names) or not set(names) <= usernames:
                yield f"{where} has a reaction of {names}"
    for attachment_id in message["attachments"]:
        if ids["attachments"][attachment_id]["message_id"] != message["id"]:
            yield f"{where} has the attachment {attachment_id} of another message"


@pytest.mark.parametrize(
    "counts",
    [
        COUNTS,
        Counts(contacts=1, groups=0, conversations=0, messages=0, attachments=0),
        Counts(contacts=1, groups=3, conversations=7, messages=60, attachments=9),
        Counts(contacts=2, groups=0, conversations=1, messages=30, attachments=0),
        Counts(contacts=3, groups=0, conversations=40, messages=200, attachments=5),
        Counts(contacts=9, groups=8, conversations=5, messages=50, attachments=70),
        Counts(contacts=9, groups=2, conversations=30, messages=3, attachments=80),
        Counts(contacts=5, groups=5, conversations=0, messages=0, attachments=6),
        Counts(contacts=1000, groups=0, conversations=1, messages=1, attachments=1),
    ],
    ids=str,
)
def test_a_document_follows_the_format_and_the_counts(counts: Counts) -> None:
    document = document_of(counts)
    assert list(problems_of(document)) == []
    assert counts == Counts(*(len(document[section]) for section in SECTIONS))


@pytest.mark.parametrize("counts", [COUNTS, Counts(1, 0, 0, 0, 0)], ids=str)
def test_the_text_has_the_layout_of_json_dumps(counts: Counts) -> None:
    layout = json.dumps(document_of(counts), indent=1, ensure_ascii=False) + "\n"
    assert text_of(counts) == layout


def test_the_first_contact_is_the_user() -> None:
    document = document_of(COUNTS)
    user = document["contacts"][0]
    assert document["user"] == user["id"] == "inEIRvzjC6YLMX3o"
    assert user["username"] == "LinnieMcCallister"
    assert user["phone_number"] == "1-800-759-3000"
    assert user["avatar_url"] == "https://assets.protocol.chat/avatars/linnie.jpg"
    assert "LinnieMcCallister" not in [contact["username"] for contact in document["contacts"][1:]]


def test_groups_and_then_contacts_get_conversations() -> None:
    document = document_of(COUNTS)
    assert all(group["conversation_id"] for group in document["groups"])
    assert all(contact["conversation_id"] for contact in document["contacts"][1:])
    fewer = document_of(replace(COUNTS, conversations=8))
    assert all(group["conversation_id"] for group in fewer["groups"])
    assert len([contact for contact in fewer["contacts"] if contact["conversation_id"]]) == 2


def test_every_variation_of_objects_occurs() -> None:
    document = document_of(replace(COUNTS, contacts=80, conversations=70), seed="lively")
    messages, conversations = document["messages"], document["conversations"]
    variations = {
        "edited": any(m["updated_at"] and not m["reactions"] for m in messages),
        "reacted to": any(m["reactions"] for m in messages),
        "several reactions": any(len(m["reactions"]) > 1 for m in messages),
        "unread": 5 < sum(m["read_at"] is None for m in messages) < 100,
        "several lines": any("\n" in m["message"] for m in messages),
        "a single word": any(" " not in m["message"] for m in messages),
        "long": any(len(m["message"]) > 200 for m in messages),
        "not ASCII": any(not m["message"].isascii() for m in messages),
        "pinned message": any(c["pinned_message_id"] for c in conversations),
        "pinned": any(c["is_pinned"] for c in conversations),
        "muted": any(c["is_muted"] for c in conversations),
        "archived": any(c["archived_at"] for c in conversations),
        "file types": len({a["file_type"] for a in document["attachments"]}) > 5,
        "unsent attachments": any(a["message_id"] is None for a in document["attachments"]),
        "never active": any(c["last_active_at"] is None for c in document["contacts"]),
        "display names": any(c["display_name"] for c in document["contacts"]),
        "no avatar": any(c["avatar_url"] is None for c in document["contacts"]),
    }
    assert [name for name, occurs in variations.items() if not occurs] == []


def test_few_conversations_are_busy_and_many_are_quiet() -> None:
    document = document_of(Counts(201, 0, 200, 4000, 0))
    volumes = sorted(
        Counter(message["conversation_id"] for message in document["messages"]).values(),
        reverse=True,
    )
    assert sum(volumes[:20]) > 2000
    assert len(volumes) - len([volume for volume in volumes if volume > 20]) > 100


def test_attachments_spread_over_all_messages() -> None:
    messages = document_of(COUNTS)["messages"]
    indices = [index for index, message in enumerate(messages) if message["attachments"]]
    assert len(indices) > 90
    assert {index * 4 // len(messages) for index in indices} == {0, 1, 2, 3}


@pytest.mark.parametrize("section", SECTIONS)
def test_one_more_object_changes_only_references_to_it(section: str) -> None:
    old = document_of(COUNTS)
    new = document_of(replace(COUNTS, **{section: len(old[section]) + 1}))
    assert list(problems_of(new)) == []
    follows = {"last_active_at", "last_opened_at", "pinned_message_id", "archived_at"}
    moved = {
        "contacts": {"last_active_at", "conversation_id"},
        "groups": {"archived_at"},
        "conversations": follows,
        "messages": {"conversation_id", "contact", "reactions"},
    }
    allowed = {
        # The conversations outnumber contacts and groups, so a further conversation of another
        # contact becomes the first one of the new contact, and as old as that contact.
        "contacts": {
            "contacts": {"last_active_at"},
            "groups": {"contacts"},
            "conversations": {"contact_id", "created_at"},
            "messages": {"contact", "reactions"},
        },
        # The conversation of a new group takes the place of the last one with a contact.
        "groups": moved,
        "conversations": moved,
        "messages": {
            "messages": {"attachments"},
            "attachments": {"message_id", "created_at"},
        },
        "attachments": {"messages": {"attachments"}},
    }[section]
    for name in SECTIONS:
        for attributes in changed(old, new, name).values():
            assert attributes <= allowed.get(name, set()), name
    lost = [by_id(old[name]).keys() - by_id(new[name]).keys() for name in SECTIONS]
    conversations_lost = 1 if section == "groups" else 0
    assert [len(ids) for ids in lost] == [0, 0, conversations_lost, 0, 0]


def test_one_more_message_changes_no_other_message() -> None:
    counts = replace(COUNTS, attachments=0)
    old = document_of(counts)
    new = document_of(replace(counts, messages=counts.messages + 1))
    assert new["messages"][1:] == old["messages"]
    assert [new[name] for name in SECTIONS if name != "messages"] == [
        old[name] for name in SECTIONS if name != "messages"
    ]


def test_one_more_contact_moves_only_a_few_messages() -> None:
    old = document_of(COUNTS)
    for counts in (
        replace(COUNTS, contacts=COUNTS.contacts + 1),
        replace(COUNTS, conversations=COUNTS.conversations + 1),
    ):
        assert len(changed(old, document_of(counts), "messages")) < COUNTS.messages / 10


def test_messages_move_only_to_the_new_conversation() -> None:
    old = document_of(COUNTS)
    for step in range(1, 6):
        new = document_of(replace(COUNTS, conversations=COUNTS.conversations + step))
        added = by_id(new["conversations"]).keys() - by_id(old["conversations"]).keys()
        assert len(added) == 1
        before, after = by_id(old["messages"]), by_id(new["messages"])
        moved = {
            after[key]["conversation_id"]
            for key in before
            if before[key]["conversation_id"] != after[key]["conversation_id"]
        }
        assert moved <= added
        old = new


def test_another_seed_gives_other_objects() -> None:
    assert text_of(COUNTS, 7) == text_of(COUNTS, "7")
    first, second = document_of(COUNTS, 7), document_of(COUNTS, 8)
    assert not by_id(first["messages"]).keys() & by_id(second["messages"]).keys()
    assert first["messages"][0]["message"] != second["messages"][0]["message"]


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_the_bytes_are_the_same_in_any_process(hash_seed: str) -> None:
    code = (
        "import sys; from mockserver.seeding.generate import *; "
        f"sys.stdout.buffer.write(''.join(generate({COUNTS!r}, 1)).encode())"
    )
    path = os.pathsep.join(filter(None, sys.path))
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True
    )
    assert done.stdout.decode() == text_of(COUNTS)


def test_random_values_are_pinned() -> None:
    keyed = KeyedRandom(1)
    assert keyed.identifier("message", 0) == "3fgTJSkvPe3icc52"
    assert keyed.number("message", 0, "created_at") == 1083081324795407126
    assert [consistent_hash(keyed.number("message", index, "x"), 1000) for index in range(4)] == [
        843,
        712,
        889,
        326,
    ]


def test_the_global_random_generator_is_not_used() -> None:
    random.seed(5)
    state = random.getstate()
    text = "".join(generate(COUNTS, 1))
    assert random.getstate() == state
    random.seed(6)
    assert "".join(generate(COUNTS, 1)) == text


def test_two_interleaved_documents_are_independent() -> None:
    turns = itertools.zip_longest(generate(COUNTS, 1), generate(COUNTS, 2), fillvalue="")
    first, second = ("".join(parts) for parts in zip(*turns, strict=True))
    assert (first, second) == (text_of(COUNTS, 1), text_of(COUNTS, 2))


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        (Counts(0, 0, 0, 0, 0), "contacts must be at least 1, because the user is a contact"),
        (Counts(2, -1, 0, 0, 0), "groups must be at least 0, not -1"),
        (Counts(2, 0, 0, 5, 0), "5 messages need at least 1 conversation"),
        (Counts(1, 0, 2, 0, 0), "2 conversations need at least 2 contacts"),
        (
            Counts(-3, 0, 0, 1, -2),
            "contacts must .* not -3; attachments must .* not -2; 1 messages need",
        ),
    ],
    ids=str,
)
def test_impossible_counts_are_refused_at_once(counts: Counts, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        generate(counts, 1)
    with pytest.raises(ValueError, match=reason):
        write(io.BytesIO(), counts, 1)


def test_a_file_is_written_and_the_progress_adds_up() -> None:
    file = io.BytesIO()
    steps: list[int] = []
    write(file, COUNTS, 1, steps.append)
    assert file.getvalue().decode() == text_of(COUNTS)
    assert sum(steps) == COUNTS.steps


def test_memory_does_not_grow_with_the_messages() -> None:
    def peak(messages: int) -> int:
        tracemalloc.start()
        for part in generate(replace(COUNTS, messages=messages), 1):
            assert len(part) < 1_000_000
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)  # imports and caches
    # 2,000 more messages have 0.7 MB of text; 0.3 MB is for more words in the pools.
    assert peak(3000) - peak(1000) < 500_000


def test_times_of_a_span_increase_and_stay_in_it() -> None:
    span = TimeSpan(length=10_000, half=50)
    indices = [*range(1000), 10**6, 10**9, 10**12]
    earliest = [span.offset(index, 0) for index in indices]
    latest = [span.offset(index, -1) for index in indices]
    assert all(time <= following for time, following in zip(latest, earliest[1:], strict=False))
    assert latest[-1] < span.length


def test_a_consistent_hash_is_even_and_moves_only_to_new() -> None:
    numbers = [KeyedRandom(3).number("thing", index, "place") for index in range(2000)]
    for count in range(1, 20):
        before = [consistent_hash(number, count) for number in numbers]
        after = [consistent_hash(number, count + 1) for number in numbers]
        assert set(before) == set(range(count))
        assert {new for old, new in zip(before, after, strict=True) if old != new} == {count}
        assert max(Counter(before).values()) < 1.6 * len(numbers) / count
