"""A clock that a test may set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time until it is set; then it stands still and only `advance` moves it."""

    def __init__(self) -> None:
        self._frozen: datetime | None = None
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The fake's time, aware, UTC."""
        return self._frozen or datetime.now(UTC) + self._ahead

    def milliseconds(self) -> int:
        """The fake's time as Zalo writes it."""
        return milliseconds(self.now())

    def set(self, moment: datetime) -> None:
        """Stand still at *moment* (aware)."""
        self._frozen = moment.astimezone(UTC)

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        """Move on, standing still or not."""
        step = timedelta(days=days, hours=hours, seconds=seconds)
        if self._frozen is None:
            self._ahead += step
        else:
            self._frozen += step


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970.

    >>> milliseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000
    """
    return int(moment.timestamp() * 1000)
