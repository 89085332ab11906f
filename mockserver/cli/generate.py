"""`mockserver generate`: fixtures of any size."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mockserver.cli.exit_codes import EXITS, USAGE, fail


@click.command(epilog=EXITS)
@click.option("--contacts", default=100, show_default=True, type=click.IntRange(1))
@click.option("--conversations", default=120, show_default=True, type=click.IntRange(0))
@click.option("--groups", default=10, show_default=True, type=click.IntRange(0))
@click.option("--messages", default=2000, show_default=True, type=click.IntRange(0))
@click.option("--attachments", default=100, show_default=True, type=click.IntRange(0))
@click.option("--seed", default="0", show_default=True, help="The same seed, the same document.")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
def generate(seed: str, output: Path, **numbers: int) -> None:
    """Write fixtures of any size.

    A file for 'serve --fixtures', made with Faker. The user is one of the contacts.
    """
    from mockserver.seeding.generate import Counts, write

    counts = Counts(**numbers)
    try:
        counts.check()
        with click.progressbar(length=counts.steps, label=str(output), file=sys.stderr) as bar:
            write(output, counts, seed, bar.update)
    except ValueError as error:
        fail(USAGE, str(error))
    except OSError as error:
        fail(USAGE, f"cannot write {output}: {error.strerror}")
