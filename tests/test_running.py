"""Running totals of one release: what came in while they are read is of another one."""

from __future__ import annotations

from datetime import date

from handlers.running import Running
from sipas.periods import atom
from storage.directory import Directory
from tests.questionnaires import shipped

TODAY = date(2027, 1, 10)
MICRO, UNIT = 1, 7


def test_what_came_since_is_not_counted() -> None:
    """Nor does it fall into another half-month, whether it is older or newer than all there was."""
    now = atom(TODAY)
    running = Running(
        Directory((), (), (), {}), {MICRO: shipped("micro")}, {(UNIT, now - 2, MICRO, 0): 5}, TODAY
    )
    later: dict[tuple[int, ...], int] = {(UNIT, at, MICRO, 0): 1 for at in range(now - 9, now + 3)}

    assert running.sums(MICRO, later, lambda key: key[0]) == {UNIT: [0, 1]}
    assert running.sums(MICRO, {(UNIT, now - 9, MICRO, 0): 1}, lambda key: key[0]) == {}
