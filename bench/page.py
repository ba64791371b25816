"""docs/performance.md: its tables are written by a run, and a later run is held against them."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from bench.measure import HEAD, Finding

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
_BEGIN, _END = "<!-- {} -->\n", "<!-- end of {} -->\n"
_WHAT, _VALUE = 2, 5


def write(table: str, found: Sequence[Finding], today: date) -> None:
    """Put the rows between the marks of *table*, below where and when they were measured.

    Raises:
        ValueError: the page has no such table.
    """
    before, _, after = _parts(table)
    rows = "\n".join([HEAD, *map(str, found)])
    text = f"{before}{_BEGIN.format(table)}{today:%-d %B %Y}, {machine()}:\n\n{rows}\n"
    PAGE.write_text(text + _END.format(table) + after, encoding="utf-8")


def against(table: str, found: Sequence[Finding]) -> str:
    """How a run compares with what the page says: how many rows are off, and which."""
    told = values(_parts(table)[1])
    both = [each for each in found if each.what in told]
    off = [each for each in both if not agrees(each.value, told[each.what], each.spread)]
    named = [
        f"  {each.what}: {each.value:,.2f}, the page says {told[each.what]:,.2f}" for each in off
    ]
    head = f"{len(off)} of {len(both)} rows off {PAGE.name} by more than the stated spread"
    return "\n".join([head, *named])


def agrees(one: float, other: float, spread: float) -> bool:
    """Whether two measured values are within so much of each other.

    >>> agrees(100, 125, 1.3), agrees(100, 140, 1.3), agrees(0, 0, 1.3)
    (True, False, True)
    """
    return max(one, other) <= spread * min(one, other)


def values(table: str) -> Mapping[str, float]:
    """The measured value of each row of a table.

    >>> values("| g | ranks, warm | 20 ms | floor | 1,020.5 | ≤ 50 | **no** |")
    {'ranks, warm': 1020.5}
    """
    cells = [line.split("|") for line in table.splitlines() if line.startswith("| ")]
    rows = {each[_WHAT].strip(): each[_VALUE].strip().replace(",", "") for each in cells}
    return {what: float(value) for what, value in rows.items() if value[:1].isdigit()}


def machine() -> str:
    """The processor, its cores and the language.

    >>> machine().endswith(platform.python_version())
    True
    """
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} cores of {names[0]}, Python {platform.python_version()}"


def _parts(table: str) -> tuple[str, str, str]:
    """The page before the table, the table, and after it."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = _BEGIN.format(table), _END.format(table)
    if begin not in page or end not in page:
        raise ValueError(f"docs/performance.md has no table {table!r}")
    before, _, rest = page.partition(begin)
    inside, _, after = rest.partition(end)
    return before, inside, after
