"""Contacts (reference.md, "Contact"); for deletions see test_deletions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.server import Server
    from tests.contract.conftest import Api

NOW = 705106800
LINNIE, FRANK = "inEIRvzjC6YLMX3o", "WAz8eIbvDR60rouK"
DIRECT, FAMILY = "xgQQXg3hrtjh7AvZ", "s4WycXedwhQrEFuM"
EMBEDDED = ("id", "username", "phone_number", "avatar_url", "last_active_at", "created_at")


def embedded(contact: Any) -> Any:
    return {name: contact[name] for name in EMBEDDED}


def test_new_contact_has_given_values_and_null_elsewhere(client: Api) -> None:
    created = client.create("contacts", username="Gus", phone_number="1")
    assert created == {
        "id": created["id"],
        "username": "Gus",
        "phone_number": "1",
        "avatar_url": None,
        "display_name": None,
        "conversation_id": created["conversation_id"],
        "last_active_at": None,
        "created_at": NOW + 1,
    }
    values = {"avatar_url": "https://a.example/gus.png", "display_name": "Polka King"}
    created = client.create("contacts", username="Gus", phone_number="1", **values)
    assert {name: created[name] for name in values} == values


def test_creating_a_contact_creates_the_conversation_with_it(client: Api) -> None:
    before = client.ids("/v1/conversations")
    created = client.contact()
    assert client.ids("/v1/conversations") == [created["conversation_id"], *before]
    assert client.retrieve("conversations", created["conversation_id"]) == {
        "id": created["conversation_id"],
        "contact_id": created["id"],
        "group_id": None,
        "pinned_message_id": None,
        "is_pinned": False,
        "is_muted": False,
        "last_active_at": None,
        "last_opened_at": None,
        "created_at": created["created_at"],
        "archived_at": None,
    }


def test_usernames_need_not_be_unique(client: Api) -> None:
    first, second = client.contact("Gus"), client.contact("Gus")
    assert first["id"] != second["id"]
    assert first["conversation_id"] != second["conversation_id"]
    assert client.contact("LinnieMcCallister")["id"] != LINNIE


@pytest.mark.parametrize(
    "url",
    [
        "",
        "frank.jpg",
        "/frank.jpg",
        "//a.example",
        "ftp://a.example/x",
        "javascript:alert(1)",
        "data:,x",
        "http:",
        "http:a.example",
        "https://",
        "http:///x",
        "http://a:port/",
        "http://[",
        "http://a.example/a b",
        "http://a/\n",
    ],
)
def test_an_avatar_url_is_an_http_url(client: Api, url: str) -> None:
    values = {"username": "Gus", "phone_number": "1", "avatar_url": url}
    client.post("/v1/contacts", json=values).refused(400, "avatar_url")


@pytest.mark.parametrize(
    "url", ["http://a", "https://a.example:8080/x?y=%20#z", "HTTPS://A/", None]
)
def test_an_avatar_url_is_kept_as_it_was_sent(client: Api, url: str | None) -> None:
    assert client.contact(avatar_url=url)["avatar_url"] == url


def test_only_the_display_name_can_be_updated(client: Api) -> None:
    assert client.change("contacts", FRANK, display_name="Uncle")["display_name"] == "Uncle"
    assert client.change("contacts", FRANK, display_name=None)["display_name"] is None
    for name in ("username", "phone_number", "avatar_url", "conversation_id", "last_active_at"):
        present = client.retrieve("contacts", FRANK)[name]
        client.put(f"/v1/contacts/{FRANK}", json={name: present}).refused(400, name)


def test_messages_are_sent_as_the_authenticated_user(client: Api) -> None:
    assert client.send(DIRECT)["contact"]["id"] == LINNIE
    assert client.send(client.group()["conversation_id"])["contact"]["id"] == LINNIE


def test_the_authenticated_user_can_be_updated_but_not_deleted(client: Api) -> None:
    assert client.change("contacts", LINNIE, display_name="Me")["display_name"] == "Me"
    before = client.walk("/v1/messages")
    client.delete(f"/v1/contacts/{LINNIE}").refused(409, "authenticated user")
    assert client.exists("contacts", LINNIE)
    assert client.walk("/v1/messages") == before


def test_an_embedded_contact_shows_its_present_state(client: Api) -> None:
    # Of the embedded attributes, only last_active_at can change.
    old = client.send(DIRECT, "old")
    group = client.group(contacts=[LINNIE, FRANK])
    client.send(DIRECT, "new")
    linnie = client.retrieve("contacts", LINNIE)
    assert linnie["last_active_at"] > old["contact"]["last_active_at"]
    assert client.retrieve("messages", old["id"])["contact"] == embedded(linnie)
    assert client.retrieve("groups", group["id"])["contacts"][0] == embedded(linnie)
    listed = client.walk(f"/v1/messages?conversation_id={DIRECT}")
    embedded_users = [item["contact"] for item in listed if item["contact"]["id"] == LINNIE]
    assert embedded_users == [embedded(linnie)] * len(embedded_users)


def test_embedded_contacts_in_fixtures_match_the_contacts(client: Api) -> None:
    contacts = {contact["id"]: embedded(contact) for contact in client.walk("/v1/contacts")}
    for group in client.walk("/v1/groups"):
        assert group["contacts"] == [contacts[member["id"]] for member in group["contacts"]]
    senders = [message["contact"] for message in client.walk("/v1/messages")]
    known = [sender for sender in senders if sender["id"] in contacts]
    assert known == [contacts[sender["id"]] for sender in known]
    assert len(known) > 200


def test_active_filter_includes_contacts_once_active(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    linnie = {"id": LINNIE, "username": "Linnie", "phone_number": "1", "created_at": 5}
    fixtures = {"version": 1, "now": NOW, "user": LINNIE, "contacts": [linnie]}
    client = client_of(serve(fixtures=fixtures))
    gus = client.contact()
    assert client.ids("/v1/contacts?active=true") == []
    assert client.ids("/v1/contacts?active=false") == [gus["id"], LINNIE]
    client.send(gus["conversation_id"])
    assert client.ids("/v1/contacts?active=true") == [LINNIE]
