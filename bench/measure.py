"""Contenders side by side: every round runs each of them once, and medians are compared."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5
RATIO, TIMES, ONCE = 1.3, 2.0, 3.5
"""Within which factor a rerun is: of ratios in one run, of what a clock tells, of single looks."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table: what was measured, the claim, and whether it held.

    Attributes:
        spread: a rerun on the same machine is within this factor.
    """

    line: str
    what: str
    ours: str
    other: str
    value: float
    target: float
    at_least: bool = True
    spread: float = RATIO

    @property
    def held(self) -> bool:
        """Whether the measured value is on the right side of its target."""
        return self.value >= self.target if self.at_least else self.value <= self.target

    def __str__(self) -> str:
        """A row for a terminal and for Markdown alike."""
        sign = "≥" if self.at_least else "≤"
        verdict = "yes" if self.held else "**no**"
        value = f"{self.value:.2f}" if self.value < 1000 else f"{self.value:,.0f}"
        return (
            f"| {self.line} | {self.what} | {self.ours} | {self.other} | "
            f"{value} | {sign} {self.target:g} | {verdict} |"
        )


HEAD = "| | What | Ours | Other | Measured | Target | Held |\n|---|---|---|---|---|---|---|"


def medians(*contenders: Callable[[], float], rounds: int = ROUNDS) -> list[float]:
    """The median result of each, after one round to warm up, the order turning from round to round.

    >>> medians(lambda: 2.0, lambda: 3.0)
    [2.0, 3.0]
    """
    results: list[list[float]] = [[] for _ in contenders]
    for each in contenders:
        each()
    for number in range(rounds):
        for place in range(len(contenders)):
            turn = (place + number) % len(contenders)
            results[turn].append(contenders[turn]())
    return [statistics.median(found) for found in results]
