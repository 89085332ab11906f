"""`mockserver simulate`: the other side of the conversation, in a running server."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from mockserver.cli.running import control, only_one, sandbox_option, token_option, url_option

EXITS = "Exit codes: 0 done, 1 refused, or no mockserver answers, 2 usage."


@click.group(epilog=EXITS)
def simulate() -> None:
    """Act as the other side: as a contact, or as the user in another client.

    A CONTACT is named by id or by username. The object that the act leaves is printed as JSON.
    """


def act(command: Callable[..., dict[str, Any]]) -> click.Command:
    """A command that does what the body that ``command`` makes says, under its name."""

    @url_option
    @token_option
    @sandbox_option
    @wraps(command)
    def done(url: str, token: tuple[str, ...], sandbox: str | None, **values: Any) -> None:
        from mockserver.client.control import without_none

        body = without_none(**command(**values))
        with control(url, token, sandbox) as ask:
            shown = ask.request("POST", f"/simulate/{name}", body)
        click.echo(json.dumps(shown))

    name = command.__name__.rstrip("_")
    return simulate.command(name, epilog=EXITS)(done)


from_option = click.option("--from", "from_", metavar="CONTACT", required=True, help="Who does it.")
attachment_option = click.option(
    "--attachment", metavar="ID", multiple=True, help="An attachment that is free; repeatable."
)
file_option = click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A file to attach; repeatable.",
)


@act
@click.argument("text", default="")
@from_option
@click.option("--conversation", metavar="ID", help="Where; the one with the contact if not given.")
@attachment_option
@file_option
def message(
    text: str,
    from_: str,
    conversation: str | None,
    attachment: tuple[str, ...],
    file: tuple[Path, ...],
) -> dict[str, Any]:
    """A contact sends a message. TEXT may be left out where it has attachments."""
    return {
        "from": from_,
        "conversation_id": conversation,
        "message": text,
        "attachments": _attachments(attachment, file),
    }


@act
@click.argument("message")
@click.argument("text", required=False)
@attachment_option
@file_option
def edit(
    message: str, text: str | None, attachment: tuple[str, ...], file: tuple[Path, ...]
) -> dict[str, Any]:
    """The contact who sent MESSAGE, an id, changes it: its TEXT, its attachments, or both."""
    attachments = _attachments(attachment, file)
    return {"message_id": message, "message": text, "attachments": attachments}


@act
@click.argument("message")
def delete(message: str) -> dict[str, Any]:
    """The contact who sent MESSAGE, an id, deletes it."""
    return {"message_id": message}


@act
@click.argument("message")
@click.argument("reaction")
@from_option
def react(message: str, reaction: str, from_: str) -> dict[str, Any]:
    """A contact reacts to MESSAGE, an id."""
    return {"from": from_, "message_id": message, "reaction": reaction}


@act
@click.argument("message")
@click.argument("reaction")
@from_option
def unreact(message: str, reaction: str, from_: str) -> dict[str, Any]:
    """A contact takes a reaction to MESSAGE, an id, back."""
    return {"from": from_, "message_id": message, "reaction": reaction}


@act
@from_option
@click.option("--conversation", metavar="ID", help="All of it.")
@click.option("--message", metavar="ID", help="All up to it.")
def read(from_: str, conversation: str | None, message: str | None) -> dict[str, Any]:
    """A contact reads what the user said."""
    only_one("conversation", "message")
    return {"from": from_, "conversation_id": conversation, "message_id": message}


@act
@click.argument("contact")
def active(contact: str) -> dict[str, Any]:
    """CONTACT comes active."""
    return {"contact": contact}


@act
@click.argument("contact")
@click.argument("group")
def join(contact: str, group: str) -> dict[str, Any]:
    """CONTACT joins GROUP, an id."""
    return {"contact": contact, "group_id": group}


@act
@click.argument("contact")
@click.argument("group")
def leave(contact: str, group: str) -> dict[str, Any]:
    """CONTACT leaves GROUP, an id."""
    return {"contact": contact, "group_id": group}


@act
@click.argument("conversation")
def open_(conversation: str) -> dict[str, Any]:
    """The user opens CONVERSATION, an id, in another client."""
    return {"conversation_id": conversation}


def _attachments(ids: tuple[str, ...], files: tuple[Path, ...]) -> list[Any] | None:
    sent = [
        {"filename": path.name, "content": b64encode(path.read_bytes()).decode()} for path in files
    ]
    return [*ids, *sent] or None
