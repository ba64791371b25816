"""What a simulated province is like, and which assumptions of an estimator it breaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scenario:
    """How a province is drawn; every number is on the scale of moods, where 1.0 is 88 % satisfied.

    Attributes:
        middle: the mean quality of units.
        spread: standard deviation of quality between units.
        desks: standard deviation between the counters of one unit.
        season: how much worse the busiest month is than the quietest.
        officials: standard deviation between the officials of one counter.
        stands: how many days an official stands at the counter before another is drawn.
        shock: standard deviation of a counter's day.
        crowd: how much a good day draws visitors; below 0, a bad one does.
        bias: how much angry visitors are more eager to answer than others.
        uneven: how much more readily people answer at a counter that serves better than its unit.
        drift: standard deviation of what units change from the first day to the last of a quarter.
        split: how many scale items beside the first are drawn for each visitor; 0 asks all.
        planted: whether drops, false answers, a campaign day and an outage are planted.
    """

    middle: float = 0.9
    spread: float = 0.45
    desks: float = 0.0
    season: float = 0.0
    officials: float = 0.0
    stands: int = 1
    shock: float = 0.0
    crowd: float = 0.0
    bias: float = 0.0
    uneven: float = 0.0
    drift: float = 0.0
    planted: bool = False
    split: int = 0


SCENARIOS = {
    # What intervals must hold in: answers one by one, and answers that go together by day.
    "quiet": Scenario(),
    "clustered": Scenario(desks=0.15, officials=0.5, shock=0.5),
    # One assumption broken at a time.
    "nonresponse": Scenario(desks=0.15, officials=0.5, shock=0.5, bias=1.0),
    "officials": Scenario(desks=0.15, officials=0.5, shock=0.1, stands=15),
    "drift": Scenario(desks=0.15, officials=0.5, shock=0.5, drift=1.0),
    "crowds": Scenario(desks=0.15, officials=0.5, shock=0.5, crowd=-1.0),
    # Three items of the long form for each visitor.
    "split": Scenario(desks=0.15, officials=0.5, shock=0.5, split=3),
    # Who answers depends on the field, which weights repair; and on the mood, which they do not.
    "fields": Scenario(desks=0.6, officials=0.3, shock=0.3, uneven=0.8),
    "fields and moods": Scenario(desks=0.6, officials=0.3, shock=0.3, uneven=0.8, bias=1.0),
    # A year as it is.
    "year": Scenario(
        desks=0.15,
        season=0.15,
        officials=0.25,
        stands=5,
        shock=0.2,
        crowd=-0.2,
        bias=0.4,
        drift=0.2,
        planted=True,
    ),
}
