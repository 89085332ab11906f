"""Ten thousand hostile requests: each refused in the error object, or right; never a 5xx."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from mockserver.resources.catalogue import Catalogue
from tests.promises.inside import Inside, small_app

REQUESTS = 10_000
PARTS = 8
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
RESOURCES = {each.path: each for each in Catalogue()}

#: What no attribute wants, or what some do and others do not.
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    12.7,
    5.0,
    1e308,
    10**400,
    2**63,
    "",
    "x",
    "\x00",
    "\ud800",
    "💬" * 3,
    "‮abc",
    "a" * 5000,
    "../../etc/passwd",
    "C:\\x\\..",
    "' OR 1=1 --",
    "http://[",
    "http://x:99999/",
    "javascript:alert(1)",
    [],
    [[]],
    [None],
    {},
    {"id": {}},
    [{"id": None}],
    [{"id": "x"}, "y", 3],
    {"": []},
    {"a": {"b": {"c": [{}]}}},
]
WORDS = ["__proto__", "id", "created_at", "contacts[][id]", "a[", "]", "[]", "", "is_mutted", "é"]
TYPES = [
    JSON,
    FORM,
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "text/plain",
    "application/xml",
    "application/json; charset=utf-16",
    "",
    "application/" + "x" * 500,
]


def anything(chance: random.Random, ids: list[str]) -> Any:
    return chance.choice([*VALUES, *ids])


def values(chance: random.Random, path: str, ids: list[str]) -> dict[str, Any]:
    """An object whose names are often right and whose values are seldom."""
    resource = RESOURCES[path]
    names = [*resource.create_body.fields, *resource.update_body.fields, *WORDS]
    return {chance.choice(names): anything(chance, ids) for _ in range(chance.randint(0, 4))}


def form(chance: random.Random, given: dict[str, Any]) -> bytes:
    pairs = []
    for name, value in given.items():
        shape = chance.choice(
            ["{}", "{}[]", "{}[0]", "{}[a]", "{}[][id]", "{}[a][]", "{}[[", "[{}]"]
        )
        text = str(value).encode("utf-8", "surrogatepass")
        pairs.append(shape.format(name).encode() + b"=" + text)
    return chance.choice([b"&", b"&", b";", b"&&"]).join(pairs)


def multipart(chance: random.Random, given: dict[str, Any]) -> bytes:
    parts = []
    for name, value in given.items():
        file = chance.choice(
            ["", '; filename="a/b.txt"', '; filename=""', "; filename*=UTF-8''%ff"]
        )
        head = f'Content-Disposition: form-data; name="{name}"{file}'
        text = f"--b\r\n{head}\r\n\r\n{str(value)[:100]}\r\n"
        parts.append(text.encode("utf-8", "surrogatepass"))
    return b"".join(parts) + chance.choice([b"--b--\r\n", b"--b--", b"", b"--b\r\n"])


def body(chance: random.Random, given: dict[str, Any], type_: str) -> bytes:
    if chance.random() < 0.15:
        return chance.randbytes(chance.randint(0, 300))
    if chance.random() < 0.05:
        return b"[" * 50_000 if chance.random() < 0.5 else b'{"a":' * 50_000
    if "multipart" in type_:
        data = multipart(chance, given)
    elif type_ == FORM:
        data = form(chance, given)
    else:
        data = json.dumps(given).encode()
    if chance.random() < 0.1 and data:  # cut, or one byte wrong
        place = chance.randrange(len(data))
        data = data[:place] + chance.choice([b"", chance.randbytes(1) + data[place + 1 :]])
    return data


def query(chance: random.Random, path: str, ids: list[str]) -> str:
    names = [*RESOURCES[path].query.fields, *WORDS]
    pairs = []
    for _ in range(chance.randint(0, 3)):
        value = str(chance.choice([*VALUES, *ids, "5", "100", "101", "true", "%ff", "+"]))
        text = value.encode("utf-8", "surrogatepass")[:200].decode("latin-1")
        pairs.append(f"{chance.choice(names)}={text}".replace("#", ""))
    return "&".join(pairs)


@pytest.mark.parametrize("part", range(PARTS))
def test_hostile_requests_get_an_error_or_a_right_answer_and_change_nothing(part: int) -> None:
    chance = random.Random(f"hostile {part}")
    inside = Inside(small_app(), f"hostile_{part}")
    known = {
        path: [one["id"] for one in inside("GET", f"/v1/{path}?limit=100").json["data"]]
        for path in RESOURCES
    }
    before = inside.state()
    statuses: set[int] = set()
    for _ in range(REQUESTS // PARTS):
        path = chance.choice(list(RESOURCES))
        ids = known[chance.choice(list(RESOURCES))][:5] or ["x"]
        method = chance.choice(["GET", "POST", "PUT", "PUT", "DELETE", "PATCH", "HEAD", "get"])
        item = f"/{chance.choice([*known[path], 'x', '%2e%2e', '%00', 'é'])}"
        url = f"/v1/{path}{chance.choice(['', item, item, item + '/x'])}"
        type_ = chance.choice(TYPES)
        answer = inside(
            method,
            url,
            query_string=query(chance, path, ids) if chance.random() < 0.5 else "",
            data=body(chance, values(chance, path, ids), type_) if method[0] == "P" else b"",
            content_type=type_,
        )
        statuses.add(answer.status)
        if answer.status >= 400:
            if method != "HEAD":
                answer.refused(answer.status)
            assert answer.status < 500
            after = inside.state()
            assert after == before, (method, url, answer.status)
        elif method != "HEAD":
            check(answer, path)
            before = inside.state()
    assert {200, 400, 404, 405, 415} <= statuses


def check(answer: Any, path: str) -> None:
    """A right answer has the shape that the reference gives it."""
    if answer.status == 204:
        assert answer.data == b""
        return
    shown = answer.json
    for each in shown.get("data", [shown]):
        assert list(each) == list(RESOURCES[path].shape.fields)
        assert RESOURCES[path].shape.load(each).problems == []
