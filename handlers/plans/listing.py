"""The criteria of a unit that are on a list in a period, found by the figures that anybody sees."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.comparing import KINDS, Compared, Side, compared, placed, refused
from handlers.filings.figures import TOTAL
from handlers.scores import Scores
from handlers.service import Service, State
from sipas.breaks import Break
from sipas.comparison import Difference, Verdict
from sipas.declining import LOWEST, Declining, Pair, criterion, declining
from sipas.earlier import Against, earlier
from sipas.figures import Figure, record
from sipas.periods import Period
from storage.directory import Unit
from storage.plan_rows import Found

Behind = Mapping[str, str]
"""By code of a unit that is clearly below the others: the questionnaire that says so."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: the period, what it is compared with, and how many factors are low."""

    period: Period
    against: Against = Against.YEAR
    lowest: int = LOWEST

    @property
    def before(self) -> Period | None:
        """The period compared with."""
        return earlier(self.period, self.against)


@dataclass(frozen=True, slots=True)
class Listing:
    """A unit's criteria with signs; *broken* says why nothing is compared, where that is so."""

    unit: Unit
    found: tuple[Declining, ...]
    broken: tuple[Break, ...]
    release: int


async def listing(
    asked: Service, state: State, unit: Unit, wanted: Asked, behind: Behind
) -> Listing:
    """The unit's list, whoever asks: by its own figures and those published below it."""
    scores = Scores(asked, state, own=frozenset({unit.code}))
    figures = await scores.of_unit(unit, wanted.period)
    pairs, broken = list[Pair](), tuple[Break, ...]()
    if wanted.before is not None:
        one, other = Side(unit, wanted.period), Side(unit, wanted.before)
        broken = refused(scores, one, other)
        pairs = [_pair(row) for row in await compared(scores, one, other)]
    found = declining(figures, pairs, wanted.lowest, behind.get(unit.code, ""))
    return Listing(unit, found, broken, scores.release)


async def behind_of(asked: Service, state: State, period: Period, kinds: set[str]) -> Behind:
    """The published units of these kinds that are clearly below the others of theirs together."""
    root, found = root_of(state), dict[str, str]()
    if root is None:
        return found
    for kind in sorted({_group(each) for each in kinds}):
        rows = await placed(Scores(asked, state), root, period, kind)
        low = (row for row in rows if row.rank.group is Verdict.LOWER)
        found |= {row.unit.code: row.figure.instrument for row in low}
    return found


async def found_in(
    asked: Service, state: State, units: list[Unit], wanted: Asked
) -> tuple[int, list[Found]]:
    """What a call for plans lists of these units, and the release whose figures say so."""
    behind = await behind_of(asked, state, wanted.period, {each.kind for each in units})
    rows = list[Found]()
    for unit in units:
        rows += founds(await listing(asked, state, unit, wanted, behind))
        await asyncio.sleep(0)  # whoever rates a counter meanwhile does not wait for all units
    return state.release.release_id if state.release else 0, rows


def founds(of: Listing) -> Iterator[Found]:
    """The criteria for which a plan is asked, as they are stored."""
    for each in of.found:
        if each.asks:
            yield Found(of.unit.code, "|".join(criterion(each.figure)), kept(each, of.release))


def kept(found: Declining, release: int) -> dict[str, Any]:
    """A criterion with its figures as records; those that are compared, where there are two."""
    pair = found.pair
    return {
        "signs": [str(sign) for sign in found.signs],
        "now": _record(found.figure, release),
        "before": _record(pair.before, release) if pair else None,
        "difference": _apart(pair.difference) if pair else None,
    }


def root_of(state: State) -> Unit | None:
    """The top of the tree."""
    units = state.directory.units
    return next((each for each in units if not (each.parent_code or each.valid_to)), None)


def _group(kind: str) -> str:
    return next((group for group, kinds in KINDS.items() if kind in kinds), kind)


def _pair(row: Compared) -> Pair:
    return Pair(row.one, row.other, row.difference)


def _record(figure: Figure, release: int) -> dict[str, Any]:
    return {"by": TOTAL, **record(figure), "release": release}


def _apart(found: Difference) -> dict[str, Any]:
    told = {"value": found.value, "low": found.low, "high": found.high}
    return {**told, "verdict": str(found.verdict)}
