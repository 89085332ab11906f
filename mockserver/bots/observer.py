"""What a cast notes of what others do: the user, through the API, and whoever is simulated."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.bots import responses, visitors
from mockserver.bots.context import BotContext, scene_of
from mockserver.storage.collection import Record
from mockserver.storage.world import Change, World


def follow(company: BotContext, world: World, changes: Iterable[Change]) -> None:
    """Write into the transcript what a request has changed, and have what was said be heard."""
    changes = list(changes)
    gone = {
        before["id"]
        for kind, before, after in changes
        if kind == "conversation" and before is not None and after is None
    }
    for kind, before, after in changes:
        match kind, before, after:
            case "message", None, dict():
                _said(company, world, after)
            case "message", dict(), dict():
                _changed(company, world, before, after)
            case "message", dict(), None if before["conversation_id"] not in gone:
                _observe(company, world, "delete", before)
            case "conversation", dict(), None:
                company.forget_place(before["id"])
            case "conversation", dict(), dict():
                if before["last_opened_at"] != after["last_opened_at"]:
                    company.observe(world, "open", world.user_id, after["id"])
            case "contact", dict(), None:
                company.state.strangers.pop(before["id"], None)
                name = before["display_name"] or before["username"]
                company.state.transcript.add(world.clock.now(), "vanish", before["id"], name)
            case "group", None, dict():
                company.observe(world, "found", world.user_id, after["conversation_id"])
            case "group", dict(), dict():
                _moved(company, world, before, after)


def _said(company: BotContext, world: World, message: Record) -> None:
    company.observe(
        world,
        "message",
        message["contact"],
        message["conversation_id"],
        message["id"],
        message["message"],
    )
    responses.hear(company, world, message)
    visitors.hear(company, world, message)


def _changed(company: BotContext, world: World, before: Record, after: Record) -> None:
    if before["message"] != after["message"]:
        _observe(company, world, "edit", after, after["message"])
    then, now = _reactions(before), _reactions(after)
    for act, names in (("react", now - then), ("unreact", then - now)):
        for username, reaction in sorted(names):
            company.state.transcript.add(
                world.clock.now(),
                act,
                "",
                username,
                conversation_id=after["conversation_id"],
                scene=scene_of(world, after["conversation_id"]),
                message_id=after["id"],
                text=reaction,
            )


def _moved(company: BotContext, world: World, before: Record, after: Record) -> None:
    then, now = before["contacts"], after["contacts"]
    for act, who in [
        *(("join", each) for each in now if each not in then),
        *(("leave", each) for each in then if each not in now and each in world["contact"]),
    ]:
        company.observe(world, act, who, after["conversation_id"])


def _observe(
    company: BotContext, world: World, act: str, message: Record, text: str | None = None
) -> None:
    company.observe(world, act, message["contact"], message["conversation_id"], message["id"], text)


def _reactions(message: Record) -> set[tuple[str, str]]:
    return {
        (username, reaction)
        for entry in message["reactions"]
        for reaction, usernames in entry.items()
        for username in usernames
    }
