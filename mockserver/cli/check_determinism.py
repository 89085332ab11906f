"""`mockserver selfcheck`: the promise of equal bytes, on this machine."""

from __future__ import annotations

import click

from mockserver.cli.exit_codes import EXITS, FAILED, fail


@click.command(epilog=EXITS)
def selfcheck() -> None:
    """Check that the same requests get the same bytes.

    Runs one scripted session in two new sandboxes, and prints the hash of all answers. It is the
    same hash on every machine, Python version and run: that is the promise.
    """
    from mockserver.checks.determinism import fingerprints

    first, second = fingerprints()
    if first != second:
        fail(FAILED, f"two equal sandboxes answered differently: {first} and {second}")
    click.echo(first)
