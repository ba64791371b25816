"""Which comments are quoted: an editor's acts on one, and a draw that favours no mood.

A draw gives every mood as many of the quotes as it has of the comments, so that three angry ones in
ten are three in ten on the page; which ones they are, the seed decides and anybody can repeat.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction


class State(StrEnum):
    """Where a comment stands."""

    NEW = "new"  # nobody has read it
    LOST = "lost"  # sealed with a key that is gone
    WAITING = "waiting"  # masked, for an editor
    RELEASED = "released"
    REFUSED = "refused"


class Act(StrEnum):
    """What an editor does with a comment."""

    MASK = "mask"
    RELEASE = "release"
    REFUSE = "refuse"


class Reason(StrEnum):
    """Why a comment is not quoted."""

    PERSONAL = "personal"  # it still tells who somebody is
    ABUSE = "abuse"
    UNCLEAR = "unclear"
    ADVERT = "advert"


class Mood(StrEnum):
    """The strata of comments, by the level that the same person gave the whole visit."""

    LOW = "low"  # 1 and 2
    MIDDLE = "middle"  # 3
    HIGH = "high"  # 4 and 5


_STEPS = {
    (State.WAITING, Act.MASK): State.WAITING,
    (State.WAITING, Act.RELEASE): State.RELEASED,
    (State.WAITING, Act.REFUSE): State.REFUSED,
    (State.RELEASED, Act.REFUSE): State.REFUSED,
}
_LEVELS = {"1": Mood.LOW, "2": Mood.LOW, "3": Mood.MIDDLE, "4": Mood.HIGH, "5": Mood.HIGH}


def step(state: State, act: Act) -> State | None:
    """The state after *act*, or None where it cannot be done.

    >>> step(State.WAITING, Act.RELEASE), step(State.REFUSED, Act.RELEASE)
    (<State.RELEASED: 'released'>, None)
    """
    return _STEPS.get((state, act))


def possible(state: State) -> list[Act]:
    """What can be done with a comment in *state*.

    >>> possible(State.RELEASED)
    [<Act.REFUSE: 'refuse'>]
    """
    return [act for act in Act if (state, act) in _STEPS]


def mood(mark: str) -> Mood | None:
    """The mood of who gave the whole visit this mark; None for whoever gave it no level.

    >>> mood("2"), mood("-")
    (<Mood.LOW: 'low'>, None)
    """
    return _LEVELS.get(mark)


def seats(sizes: Mapping[Mood, int], n: int) -> dict[Mood, int]:
    """*n* quotes shared out in proportion to *sizes*, by largest remainders; ties go to the lower.

    >>> [each for each in seats({Mood.LOW: 3, Mood.MIDDLE: 1, Mood.HIGH: 6}, 5).values()]
    [2, 0, 3]
    >>> sum(seats({}, 5).values())
    0
    """
    total = sum(sizes.values())
    if not total:
        return dict.fromkeys(Mood, 0)
    exact = {each: Fraction(n * sizes.get(each, 0), total) for each in Mood}
    given = {each: int(share) for each, share in exact.items()}
    by_rest = sorted(Mood, key=lambda each: given[each] - exact[each])
    for each in by_rest[: n - sum(given.values())]:
        given[each] += 1
    return given


def draw(
    released: Mapping[Mood, Sequence[int]], sizes: Mapping[Mood, int], n: int, seed: str
) -> list[int]:
    """At most *n* of the *released* numbers, shared out by *sizes*, the same for the same seed.

    A seat for which a mood has no released quote stays empty: no other mood gets it.

    >>> pool = {Mood.LOW: [4, 2], Mood.MIDDLE: [], Mood.HIGH: [9]}
    >>> len(draw(pool, {Mood.LOW: 1, Mood.MIDDLE: 1, Mood.HIGH: 1}, 3, "2026-Q4"))
    2
    """
    chance = random.Random(f"motcua.quotes.1 {seed}")  # noqa: S311 - to be repeated by anybody
    drawn: list[int] = []
    for each, many in seats(sizes, n).items():
        pool = sorted(released.get(each, ()))
        drawn += chance.sample(pool, min(many, len(pool)))
    chance.shuffle(drawn)
    return drawn
