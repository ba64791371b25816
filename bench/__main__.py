"""`make bench`: every claim about speed, as a ratio measured in one run."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import click

from bench import page
from bench.measure import HEAD, Finding
from bench.sustained import Asked
from bot.clock import utc_now

PARTS = (
    "receiving",
    "webhook",
    "chats",
    "sending",
    "scoring",
    "reading",
    "receipts",
    "several",
    "nation",
    "sustained",
)
LONG = ("highest", "growth")
"""Asked for by name: they take many minutes."""


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice((*PARTS, *LONG)))
@click.option("--table", default="all", help="which table of docs/performance.md this run is of")
@click.option("--write", is_flag=True, help="write the table instead of comparing with it")
@click.option("--rate", default=Asked.rate, help="of `sustained`: people a second")
@click.option("--minutes", default=Asked.minutes, help="of `sustained`: how long")
@click.option("--responses", default=Asked.responses, help="of `sustained`: stored before")
def main(
    parts: tuple[str, ...], table: str, write: bool, rate: float, minutes: float, responses: int
) -> None:
    """Run all parts, or those named; print the table as it grows; then hold it against the page."""
    click.echo(HEAD)
    found = list(_shown(parts or PARTS, Asked(rate, minutes, responses)))
    if write:
        page.write(table, found, utc_now().date())
    else:
        click.echo(page.against(table, found))


def _shown(parts: tuple[str, ...], asked: Asked) -> Iterator[Finding]:
    for part in parts:
        findings = import_module(f"bench.{part}").findings
        for finding in findings(asked) if part == "sustained" else findings():
            click.echo(finding)
            yield finding


if __name__ == "__main__":
    main()
