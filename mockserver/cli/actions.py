"""`mockserver simulate`, `trigger` and `events`: act in a running server."""

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from mockserver.cli import SuggestingGroup
from mockserver.cli.exits import FAILED, fail
from mockserver.cli.running import find_server, reject_both, server_options

EXITS = "Exit codes: 0 done, 1 an error response or no mockserver running, 2 usage error."

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
        help="Attach the uploaded file with this id. Repeatable.",
    ),
    click.Option(
        ["--file"],
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        multiple=True,
        help="Upload and attach this file. Repeatable.",
    ),
]


def _id_option(noun: str, help_text: str) -> click.Option:
    return click.Option([f"{noun}_id", f"--{noun}"], metavar="ID", help=help_text)


#: Name, help text and parameters of each action. A parameter is named as its attribute in the body.
ACTIONS: list[tuple[str, str, list[click.Parameter]]] = [
    (
        "message",
        "Send a message from a contact. TEXT is optional with an attachment.",
        [
            click.Argument(["message"], metavar="[TEXT]", default=""),
            FROM,
            _id_option("conversation", "Send to this conversation. Default: the contact's own."),
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
            _id_option("conversation", "Mark all messages of this conversation."),
            _id_option("message", "Mark this message and all before it."),
        ],
    ),
    ("active", "Mark CONTACT as active now.", [CONTACT]),
    ("join", "Add CONTACT to a group.", [CONTACT, GROUP_ID]),
    ("leave", "Remove CONTACT from a group.", [CONTACT, GROUP_ID]),
    ("open", "Open a conversation as the user in another client.", [CONVERSATION_ID]),
]


def post(
    path: str, body: Mapping[str, Any], url: str, token: tuple[str, ...], sandbox: str | None
) -> Any:
    """Send a POST to the control API of the selected server, or end the command with its error."""
    from mockserver.client.control import ControlApi
    from mockserver.client.transport import RemoteServer, Unreachable
    from mockserver.errors import ApiError

    root, sandbox_token = find_server(url, token, sandbox)
    try:
        return ControlApi(RemoteServer(root), sandbox_token).request("POST", path, body)
    except (ApiError, Unreachable) as error:
        fail(FAILED, str(error))


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


def parse_pairs(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> dict[str, Any]:
    """Parse NAME=VALUE pairs. A value that is not valid JSON is a string."""
    from mockserver.schema.strict_json import parse_json

    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            message = f"{text!r} is not NAME=VALUE, as in message=Hello or is_muted=true."
            raise click.BadParameter(message, context, option)
        try:
            pairs[name] = parse_json(value.encode())
        except ValueError:
            pairs[name] = value
    return pairs


@click.command(epilog=EXITS)
@click.argument("event", metavar="TYPE")
@click.option(
    "--override",
    metavar="NAME=VALUE",
    multiple=True,
    callback=parse_pairs,
    help="Set an attribute of the payload. VALUE is parsed as JSON if possible; otherwise it is "
    "text. Repeatable.",
)
@server_options
def trigger(event: str, override: dict[str, Any], **server: Any) -> None:
    """Send an event of TYPE to all matching webhooks.

    TYPE is an event type such as message.created. No data changes: the payload is the latest object
    of its kind. Prints the event as JSON.
    """
    body = {"type": event, "override": override}
    click.echo(json.dumps(post("/webhooks/trigger", body, **server)))


@click.group(cls=SuggestingGroup, epilog=EXITS)
def events() -> None:
    """Resend the events of a running server."""


@events.command(epilog=EXITS)
@click.argument("event", metavar="ID")
@click.option("--webhook", metavar="ID", help="Send the event to this webhook only.")
@server_options
def resend(event: str, webhook: str | None, **server: Any) -> None:
    """Send the event ID again to every webhook that it was sent to.

    Prints the new deliveries as JSON; GET /_sandbox/deliveries/ID returns the result of each.
    """
    body = {"event": event} | ({"webhook": webhook} if webhook else {})
    click.echo(json.dumps(post("/deliveries/redeliver", body, **server)["data"]))
