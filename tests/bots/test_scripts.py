"""The format of bot scripts: shipped ones follow it, and invalid ones are refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from mockserver import MockServer
from mockserver.bots.script_format import (
    NAMES,
    ScriptError,
    open_script,
    read,
    schema_text,
    shipped,
)
from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.web.app import create_app
from tests.bots.conftest import DAY, ECHO, BotClient

SCRIPTS = Path(__file__).parents[2] / "mockserver" / "bots" / "scripts"
PERSON = ECHO["people"][0]
QUEUE = {"names": ["Ada"], "problems": [{"openings": ["Hello."]}]}


def person(**attributes: Any) -> dict[str, Any]:
    """Return a script whose person has these attributes."""
    return {**ECHO, "people": [{**PERSON, **attributes}]}


#: Invalid scripts and their errors; first those that JSON Schema can detect.
INVALID: dict[str, tuple[Any, str]] = {
    "no version": ({**ECHO, "version": 2}, "version: must be an integer from 1 to 1, not 2"),
    "no name": ({"version": 1, "people": [PERSON]}, "name: is required"),
    "an unknown section": ({**ECHO, "peple": []}, "'peple'; did you mean 'people'?"),
    "an unknown attribute": (
        person(mesages_per_hour=1),
        "people[0]: unknown attribute 'mesages_per_hour'; did you mean 'messages_per_hour'?",
    ),
    "no username": ({**ECHO, "people": [{"lines": ["A"]}]}, "people[0].username: is required"),
    "no lines": ({**ECHO, "people": [{"username": "A"}]}, "people[0].lines: is required"),
    "empty lines": (person(lines=[]), "people[0].lines: must be a non-empty array of strings"),
    "an empty line": (person(lines=["A", ""]), "people[0].lines[1]: may not be empty"),
    "lines that are a string": (
        person(lines="A"),
        'people[0].lines: must be an array of lines, or {"faker"',
    ),
    "an unknown faker": (person(lines={"faker": "poem"}), "people[0].lines.faker: must be one of"),
    "too many messages": (
        person(messages_per_hour=241),
        "people[0].messages_per_hour: must be a number from 0 to 240",
    ),
    "no probability": (
        person(reacts=1.1),
        "people[0].reacts: must be a number from 0 to 1, not 1.1",
    ),
    "one time": (person(awake=["08:00"]), "people[0].awake: must be two different times of day"),
    "not a time": (person(awake=["8:00", "22:00"]), 'such as ["08:00", "22:30"]'),
    "not an hour": (
        person(awake=["08:00", "24:30"]),
        "people[0].awake: must be two different times",
    ),
    "not a URL": (
        person(avatar_url="me.jpg"),
        "people[0].avatar_url: must be an http or https URL",
    ),
    "not a span": (
        person(answers={"after_seconds": [9]}),
        "answers.after_seconds: must be two integers",
    ),
    "text in a span": (person(answers={"after_seconds": ["1", 2]}), "from 0 to 86400, the smaller"),
    "an unknown answer": (person(answers={"question": 1}), "did you mean 'questions'?"),
    "a reply without lines": (
        person(replies=[{"contains": ["a"]}]),
        "people[0].replies[0].say: is requ",
    ),
    "too far east": ({**ECHO, "utc_offset": 15}, "utc_offset: must be a number from -12 to 14"),
    "no message kept": (
        {**ECHO, "keep_messages": 0},
        "keep_messages: must be an integer from 1 to 10000, not 0",
    ),
    "a group without members": (
        {**ECHO, "groups": [{"name": "G"}]},
        "groups[0].members: is required",
    ),
    "a queue without names": ({**ECHO, "queue": {}}, "queue.names: is required"),
    "people that are an object": ({**ECHO, "people": {}}, "people: must be an array of objects"),
}
INVALID_BEYOND_SCHEMA: dict[str, tuple[Any, str]] = {
    "the same time twice": (person(awake=["08:00", "08:00"]), "must be two different times of day"),
    "from midnight to midnight": (
        person(awake=["24:00", "00:00"]),
        "must be two different times of",
    ),
    "a reversed span": (person(answers={"after_seconds": [9, 1]}), "the smaller first, not [9, 1]"),
    "no bots": ({"version": 1, "name": "a"}, "people: the script has no bots; give people"),
    "too many people": (
        {**ECHO, "people": [{**PERSON, "username": str(n)} for n in range(501)]},
        "people: must have at most 500 entries, not 501",
    ),
    "too many groups": (
        {**ECHO, "groups": [{"name": str(n), "members": ["EchoOne"]} for n in range(101)]},
        "groups: must have at most 100 entries, not 101",
    ),
    "a repeated username": (
        {**ECHO, "people": [PERSON, PERSON]},
        "people[1].username: people[0] already has 'EchoOne'",
    ),
    "an unknown member": (
        {**ECHO, "groups": [{"name": "G", "members": ["EchoOn"]}]},
        "groups[0].members[0]: no person has the username 'EchoOn'; did you mean 'EchoOne'?",
    ),
    "an unknown visitor": (
        {**ECHO, "groups": [{"name": "G", "members": ["EchoOne"], "visitors": ["Zed"]}]},
        "groups[0].visitors[0]: no person has the username 'Zed'",
    ),
    "a repeated group name": (
        {**ECHO, "groups": [{"name": "G", "members": ["EchoOne"]}] * 2},
        "groups[1].name: groups[0] already has 'G'",
    ),
    "no problems": ({**ECHO, "queue": {**QUEUE, "problems": []}}, "queue.problems: must not be"),
    "an unknown placeholder": (
        person(lines=["Hi {nmae}"]),
        "lines[0]: unknown placeholder '{nmae}'",
    ),
    "an open brace": (
        person(lines=["Hi {name"]),
        "people[0].lines[0]: unbalanced or nested braces",
    ),
    "a line that can be empty": (
        person(lines=["Hi", "{Hi|}{|Hello}"]),
        "people[0].lines[1]: can be empty; give every option of {yes|no} a text",
    ),
    "a brace in a brace": (
        person(lines=["{a|{b|c}}"]),
        "people[0].lines[0]: unbalanced or nested braces",
    ),
    "a bad reply": (
        person(replies=[{"say": ["{}"]}]),
        "replies[0].say[0]: unknown placeholder '{}'",
    ),
    "a bad reminder": (
        {**ECHO, "queue": {**QUEUE, "reminders": ["{x}"]}},
        "queue.reminders[0]: unknown placeholder '{x}'; write {name} or {yes|no}",
    ),
    "a bad opening": (
        {**ECHO, "queue": {**QUEUE, "problems": [{"openings": ["}"]}]}},
        "queue.problems[0].openings[0]: unbalanced or nested braces",
    ),
}
ALL = {**INVALID, **INVALID_BEYOND_SCHEMA}


@pytest.fixture(scope="module")
def is_valid() -> Callable[[Any], bool]:
    schema = json.loads((SCRIPTS / "schema.json").read_text(encoding="utf-8"))
    jsonschema_rs.meta.validate(schema)
    return jsonschema_rs.validator_for(schema).is_valid


def test_the_shipped_schema_matches_the_code() -> None:
    command = [sys.executable, "-m", "mockserver.bots.script_format"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout.decode() == schema_text()
    hint = "run: python -m mockserver.bots.script_format > mockserver/bots/scripts/schema.json"
    assert (SCRIPTS / "schema.json").read_bytes() == done.stdout, hint


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_script_names_and_matches_the_schema(
    name: str, is_valid: Callable[[Any], bool]
) -> None:
    document = shipped(name)
    assert document["$schema"] == "./schema.json"
    assert document["name"] == name
    assert is_valid(document)


def test_the_shipped_scripts_are_listed(bots: BotClient) -> None:
    scripts = bots.control("GET", "/bots/scripts")["data"]
    assert [script["name"] for script in scripts] == list(NAMES)
    assert sorted(path.stem for path in SCRIPTS.iterdir()) == sorted([*NAMES, "schema"])
    assert scripts == [json.loads((SCRIPTS / f"{name}.json").read_bytes()) for name in NAMES]


@pytest.mark.parametrize("case", ALL)
def test_an_invalid_script_is_refused_and_changes_nothing(case: str, bots: BotClient) -> None:
    document, message = ALL[case]
    bots.start(ECHO)
    before = bots.state(), bots.status()
    response = bots.client.put("/_sandbox/bots", json={"script": document})
    response.refused(400, message, "script")
    assert (bots.state(), bots.status()) == before


@pytest.mark.parametrize("case", ALL)
def test_an_invalid_file_has_the_same_error(case: str) -> None:
    document, message = ALL[case]
    with pytest.raises(ScriptError) as caught:
        read(document, "message.json")
    assert str(caught.value).startswith("message.json: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("case", INVALID)
def test_the_schema_rejects_invalid_scripts(case: str, is_valid: Callable[[Any], bool]) -> None:
    assert not is_valid(INVALID[case][0])
    assert is_valid(ECHO)


def test_all_problems_are_listed_at_once(bots: BotClient) -> None:
    people = [{"username": "", "lines": [5]}, {"usernmae": "A", "lines": []}]
    response = bots.client.put("/_sandbox/bots", json={"script": {**ECHO, "people": people}})
    response.refused(
        400,
        "script.people[0].username: may not be empty",
        "script.people[0].lines[0]: must be a string, not 5",
        "script.people[1]: unknown attribute 'usernmae'",
        "script.people[1].lines: must be",
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "script: is required"),
        ({"script": "offic"}, "script: must be a script, or the name of one: office, support-q"),
        ({"script": "./office.json"}, "script: must be a script, or the name of one"),
        ({"script": 5}, "not 5"),
        ({"script": "office", "sed": "7"}, "unknown attribute 'sed'; did you mean 'seed'?"),
        ({"script": "office", "seed": 7}, "seed: must be a string, not 7"),
    ],
)
def test_a_name_is_never_opened_as_a_file(body: Any, message: str, bots: BotClient) -> None:
    bots.client.put("/_sandbox/bots", json=body).refused(400, message)
    bots.control("GET", "/bots", 404)


def test_a_minimal_script_runs(bots: BotClient) -> None:
    small = {"version": 1, "name": "small", "people": [{"username": "A", "lines": ["Hm."]}]}
    bots.start(small)
    bots.advance(DAY)
    assert len(bots.lines_of("message")) > 10


def test_a_script_may_have_only_a_queue(bots: BotClient) -> None:
    bots.start({"version": 1, "name": "queue", "queue": QUEUE})
    bots.advance(DAY)
    assert bots.lines_of("join_queue")


def test_a_file_applies_to_every_sandbox_of_a_server(
    tmp_path: Path, serve: Callable[..., Server], client: Any
) -> None:
    file = tmp_path / "message.json"
    file.write_text(json.dumps({**ECHO, "name": "message"}))
    server = serve(Settings(bots=str(file)))
    for name in ("one", "two"):
        bots = BotClient(type(client)(server.url, f"sandbox_{name}", client.pool))
        assert bots.client.get("/v1/contacts").status == 200
        assert bots.status()["script"] == "message"


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('{"version": 1,\n "name": }')
    with pytest.raises(ScriptError, match=r"broken.json: 1 problem\n.*line 2, column 10"):
        open_script(str(tmp_path / "broken.json"))
    with pytest.raises(ScriptError, match="give a JSON file, or one of the names office, support"):
        create_app(Settings(bots="ofice"))
    with pytest.raises(ScriptError, match=r"must be a JSON object, not \[\]"):
        read([], "list.json")


def test_the_client_takes_a_name_a_document_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "message.json"
    file.write_text(json.dumps(ECHO))
    box = MockServer().sandbox("own", clock="frozen")
    for script in ("office", ECHO, file, str(file)):
        name = script if script == "office" else "echo"
        assert box.bots.start(script, seed=7)["script"] == name
    file.write_text("[]")
    with pytest.raises(ValueError, match=r"script: .*message.json must hold a JSON object"):
        box.bots.start(file)
    box.clock.advance(DAY)
    assert box.bots.transcript_text(limit=10).startswith("ECHO\n")


def test_a_start_without_bots_does_not_import_them() -> None:
    code = (
        "import sys; from mockserver import create_app; client = create_app().test_client();"
        "client.get('/v1/contacts', headers={'Authorization': 'Bearer a'});"
        "print([name for name in sys.modules if name.startswith('mockserver.bots')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


def test_faker_is_not_imported_if_unused() -> None:
    code = (
        "import sys; from mockserver import MockServer; box = MockServer(bots='office').default;"
        "box.clock.advance(86400); print(len(box.bots.transcript()) > 100, 'faker' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "True False\n"
