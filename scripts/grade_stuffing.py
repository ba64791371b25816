"""Grade the look for stuffed days: false ratings found, honest counters left in peace.

Usage: python -m scripts.grade_stuffing [rounds]
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass

from scripts.grade_alarms import wilson
from sipas.stuffing import Day, stuffed

MEAN, HISTORY, YEAR, CAMPAIGN = 8, 85, 250, 80
PLANTED = (12, 24, 60)


@dataclass(frozen=True)
class Honest:
    """A counter: its share of *very satisfied* and how much the answers of a day go together."""

    top: float
    rho: float

    def day(self, chance: random.Random, more: int = 0) -> Day:
        """One day's answers, *more* of them by a campaign; numbers vary more than by chance."""
        n = _poisson(chance, chance.gammavariate(16, MEAN / 16)) + more
        free = (1 - self.rho) / self.rho if self.rho else 0.0
        p = chance.betavariate(self.top * free, (1 - self.top) * free) if free else self.top
        return Day(n, sum(chance.random() < p for _ in range(n)))


def _poisson(chance: random.Random, mean: float) -> int:
    n, time = 0, chance.expovariate(mean)
    while time < 1:
        n, time = n + 1, time + chance.expovariate(mean)
    return n


def detection(honest: Honest, planted: int, runs: int, chance: random.Random) -> float:
    """Share of runs in which so many false ratings on one day are remarked on."""
    found = 0
    for _ in range(runs):
        before = [honest.day(chance) for _ in range(HISTORY)]
        n, very = honest.day(chance)
        found += stuffed(before, Day(n + planted, very + planted))
    return found / runs


def flagged_counters(honest: Honest, counters: int, chance: random.Random) -> int:
    """How many honest counters are remarked on in a year with a campaign day in its middle."""
    return sum(_flagged(honest, chance) for _ in range(counters))


def _flagged(honest: Honest, chance: random.Random) -> bool:
    days = [honest.day(chance) for _ in range(HISTORY)]
    for number in range(YEAR):
        days.append(honest.day(chance, CAMPAIGN * (number == YEAR // 2)))
        if stuffed(days[-HISTORY - 1 : -1], days[-1]):
            return True
    return False


def main(rounds: int) -> None:
    """Print what is found of 12, 24, 60 false ratings, and how many honest counters are named."""
    chance = random.Random(20261124)
    print("very satisfied | clustering | 12 | 24 | 60 | honest counters with a campaign day")
    for top in (0.3, 0.45, 0.6, 0.75, 0.9):
        for rho in (0.0, 0.05, 0.15):
            honest = Honest(top, rho)
            found = [detection(honest, planted, rounds, chance) for planted in PLANTED]
            wrong = flagged_counters(honest, rounds, chance)
            low, high = (100 * each for each in wilson(wrong, rounds))
            shares = " | ".join(f"{100 * each:.0f} %" for each in found)
            span = f"{wrong} of {rounds} ({low:.1f}-{high:.1f} %)"
            print(f"{top} | {rho} | {shares} | {span}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
