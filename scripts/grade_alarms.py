"""Grade the alarms by simulation: false alarms in a quiet year, and delays beside an oracle's.

The rule is `sipas.alarms`, laid out over many counters at once; a test holds the two together. The
days are drawn here and know nothing of the rule. Usage: python -m scripts.grade_alarms [rounds]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sipas.alarms import BEGINNINGS, DROPS, ERROR
from sipas.clustering import PRIOR, likelihoods

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Draw = Callable[[np.random.Generator, int], Iterator[tuple[Ints, Ints]]]

SIZES = (1, 166, 500, 3321)
YEAR = 250
PER_DAY, GOOD, BAD = 8, 0.90, 0.75


class Province:
    """Evidence of many counters, a day at a time."""

    def __init__(self, counters: int) -> None:
        self.quiet = np.tile(np.asarray(PRIOR), (counters, 1))
        self.fallen = np.zeros((len(DROPS), counters, len(PRIOR)))
        self._places: dict[int, int] = {}
        self._tables: list[list[Sequence[float]]] = [[] for _ in range(1 + len(DROPS))]
        self._arrays: list[Floats] = []

    def day(self, n: Ints, k: Ints) -> Floats:
        """Evidence of every counter after *k* of *n* answers."""
        place = self._place(n, k)
        for sums, (_, weight), like in zip(self.fallen, DROPS, self._arrays[1:], strict=True):
            sums += weight * (n > 0)[:, None] * self.quiet
            sums *= like[place]
        self.quiet *= self._arrays[0][place]
        whole = self.quiet.sum(1)[:, None]
        self.quiet /= whole
        self.fallen /= whole
        np.maximum(self.quiet, 1e-30, out=self.quiet)
        evidence: Floats = self.fallen.sum((0, 2)) / BEGINNINGS
        return evidence

    def _place(self, n: Ints, k: Ints) -> Ints:
        codes = n * 100_000 + k
        new = [int(code) for code in np.unique(codes) if int(code) not in self._places]
        for code in new:
            self._places[code] = len(self._places)
            for table, drop in zip(self._tables, (0.0, *(drop for drop, _ in DROPS)), strict=True):
                table.append(likelihoods(*divmod(code, 100_000), drop))
        if new:
            self._arrays = [np.asarray(table) for table in self._tables]
        known = np.asarray(sorted(self._places))
        order = np.asarray([self._places[int(code)] for code in known])
        found: Ints = order[np.searchsorted(known, codes)]
        return found


def any_raised(evidence: Floats) -> npt.NDArray[np.bool_]:
    """Whether `sipas.alarms.raised` names anybody, for each row of counters."""
    ordered = -np.sort(-evidence, axis=1)
    length = np.arange(1, evidence.shape[1] + 1)
    found: npt.NDArray[np.bool_] = (ordered * length * ERROR >= evidence.shape[1]).any(1)
    return found


def false_alarms(draw: Draw, size: int, years: int, chance: np.random.Generator) -> int:
    """How many of so many quiet years of a province of *size* counters bring any alarm."""
    alone = min(years, max(1, 6000 // size))
    found = 0
    for first in range(0, years, alone):
        together = min(alone, years - first)
        province = Province(size * together)
        ever = np.zeros(together, bool)
        for n, k in draw(chance, size * together):
            ever |= any_raised(province.day(n, k).reshape(together, size))
        found += int(ever.sum())
    return found


def wilson(k: int, n: int) -> tuple[float, float]:
    """95 % interval of a share."""
    z2 = 1.959964**2
    centre = (k + z2 / 2) / (n + z2)
    half = (z2 * (k * (n - k) / n + z2 / 4)) ** 0.5 / (n + z2)
    return max(0.0, centre - half), centre + half


@dataclass(frozen=True)
class Quiet:
    """A quiet year: levels of counters, clustering within the day, how many come."""

    name: str
    level: float | None = GOOD
    rho: float = 0.0
    mean: float | None = PER_DAY
    poisson: bool = False
    officials: float = 0.0

    def days(self, chance: np.random.Generator, counters: int) -> Iterator[tuple[Ints, Ints]]:
        """(n, k) of every counter, day by day; *officials* take turns by the week."""
        level = np.full(counters, self.level or 0.0)
        mean = np.full(counters, self.mean or 0.0)
        if self.level is None:
            level = chance.beta(17, 3, counters)
        if self.mean is None:
            mean = chance.gamma(1.0, 8.0, counters)
        for day in range(YEAR):
            n = chance.poisson(mean) if self.poisson else np.full(counters, PER_DAY)
            p = np.clip(level + self.officials * (1 if day // 5 % 2 else -1), 0.01, 0.99)
            if self.rho:
                p = chance.beta(p * (1 - self.rho) / self.rho, (1 - p) * (1 - self.rho) / self.rho)
            yield n.astype(np.int64), chance.binomial(n, p)


QUIET = (
    Quiet("8 a day, 90 %, independent"),
    Quiet("8 a day, 90 %, clustered by day (0.05)", rho=0.05),
    Quiet("8 a day, 90 %, clustered by day (0.12)", rho=0.12),
    Quiet("8 a day, 70 %, independent", level=0.7),
    Quiet("8 a day, 97 %, independent", level=0.97),
    Quiet("uneven counters, 70-97 %, clustered (0.05)", None, 0.05, None, True),
    Quiet("40 a day, 88 %, clustered (0.02)", 0.88, 0.02, 40.0, True),
    Quiet("two officials by turns of a week, 94 % and 86 %", poisson=True, officials=0.04),
)


def delays(history: int, runs: int, chance: np.random.Generator) -> dict[int, float]:
    """Median days from a drop to its alarm, for each size of province, after *history* days."""
    province = Province(runs)
    first = {size: np.full(runs, np.inf) for size in SIZES}
    n = np.full(runs, PER_DAY)
    for day in range(history + 120):
        evidence = province.day(n, chance.binomial(n, GOOD if day < history else BAD))
        for size, days in first.items():
            days[(evidence * ERROR >= size) & np.isinf(days)] = day + 1 - history
    return {size: float(np.median(days[days > 0])) for size, days in first.items()}


def oracle(runs: int, chance: np.random.Generator) -> dict[int, tuple[float, float]]:
    """Threshold and median delay of a CUSUM that knows both levels, with the same error a year."""
    peaks = np.concatenate([_peaks(min(runs, 200_000), chance) for _ in range(-(-runs // 200_000))])
    found = {}
    for size in SIZES:
        line = float(np.quantile(peaks, (1 - ERROR) ** (1 / size), method="higher")) + 1e-9
        found[size] = line, _oracle_delay(line, chance)
    return found


def _gain(k: Ints) -> Floats:
    gain: Floats = k * np.log(BAD / GOOD) + (PER_DAY - k) * np.log((1 - BAD) / (1 - GOOD))
    return gain


def _peaks(runs: int, chance: np.random.Generator) -> Floats:
    height, peak = np.zeros(runs), np.zeros(runs)
    for _ in range(YEAR):
        height = np.maximum(height, 0) + _gain(chance.binomial(PER_DAY, GOOD, runs))
        peak = np.maximum(peak, height)
    return peak


def _oracle_delay(line: float, chance: np.random.Generator, runs: int = 20_000) -> float:
    height, first = np.zeros(runs), np.full(runs, np.inf)
    for day in range(-YEAR // 2, 100):
        k = chance.binomial(PER_DAY, GOOD if day < 0 else BAD, runs)
        height = np.maximum(height, 0) + _gain(k)
        first[(height > line) & np.isinf(first)] = day + 1
    return float(np.median(first[first > 0]))


def print_delays(chance: np.random.Generator, runs: int) -> None:
    """The table of delays, ours after half a year and after other histories."""
    best = oracle(runs * 1000, chance)
    ours = {history: delays(history, runs, chance) for history in (60, 125, 250)}
    print("counters | oracle | after 60 days | after 125 | after 250 | 125: ratio to oracle")
    for size in SIZES:
        days = [each[size] for each in ours.values()]
        ratio = days[1] / best[size][1]
        print(f"{size} | {best[size][1]:.0f} |", *(f"{d:.0f} |" for d in days), f"{ratio:.2f}")


def main(rounds: int) -> None:
    """Print both tables; *rounds* years of a whole country, more of smaller numbers."""
    chance = np.random.default_rng(20261123)
    print_delays(chance, 2000)
    for quiet in QUIET:
        for size, many in zip(SIZES, (12, 6, 2, 1), strict=True):
            if quiet is not QUIET[0] and size > 166:
                continue
            years = rounds * many
            found = false_alarms(quiet.days, size, years, chance)
            low, high = wilson(found, years)
            span = f"{100 * low:.2f}-{100 * high:.2f} %"
            print(f"{quiet.name} | {size} | {found} of {years} years | {span}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
