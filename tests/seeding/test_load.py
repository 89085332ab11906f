"""Loading fixtures: defaults of missing attributes, and errors of invalid documents."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from mockserver.errors import MAX_PROBLEMS
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.fields import StrictField
from mockserver.schema.schema import ValidationError
from mockserver.seeding import load as load_module
from mockserver.seeding.load import (
    FixtureError,
    Loader,
    are_plain,
    parse,
    read,
)
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


def changed(*changes: tuple[str, Any], of: dict[str, Any] = SMALL) -> dict[str, Any]:
    """Return a document with the value at a path (``contacts.0.id``) replaced or removed (ABSENT).

    An index equal to the length of a list appends to it.
    """
    document = copy.deepcopy(of)
    for path, value in changes:
        *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
        parent: Any = document
        for key in parents:
            parent = parent[key]
        if value is ABSENT:
            del parent[last]
        elif isinstance(parent, list) and last == len(parent):
            parent.append(value)
        else:
            parent[last] = value
    return document


def load(document: Any) -> World:
    return Loader(ResourceRegistry()).load_document(document, source="own.json", seed="0")


def problems_of(document: Any) -> list[str]:
    with pytest.raises(FixtureError) as caught:
        load(document)
    return caught.value.problems


def present(world: World, path: str) -> list[dict[str, Any]]:
    """Return the objects of a kind in the format of the API, oldest first."""
    (resource,) = (item for item in ResourceRegistry() if item.path == path)
    records = world[resource.kind].find(())
    return [resource.present(world, record) for record in records]


INVALID = [
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
        "an invalid user id",
        [("user", "me")],
        ["user: must be an id of 16 characters of A-Za-z0-9, not 'me'"],
    ),
    ("an unknown user", [("user", NOBODY)], [f"user: unknown contact '{NOBODY}'"]),
    (
        "an unknown section",
        [("message", [])],
        ["unknown attribute 'message'; did you mean 'messages'?"],
    ),
    (
        "a section that is not an array",
        [("groups", {}), ("contacts.1.conversation_id", None)],
        ["groups: must be an array of objects, not {}"],
    ),
    (
        "a section of null",
        [("departed", None)],
        ["departed: must be an array of objects, not null"],
    ),
    (
        "an entry that is not an object",
        [("groups.1", "x"), ("messages.1", None)],
        ["groups[1]: must be an object, not 'x'", "messages[1]: must be an object, not null"],
    ),
    # attributes
    (
        "required attributes are missing",
        [("contacts.1.username", ABSENT), ("contacts.1.phone_number", ABSENT)],
        ["contacts[1].username: is required", "contacts[1].phone_number: is required"],
    ),
    ("an empty name", [("groups.0.name", "")], ["groups[0].name: may not be empty"]),
    (
        "null for a required value",
        [("conversations.0.is_muted", None)],
        ["conversations[0].is_muted: may not be null"],
    ),
    (
        "an unknown attribute with a similar name",
        [("conversations.0.is_mutted", True)],
        ["conversations[0]: unknown attribute 'is_mutted'; did you mean 'is_muted'?"],
    ),
    (
        "an unknown attribute without a similar name",
        [("groups.0.colour", "red")],
        [
            "groups[0]: unknown attribute 'colour'; known: id, name, description, "
            "avatar_url, conversation_id, contacts, created_at, archived_at"
        ],
    ),
    (
        "a derived attribute",
        [("attachments.0.file_url", "https://example.com/a.pdf")],
        [
            "attachments[0]: unknown attribute 'file_url'; known: id, message_id, filename, "
            "file_type, file_size, created_at, content"
        ],
    ),
    (
        "a number for a string",
        [("contacts.0.username", 5)],
        ["contacts[0].username: must be a string, not 5"],
    ),
    (
        "a string for a boolean",
        [("conversations.1.is_pinned", "true")],
        ["conversations[1].is_pinned: must be a boolean (true or false), not 'true'"],
    ),
    (
        "a fractional time",
        [("messages.0.created_at", 6.5)],
        [
            "messages[0].created_at: must be a timestamp in whole Unix seconds, "
            "0 to 253402300799, not 6.5"
        ],
    ),
    (
        "an avatar that is not a URL",
        [("contacts.0.avatar_url", "linnie.jpg")],
        ["contacts[0].avatar_url: must be an http or https URL, not 'linnie.jpg'"],
    ),
    (
        "an invalid id",
        [("attachments.1.id", "short")],
        ["attachments[1].id: must be an id of 16 characters of A-Za-z0-9, not 'short'"],
    ),
    (
        "a lone surrogate",
        [("messages.0.message", "\ud83d")],
        ["messages[0].message: is not valid Unicode: lone surrogate U+D83D at character 1"],
    ),
    (
        "members that are not ids",
        [("groups.0.contacts", [USER, 7, {"id": None}])],
        [
            "groups[0].contacts[1]: must be an id, not 7",
            "groups[0].contacts[2].id: must be an id, not null",
        ],
    ),
    (
        "reactions of numbers",
        [("messages.0.reactions", [{"heart": [1]}])],
        ["messages[0].reactions[0].heart: must contain usernames, not 1"],
    ),
    (
        "content that is not base64",
        [("attachments.1.content", "Hi!")],
        ["attachments[1].content: must be bytes in base64, not 'Hi!'"],
    ),
    (
        "a size other than that of the content",
        [("attachments.1.file_size", 4)],
        ["attachments[1].file_size: must be 3, the size of the content, not 4"],
    ),
    (
        "a file type that would inject a header",
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
        "a departed contact with an unknown attribute",
        [("departed", [{**GONE, "display_name": "G"}])],
        [
            "departed[0]: unknown attribute 'display_name'; known: id, username, "
            "phone_number, avatar_url, last_active_at, created_at"
        ],
    ),
    # ids that are there already
    (
        "a repeated id",
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
        "an unknown conversation_id",
        [("contacts.0.conversation_id", NOBODY)],
        [
            f"contacts[0].conversation_id: '{NOBODY}' must be a conversation "
            f"with the contact_id '{USER}'"
        ],
    ),
    (
        "a conversation_id of another owner",
        [("groups.0.conversation_id", TALK)],
        [f"groups[0].conversation_id: '{TALK}' must be a conversation with the group_id '{GROUP}'"],
    ),
    (
        "an unknown member",
        [("groups.0.contacts.0", NOBODY)],
        [f"groups[0].contacts[0]: unknown contact '{NOBODY}'"],
    ),
    (
        "a repeated member",
        [("groups.0.contacts.0", FRIEND)],
        ["groups[0].contacts: must not repeat a contact"],
    ),
    (
        "a conversation without an owner",
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
        [f"conversations[2].contact_id: unknown contact '{NOBODY}'"],
    ),
    (
        "a conversation of an unknown group",
        [("conversations.2", {"id": NOBODY, "group_id": NOBODY, "created_at": 1})],
        [f"conversations[2].group_id: unknown group '{NOBODY}'"],
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
        [f"messages[0].conversation_id: unknown conversation '{NOBODY}'"],
    ),
    (
        "a message of an unknown sender",
        [("messages.0.contact", NOBODY)],
        [f"messages[0].contact: '{NOBODY}' is not in contacts or departed"],
    ),
    (
        "an attachment of another message",
        [("messages.0.attachments", [FILE, LOOSE])],
        [
            f"messages[0].attachments[1]: '{LOOSE}' must be an attachment "
            f"with the message_id '{MESSAGE}'"
        ],
    ),
    (
        "a repeated attachment",
        [("messages.0.attachments", [FILE, FILE])],
        ["messages[0].attachments: must not repeat an attachment"],
    ),
    (
        "an attachment that its message does not list",
        [("attachments.1.message_id", MESSAGE)],
        [
            f"attachments[1].message_id: '{MESSAGE}' must be a message "
            f"whose attachments include '{LOOSE}'"
        ],
    ),
]


@pytest.mark.parametrize(
    ("changes", "problems"), [row[1:] for row in INVALID], ids=[row[0] for row in INVALID]
)
def test_an_invalid_document_is_refused(
    changes: list[tuple[str, Any]], problems: list[str]
) -> None:
    assert problems_of(changed(*changes)) == problems


@pytest.mark.parametrize(
    ("document", "value"), [(None, "null"), ([], "[]"), ("x", "'x'"), (5, "5"), (True, "true")]
)
def test_a_document_is_an_object(document: Any, value: str) -> None:
    assert problems_of(document) == [f"must be a JSON object, not {value}"]


def test_all_shapes_are_checked_before_all_references() -> None:
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


def test_at_most_100_problems_are_listed() -> None:
    for section in ("contacts", "messages"):
        with pytest.raises(FixtureError) as caught:
            load({**SMALL, section: [{"id": "x"}] * 10_000})
        assert MAX_PROBLEMS < len(caught.value.problems) < 2 * MAX_PROBLEMS
        first, *lines = str(caught.value).splitlines()
        assert first == f"own.json: more than {MAX_PROBLEMS} problems"
        assert len(lines) == MAX_PROBLEMS + 1
        assert lines[-1] == "  … and more"


INVALID_JSON = [
    (b"", "is not valid JSON: expected a value at line 1, column 1, found the end of the text"),
    (b'{\n "now": 1,\n}', "trailing comma at line 3, column 1, found '}'"),
    (b'{"now": 1', "expected ',' or '}' at line 1, column 10, found the end of the text"),
    (b"{} {}", "expected the end of the text at line 1, column 4, found '{'"),
    (b'{"user": "\xff"}', "is not valid UTF-8 (byte 10)"),
    (b"[" * 100_000, "is not valid JSON: more than 200 levels of nesting"),
    (b'{"now": 1' + b"0" * 5000 + b"}", "is not valid JSON: an integer of more than 4300 digits"),
]


@pytest.mark.parametrize(
    ("text", "message"), INVALID_JSON, ids=[message for _, message in INVALID_JSON]
)
def test_invalid_json_is_refused_with_its_position(text: bytes, message: str) -> None:
    with pytest.raises(FixtureError, match=r"own\.json: 1 problem\n") as caught:
        parse(text, "own.json")
    assert message in str(caught.value)


def test_a_byte_order_mark_is_accepted() -> None:
    assert parse(b"\xef\xbb\xbf{}", "own.json") == {}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_number_outside_json_is_refused(number: str) -> None:
    text = json.dumps(SMALL).replace('"now": 1000', f'"now": {number}')
    with pytest.raises(FixtureError, match="1 problem\n"):
        load(parse(text.encode(), "own.json"))


@pytest.mark.parametrize("source", ["nothing", "./default", "default.json", "no/such.json", ""])
def test_an_unknown_source_is_refused_with_the_names(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FixtureError, match="give a JSON file, or one of the names default, empty"):
        read(source)


def test_a_local_file_does_not_hide_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").write_text("{}")
    assert read("empty") != {}
    assert read("./empty") == {}


# defaults


def test_sections_are_optional() -> None:
    head = {name: SMALL[name] for name in ("version", "now", "user")}
    world = load({**head, "contacts": SMALL["contacts"][:1]})
    assert [contact["username"] for contact in present(world, "contacts")] == ["Me"]
    assert [present(world, path) for path in ("groups", "conversations", "messages")] == [[]] * 3


def test_missing_attributes_are_null_false_or_empty() -> None:
    world = load(SMALL)
    user, friend = present(world, "contacts")
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
    assert present(world, "conversations")[1] == {
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
    (message,) = present(world, "messages")
    assert (message["reactions"], message["read_at"], message["updated_at"]) == ([], None, None)
    (group,) = present(world, "groups")
    assert [member["id"] for member in group["contacts"]] == [USER, FRIEND]
    assert (group["description"], group["archived_at"]) == (None, None)


def test_file_attributes_follow_from_the_name() -> None:
    file, _ = present(load(SMALL), "attachments")
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
    _, loose = present(world, "attachments")
    assert (loose["file_size"], loose["file_type"]) == (3, "text/plain")
    assert world.files[LOOSE].data == b"Hi!"
    assert world.files.get(FILE) is None


def test_content_may_be_empty() -> None:
    world = load(changed(("attachments.1.content", "")))
    assert world.files[LOOSE].data == b""
    assert present(world, "attachments")[1]["file_size"] == 0


def test_a_given_file_type_is_kept() -> None:
    world = load(changed(("attachments.1.file_type", "text/x-own")))
    assert present(world, "attachments")[1]["file_type"] == "text/x-own"


def test_a_departed_contact_is_still_the_sender() -> None:
    world = load(changed(("departed", [GONE]), ("messages.0.contact", NOBODY)))
    (message,) = present(world, "messages")
    assert message["contact"] == GONE
    assert NOBODY not in [contact["id"] for contact in present(world, "contacts")]


def test_members_may_be_objects_with_an_id() -> None:
    world = load(changed(("groups.0.contacts", [{"id": FRIEND, "username": "x"}, USER])))
    assert [member["id"] for member in present(world, "groups")[0]["contacts"]] == [FRIEND, USER]


def test_reactions_may_be_an_object() -> None:
    world = load(changed(("messages.0.reactions", {"heart": ["Me"], "wave": ["Friend"]})))
    assert present(world, "messages")[0]["reactions"] == [{"heart": ["Me"]}, {"wave": ["Friend"]}]


def test_the_order_of_entries_is_the_creation_order() -> None:
    document = changed(("contacts.0.created_at", 900))
    assert [contact["id"] for contact in present(load(document), "contacts")] == [USER, FRIEND]


def test_the_world_has_the_user_and_starts_at_now() -> None:
    world = load(SMALL)
    assert (world.user_id, world.clock.now()) == (USER, 1000)


def test_loading_does_not_change_the_document() -> None:
    document = copy.deepcopy(SMALL)
    load(document)
    assert document == SMALL


TRICKY = ["}, {", '"messages": [', '", "a": [{"b": 1}, {', "]}", "\\", '\\"', "}\n,{", "é😀", ""]


def large_document(text: str) -> dict[str, Any]:
    """Return a valid document with many messages, some with the text of the next one's JSON."""
    first = SMALL["messages"][0]
    reactions = [{"joy": ["Me"]}, {"}, {": ["Me", "]"]}]
    messages = [
        {**first, "id": f"{number:016}", "message": text, "attachments": [], "reactions": value}
        for number, value in enumerate([[], reactions, []] * 20)
    ]
    return changed(("messages", [first, *messages]))


def file_of(document: Any, path: Path, indent: int | None) -> str:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=indent), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("text", TRICKY)
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("size", [1, 300, 3000])
def test_a_file_read_in_pieces_gives_the_same_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, indent: int | None, size: int
) -> None:
    document = large_document(text)
    path = file_of(document, tmp_path / "large.json", indent)
    loader = Loader(ResourceRegistry())
    expected = loader.load_document(document, source=path, seed="0")
    monkeypatch.setattr(load_module, "PIECE_BYTES", size)
    monkeypatch.delattr(load_module, "parse")  # of the whole text
    assert loader.format.dump(loader.load(path, seed="0")) == loader.format.dump(expected)


@pytest.mark.parametrize(
    "changes",
    [
        [("messages.7.id", "short")],
        [("messages.7", 1), ("messages.60.created_at", -1)],
        [("messages.50.conversation_id", NOBODY)],
        [("messages.7.text", "}, {"), ("version", 2)],
        [("messages.9.attachments", [None])],
        [("attachments", {})],
    ],
)
def test_a_file_read_in_pieces_has_the_same_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: list[tuple[str, Any]]
) -> None:
    document = changed(*changes, of=large_document("}, {"))
    file = file_of(document, tmp_path / "large.json", None)
    monkeypatch.setattr(load_module, "PIECE_BYTES", 500)
    with pytest.raises(FixtureError) as caught:
        Loader(ResourceRegistry()).load(file, seed="0")
    assert caught.value.problems == problems_of(document)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"0000000000000050"', "oops"),
        ("]}], ", "]}]], "),
        ('"messages": ', '"other": 1, "messages": 2, "messages": '),
        ('"messages": ', '"x": {"messages": ['),
        ('"user"', '"x": {"messages": []}, "user"'),
    ],
)
def test_an_unusual_large_file_is_read_like_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    text = json.dumps(large_document("Hello")).replace(old, new, 1)
    file = tmp_path / "large.json"
    file.write_text(text, encoding="utf-8")

    def result() -> Any:
        loader = Loader(ResourceRegistry())
        try:
            return loader.format.dump(loader.load(str(file), seed="0"))
        except FixtureError as error:
            return error.problems

    expected = result()
    monkeypatch.setattr(load_module, "PIECE_BYTES", 500)
    assert result() == expected


NASTY = [
    *(None, True, 0, -1, 1, 2**31, 253402300799, 253402300800, 2**70, 0.0, 1.5, float("nan")),
    *("", "a", "A" * 16, "A" * 16 + "\n", "A" * 17, "é" * 16, "a/b", "image/png", "\ud800", "U2Vl"),
    *("http://a", "..", [], ["A" * 16], [None], {}, {"joy": ["a"]}, [{"joy": ["a"]}]),
]


def accepts(field: StrictField, value: Any) -> bool:
    with suppress(ValidationError):
        return are_plain(field, [value])
    return False


def test_values_accepted_by_json_schema_are_read_as_they_are() -> None:
    loader = Loader(ResourceRegistry())
    accepted = set()
    for section, schema in loader.format.entries.items():
        for (name, field), value in product(schema.fields.items(), NASTY):
            if accepts(field, value):
                assert field.deserialize(value) is value, (section, name)
                accepted.add(type(value))
    assert accepted == {type(None), int, str}


def test_worlds_of_one_loader_are_independent() -> None:
    loader = Loader(ResourceRegistry())
    first = loader.load_document(SMALL, source="one", seed="0")
    second = loader.load_document(SMALL, source="two", seed="0")
    first["contact"].remove([first["contact"][FRIEND]])
    assert first["contact"].get(FRIEND) is None
    assert second["contact"].get(FRIEND) is not None


def test_a_new_id_never_repeats_one_of_the_fixtures() -> None:
    first = load(SMALL).ids.new("contact")
    world = load(changed(("contacts.2", {**SMALL["contacts"][0], "id": first})))
    assert world.ids.new("contact", world["contact"]) not in (first, USER, FRIEND)
