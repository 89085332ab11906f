"""`mockserver fidelity`: how well founded each part of the sandbox is."""

from __future__ import annotations

import json

import click

from mockserver.contract.fidelity import AREAS, BASES

WIDE = 36


@click.command(epilog="Exit codes: 0 printed, 2 usage.")
@click.option("--area", type=click.Choice(AREAS), help="Only this area.")
@click.option("--basis", type=click.Choice(BASES), help="Only what rests on this.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of the table.")
def fidelity(area: str | None, basis: str | None, as_json: bool) -> None:
    """Tell of each thing that is served whether the API's documentation says so.

    documented: it does. decided: it leaves that open, and the reason of our decision follows.
    extension: only the sandbox has it, off unless asked for.
    """
    from mockserver.contract.fidelity.provenance import counts, rows

    selected = rows(area, basis)
    if as_json:
        told = {"counts": counts(selected), "data": [each._asdict() for each in selected]}
        click.echo(json.dumps(told, indent=2))
        return
    for each in selected:
        click.echo(f"{each.basis:<11} {each.subject:<{WIDE}} {each.statement}")
        if each.reason:
            click.echo(f"{'':<{12 + WIDE}} because: {each.reason}")
    click.echo("\n" + ", ".join(f"{count} {basis}" for basis, count in counts(selected).items()))
