"""`mockserver simulate`: act as other contacts in a running server."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from mockserver.cli.running import (
    control_api,
    reject_both,
    sandbox_option,
    token_option,
    url_option,
)

EXITS = "Exit codes: 0 done, 1 an error response or no mockserver running, 2 usage."


@click.group(epilog=EXITS)
def simulate() -> None:
    """Act as another contact, or as the user in another client.

    CONTACT is an id or a username. Prints the resulting object as JSON.
    """


def action(command: Callable[..., dict[str, Any]]) -> click.Command:
    """Return a command that posts the body that ``command`` returns to the action of its name."""

    @url_option
    @token_option
    @sandbox_option
    @wraps(command)
    def post(url: str, token: tuple[str, ...], sandbox: str | None, **values: Any) -> None:
        from mockserver.client.control import without_none

        body = without_none(**command(**values))
        with control_api(url, token, sandbox) as api:
            click.echo(json.dumps(api.request("POST", f"/simulate/{name}", body)))

    name = command.__name__.rstrip("_")
    return simulate.command(name, epilog=EXITS)(post)


from_option = click.option(
    "--from", "from_", metavar="CONTACT", required=True, help="Act as this contact."
)
attachment_option = click.option(
    "--attachment", metavar="ID", multiple=True, help="Attach this unused attachment; repeatable."
)
file_option = click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Attach this file; repeatable.",
)


@action
@click.argument("text", default="")
@from_option
@click.option(
    "--conversation",
    metavar="ID",
    help="Send to this conversation. Default: the conversation with the contact.",
)
@attachment_option
@file_option
def message(
    text: str,
    from_: str,
    conversation: str | None,
    attachment: tuple[str, ...],
    file: tuple[Path, ...],
) -> dict[str, Any]:
    """Send a message from a contact. TEXT is optional with an attachment."""
    return {
        "from": from_,
        "conversation_id": conversation,
        "message": text,
        "attachments": _attachments(attachment, file),
    }


@action
@click.argument("message", metavar="MESSAGE_ID")
@click.argument("text", required=False)
@attachment_option
@file_option
def edit(
    message: str, text: str | None, attachment: tuple[str, ...], file: tuple[Path, ...]
) -> dict[str, Any]:
    """Edit a contact's message: its TEXT, its attachments, or both."""
    attachments = _attachments(attachment, file)
    return {"message_id": message, "message": text, "attachments": attachments}


@action
@click.argument("message", metavar="MESSAGE_ID")
def delete(message: str) -> dict[str, Any]:
    """Delete a contact's message."""
    return {"message_id": message}


@action
@click.argument("message", metavar="MESSAGE_ID")
@click.argument("reaction")
@from_option
def react(message: str, reaction: str, from_: str) -> dict[str, Any]:
    """Add a contact's reaction to a message."""
    return {"from": from_, "message_id": message, "reaction": reaction}


@action
@click.argument("message", metavar="MESSAGE_ID")
@click.argument("reaction")
@from_option
def unreact(message: str, reaction: str, from_: str) -> dict[str, Any]:
    """Remove a contact's reaction from a message."""
    return {"from": from_, "message_id": message, "reaction": reaction}


@action
@from_option
@click.option("--conversation", metavar="ID", help="Mark all of this conversation.")
@click.option("--message", metavar="ID", help="Mark all messages up to this one.")
def read(from_: str, conversation: str | None, message: str | None) -> dict[str, Any]:
    """Mark the user's messages as read by a contact."""
    reject_both("conversation", "message")
    return {"from": from_, "conversation_id": conversation, "message_id": message}


@action
@click.argument("contact")
def active(contact: str) -> dict[str, Any]:
    """Mark CONTACT as active now."""
    return {"contact": contact}


@action
@click.argument("contact")
@click.argument("group", metavar="GROUP_ID")
def join(contact: str, group: str) -> dict[str, Any]:
    """Add CONTACT to a group."""
    return {"contact": contact, "group_id": group}


@action
@click.argument("contact")
@click.argument("group", metavar="GROUP_ID")
def leave(contact: str, group: str) -> dict[str, Any]:
    """Remove CONTACT from a group."""
    return {"contact": contact, "group_id": group}


@action
@click.argument("conversation", metavar="CONVERSATION_ID")
def open_(conversation: str) -> dict[str, Any]:
    """Open a conversation as the user in another client."""
    return {"conversation_id": conversation}


def _attachments(ids: tuple[str, ...], files: tuple[Path, ...]) -> list[Any] | None:
    uploads = [
        {"filename": path.name, "content": b64encode(path.read_bytes()).decode()} for path in files
    ]
    return [*ids, *uploads] or None
