"""How often each address came lately: two counts an address, in memory, gone when time has passed.

The windows of a library were tried: they walk over all addresses every hundredth of a second, in
a thread that the interpreter takes away from answering (docs/decisions/0056).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Window:
    """A window of so many *seconds* that slides over what came in this one and the one before."""

    seconds: int
    _number: int = 0
    _now: Counter[str] = field(default_factory=Counter)
    _before: Counter[str] = field(default_factory=Counter)

    def came(self, address: str, at: float) -> float:
        """How often *address* came in the seconds before *at*, if it came evenly in the last.

        >>> window = Window(60)
        >>> for second in (10, 20, 30):
        ...     window.add("192.0.2.7", second)
        >>> [window.came("192.0.2.7", at) for at in (40, 90, 130)]
        [3, 1.5, 0]
        >>> window.add("192.0.2.8", 130)
        >>> window.add("192.0.2.8", 131, -1)
        >>> dict(window._now)
        {}
        """
        self.forget(at)
        if not (before := self._before[address]):
            return self._now[address]
        return self._now[address] + before * (1 - at % self.seconds / self.seconds)

    def add(self, address: str, at: float, times: int = 1) -> None:
        """Count *address* once more, or once less: of whoever did nothing wrong nothing stays."""
        self.forget(at)
        self._now[address] += times
        if not self._now[address]:
            del self._now[address]

    def forget(self, at: float) -> None:
        """Drop the addresses that came in no window that still counts."""
        number = int(at // self.seconds)
        if number != self._number:
            self._before = self._now if number == self._number + 1 else Counter()
            self._now, self._number = Counter(), number
