"""The rows of a grading: what was graded, how it came out, what it should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from bot.grading.coverage import FEW, HELD, RANK, UNCHANGED, Covered, Place
from bot.grading.flags import HONEST, Found
from bot.grading.splits import Graded
from bot.grading.weights import APART, REPAIRED, WEIGHTED
from sipas.scoring import Z95, half_up, percent, wilson

COVERAGE = (0.935, 0.965)
RIGHT = (0.95, 1.0)  # ranks, and that nothing has changed
FALSE_FLAGS = 0.01
BIASED = 1e-9


class Row(NamedTuple):
    """One line; *held* is None where nothing is promised."""

    what: str
    n: int
    value: str
    target: str
    held: bool | None

    def __str__(self) -> str:
        """As it stands in docs/proofs.md."""
        held = {None: "–", True: "yes", False: "**no**"}[self.held]
        return f"| {self.what} | {self.n:,} | {self.value} | {self.target} | {held} |"


HEAD = "| What | n | Measured (Monte-Carlo interval), % | Target | Held |\n|---|---|---|---|---|"


def of_coverage(covered: Mapping[Place, Covered]) -> Iterator[Row]:
    """Coverage of 95 % intervals; beside broken assumptions also of what all visitors would say."""
    for (scenario, kind, band), found in covered.items():
        low, high = RIGHT if kind in (RANK, UNCHANGED) else COVERAGE
        due = scenario == HELD and band != FEW
        target = f"{percent(low, 1)}-{percent(high, 1)}" if high < 1 else f"≥ {percent(low, 1)}"
        yield Row(
            f"{scenario}: {_statement(kind, band)}",
            found.n,
            _measured(found),
            target if due else "",
            low <= found.share <= high if due else None,
        )


def _statement(kind: str, band: str) -> str:
    if kind == RANK:
        return "true rank within the interval of ranks"
    return f"no change said of an unchanged {band}" if kind == UNCHANGED else f"{kind}, n {band}"


def _measured(found: Covered) -> str:
    value = f"{percent(found.share, 1)} ({percent(found.low, 1)}-{percent(found.high, 1)})"
    if abs(found.bias) < BIASED:
        return value
    return (
        f"{value}; bias {percent(found.bias, 1)}, of all visitors {percent(found.share_of_all, 1)}"
    )


def of_split(found: Graded) -> Iterator[Row]:
    """Coverage where items are drawn, and what drawing costs the index."""
    for kind, covered in found.covered.items():
        low, high = COVERAGE
        yield Row(
            f"split: {kind}, three items drawn for each",
            covered.n,
            _measured(covered),
            f"{percent(low, 1)}-{percent(high, 1)}",
            low <= covered.share <= high,
        )
    ratio = f"{half_up(found.ratio, 2)} times"
    yield Row(
        "split: standard error of the index, of that of all asked", found.units, ratio, "", None
    )


def of_weights(covered: Mapping[Place, Covered]) -> Iterator[Row]:
    """How often what all visitors would say is held, raw and weighted; *bias* is what is off."""
    for (scenario, kind, band), found in covered.items():
        due = (scenario, kind, band) == (REPAIRED, WEIGHTED, APART)
        least, _ = COVERAGE  # wider is what Kish's effect may make it
        yield Row(
            f"{scenario}: {kind} share holds what all visitors would say, {band}",
            found.n,
            f"{percent(found.share, 1)} ({percent(found.low, 1)}-{percent(found.high, 1)}); "
            f"bias {percent(found.bias, 1)}",
            f"≥ {percent(least, 1)}" if due else "",
            found.share >= least if due else None,
        )


def of_flags(found: Iterable[Found], where: str) -> Iterator[Row]:
    """Detection of what was planted, which is told, and flags where nothing was, which is held."""
    for each in found:
        honest = each.what.startswith((HONEST, "other"))
        interval = wilson(each.flagged, each.n, Z95)
        share = each.flagged / each.n
        yield Row(
            f"flagged {where}: {each.what}",
            each.n,
            f"{percent(share, 1)} ({percent(interval.low, 1)}-{percent(interval.high, 1)})",
            f"≤ {percent(FALSE_FLAGS, 0)}" if honest else "",
            share <= FALSE_FLAGS if honest else None,
        )
