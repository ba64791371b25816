"""A tile for each unit: overall rating, how it changed, how good its data are, what to see to.

Everything is read for all units at once, so a province costs a handful of questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.comparing import Compared, changes, overall, placed, ranked_kinds
from handlers.coverage import Coverage, coverages
from handlers.dashboard.concerns import Concern, concerns
from handlers.scores import By, Scores
from sipas.comparison import Verdict
from sipas.figures import Figure
from sipas.periods import Period
from sipas.preceding import preceding
from storage.directory import Unit


@dataclass(frozen=True, slots=True)
class Tile:
    """A unit at a glance.

    Attributes:
        figure: its overall rating; None where nobody has rated it.
        change: against the period before; None where the two cannot be compared.
        group: against all units of its kind together; None where it is not ranked.
        concerns: what to look at; always empty of units that are not the reader's own.
        above: the figure is of the unit's own counters only, without the units below it.
    """

    unit: Unit
    figure: Figure | None
    change: Compared | None
    group: Verdict | None
    coverage: Coverage
    concerns: tuple[Concern, ...]
    mine: bool
    above: bool

    @property
    def turn(self) -> Verdict:
        """What may be said of the change: without a comparison nothing."""
        return self.change.difference.verdict if self.change else Verdict.UNCLEAR


async def tiles(scores: Scores, root: Unit, period: Period) -> list[Tile]:
    """The units below *root* that the reader may see, in the order of their names."""
    units = sorted(
        (unit for unit in scores.published(root) if unit.code != root.code),
        key=lambda unit: unit.sort_key,
    )
    figures = overall(await scores.asked_for(root, period, By.UNIT))
    changed = await changes(scores, root, period, preceding(period))
    groups = await _groups(scores, root, period)
    graded = await coverages(scores, units, period)
    waiting = await concerns(scores, period)
    return [
        Tile(
            unit=unit,
            figure=figures.get(unit.code),
            change=changed.get(unit.code),
            group=groups.get(unit.code),
            coverage=graded[unit.code],
            concerns=waiting.get(unit.unit_id, ()) if unit.code in scores.own else (),
            mine=unit.code in scores.own,
            above=bool(scores.state.directory.children(unit)),
        )
        for unit in units
    ]


async def _groups(scores: Scores, root: Unit, period: Period) -> Mapping[str, Verdict]:
    kinds = ranked_kinds(scores.published(root))
    rows = [row for kind in kinds for row in await placed(scores, root, period, kind)]
    return {row.unit.code: row.rank.group for row in rows}
