"""Where a figure comes from: its question, what was counted, and what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.counted import told
from handlers.scores import Scores
from handlers.weighing import Beside, Weighing
from sipas.figures import OVERALL, Figure, Part
from sipas.periods import Period
from sipas.tally import item_counts, responses
from storage.directory import Counter, Unit
from storage.draws import draws


@dataclass(frozen=True, slots=True)
class Where:
    """Where a figure was found: a unit with all below it, or one of its counters."""

    unit: Unit
    period: Period
    counter: Counter | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A figure with everything it rests on; numbers that would tell one from 1 to 9 are None.

    Attributes:
        responses: released responses with the figure's questionnaire.
        elsewhere: released responses with other questionnaires, which have figures of their own.
        waiting: responses received but not released yet.
        left_out: responses with the questionnaire that are not in its n, by reason; of one item.
        items: the figures of a composite's items.
        beside: the figure weighted to handled dossiers, where that says something.
        drawn: months in which some respondents anywhere were asked drawn items only, these among
            them; none of the overall question, which everybody is asked.
    """

    figure: Figure
    where: Where
    responses: int | None = None
    elsewhere: int | None = None
    waiting: int | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    items: tuple[Figure, ...] = ()
    beside: Beside | None = None
    drawn: tuple[str, ...] = ()


async def explained(scores: Scores, where: Where, figure_id: str) -> Explained | None:
    """The figure with this id, if it is one of those found there at the present release."""
    figures = await figures_at(scores, where)
    figure = next((each for each in figures if each.id == figure_id), None)
    if figure is None:
        return None
    if figure.value is None:
        return Explained(figure, where)
    by_ref = await _by_questionnaire(scores, where)
    own = by_ref.pop(figure.instrument)
    elsewhere = told(sum(map(responses, by_ref.values())))
    released = None if elsewhere is None else responses(own) + elsewhere
    waiting = None
    if released is not None and not scores.view:  # what came in is known by receiving unit only
        came = await _received(scores, where)
        waiting = None if came is None else max(0, came - released)
    items = tuple(each for each in figures if _is_of(each, figure))
    left_out, beside = _left_out(scores, figure, own), await _beside(scores, where, figure)
    drawn = await _drawn(scores, where.period, figure)
    counts = (responses(own), elsewhere, waiting)
    return Explained(figure, where, *counts, left_out, items, beside, drawn)


async def _drawn(scores: Scores, period: Period, figure: Figure) -> tuple[str, ...]:
    first, last = f"{period.first:%Y-%m}", f"{period.last:%Y-%m}"
    months = {
        each.month
        for each in await draws(scores.asked.store.reader)
        if each.instrument == figure.instrument and each.item in (figure.items or (figure.key,))
    }
    return tuple(sorted(month for month in months if first <= month <= last))


async def _beside(scores: Scores, where: Where, figure: Figure) -> Beside | None:
    if where.counter is not None or scores.view:
        return None
    weighing = Weighing(scores.asked, scores.state, scores.formula, scores.own)
    return next(iter(await weighing.beside(where.unit, where.period, [figure])), None)


def _is_of(item: Figure, figure: Figure) -> bool:
    """Whether *item* is one of those that the composite *figure* is the mean of."""
    same = item.instrument == figure.instrument and item.part is Part.ITEM
    return same and item.key in (figure.items or ())


def _left_out(scores: Scores, figure: Figure, tally: int) -> dict[str, int]:
    if figure.items is not None:
        return {}
    key = OVERALL if figure.part is Part.OVERALL else figure.key
    found = item_counts(scores.asked.survey.instruments[figure.instrument], tally, key)
    reasons = {
        "not_applicable": found.not_applicable,
        "skipped": found.skipped,
        "refused": found.refused,
        "unanswered": found.unanswered,
        "invalid": found.invalid,
    }
    return reasons | {"not_asked": responses(tally) - (figure.n or 0) - sum(reasons.values())}


async def figures_at(scores: Scores, where: Where) -> list[Figure]:
    """All figures of a unit or counter that may be known, shown or not."""
    if where.counter is None:
        return await scores.kept(where.unit, where.period)
    return await scores.of_counter(where.unit, where.counter, where.period)


async def _by_questionnaire(scores: Scores, where: Where) -> dict[str, int]:
    """The tallies that the figures are made of, by reference of the questionnaire."""
    found = await scores.behind(where.unit, where.period, where.counter)
    return {scores.state.instruments[version]: tally for version, tally in found.items()}


async def _received(scores: Scores, where: Where) -> int | None:
    if where.counter is None:
        return await scores.received(where.unit, where.period)
    return await scores.received_at(where.unit, where.counter, where.period)
