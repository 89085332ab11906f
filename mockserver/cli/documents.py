"""`mockserver generate`, `openapi` and `fidelity`: documents that need no running server."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mockserver.cli.exits import USAGE, fail
from mockserver.cli.files import Output
from mockserver.contract.fidelity import AREAS, BASES

SUBJECT_WIDTH = 36

Command = Callable[..., Any]


def _count_option(name: str, default: int, minimum: int = 0) -> Callable[[Command], Command]:
    return click.option(
        f"--{name}",
        default=default,
        show_default=True,
        type=click.IntRange(minimum),
        help=f"Generate this many {name}.",
    )


@click.command(epilog="Exit codes: 0 written, 2 usage error or the file cannot be written.")
@_count_option("contacts", 100, minimum=1)
@_count_option("conversations", 120)
@_count_option("groups", 10)
@_count_option("messages", 2000)
@_count_option("attachments", 100)
@click.option(
    "--seed", default="0", show_default=True, help="Derive names and texts from this seed."
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file.",
)
def generate(seed: str, output: Path, **numbers: int) -> None:
    """Generate a fixture file of any size.

    Load it with 'mockserver serve --fixtures FILE'. Names and texts come from Faker. One of the
    contacts is the authenticated user.
    """
    from mockserver.seeding.generate import Counts, write

    counts = Counts(**numbers)
    try:
        counts.check()
    except ValueError as error:
        fail(USAGE, str(error))
    result = Output(output)
    with (
        click.progressbar(length=counts.steps, label=str(output), file=sys.stderr) as bar,
        result.exit_on_error(),
        result.open() as file,
    ):
        write(file, counts, seed, bar.update)


def check_url(context: click.Context, option: click.Parameter, value: str) -> str:
    """Return ``value``; raise ``BadParameter`` unless it is a server's root URL."""
    if not re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", value):
        message = f"{value!r} is not a server's root URL, such as http://127.0.0.1:4242."
        raise click.BadParameter(message, context, option)
    return value


@click.command(epilog="Exit codes: 0 printed, 2 usage error.")
@click.option("--control", is_flag=True, help="Print the document of the control API instead.")
@click.option("--sdk", is_flag=True, help="Print the document for code generators instead.")
@click.option(
    "--url",
    default="http://127.0.0.1:4242",
    show_default=True,
    callback=check_url,
    help="Use this server URL in the document.",
)
@click.option("--strict", is_flag=True, help="Forbid additional response attributes.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of standard output.",
)
def openapi(control: bool, sdk: bool, url: str, strict: bool, output: Path | None) -> None:
    """Print the OpenAPI 3.1 document of the Protocol API.

    A running server has the same document at /openapi.json, and that of --sdk at
    /openapi.json?for=sdk: the same contract, with JSON bodies (a multipart form for the upload),
    bearer tokens only, and no unions or conditions. Use --strict only to check a server: clients
    must accept additional attributes.
    """
    if control + sdk + strict > 1:
        raise click.UsageError("Use only one of --control, --sdk and --strict.")
    from mockserver.contract.openapi.document import document
    from mockserver.contract.openapi.sdk import sdk_document
    from mockserver.web.control.routes import build_openapi

    if control:
        content = build_openapi(url)
    else:
        content = sdk_document(url) if sdk else document(url, strict=strict)
    text = json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n"
    if output is None:
        click.echo(text, nl=False)
        return
    result = Output(output)
    with result.exit_on_error():
        result.write(text)


@click.command(epilog="Exit codes: 0 printed, 2 usage error.")
@click.option("--area", type=click.Choice(AREAS), help="Print only the behaviour of this area.")
@click.option("--basis", type=click.Choice(BASES), help="Print only the behaviour of this basis.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def fidelity(area: str | None, basis: str | None, as_json: bool) -> None:
    """Print which behaviour is documented and which is not.

    Each line begins with a basis. documented: the API's documentation specifies the behaviour.
    decided: the documentation leaves it open; the reason for mockserver's choice follows.
    extension: the real API does not have it, and it is off by default.
    """
    from mockserver.contract.fidelity.provenance import counts, rows

    selected = rows(area, basis)
    if as_json:
        document = {"counts": counts(selected), "data": [row._asdict() for row in selected]}
        click.echo(json.dumps(document, indent=2))
        return
    for row in selected:
        click.echo(f"{row.basis:<11} {row.subject:<{SUBJECT_WIDTH}} {row.statement}")
        if row.reason:
            click.echo(f"{'':<{12 + SUBJECT_WIDTH}} because: {row.reason}")
    click.echo("\n" + ", ".join(f"{count} {basis}" for basis, count in counts(selected).items()))
