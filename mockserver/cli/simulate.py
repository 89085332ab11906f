"""`mockserver simulate`: act as other contacts in a running server."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import click

from mockserver.cli import SuggestingGroup
from mockserver.cli.running import EXITS, post, reject_both, server_options

CONTACT = click.Argument(["contact"])
CONVERSATION_ID = click.Argument(["conversation_id"])
GROUP_ID = click.Argument(["group_id"])
MESSAGE_ID = click.Argument(["message_id"])
REACTION = click.Argument(["reaction"])
FROM = click.Option(["--from"], metavar="CONTACT", required=True, help="Act as this contact.")
ATTACHMENTS = [
    click.Option(
        ["--attachment"],
        metavar="ID",
        multiple=True,
        help="Attach the upload with this id. Repeatable.",
    ),
    click.Option(
        ["--file"],
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        multiple=True,
        help="Upload and attach this file. Repeatable.",
    ),
]


def _conversation(help_text: str) -> click.Option:
    return click.Option(["conversation_id", "--conversation"], metavar="ID", help=help_text)


#: Name, help text and parameters of each action. A parameter has the name of its body attribute.
ACTIONS: list[tuple[str, str, list[click.Parameter]]] = [
    (
        "message",
        "Send a message from a contact. TEXT is optional with an attachment.",
        [
            click.Argument(["message"], metavar="[TEXT]", default=""),
            FROM,
            _conversation("Send to this conversation. Default: the conversation with the contact."),
            *ATTACHMENTS,
        ],
    ),
    (
        "edit",
        "Edit a contact's message: its TEXT, its attachments, or both.",
        [MESSAGE_ID, click.Argument(["message"], metavar="[TEXT]", required=False), *ATTACHMENTS],
    ),
    ("delete", "Delete a contact's message.", [MESSAGE_ID]),
    ("react", "Add a contact's reaction to a message.", [MESSAGE_ID, REACTION, FROM]),
    ("unreact", "Remove a contact's reaction from a message.", [MESSAGE_ID, REACTION, FROM]),
    (
        "read",
        "Mark the user's messages as read by a contact.",
        [
            FROM,
            _conversation("Mark all messages of this conversation."),
            click.Option(
                ["message_id", "--message"],
                metavar="ID",
                help="Mark the messages up to this message.",
            ),
        ],
    ),
    ("active", "Mark CONTACT as active now.", [CONTACT]),
    ("join", "Add CONTACT to a group.", [CONTACT, GROUP_ID]),
    ("leave", "Remove CONTACT from a group.", [CONTACT, GROUP_ID]),
    ("open", "Open a conversation as the user in another client.", [CONVERSATION_ID]),
]


@click.group(cls=SuggestingGroup, epilog=EXITS)
def simulate() -> None:
    """Act as another contact, or as the user in another client.

    CONTACT is an id or a username. Each command prints the resulting object as JSON.
    """


def _add_command(name: str, help_text: str, parameters: list[click.Parameter]) -> None:
    @simulate.command(name, params=parameters, help=help_text, epilog=EXITS)
    @server_options
    def act(
        url: str,
        token: tuple[str, ...],
        sandbox: str | None,
        attachment: tuple[str, ...] = (),
        file: tuple[Path, ...] = (),
        **values: Any,
    ) -> None:
        from mockserver.client.control import without_none

        reject_both("conversation_id", "message_id")
        files = [
            {"filename": path.name, "content": b64encode(path.read_bytes()).decode()}
            for path in file
        ]
        body = without_none(attachments=[*attachment, *files] or None, **values)
        click.echo(json.dumps(post(f"/simulate/{name}", body, url, token, sandbox)))


for action in ACTIONS:
    _add_command(*action)
