"""What is published when a day is sealed: running totals, and the figures that follow from them.

Every figure of a unit is a difference of two running totals that may be known
(docs/suppression.md), so with these totals anybody can compute it, for any period and by any
formula. Nothing is in here that `Scores` would not show.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from handlers.elsewhere import Elsewhere, Unreached, reached
from handlers.nation import aggregate
from handlers.pace import AT_LEISURE, Pace
from handlers.running import Running
from handlers.scores import Scores
from handlers.service import Service
from sipas.computed import Hiding
from sipas.figures import Part, record
from sipas.filings import State
from sipas.instrument import Instrument
from sipas.packing import alphabet
from sipas.periods import Period, half_month, parse_period
from sipas.tally import level_counts, responses, starts
from storage import filings
from storage.directory import Unit
from storage.sealing import Statement
from storage.transaction import Transaction

_PARTS = (Part.INDEX, Part.OVERALL, Part.FACTOR)
_WITHIN = ("", "-Q1", "-Q2", "-Q3", "-Q4", "-R1", "-R2", "-R3", "-R4", "-R6M", "-RY")


async def stated(asked: Service, other: Elsewhere | None = None) -> Statement:
    """The files of the present release: questionnaires, totals, and figures of public periods.

    Args:
        other: who makes it, if it can be reached: it takes a minute of a big province.
    """
    try:
        return await reached(other, asked, await asked.state(), made, Pace())
    except Unreached:
        return await made(asked, Pace(AT_LEISURE))


async def made(asked: Service, pace: Pace) -> Statement:
    """The same, made here at that pace."""
    scores = Scores(asked, await asked.state(), pace=pace)
    running = await scores.running()
    units = [unit for unit in scores.state.directory.units if unit.published]
    used = [table.instrument for table in running.tables.values()]
    totals = [row async for row in _totals(scores, running, units)]
    figures = [row async for row in _figures(scores, running, units)]
    files = {
        "instruments.json": _text([{each.ref: questionnaire(each) for each in used}]),
        "totals.jsonl": await asyncio.to_thread(_text, totals),
        "figures.jsonl": await asyncio.to_thread(_text, figures),
        aggregate.FILE: aggregate.aggregate(scores.state.directory, figures),
    }
    files |= await asked.store.look(filed, {unit.code for unit in units})
    return Statement(scores.release, files)


def filed(tx: Transaction, units: Collection[str]) -> dict[str, bytes]:
    """A file for every published filing on one of *units*: its figures, as they were told."""
    told = (State.PUBLISHED, State.RESTATED)
    found = [each for each in filings.filings(tx) if each.state in told and each.about in units]
    return {
        f"filing-{each.filing_id}.json": filing(tx, each.filing_id, each.version) for each in found
    }


def filing(tx: Transaction, number: int, version: int) -> bytes:
    """The figures of one version of a filing, as they are stored."""
    return _text([{"version": version, "figures": filings.figures_of(tx, number, version)}])


def refiled(tx: Transaction, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The filings among sealed *files*, the same versions, as they are stored now."""
    found = {}
    for name, text in files.items():
        if name.startswith("filing-"):
            number = int(name.removeprefix("filing-").removesuffix(".json"))
            found[name] = filing(tx, number, json.loads(text)["version"])
    return found


def questionnaire(instrument: Instrument) -> dict[str, Any]:
    """What a verifier needs of a questionnaire: which items make which figure."""
    first = starts(instrument)
    return {
        "items": [[item.key, alphabet(item), first[item.key]] for item in instrument.items],
        "factors": {factor.key: list(factor.items) for factor in instrument.factors},
        "index": list(instrument.index_items),
    }


async def _totals(
    scores: Scores, running: Running, units: Iterable[Unit]
) -> AsyncIterator[dict[str, Any]]:
    for unit in units:
        await scores.pace.rest()
        for row in _of_unit(scores, running, unit):
            yield row


def _of_unit(scores: Scores, running: Running, unit: Unit) -> Iterator[dict[str, Any]]:
    members = scores.published(unit)
    nodes, numbers = running.nodes(unit, members), [each.unit_id for each in members]
    for version, table in running.tables.items():
        for until, tally, hiding in running.totals(version, nodes, numbers):
            yield {
                "unit": unit.code,
                "of": numbers,
                "instrument": table.instrument.ref,
                "until": until.isoformat(),
                "responses": responses(tally),
                "items": _items(table.instrument, tally, hiding),
            }


def _items(instrument: Instrument, tally: int, hiding: Hiding) -> dict[str, Any]:
    """By item the five levels and how many said not applicable, or n alone, or nothing."""
    found: dict[str, Any] = {}
    for key, (counts, aside) in level_counts(instrument, tally).items():
        if key not in hiding.values:
            found[key] = [*counts.levels, aside]
        elif key not in hiding.numbers:
            found[key] = counts.n
    return found


async def _figures(
    scores: Scores, running: Running, units: Iterable[Unit]
) -> AsyncIterator[dict[str, Any]]:
    found = list(periods(half_month(running.first).first, scores.asked.today()))
    for unit in units:
        for period in found:
            await scores.pace.rest()
            days = {"first": period.first.isoformat(), "last": period.last.isoformat()}
            for figure in await scores.of_unit(unit, period, _PARTS):
                yield {**days, **record(figure), "release": scores.release}


def periods(first: date, today: date) -> Iterator[Period]:
    """Every year, quarter and reporting window that has begun and holds a day since *first*.

    >>> [each.code for each in periods(date(2026, 11, 1), date(2026, 11, 28))]
    ['2026', '2026-Q4', '2026-R4', '2026-RY']
    """
    for year in range(first.year, today.year + 2):
        for part in _WITHIN:
            period = parse_period(f"{year}{part}")
            if period.first <= today and period.last >= first:
                yield period


def _text(rows: Iterable[dict[str, Any]]) -> bytes:
    """One object a line; the same state has the same bytes."""
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows).encode()
