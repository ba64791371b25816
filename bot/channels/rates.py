"""How fast messages may go, to everybody and to one chat."""

from __future__ import annotations

from dataclasses import dataclass, field

CHATS_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a second and how many may go at once, for the whole account and for one chat."""

    per_second: float
    burst: int
    chat_per_second: float
    chat_burst: int


class Bucket:
    """A token bucket by reservation: each taker is told how long to wait for its turn.

    It is empty at first: whoever sent before, perhaps another process a moment ago, may have used
    up everything.
    """

    __slots__ = ("_interval", "_next", "_slack")

    def __init__(self, per_second: float, burst: int, began: float) -> None:
        self._interval = 1 / per_second
        self._slack = (burst - 1) * self._interval
        self._next = began + burst * self._interval

    def take(self, now: float) -> float:
        """Reserve the next turn and return the seconds until it.

        >>> bucket = Bucket(per_second=1, burst=2, began=0)
        >>> [bucket.take(100) for _ in range(4)], Bucket(1, 2, began=100).take(100)
        ([0.0, 0.0, 1.0, 2.0], 1.0)
        """
        turn = max(self._next, now)
        self._next = turn + self._interval
        return max(0.0, turn - self._slack - now)

    def idle(self, now: float) -> bool:
        """Whether the bucket is full again, so that a new one would do as well."""
        return self._next <= now


@dataclass
class Rates:
    """The buckets of one account, for as long as one process sends for it."""

    limits: Limits
    began: float
    _all: Bucket = field(init=False)
    _chats: dict[str, Bucket] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._all = Bucket(self.limits.per_second, self.limits.burst, self.began)

    def take(self, chat: str, now: float) -> float:
        """Reserve a turn for a message to *chat* and return the seconds until it."""
        if len(self._chats) >= CHATS_KEPT:
            self._chats = {key: kept for key, kept in self._chats.items() if not kept.idle(now)}
        limits = self.limits
        bucket = self._chats.get(chat)
        if bucket is None:
            bucket = Bucket(limits.chat_per_second, limits.chat_burst, self.began)
            self._chats[chat] = bucket
        return max(bucket.take(now), self._all.take(now))
