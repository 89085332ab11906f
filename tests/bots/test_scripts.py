"""The format of a script: those that are shipped keep to it, and what is wrong is told."""

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
    ScriptError,
    names,
    open_script,
    read,
    schema_text,
    shipped,
)
from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.web.app import create_app
from tests.bots.conftest import DAY, ECHO, Theatre

SCRIPTS = Path(__file__).parents[2] / "mockserver" / "bots" / "scripts"
PERSON = ECHO["people"][0]
QUEUE = {"names": ["Ada"], "problems": [{"openings": ["Hello."]}]}


def of(**person: Any) -> dict[str, Any]:
    """A script with one person who is like this."""
    return {**ECHO, "people": [{**PERSON, **person}]}


#: Scripts that are wrong, and what is said of each; those that JSON Schema can tell come first.
WRONG: dict[str, tuple[Any, str]] = {
    "no version": ({**ECHO, "version": 2}, "version: must be an integer from 1 to 1, not 2"),
    "no name": ({"version": 1, "people": [PERSON]}, "name: is required"),
    "an unknown section": ({**ECHO, "peple": []}, "'peple'; did you mean 'people'?"),
    "an unknown attribute": (
        of(mesages_per_hour=1),
        "people[0]: unknown attribute 'mesages_per_hour'; did you mean 'messages_per_hour'?",
    ),
    "no username": ({**ECHO, "people": [{"lines": ["A"]}]}, "people[0].username: is required"),
    "no lines": ({**ECHO, "people": [{"username": "A"}]}, "people[0].lines: is required"),
    "empty lines": (of(lines=[]), "people[0].lines: must be an array of strings"),
    "an empty line": (of(lines=["A", ""]), "people[0].lines[1]: may not be empty"),
    "lines that are a string": (
        of(lines="A"),
        'people[0].lines: must be an array of lines, or {"faker"',
    ),
    "an unknown faker": (of(lines={"faker": "poem"}), "people[0].lines.faker: must be one of"),
    "too many messages": (
        of(messages_per_hour=241),
        "people[0].messages_per_hour: must be a number from 0 to 240",
    ),
    "no probability": (of(reacts=1.1), "people[0].reacts: must be a number from 0 to 1, not 1.1"),
    "one time": (of(awake=["08:00"]), "people[0].awake: must be two different times of day"),
    "not a time": (of(awake=["8:00", "22:00"]), 'such as ["08:00", "22:30"]'),
    "not an hour": (of(awake=["08:00", "24:30"]), "people[0].awake: must be two different times"),
    "not a URL": (of(avatar_url="me.jpg"), "people[0].avatar_url: must be an http or https URL"),
    "not a span": (
        of(answers={"after_seconds": [9]}),
        "answers.after_seconds: must be two integers",
    ),
    "text in a span": (of(answers={"after_seconds": ["1", 2]}), "from 0 to 86400, the smaller"),
    "an unknown answer": (of(answers={"question": 1}), "did you mean 'questions'?"),
    "a reply without lines": (
        of(replies=[{"contains": ["a"]}]),
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
BEYOND_SCHEMA: dict[str, tuple[Any, str]] = {
    "the same time twice": (of(awake=["08:00", "08:00"]), "must be two different times of day"),
    "from midnight to midnight": (of(awake=["24:00", "00:00"]), "must be two different times of"),
    "a reversed span": (of(answers={"after_seconds": [9, 1]}), "the smaller first, not [9, 1]"),
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
    "an unknown placeholder": (of(lines=["Hi {nmae}"]), "lines[0]: unknown placeholder '{nmae}'"),
    "an open brace": (of(lines=["Hi {name"]), "people[0].lines[0]: unbalanced or nested braces"),
    "a brace in a brace": (
        of(lines=["{a|{b|c}}"]),
        "people[0].lines[0]: unbalanced or nested braces",
    ),
    "a bad reply": (of(replies=[{"say": ["{}"]}]), "replies[0].say[0]: unknown placeholder '{}'"),
    "a bad reminder": (
        {**ECHO, "queue": {**QUEUE, "reminders": ["{x}"]}},
        "queue.reminders[0]: unknown placeholder '{x}'; write {name} or {yes|no}",
    ),
    "a bad opening": (
        {**ECHO, "queue": {**QUEUE, "problems": [{"openings": ["}"]}]}},
        "queue.problems[0].openings[0]: unbalanced or nested braces",
    ),
}
ALL = {**WRONG, **BEYOND_SCHEMA}


@pytest.fixture(scope="module")
def accepts() -> Callable[[Any], bool]:
    schema = json.loads((SCRIPTS / "schema.json").read_text(encoding="utf-8"))
    jsonschema_rs.meta.validate(schema)
    return jsonschema_rs.validator_for(schema).is_valid


def test_the_schema_that_is_shipped_is_the_one_that_follows_from_the_code() -> None:
    command = [sys.executable, "-m", "mockserver.bots.script_format"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout.decode() == schema_text()
    told = "python -m mockserver.bots.script_format > mockserver/bots/scripts/schema.json"
    assert (SCRIPTS / "schema.json").read_bytes() == done.stdout, told


@pytest.mark.parametrize("name", names())
def test_what_is_shipped_names_the_schema_and_keeps_to_it(
    name: str, accepts: Callable[[Any], bool]
) -> None:
    document = shipped(name)
    assert document["$schema"] == "./schema.json"
    assert document["name"] == name
    assert accepts(document)


def test_two_scripts_are_shipped_and_told_whole(theatre: Theatre) -> None:
    told = theatre.ask("GET", "/bots/scripts")["data"]
    assert [each["name"] for each in told] == names() == ["office", "support-queue"]
    assert told == [json.loads((SCRIPTS / f"{name}.json").read_bytes()) for name in names()]


@pytest.mark.parametrize("what", ALL)
def test_a_script_that_is_wrong_is_refused_with_the_path_and_changes_nothing(
    what: str, theatre: Theatre
) -> None:
    document, said = ALL[what]
    theatre.put_on(ECHO)
    before = theatre.state(), theatre.cast()
    answer = theatre.client.put("/_sandbox/bots", json={"script": document})
    answer.refused(400, said, "script")
    assert (theatre.state(), theatre.cast()) == before


@pytest.mark.parametrize("what", ALL)
def test_a_file_that_is_wrong_is_told_with_the_same_path(what: str) -> None:
    document, said = ALL[what]
    with pytest.raises(ScriptError) as caught:
        read(document, "mine.json")
    assert str(caught.value).startswith("mine.json: ")
    assert said in str(caught.value)


@pytest.mark.parametrize("what", WRONG)
def test_the_schema_refuses_what_is_refused(what: str, accepts: Callable[[Any], bool]) -> None:
    assert not accepts(WRONG[what][0])
    assert accepts(ECHO)


def test_all_problems_are_told_at_once(theatre: Theatre) -> None:
    people = [{"username": "", "lines": [5]}, {"usernmae": "A", "lines": []}]
    answer = theatre.client.put("/_sandbox/bots", json={"script": {**ECHO, "people": people}})
    answer.refused(
        400,
        "script.people[0].username: may not be empty",
        "script.people[0].lines[0]: must be an array of strings, not 5",
        "script.people[1]: unknown attribute 'usernmae'",
        "script.people[1].lines: must be",
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "script: is required"),
        ({"script": "offic"}, "script: must be a script, or the name of one: office, support-q"),
        ({"script": "./office.json"}, "script: must be a script, or the name of one"),
        ({"script": 5}, "not 5"),
        ({"script": "office", "sed": "7"}, "unknown attribute 'sed'; did you mean 'seed'?"),
        ({"script": "office", "seed": 7}, "seed: must be a string, not 7"),
    ],
)
def test_a_name_is_looked_up_and_never_opened_as_a_file(
    body: Any, said: str, theatre: Theatre
) -> None:
    theatre.client.put("/_sandbox/bots", json=body).refused(400, said)
    theatre.ask("GET", "/bots", 404)


def test_a_script_may_be_as_small_as_this(theatre: Theatre) -> None:
    small = {"version": 1, "name": "small", "people": [{"username": "A", "lines": ["Hm."]}]}
    theatre.put_on(small)
    theatre.advance(DAY)
    assert len(theatre.acts("message")) > 10


def test_a_queue_alone_is_enough(theatre: Theatre) -> None:
    theatre.put_on({"version": 1, "name": "queue", "queue": QUEUE})
    theatre.advance(DAY)
    assert theatre.acts("join_queue")


def test_a_file_is_read_for_the_whole_server(
    tmp_path: Path, serve: Callable[..., Server], client: Any
) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({**ECHO, "name": "mine"}))
    server = serve(Settings(bots=str(file)))
    for name in ("one", "two"):
        theatre = Theatre(type(client)(server.url, f"sandbox_{name}", client.pool))
        assert theatre.client.get("/v1/contacts").status == 200
        assert theatre.cast()["script"] == "mine"


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('{"version": 1,\n "name": }')
    with pytest.raises(ScriptError, match=r"broken.json: 1 problem\n.*line 2, column 10"):
        open_script(str(tmp_path / "broken.json"))
    with pytest.raises(ScriptError, match="give a JSON file, or one of the names office, support"):
        create_app(Settings(bots="ofice"))
    with pytest.raises(ScriptError, match=r"must be a JSON object, not \[\]"):
        read([], "list.json")


def test_the_handle_takes_a_name_a_document_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(ECHO))
    box = MockServer().sandbox("own", clock="frozen")
    for script in ("office", ECHO, file, str(file)):
        name = script if script == "office" else "echo"
        assert box.start_bots(script, seed=7)["script"] == name
    file.write_text("[]")
    with pytest.raises(ValueError, match=r"script: .*mine.json holds no JSON object"):
        box.start_bots(file)
    box.advance(DAY)
    assert box.transcript_text(limit=10).startswith("ECHO\n")


def test_a_start_without_a_cast_imports_none_of_it() -> None:
    code = (
        "import sys; from mockserver import create_app; client = create_app().test_client();"
        "client.get('/v1/contacts', headers={'Authorization': 'Bearer a'});"
        "print([name for name in sys.modules if name.startswith('mockserver.bots')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


def test_a_cast_that_needs_no_faker_imports_none() -> None:
    code = (
        "import sys; from mockserver import MockServer; box = MockServer(bots='office').default;"
        "box.advance(86400); print(len(box.transcript()) > 100, 'faker' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "True False\n"
