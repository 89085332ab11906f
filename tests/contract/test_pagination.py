"""Pages and cursors (reference.md, "Pagination")."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.settings import Settings

if TYPE_CHECKING:
    from mockserver.server import Server
    from tests.contract.conftest import Api

KINDS = ("contacts", "conversations", "groups", "messages", "attachments")


def ids(page: Any) -> list[str]:
    return [record["id"] for record in page["data"]]


@pytest.fixture
def fifteen(empty: Api) -> list[str]:
    """The ids of fifteen groups, latest first: all groups of the sandbox."""
    return [empty.group(f"group {n}")["id"] for n in range(15)][::-1]


def test_default_limit_is_ten(empty: Api, fifteen: list[str]) -> None:
    page = empty.get("/v1/groups").json
    assert (ids(page), page["has_more"]) == (fifteen[:10], True)


@pytest.mark.parametrize("limit", [1, 2, 14, 15, 16, 100])
def test_page_respects_limit_and_sets_has_more(empty: Api, fifteen: list[str], limit: int) -> None:
    page = empty.get(f"/v1/groups?limit={limit}").json
    assert (ids(page), page["has_more"]) == (fifteen[:limit], limit < 15)


@pytest.mark.parametrize(
    "limit", ["0", "101", "-1", "", "ten", "1.0", "1.5", "1e1", "+5", " 5", "0x5", "9" * 30, "%FF"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_invalid_limit_is_rejected(client: Api, kind: str, limit: str) -> None:
    texts = ("UTF-8",) if limit == "%FF" else ("limit", "1 to 100")
    client.get(f"/v1/{kind}?limit={limit.replace('+', '%2B')}").refused(400, *texts)


def test_an_empty_collection_is_an_empty_page(empty: Api) -> None:
    assert empty.get("/v1/groups").json == {"has_more": False, "data": []}


@pytest.mark.parametrize("limit", [1, 4, 14, 15])
@pytest.mark.parametrize("index", [0, 1, 7, 13, 14])
def test_starting_after_returns_the_following_page(
    empty: Api, fifteen: list[str], index: int, limit: int
) -> None:
    page = empty.get(f"/v1/groups?starting_after={fifteen[index]}&limit={limit}").json
    following = fifteen[index + 1 :]
    assert (ids(page), page["has_more"]) == (following[:limit], len(following) > limit)


@pytest.mark.parametrize("limit", [1, 4, 14, 15])
@pytest.mark.parametrize("index", [0, 1, 7, 13, 14])
def test_ending_before_returns_the_preceding_page(
    empty: Api, fifteen: list[str], index: int, limit: int
) -> None:
    page = empty.get(f"/v1/groups?ending_before={fifteen[index]}&limit={limit}").json
    preceding = fifteen[:index]
    # has_more looks in the direction of travel: towards the latest.
    assert (ids(page), page["has_more"]) == (preceding[-limit:], len(preceding) > limit)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limit", [3, 7])
def test_paging_either_way_returns_every_object_once(client: Api, kind: str, limit: int) -> None:
    expected = client.ids(f"/v1/{kind}")
    assert len(set(expected)) == len(expected)
    assert [record["id"] for record in client.walk(f"/v1/{kind}", limit)] == expected
    page = client.get(f"/v1/{kind}?ending_before={expected[-1]}&limit={limit}").json
    up = ids(page)
    while page["has_more"]:
        page = client.get(f"/v1/{kind}?ending_before={up[0]}&limit={limit}").json
        up = ids(page) + up
    assert up == expected[:-1]


def test_order_is_by_creation_not_by_clock(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    # In a fixture document, the order of creation is the order of the entries.
    contacts = [
        {"id": f"{name}" * 16, "username": name, "phone_number": "1", "created_at": created_at}
        for name, created_at in (("a", 300), ("b", 100), ("c", 200), ("d", 100))
    ]
    fixtures = {"version": 1, "now": 50, "user": "a" * 16, "contacts": contacts}
    for clock in ("step", "frozen"):
        client = client_of(serve(Settings(clock=clock), fixtures))
        created = [client.contact(name)["id"] for name in "efg"]
        expected = [*created[::-1], "d" * 16, "c" * 16, "b" * 16, "a" * 16]
        assert client.ids("/v1/contacts") == expected


def test_an_update_does_not_move_an_object(client: Api) -> None:
    before = client.ids("/v1/conversations")
    for record_id in before[5:8]:
        client.change("conversations", record_id, is_muted=True, is_pinned=True)
        client.send(record_id)
    assert client.ids("/v1/conversations") == before


@pytest.mark.parametrize("kind", KINDS)
def test_both_cursors_at_once_are_rejected(client: Api, kind: str) -> None:
    first, second = client.ids(f"/v1/{kind}")[:2]
    for query in (
        f"starting_after={first}&ending_before={second}",
        f"starting_after={first}&ending_before={first}",
    ):
        client.get(f"/v1/{kind}?{query}").refused(400, "starting_after", "ending_before")


@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
@pytest.mark.parametrize("kind", KINDS)
def test_unknown_cursor_is_rejected(client: Api, kind: str, cursor: str) -> None:
    known = client.ids(f"/v1/{kind}")[0]
    for value in ("nobody", "0123456789abcdef", ""):
        client.get(f"/v1/{kind}?{cursor}={value}").refused(400, cursor, value)
    near = client.get(f"/v1/{kind}?{cursor}={known.swapcase()}")
    near.refused(400, cursor, known.swapcase(), f"'{known}'")
    client.remove(kind, known)
    client.get(f"/v1/{kind}?{cursor}={known}").refused(400, cursor, known)


@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
def test_cursor_of_another_collection_is_rejected(client: Api, cursor: str) -> None:
    message = client.ids("/v1/messages")[0]
    client.get(f"/v1/contacts?{cursor}={message}").refused(400, cursor, message)


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("limt=5", ["unknown parameter 'limt'", "did you mean 'limit'?"]),
        ("startingAfter=x", ["unknown parameter 'startingAfter'", "'starting_after'"]),
        ("page=2", ["unknown parameter 'page'"]),
        ("limit=5&limit=5", ["limit", "more than once"]),
        ("limit[]=5", ["unknown parameter 'limit[]'", "'limit'"]),
        ("starting_after=a&starting_after=b", ["starting_after", "more than once"]),
        ("limit=0&page=2&ending_before=no", ["limit", "'page'", "ending_before"]),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_all_invalid_parameters_are_reported_at_once(
    client: Api, kind: str, query: str, texts: list[str]
) -> None:
    client.get(f"/v1/{kind}?{query}").refused(400, *texts)


def test_only_repeated_parameters_are_reported(client: Api) -> None:
    response = client.get("/v1/contacts?active=true&limit=5&limit=5").refused(400, "limit")
    assert "active" not in response.json["message"]


def test_paging_during_writes_neither_repeats_nor_skips(empty: Api) -> None:
    groups = [empty.group(f"{n}")["id"] for n in range(30)]
    stayed = set(groups)
    walked: list[str] = []
    index = ""
    while True:
        page = empty.get(f"/v1/groups?limit=4{index}").json
        walked += ids(page)
        # Other writers create, change and delete before and after the cursor.
        empty.group("late")
        empty.change("groups", walked[0], archived_at=5)
        for to_delete in {groups[len(walked) // 2], groups[-len(walked)]} - {walked[-1]}:
            if to_delete in stayed:
                empty.remove("groups", to_delete)
                stayed.discard(to_delete)
        if not page["has_more"]:
            break
        index = f"&starting_after={walked[-1]}"
    assert len(walked) == len(set(walked))
    assert stayed <= set(walked)
    assert 8 < len(stayed) < 30
