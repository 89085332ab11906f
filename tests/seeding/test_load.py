"""Fixtures in: what a document may leave out, and all that is said of one that is wrong."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.resources.registry import ResourceRegistry
from mockserver.seeding.load import TOLD, FixtureError, Loader, parse, read
from mockserver.storage.world import World

USER, FRIEND = "UserUserUserUser", "FriendFriendFrie"
GROUP = "GroupGroupGroupG"
TALK, GROUP_TALK = "TalkTalkTalkTalk", "GroupTalkGroupTa"
MESSAGE, FILE, LOOSE = "MessageMessageMe", "FileFileFileFile", "LooseLooseLooseL"
NOBODY = "NobodyNobodyNobo"

SMALL: dict[str, Any] = {
    "version": 1,
    "now": 1000,
    "user": USER,
    "contacts": [
        {"id": USER, "username": "Me", "phone_number": "1", "created_at": 1},
        {
            "id": FRIEND,
            "username": "Friend",
            "phone_number": "2",
            "conversation_id": TALK,
            "created_at": 2,
        },
    ],
    "groups": [
        {
            "id": GROUP,
            "name": "Us",
            "conversation_id": GROUP_TALK,
            "contacts": [USER, FRIEND],
            "created_at": 3,
        }
    ],
    "conversations": [
        {"id": TALK, "contact_id": FRIEND, "pinned_message_id": MESSAGE, "created_at": 4},
        {"id": GROUP_TALK, "group_id": GROUP, "created_at": 5},
    ],
    "messages": [
        {
            "id": MESSAGE,
            "conversation_id": TALK,
            "contact": FRIEND,
            "message": "Hello",
            "attachments": [FILE],
            "created_at": 6,
        }
    ],
    "attachments": [
        {"id": FILE, "message_id": MESSAGE, "filename": "a b.pdf", "created_at": 7},
        {"id": LOOSE, "filename": "notes.txt", "content": "SGkh", "created_at": 8},
    ],
}
GONE = {
    "id": NOBODY,
    "username": "Gone",
    "phone_number": "3",
    "avatar_url": None,
    "last_active_at": None,
    "created_at": 0,
}

ABSENT = object()


def changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    """The small document, with the value at a path (``contacts.0.id``) replaced or ABSENT.

    A number that is the length of a list appends to it.
    """
    document = copy.deepcopy(SMALL)
    for path, value in changes:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        place: Any = document
        for step in way:
            place = place[step]
        if value is ABSENT:
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(value)
        else:
            place[last] = value
    return document


def load(document: Any) -> World:
    return Loader(ResourceRegistry()).world(document, source="own.json", seed="0")


def problems_of(document: Any) -> list[str]:
    with pytest.raises(FixtureError) as caught:
        load(document)
    return caught.value.problems


def shown(world: World, path: str) -> list[dict[str, Any]]:
    """The objects of a kind as clients see them, oldest first."""
    (resource,) = (one for one in ResourceRegistry() if one.path == path)
    records = world[resource.kind].find(())
    return [resource.present(world, record) for record in records]


REFUSED = [
    # the document
    ("no version", [("version", ABSENT)], ["version: is required"]),
    ("another version", [("version", 2)], ["version: must be an integer from 1 to 1, not 2"]),
    ("no now", [("now", ABSENT)], ["now: is required"]),
    (
        "now in words",
        [("now", "today")],
        ["now: must be a timestamp in whole Unix seconds, 0 to 253402300799, not 'today'"],
    ),
    ("no user", [("user", ABSENT)], ["user: is required"]),
    ("a user of null", [("user", None)], ["user: may not be null"]),
    (
        "a user that is no id",
        [("user", "me")],
        ["user: must be an id of 16 characters of A-Za-z0-9, not 'me'"],
    ),
    ("an unknown user", [("user", NOBODY)], [f"user: there is no contact '{NOBODY}'"]),
    (
        "an unknown section",
        [("message", [])],
        ["unknown attribute 'message'; did you mean 'messages'?"],
    ),
    (
        "a section that is no array",
        [("groups", {}), ("contacts.1.conversation_id", None)],
        ["groups: must be an array of objects, not {}"],
    ),
    (
        "a section of null",
        [("departed", None)],
        ["departed: must be an array of objects, not null"],
    ),
    (
        "an entry that is no object",
        [("groups.1", "x"), ("messages.1", None)],
        ["groups[1]: must be an object, not 'x'", "messages[1]: must be an object, not null"],
    ),
    # attributes
    (
        "required ones are absent",
        [("contacts.1.username", ABSENT), ("contacts.1.phone_number", ABSENT)],
        ["contacts[1].username: is required", "contacts[1].phone_number: is required"],
    ),
    ("an empty name", [("groups.0.name", "")], ["groups[0].name: may not be empty"]),
    (
        "null where there must be a value",
        [("conversations.0.is_muted", None)],
        ["conversations[0].is_muted: may not be null"],
    ),
    (
        "an unknown one with a near name",
        [("conversations.0.is_mutted", True)],
        ["conversations[0]: unknown attribute 'is_mutted'; did you mean 'is_muted'?"],
    ),
    (
        "an unknown one with no near name",
        [("groups.0.colour", "red")],
        [
            "groups[0]: unknown attribute 'colour'; known here: id, name, description, "
            "avatar_url, conversation_id, contacts, created_at, archived_at"
        ],
    ),
    (
        "one that follows from another",
        [("attachments.0.file_url", "https://example.com/a.pdf")],
        [
            "attachments[0]: unknown attribute 'file_url'; known here: id, message_id, filename, "
            "file_type, file_size, created_at, content"
        ],
    ),
    (
        "a text that is a number",
        [("contacts.0.username", 5)],
        ["contacts[0].username: must be a string, not 5"],
    ),
    (
        "a flag that is a text",
        [("conversations.1.is_pinned", "true")],
        ["conversations[1].is_pinned: must be a boolean (true or false), not 'true'"],
    ),
    (
        "a time that is a fraction",
        [("messages.0.created_at", 6.5)],
        [
            "messages[0].created_at: must be a timestamp in whole Unix seconds, "
            "0 to 253402300799, not 6.5"
        ],
    ),
    (
        "an avatar that is no URL",
        [("contacts.0.avatar_url", "linnie.jpg")],
        ["contacts[0].avatar_url: must be an http or https URL, not 'linnie.jpg'"],
    ),
    (
        "an id that is none",
        [("attachments.1.id", "short")],
        ["attachments[1].id: must be an id of 16 characters of A-Za-z0-9, not 'short'"],
    ),
    (
        "half a character",
        [("messages.0.message", "\ud83d")],
        ["messages[0].message: is not valid Unicode: lone surrogate U+D83D at character 1"],
    ),
    (
        "members that are no ids",
        [("groups.0.contacts", [USER, 7, {"id": None}])],
        [
            "groups[0].contacts[1]: must be an id, not 7",
            "groups[0].contacts[2].id: must be an id, not null",
        ],
    ),
    (
        "reactions of numbers",
        [("messages.0.reactions", [{"heart": [1]}])],
        ["messages[0].reactions[0].heart: must hold usernames, not 1"],
    ),
    (
        "content that is no base64",
        [("attachments.1.content", "Hi!")],
        ["attachments[1].content: must be bytes in base64, not 'Hi!'"],
    ),
    (
        "a size that the content does not have",
        [("attachments.1.file_size", 4)],
        ["attachments[1].file_size: is 4, but the content has 3 bytes"],
    ),
    (
        "a type that is none, and would be a header",
        [("attachments.1.file_type", "text/plain\r\nX: 1")],
        [
            "attachments[1].file_type: must be a MIME type such as 'image/png', "
            'not "text/plain\\r\\nX: 1"'
        ],
    ),
    (
        "a negative size",
        [("attachments.0.file_size", -1)],
        ["attachments[0].file_size: must be an integer from 0 to 253402300799, not -1"],
    ),
    (
        "a departed contact with what an embedded one has not",
        [("departed", [{**GONE, "display_name": "G"}])],
        [
            "departed[0]: unknown attribute 'display_name'; known here: id, username, "
            "phone_number, avatar_url, last_active_at, created_at"
        ],
    ),
    # ids that are there already
    (
        "the same id twice",
        [("contacts.2", SMALL["contacts"][0])],
        [f"contacts[2].id: contacts[0] already has the id '{USER}'"],
    ),
    (
        "the same id three times",
        [("attachments.2", SMALL["attachments"][1]), ("attachments.3", SMALL["attachments"][1])],
        [
            f"attachments[2].id: attachments[1] already has the id '{LOOSE}'",
            f"attachments[3].id: attachments[1] already has the id '{LOOSE}'",
        ],
    ),
    # references
    (
        "a conversation_id of nothing",
        [("contacts.0.conversation_id", NOBODY)],
        [
            f"contacts[0].conversation_id: '{NOBODY}' must be a conversation "
            f"with the contact_id '{USER}'"
        ],
    ),
    (
        "a conversation_id of somebody else's",
        [("groups.0.conversation_id", TALK)],
        [f"groups[0].conversation_id: '{TALK}' must be a conversation with the group_id '{GROUP}'"],
    ),
    (
        "an unknown member",
        [("groups.0.contacts.0", NOBODY)],
        [f"groups[0].contacts[0]: there is no contact '{NOBODY}'"],
    ),
    (
        "a member twice",
        [("groups.0.contacts.0", FRIEND)],
        ["groups[0].contacts: must not repeat a contact"],
    ),
    (
        "a conversation of nobody",
        [("conversations.2", {"id": NOBODY, "created_at": 1})],
        ["conversations[2]: must have exactly one of contact_id and group_id"],
    ),
    (
        "a conversation of two",
        [("conversations.1.contact_id", FRIEND)],
        ["conversations[1]: must have exactly one of contact_id and group_id"],
    ),
    (
        "a conversation of an unknown contact",
        [("conversations.2", {"id": NOBODY, "contact_id": NOBODY, "created_at": 1})],
        [f"conversations[2].contact_id: there is no contact '{NOBODY}'"],
    ),
    (
        "a conversation of an unknown group",
        [("conversations.2", {"id": NOBODY, "group_id": NOBODY, "created_at": 1})],
        [f"conversations[2].group_id: there is no group '{NOBODY}'"],
    ),
    (
        "an unknown pinned message",
        [("conversations.0.pinned_message_id", NOBODY)],
        [f"conversations[0].pinned_message_id: '{NOBODY}' is not in this conversation"],
    ),
    (
        "a pinned message of another conversation",
        [("conversations.1.pinned_message_id", MESSAGE)],
        [f"conversations[1].pinned_message_id: '{MESSAGE}' is not in this conversation"],
    ),
    (
        "a message of an unknown conversation",
        [("messages.0.conversation_id", NOBODY), ("conversations.0.pinned_message_id", None)],
        [f"messages[0].conversation_id: there is no conversation '{NOBODY}'"],
    ),
    (
        "a message of an unknown sender",
        [("messages.0.contact", NOBODY)],
        [f"messages[0].contact: '{NOBODY}' is not in contacts or departed"],
    ),
    (
        "an attachment that does not know its message",
        [("messages.0.attachments", [FILE, LOOSE])],
        [
            f"messages[0].attachments[1]: '{LOOSE}' must be an attachment "
            f"with the message_id '{MESSAGE}'"
        ],
    ),
    (
        "an attachment twice",
        [("messages.0.attachments", [FILE, FILE])],
        ["messages[0].attachments: must not repeat an attachment"],
    ),
    (
        "an attachment that its message does not know",
        [("attachments.1.message_id", MESSAGE)],
        [
            f"attachments[1].message_id: '{MESSAGE}' must be a message "
            f"whose attachments include '{LOOSE}'"
        ],
    ),
]


@pytest.mark.parametrize(
    ("changes", "problems"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(changes: list[tuple[str, Any]], problems: list[str]) -> None:
    assert problems_of(changed(*changes)) == problems


@pytest.mark.parametrize(
    ("document", "told"), [(None, "null"), ([], "[]"), ("x", "'x'"), (5, "5"), (True, "true")]
)
def test_a_document_is_an_object(document: Any, told: str) -> None:
    assert problems_of(document) == [f"must be a JSON object, not {told}"]


def test_all_shapes_are_told_at_once_and_then_all_references() -> None:
    wrong_shapes = [("contacts.0.username", 5), ("attachments.1.content", "?"), ("now", None)]
    wrong_references = [("groups.0.contacts.0", NOBODY), ("user", NOBODY)]
    problems = problems_of(changed(*wrong_shapes, *wrong_references))
    assert [problem.partition(":")[0] for problem in problems] == [
        "now",
        "contacts[0].username",
        "attachments[1].content",
    ]
    problems = problems_of(changed(*wrong_references))
    assert [problem.partition(":")[0] for problem in problems] == ["user", "groups[0].contacts[0]"]


def test_many_problems_are_counted_but_not_all_shown() -> None:
    crowd = [{"id": "x"}] * TOLD
    with pytest.raises(FixtureError) as caught:
        load({**SMALL, "contacts": crowd})
    assert len(caught.value.problems) == 4 * TOLD
    first, *lines = str(caught.value).splitlines()
    assert first == f"own.json: {4 * TOLD} problems"
    assert len(lines) == TOLD + 1
    assert lines[-1] == f"  … and {3 * TOLD} more"


BROKEN = [
    (b"", "Expecting value at line 1, column 1"),
    (b'{\n "now": 1,\n}', "at line 3, column 1"),
    (b'{"now": 1', "Expecting ',' delimiter at line 1, column 10"),
    (b"{} {}", "Extra data at line 1, column 4"),
    (b'{"user": "\xff"}', "is no UTF-8: byte 10"),
    (b"[" * 100_000, "is no valid JSON: "),
    (b'{"now": 1' + b"0" * 5000 + b"}", "is no valid JSON: "),
]


@pytest.mark.parametrize(("text", "said"), BROKEN, ids=[said for _, said in BROKEN])
def test_broken_json_is_told_with_its_place(text: bytes, said: str) -> None:
    with pytest.raises(FixtureError, match=r"own\.json: 1 problem\n") as caught:
        parse(text, "own.json")
    assert said in str(caught.value)


def test_a_byte_order_mark_is_no_harm() -> None:
    assert parse(b"\xef\xbb\xbf{}", "own.json") == {}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_number_that_json_does_not_have_is_refused(number: str) -> None:
    text = json.dumps(SMALL).replace('"now": 1000', f'"now": {number}')
    with pytest.raises(FixtureError, match="1 problem\n"):
        load(parse(text.encode(), "own.json"))


@pytest.mark.parametrize("source", ["nothing", "./default", "default.json", "no/such.json", ""])
def test_a_source_that_is_neither_name_nor_file_is_told_the_names(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FixtureError, match="give a JSON file, or one of the names default, empty"):
        read(source)


def test_a_file_beside_us_does_not_hide_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").write_text("{}")
    assert read("empty") != {}
    assert read("./empty") == {}


# what may be left out


def test_sections_may_be_left_out() -> None:
    head = {name: SMALL[name] for name in ("version", "now", "user")}
    world = load({**head, "contacts": SMALL["contacts"][:1]})
    assert [one["username"] for one in shown(world, "contacts")] == ["Me"]
    assert [shown(world, path) for path in ("groups", "conversations", "messages")] == [[]] * 3


def test_what_is_left_out_is_null_false_or_empty() -> None:
    world = load(SMALL)
    user, friend = shown(world, "contacts")
    assert user == {
        "id": USER,
        "username": "Me",
        "phone_number": "1",
        "avatar_url": None,
        "display_name": None,
        "conversation_id": None,
        "last_active_at": None,
        "created_at": 1,
    }
    assert list(friend) == list(user)
    assert shown(world, "conversations")[1] == {
        "id": GROUP_TALK,
        "contact_id": None,
        "group_id": GROUP,
        "pinned_message_id": None,
        "is_pinned": False,
        "is_muted": False,
        "last_active_at": None,
        "last_opened_at": None,
        "created_at": 5,
        "archived_at": None,
    }
    (message,) = shown(world, "messages")
    assert (message["reactions"], message["read_at"], message["updated_at"]) == ([], None, None)
    (group,) = shown(world, "groups")
    assert [one["id"] for one in group["contacts"]] == [USER, FRIEND]
    assert (group["description"], group["archived_at"]) == (None, None)


def test_an_attachment_follows_from_its_name() -> None:
    file, _ = shown(load(SMALL), "attachments")
    assert file == {
        "id": FILE,
        "message_id": MESSAGE,
        "filename": "a b.pdf",
        "file_url": "https://assets.protocol.chat/attachments/a%20b.pdf",
        "file_type": "application/pdf",
        "file_size": 0,
        "created_at": 7,
    }


def test_the_size_follows_from_the_content() -> None:
    world = load(SMALL)
    _, loose = shown(world, "attachments")
    assert (loose["file_size"], loose["file_type"]) == (3, "text/plain")
    assert world.files.get(LOOSE) == b"Hi!"
    assert world.files.get(FILE) is None


def test_content_may_be_empty() -> None:
    world = load(changed(("attachments.1.content", "")))
    assert world.files.get(LOOSE) == b""
    assert shown(world, "attachments")[1]["file_size"] == 0


def test_a_type_that_is_given_goes_before_the_guess() -> None:
    world = load(changed(("attachments.1.file_type", "text/x-own")))
    assert shown(world, "attachments")[1]["file_type"] == "text/x-own"


def test_who_departed_is_still_the_sender() -> None:
    world = load(changed(("departed", [GONE]), ("messages.0.contact", NOBODY)))
    (message,) = shown(world, "messages")
    assert message["contact"] == GONE
    assert NOBODY not in [one["id"] for one in shown(world, "contacts")]


def test_members_may_be_objects_with_an_id() -> None:
    world = load(changed(("groups.0.contacts", [{"id": FRIEND, "username": "x"}, USER])))
    assert [one["id"] for one in shown(world, "groups")[0]["contacts"]] == [FRIEND, USER]


def test_reactions_may_be_an_object() -> None:
    world = load(changed(("messages.0.reactions", {"heart": ["Me"], "wave": ["Friend"]})))
    assert shown(world, "messages")[0]["reactions"] == [{"heart": ["Me"]}, {"wave": ["Friend"]}]


def test_the_order_in_a_document_is_the_order_of_creation() -> None:
    document = changed(("contacts.0.created_at", 900))
    assert [one["id"] for one in shown(load(document), "contacts")] == [USER, FRIEND]


def test_the_world_is_the_user_s_and_begins_at_now() -> None:
    world = load(SMALL)
    assert (world.user_id, world.clock.now()) == (USER, 1000)


def test_loading_changes_nothing_of_the_document() -> None:
    document = copy.deepcopy(SMALL)
    load(document)
    assert document == SMALL


def test_one_loader_makes_worlds_that_share_nothing() -> None:
    loader = Loader(ResourceRegistry())
    one = loader.world(SMALL, source="one", seed="0")
    two = loader.world(SMALL, source="two", seed="0")
    one["contact"].remove([FRIEND])
    assert one["contact"].get(FRIEND) is None
    assert two["contact"].get(FRIEND) is not None


def test_a_new_id_is_never_one_of_the_fixtures() -> None:
    first = load(SMALL).new_id("contact")
    world = load(changed(("contacts.2", {**SMALL["contacts"][0], "id": first})))
    assert world.new_id("contact") not in (first, USER, FRIEND)
