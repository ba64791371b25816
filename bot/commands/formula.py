"""`motcua formula`: list the formulas, explain one, evaluate lines with it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import click

from sipas.described import IDS, Described, Registry, parse
from sipas.lines import evaluated
from sipas.tt01 import FORMULA_ID as TT01

FILE = "formulas.toml"


@cache
def registry() -> Registry:
    """The registry as it is shipped."""
    return parse((files("sipas") / FILE).read_text(encoding="utf-8"), FILE)


@click.command()
@click.argument("formula_id", metavar="[ID]", required=False)
@click.argument("given", metavar="[LINE]...", nargs=-1)
def formula(formula_id: str | None, given: tuple[str, ...]) -> None:
    """List the formulas; with an ID, evaluate each LINE or line of standard input, or explain it.

    Values go to standard output and the explanation, if nothing was read, to standard error, so
    that an empty file stays an empty file. On a terminal the explanation comes at once.
    """
    if formula_id is None:
        click.echo("\n".join(_listed(each) for each in registry().formulas.values()))
        return
    if formula_id not in IDS:
        raise click.ClickException(f"expected one of {', '.join(IDS)}, got {formula_id!r}")
    if not given and sys.stdin.isatty():
        click.echo(explained(formula_id))
    elif not _evaluate(given or sys.stdin, formula_id):
        click.echo(explained(formula_id), err=True)


def _evaluate(lines: Iterable[str], formula_id: str) -> bool:
    """Print the value of each line; False if there was none."""
    some = False
    for line in lines:
        some = True
        try:
            click.echo(evaluated(line.rstrip("\r\n"), formula_id))
        except ValueError as error:
            raise click.ClickException(str(error)) from None
    return some


def explained(formula_id: str) -> str:
    """What one formula means, in both languages; of `tt01.v1` also its classes and notes."""
    each = registry().formulas[formula_id]
    told = {
        "id": each.id,
        "vi": each.meaning["vi"],
        "en": each.meaning["en"],
        "rule": each.rule,
        "range": each.range,
        "source": each.source,
        "status": each.status,
        "reads": each.reads,
        "prints": each.prints,
    }
    if formula_id == TT01:
        told |= {code: f"{t['vi']} | {t['en']}" for code, t in registry().classes.items()}
        told |= {code: f"{t['vi']} | {t['en']}" for code, t in registry().notes.items()}
    return "\n".join(f"{name}\t{value}" for name, value in told.items())


def _listed(each: Described) -> str:
    parts = (each.id, each.meaning["vi"], each.meaning["en"], each.range, each.source, each.status)
    return "\t".join(parts)
