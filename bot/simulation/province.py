"""Responses of a simulated year: uneven units, known quality, weekdays, seasons, reasons.

It imports nothing from `sipas`, so that a mistake there cannot hide in the data that test it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

HANOI = timezone(timedelta(hours=7))
DEFAULT_SIZE = 110_000
CHANGE_AT = 0.55  # of the year: when the fallen unit falls and the risen one rises

# The short tour of the demo.
TOO_SMALL, FALLEN, RISEN = "14923", "15448", "14797"
_QUALITY = {FALLEN: (1.6, 0.2), RISEN: (0.3, 1.9)}  # before and after the change

WEEKDAY = (1.25, 1.05, 1.0, 0.95, 1.1, 0.25, 0.0)
MONTH = (0.9, 0.6, 1.1, 1.05, 1.0, 1.05, 1.15, 1.2, 1.05, 1.0, 0.95, 1.0)  # Tết in February
STAGES = (("result", 0.58), ("waiting", 0.27), ("supplement", 0.09), ("rejected", 0.06))
CHANNELS = (("web", 0.82), ("telegram", 0.18))
STRATA = (("open", 0.93), ("kiosk", 0.05), ("assisted", 0.02))
KINDS = (("citizen", 0.62), ("business", 0.12), ("representative", 0.05), ("", 0.21))
HAPPY = ("easy", "guidance", "manner", "got_what_i_needed")
UNHAPPY = ("wait", "papers", "many_visits", "manner", "time_limit", "guidance")
_PRAISE = (
    "Cán bộ hướng dẫn rất tận tình",
    "nhanh gon, khong phai cho lau",
    "Làm thủ tục nhanh hơn lần trước",
    "can bo vui ve, nhiet tinh",
)
_BLAME = (
    "Chờ quá lâu, ghế ngồi thiếu",
    "phai di lai 3 lan moi xong",
    "Hướng dẫn chưa rõ, phải bổ sung giấy tờ",
    "may lay so bi hong",
)


@dataclass(frozen=True, slots=True)
class SimulatedCounter:
    """A counter as the simulation needs it; *items* are (key, kind) in packed order.

    Attributes:
        first, last: the days between which it takes ratings.
    """

    code: str
    unit: str
    instrument: str
    fields: tuple[str, ...]
    items: tuple[tuple[str, str], ...]
    first: date = date.min
    last: date = date.max

    @property
    def lasts(self) -> bool:
        """Whether it is open throughout: not where a merger opens or closes it."""
        return self.first == date.min and self.last == date.max


@dataclass(frozen=True, slots=True)
class SimulatedResponse:
    """One response; *levels* holds a character per item of the counter's questionnaire."""

    counter: str
    at: datetime
    levels: str
    stage: str
    stratum: str
    channel: str
    kind: str
    field: str
    reasons: tuple[str, ...]
    comment: str
    quote: bool


def simulate(
    counters: Sequence[SimulatedCounter], year_end: date, seed: int, size: int = DEFAULT_SIZE
) -> Iterator[SimulatedResponse]:
    """About *size* responses of the year that ends on *year_end*, counter by counter."""
    chance = random.Random(seed)
    weights = {each.code: _weight(each, chance) for each in counters}
    total = sum(weights.values())
    days = [year_end - timedelta(days=back) for back in range(364, -1, -1)]
    traffic = [WEEKDAY[day.weekday()] * MONTH[day.month - 1] for day in days]
    for counter in counters:
        n = 6 if counter.unit == TOO_SMALL else round(size * weights[counter.code] / total)
        quality = _QUALITY.get(counter.unit, (chance.gauss(1.0, 0.45),) * 2)
        for place in sorted(chance.choices(range(len(days)), traffic, k=n)):
            after = place > CHANGE_AT * len(days)
            yield _response(counter, days[place], quality[after], chance)


def _weight(counter: SimulatedCounter, chance: random.Random) -> float:
    floor = 3.0 if counter.unit in _QUALITY else 0.45
    return 0.0 if counter.unit == TOO_SMALL else max(floor, math.exp(chance.gauss(0.0, 0.6)))


def _response(
    counter: SimulatedCounter, day: date, quality: float, chance: random.Random
) -> SimulatedResponse:
    mood = chance.gauss(quality, 0.8)
    stage = one_of(STAGES, chance)
    depth = chance.random()
    more = depth < 0.62 or counter.instrument.startswith("micro")
    overall = level(mood, chance)
    levels = overall + "".join(
        mark(key, kind, mood, stage, chance) if more else "-" for key, kind in counter.items[1:]
    )
    levels, comment, reasons = _own_words(counter, levels, overall >= "4", chance)
    hour = chance.choice((8, 8, 9, 9, 10, 10, 14, 15, 15, 16))
    return SimulatedResponse(
        counter=counter.code,
        at=datetime(day.year, day.month, day.day, hour, chance.randrange(60), tzinfo=HANOI),
        levels=levels,
        stage=stage if more else "",
        stratum=one_of(STRATA, chance),
        channel=one_of(CHANNELS, chance),
        kind=one_of(KINDS, chance) if more else "",
        field=chance.choice(counter.fields) if more and counter.fields else "",
        reasons=reasons,
        comment=comment,
        quote=bool(comment) and chance.random() < 0.4,
    )


def level(mood: float, chance: random.Random) -> str:
    """A level from a mood: 1.0 is about 88 % satisfied."""
    felt = mood + chance.gauss(0.0, 0.7)
    edges = (-1.7, -0.9, -0.25, 1.05)
    return str(1 + sum(felt > edge for edge in edges))


def mark(key: str, kind: str, mood: float, stage: str, chance: random.Random) -> str:
    late = key in ("ev_late", "ev_late_apology")
    if key == "ev_late_apology":
        return "-"
    if stage not in ("result", "rejected") and (late or key.startswith(("f_result", "result_"))):
        return "-"
    if kind == "scale":
        return _scale(key, mood, chance)
    if kind != "event":
        return "-"
    return _EVENTS.get(key, _plain_event)(chance)


def _scale(key: str, mood: float, chance: random.Random) -> str:
    if key in ("f_pakn", "pakn_handled", "pakn_told"):
        return level(mood - 0.3, chance) if chance.random() < 0.15 else "-"
    drawn = chance.random()
    if drawn < 0.04:
        return "n"
    return "s" if drawn < 0.09 else level(mood + _EASE.get(key[:6], 0.0), chance)


_EASE = {"f_acce": 0.15, "f_proc": -0.1, "f_staf": 0.1, "access": 0.1, "staff_": 0.1}


def _plain_event(chance: random.Random) -> str:
    return "s" if chance.random() < 0.05 else "A"


def _rare(chance: random.Random) -> str:
    drawn = chance.random()
    return "r" if drawn < 0.03 else "B" if drawn < 0.045 else "A"


_EVENTS: Mapping[str, Callable[[random.Random], str]] = {
    "ev_trouble": _rare,
    "ev_money": _rare,
    "ev_late": lambda chance: "ABBBBBC"[chance.randrange(7)],
    "gave_feedback": lambda chance: "A" if chance.random() < 0.15 else "B",
}


def _own_words(
    counter: SimulatedCounter, levels: str, happy: bool, chance: random.Random
) -> tuple[str, str, tuple[str, ...]]:
    """Reasons and comment, and their marks in *levels*."""
    reasons = chance.sample(HAPPY if happy else UNHAPPY, chance.randrange(3))
    spoke = chance.random() < (0.03 if happy else 0.12)
    comment = chance.choice(_PRAISE if happy else _BLAME) if spoke else ""
    marks = list(levels)
    for place, (key, _) in enumerate(counter.items):
        if key == "reasons":
            marks[place] = "A" if reasons else "s"
        if key == "comment":
            marks[place] = "A" if comment else "s"
    return "".join(marks), comment, tuple(sorted(reasons))


def one_of(pairs: Sequence[tuple[str, float]], chance: random.Random) -> str:
    drawn = chance.random()
    for code, share in pairs:
        drawn -= share
        if drawn < 0:
            return code
    return pairs[-1][0]


def truth(counters: Sequence[SimulatedCounter]) -> Mapping[str, str]:
    """What the tour may promise, by unit code."""
    known = {TOO_SMALL: "too small", FALLEN: "fallen", RISEN: "risen"}
    return {each.unit: known[each.unit] for each in counters if each.unit in known}
