"""Whether a channel account works, in words for /readyz and the log: no token, no address."""

from __future__ import annotations

from collections.abc import Iterator

import structlog

from bot.channels.outcomes import Outcome
from storage.writer import StorageUnavailable

log = structlog.get_logger()

LONGEST_DELAY_S = 60.0
WELL = "connected"


class Status:
    """The troubles of the account's parts; connected when there is none."""

    def __init__(self, channel: str, *parts: str) -> None:
        self._channel = channel
        self._troubles = dict.fromkeys(parts, "starting")

    def __str__(self) -> str:
        """`connected`, or `not connected: …` with the first trouble."""
        trouble = next(iter(self._troubles.values()), None)
        return WELL if trouble is None else f"not connected: {trouble}"

    def well(self, part: str) -> None:
        """The part did its work."""
        if self._troubles.pop(part, "starting") != "starting":
            log.info("channel recovered", channel=self._channel, part=part)

    def trouble(self, part: str, error: Exception) -> None:
        """The part failed and will try again."""
        known = self._troubles.get(part)
        self._troubles[part] = reason(error)
        if known != self._troubles[part]:
            expected = isinstance(error, Outcome | StorageUnavailable)
            log.warning(
                "channel failed",
                channel=self._channel,
                part=part,
                reason=reason(error),
                exc_info=None if expected else error,
            )


def reason(error: Exception) -> str:
    """Why, in words of our own: messages of errors may quote addresses with a token in them."""
    match error:
        case Outcome():
            return str(error)
        case StorageUnavailable():
            return "the database cannot be written"
        case _:
            return type(error).__name__


def delays(first: float = 1.0) -> Iterator[float]:
    """Seconds to wait before each further try: doubling, at most a minute.

    >>> from itertools import islice
    >>> list(islice(delays(), 8))
    [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    """
    delay = first
    while True:
        yield min(delay, LONGEST_DELAY_S)
        delay = min(2 * delay, LONGEST_DELAY_S)
