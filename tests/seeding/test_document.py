"""The fixture format, its JSON Schema, and the shipped fixtures."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from mockserver.resources.registry import ResourceRegistry
from mockserver.seeding.format import SECTIONS, Format, schema_text
from mockserver.seeding.load import NAMES, FixtureError, Loader, read, shipped

Entry = dict[str, Any]
FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(scope="module")
def default() -> Any:
    """The document of the default fixtures."""
    return json.loads(shipped("default"))


@pytest.fixture(scope="module")
def is_valid() -> Callable[[Any], bool]:
    """Whether a document matches the shipped JSON Schema."""
    schema = json.loads(shipped("schema"))
    jsonschema_rs.meta.validate(schema)
    return jsonschema_rs.validator_for(schema).is_valid


# the schema


def test_the_shipped_schema_matches_the_code() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mockserver.seeding.format"], capture_output=True, check=True
    )
    assert done.stdout.decode() == schema_text()
    hint = "run: python -m mockserver.seeding.format > fixtures/schema.json"
    assert shipped("schema") == done.stdout, hint


@pytest.mark.parametrize("name", NAMES)
def test_shipped_fixtures_name_and_match_the_schema(
    name: str, is_valid: Callable[[Any], bool]
) -> None:
    document = read(name)
    assert document["$schema"] == "./schema.json"
    assert is_valid(document)


@pytest.mark.parametrize(
    ("section", "attribute", "value"),
    [
        ("contacts", "username", 5),
        ("contacts", "usernmae", "x"),
        ("contacts", "id", "short"),
        ("contacts", "avatar_url", "linnie.jpg"),
        ("groups", "contacts", [{"name": "x"}]),
        ("conversations", "is_muted", None),
        ("messages", "created_at", -1),
        ("messages", "reactions", [{"heart": "Me"}]),
        ("attachments", "file_url", "https://example.com/"),
        ("attachments", "content", 5),
        ("attachments", "file_type", "text"),
    ],
)
def test_the_schema_rejects_what_the_loader_rejects(
    section: str, attribute: str, value: Any, default: Any, is_valid: Callable[[Any], bool]
) -> None:
    first, *rest = default[section]
    document = {**default, section: [{**first, attribute: value}, *rest]}
    assert not is_valid(document)
    with pytest.raises(FixtureError, match=rf"{section}\[0\]"):
        load(document)


def load(document: Any) -> Any:
    return Loader(ResourceRegistry()).load_document(document, source="fixtures", seed="0")


@pytest.mark.parametrize("attribute", ["version", "now", "user"])
def test_the_schema_requires_what_the_loader_requires(
    attribute: str, default: Any, is_valid: Callable[[Any], bool]
) -> None:
    assert not is_valid({name: value for name, value in default.items() if name != attribute})


def test_a_document_has_a_section_for_each_kind() -> None:
    assert sorted(SECTIONS) == sorted(resource.path for resource in ResourceRegistry())
    fields = list(Format(ResourceRegistry()).document.fields)
    assert [name for name in fields if name in SECTIONS] == list(SECTIONS)


# the shipped fixtures


@pytest.mark.parametrize("name", NAMES)
def test_shipped_fixtures_load(name: str) -> None:
    document = read(name)
    world = load(document)
    for resource in ResourceRegistry():
        assert len(world[resource.kind]) == len(document[resource.path])


def test_only_the_known_files_are_shipped() -> None:
    assert sorted(path.stem for path in FIXTURES.iterdir()) == sorted([*NAMES, "schema"])


def test_the_empty_fixtures_have_only_the_user(default: Any) -> None:
    empty = read("empty")
    (user,) = empty["contacts"]
    assert user["id"] == empty["user"] == default["user"]
    assert [empty[section] for section in SECTIONS[1:]] == [[]] * 4
    assert empty["now"] == default["now"]


def test_entries_have_all_attributes_in_api_order(default: Any) -> None:
    """They look like API responses and serve as an example."""
    for resource in ResourceRegistry():
        wire = [name for name in resource.schema.fields if name != "file_url"]
        for entry in default[resource.path]:
            assert [name for name in entry if name != "content"] == wire


def test_nothing_in_the_fixtures_happens_after_now(default: Any) -> None:
    for section in SECTIONS:
        for entry in default[section]:
            times = {name: entry[name] for name in entry if name.endswith("_at")}
            assert all(time is None or time <= default["now"] for time in times.values()), entry
            assert all(time is None or time >= entry["created_at"] for time in times.values())


@pytest.mark.parametrize(
    ("section", "minimum"),
    [
        ("contacts", 14),
        ("groups", 5),
        ("conversations", 26),  # three default pages
        ("messages", 150),
        ("attachments", 18),
    ],
)
def test_the_default_world_has_a_minimum_size(section: str, minimum: int, default: Any) -> None:
    assert len(default[section]) >= minimum


def test_one_conversation_is_long_enough_to_scroll(default: Any) -> None:
    lengths = Counter(message["conversation_id"] for message in default["messages"])
    assert max(lengths.values()) > 60


@pytest.mark.parametrize(
    ("section", "matches"),
    [
        ("contacts", lambda entry: entry["last_active_at"] is not None),
        ("conversations", lambda entry: entry["is_muted"]),
        ("conversations", lambda entry: entry["is_pinned"]),
        ("conversations", lambda entry: entry["archived_at"] is not None),
        ("conversations", lambda entry: entry["group_id"] is not None),
        ("groups", lambda entry: entry["archived_at"] is not None),
    ],
    ids=["active", "muted", "pinned", "archived", "of a group", "archived group"],
)
def test_each_filter_has_hits_and_misses(
    section: str, matches: Callable[[Entry], bool], default: Any
) -> None:
    assert {bool(matches(entry)) for entry in default[section]} == {True, False}


def texts(default: Any) -> list[str]:
    return [message["message"] for message in default["messages"]]


def test_attachments_are_of_several_types(default: Any) -> None:
    types = {entry["file_type"].partition("/")[0] for entry in default["attachments"]}
    assert len(types) >= 4


def test_some_messages_have_emoji(default: Any) -> None:
    assert any(unicodedata.category(letter) == "So" for text in texts(default) for letter in text)


def test_some_text_is_right_to_left(default: Any) -> None:
    directions = {unicodedata.bidirectional(letter) for text in texts(default) for letter in text}
    assert directions & {"R", "AL"}


def test_some_messages_have_several_lines(default: Any) -> None:
    assert any("\n" in text for text in texts(default))


def test_some_names_are_long(default: Any) -> None:
    names = [item["display_name"] or item["username"] for item in default["contacts"]]
    assert max(map(len, names + [group["name"] for group in default["groups"]])) >= 40


def test_some_messages_have_only_attachments(default: Any) -> None:
    bare = [message for message in default["messages"] if not message["message"]]
    assert bare
    assert all(message["attachments"] for message in bare)


@pytest.mark.parametrize(
    ("section", "attribute"),
    [
        ("contacts", "avatar_url"),
        ("contacts", "display_name"),
        ("contacts", "conversation_id"),
        ("groups", "avatar_url"),
        ("groups", "description"),
        ("conversations", "contact_id"),
        ("conversations", "pinned_message_id"),
        ("conversations", "last_active_at"),
        ("conversations", "last_opened_at"),
        ("messages", "read_at"),
        ("messages", "updated_at"),
        ("attachments", "message_id"),
    ],
)
def test_nullable_attributes_are_null_and_set(section: str, attribute: str, default: Any) -> None:
    assert {entry[attribute] is None for entry in default[section]} == {True, False}


def test_some_conversations_are_empty(default: Any) -> None:
    with_messages = {message["conversation_id"] for message in default["messages"]}
    empty = [item for item in default["conversations"] if item["id"] not in with_messages]
    assert empty
    assert all(conversation["last_active_at"] is None for conversation in empty)


def test_some_messages_have_reactions(default: Any) -> None:
    reactions = [message["reactions"] for message in default["messages"]]
    assert [] in reactions
    assert any(len(item) > 1 for item in reactions)


def test_names_in_reactions_are_usernames(default: Any) -> None:
    usernames = {contact["username"] for contact in default["contacts"]}
    named = {
        username
        for message in default["messages"]
        for reaction in message["reactions"]
        for usernames_of_reaction in reaction.values()
        for username in usernames_of_reaction
    }
    assert named
    assert named <= usernames


def test_ids_look_like_the_documented_ones(default: Any) -> None:
    for section in SECTIONS:
        for entry in default[section]:
            assert re.fullmatch(r"[A-Za-z0-9]{16}", entry["id"])


def test_schema_and_loader_accept_an_uppercase_scheme() -> None:
    document = read("empty")
    document["contacts"][0]["avatar_url"] = "HTTPS://assets.example/a.jpg"
    schema = json.loads(shipped("schema"))
    assert jsonschema_rs.is_valid(schema, document)
    assert Loader(ResourceRegistry()).load_document(document, source="document", seed="0")
