"""Contacts (reference, "Contact")."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.checks.api.api_client import ConformanceClient
from mockserver.checks.api.check import Check, same
from mockserver.checks.api.rows import DECIDED, DOCUMENTED

CREATE, UPDATE = "POST /contacts", "PUT /contacts/:id"


def checks() -> Iterator[Check]:
    for where, rule, run, basis in (
        (CREATE, "the conversation with the contact is made too", _conversation, DOCUMENTED),
        (CREATE, "what is not given is null", _nulls, DOCUMENTED),
        (CREATE, "a username that is there already is taken", _same_username, DECIDED),
        (UPDATE, "display_name may be null", _display_name, DOCUMENTED),
        ("GET /contacts/:id", "the authenticated user is one", _user, DECIDED),
    ):
        yield Check(where, rule, run, basis)


def _conversation(bench: ConformanceClient) -> None:
    bench.home(bench.contact(), "contact_id")


def _nulls(bench: ConformanceClient) -> None:
    made = bench.contact()
    for name in ("avatar_url", "display_name", "last_active_at"):
        same(name, made[name], None)


def _same_username(bench: ConformanceClient) -> None:
    name = bench.name()
    first, second = bench.contact(username=name), bench.contact(username=name)
    same("whether it is another contact", first.id != second.id, True)


def _display_name(bench: ConformanceClient) -> None:
    made = bench.contact(display_name="Buzz")
    same("display_name", made["display_name"], "Buzz")
    same(
        "display_name",
        bench.update("contacts", made.id, {"display_name": None})["display_name"],
        None,
    )


def _user(bench: ConformanceClient) -> None:
    _, [message] = bench.messages(1)
    sender = bench.retrieve("messages", message)["contact"]
    same("the sender's id", bench.retrieve("contacts", sender["id"]).id, sender["id"])
