"""What every route needs, put together by the composition root."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network, ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import HTTPException, Request

from handlers.charts.drawing import Draw, undrawn
from handlers.elsewhere import Elsewhere
from handlers.outside import Outside
from handlers.pace import Turn
from handlers.people.provider import Provider
from handlers.people.sheet import Sheet
from handlers.rates import Window
from handlers.receive import Survey
from handlers.running import Running
from handlers.splitting import Splits
from sipas.clusters import Spreads
from sipas.figures import Figure
from sipas.periods import Period
from sipas.weighting import Stratum
from storage.directory import Directory, load_directory
from storage.queries import read as sql
from storage.reads import Release, Tallies, instrument_refs, last_release
from storage.store import Store

KEPT_MOST = 40
FIGURES_MOST = 60_000
SPREADS_MOST = 8_000
STRATA_MOST = 200
WRONG_CODES_MOST = 60
WRONG_CODES_S = 15 * 60

Asked = tuple[int, str, Period, str, str, str, frozenset[str]]
"""A question: release, unit, period, by what, formula, view, units of which others see less."""
Answer = tuple[Directory, list[tuple[str, Figure]]]
"""Its figures, and the tree they were found in: another tree may have another answer."""

Kept = tuple[int, Period, str]
"""What is kept: of a release, of a period, and what of it.

Never by the period's code: the days that may be shown of one have the same.
"""

OfUnit = tuple[int, Period, str, int]
"""Whose uncertainty is remembered: unit, period, formula, instrument."""

Weighed = tuple[int, str, str, str, str, int, str]
"""Whose figures are weighted: release, unit, days, the reader's own units, hour, instrument."""
Strata = tuple[Directory, Mapping[str, Sequence[Stratum]]]
"""By item, and the tree they were found in."""
Sheets = Callable[[Sequence[Sheet]], bytes]
"""Lays out login sheets as one PDF."""

OpenFile = tuple[int, str, str]
"""A file of the open data: number of the root it is of, language, name."""

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class State:
    """The installation as of one request: tree, last release, instruments.

    Attributes:
        tree: names the directory; another one has another name.
    """

    directory: Directory
    release: Release | None
    instruments: dict[int, str]
    tree: str = ""


@dataclass(frozen=True, slots=True)
class Entrance:
    """Another way to rate the counter on the page.

    Attributes:
        title: the channel as people know it.
        link: where it is, or empty where only its name can be told.
        say: what to write there first, empty where the link says it.
    """

    title: str
    link: str
    say: str = ""


Entrances = Callable[[str, tuple[str, ...]], list[Entrance]]


@dataclass
class Service:
    """The open store and the facts of this installation."""

    store: Store
    survey: Survey
    clock: Callable[[], datetime]
    public_url: str
    web_account: int
    rate_per_minute: int
    log_key: bytes = b""
    silent_days: int = 10
    refusals_most: int = 60
    staff_url: str = ""
    single: Provider | None = None
    sheets: Sheets = lambda sheets: b""
    entrances: Entrances = lambda counter, units: []
    audio: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    report_template: Path | None = None
    mails: bool = False
    draw: Draw = undrawn
    elsewhere: Elsewhere | None = None
    applied: Callable[[], object] = lambda: None
    kept: dict[Kept, Tallies] = field(default_factory=dict, repr=False)
    answers: dict[Asked, Answer] = field(default_factory=dict, repr=False)
    spreads: dict[OfUnit, tuple[int, Spreads]] = field(default_factory=dict, repr=False)
    earlier: dict[tuple[int, str], Mapping[int, int]] = field(default_factory=dict, repr=False)
    running: tuple[tuple[int, int], Directory, Running] | None = field(default=None, repr=False)
    making: Turn = field(default_factory=Turn, repr=False)
    strata: dict[Weighed, Strata] = field(default_factory=dict, repr=False)
    splits: Splits = field(default_factory=Splits, repr=False)
    package: tuple[int, bytes] | None = field(default=None, repr=False)
    aggregate: tuple[int, bytes] | None = field(default=None, repr=False)
    open_data: dict[OpenFile, bytes] = field(default_factory=dict, repr=False)
    _directory: tuple[str, Directory] | None = field(default=None, repr=False)
    _trying: Counter[str] = field(default_factory=Counter, repr=False)
    _updates: Window = field(default_factory=lambda: Window(60), repr=False)
    _wrong_codes: Window = field(default_factory=lambda: Window(WRONG_CODES_S), repr=False)

    @property
    def outside(self) -> Outside:
        """How who signs in sees the installation, and devices: nobody else has a cookie."""
        return Outside(self.staff_url or self.public_url)

    def today(self) -> date:
        """The day in Viet Nam, where every period begins and ends."""
        return self.clock().astimezone(VIETNAM).date()

    def limit(self, request: Request) -> None:
        """Count an update against its address; raise 429 when it is one too many."""
        address, at = neighbourhood(request), self.clock().timestamp()
        # Only in memory and only for this minute and the next: no address is ever stored.
        if self._updates.came(address, at) + 1 > self.rate_per_minute:
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS,
                "Too many updates from this address; try again in a minute. Nothing was lost.",
                {"Retry-After": "10"},
            )
        self._updates.add(address, at)

    def try_code(self, request: Request) -> None:
        """As `limit`, for a response code; it counts as nobody's until `right_code`, in memory.

        Raise 429 after many wrong ones, so that nobody finds a code by trying (decision 0060).
        """
        self.limit(request)
        address, at = neighbourhood(request), self.clock().timestamp()
        if self._wrong_codes.came(address, at) >= WRONG_CODES_MOST:
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS,
                "Too many wrong codes from this address; try again in half an hour.",
                {"Retry-After": "1800"},
            )
        self._wrong_codes.add(address, at)

    def right_code(self, request: Request) -> None:
        """The code that was tried is somebody's."""
        self._wrong_codes.add(neighbourhood(request), self.clock().timestamp(), -1)

    @contextmanager
    def trying(self, origin: str) -> Iterator[int]:
        """A password is tried from *origin*; how many are at this moment, besides.

        They count as wrong until it is known: a thousand at once would all pass, and keep
        everything else that needs a thread waiting while they are hashed.
        """
        others = self._trying[origin]
        self._trying[origin] += 1
        try:
            yield others
        finally:
            self._trying -= Counter((origin,))

    def forget_addresses(self) -> None:
        """Drop the addresses that are too old to count, though nobody else may come."""
        for window in (self._updates, self._wrong_codes):
            window.forget(self.clock().timestamp())

    def heard(self, language: str) -> str:
        """The questions that can be heard in a language, apart by spaces, as pages want it."""
        return " ".join(question for spoken, question in self.audio if spoken == language)

    def keep(self, key: Kept, tallies: Tallies) -> None:
        """Remember tallies of a release; those of earlier releases go."""
        stale = [known for known in self.kept if known[0] != key[0]]
        for known in [*stale, *list(self.kept)[KEPT_MOST:]]:
            self.kept.pop(known, None)
        self.kept[key] = tallies

    def keep_answer(self, asked: Asked, answer: Answer) -> None:
        """Remember the figures of a release; those of earlier ones go, then the oldest."""
        for old in [known for known in self.answers if known[0] < asked[0]]:
            self.answers.pop(old)
        self.answers[asked] = answer
        many = sum(len(figures) for _, figures in self.answers.values())
        for old in list(self.answers)[:-1]:
            if many <= FIGURES_MOST and self.answers[old][0] is answer[0]:
                break
            many -= len(self.answers.pop(old)[1])

    def spread(self, of: OfUnit, tally: int) -> Spreads | None:
        """How uncertain a unit's figures are, where that is remembered of this *tally*."""
        known, spread = self.spreads.get(of, (None, None))
        return spread if known == tally else None

    def keep_spread(self, of: OfUnit, tally: int, spread: Spreads) -> None:
        """Remember it in place of that of an earlier tally; the oldest go."""
        self.spreads.pop(of, None)
        while len(self.spreads) >= SPREADS_MOST:
            self.spreads.pop(next(iter(self.spreads)))
        self.spreads[of] = tally, spread

    def keep_strata(self, of: Weighed, found: Strata) -> None:
        """Remember what figures are weighted by; the oldest go."""
        while len(self.strata) >= STRATA_MOST:
            self.strata.pop(next(iter(self.strata)))
        self.strata[of] = found

    def keep_open_data(self, of: OpenFile, made: bytes) -> None:
        """Remember a file of the open data; those of earlier roots go."""
        for old in [known for known in self.open_data if known[0] != of[0]]:
            self.open_data.pop(old)
        self.open_data[of] = made

    async def state(self) -> State:
        """Read the installation's state; the directory only when it has changed."""
        reader = self.store.reader
        version = await sql.installation(reader, key="directory") or ""
        if self._directory is None or self._directory[0] != version:
            self._directory = version, await load_directory(reader)
        return State(
            directory=self._directory[1],
            release=await last_release(reader),
            instruments=await instrument_refs(reader),
            tree=version,
        )


async def service(request: Request) -> Service:
    """The service of the app that got this request.

    A dependency that is no coroutine would be sent to a thread and back, by every request.
    """
    found: Service = request.app.state.service
    return found


def neighbourhood(request: Request) -> str:
    """What a request's tries are counted against: its address, or its IPv6 network.

    Whoever has one address of IPv6 has the 64 bits below it, too.

    >>> [
    ...     neighbourhood(Request({"type": "http", "client": (host, 443)}))
    ...     for host in ("192.0.2.7", "2001:db8::7", "2001:db8::a:b:c:d", "::ffff:192.0.2.7")
    ... ]
    ['192.0.2.7', '2001:db8::/64', '2001:db8::/64', '::ffff:192.0.2.7']
    """
    host = request.client.host if request.client else ""
    return _network(host) if ":" in host else host


def _network(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:  # a socket of this machine has no address
        return host
    if not isinstance(address, IPv6Address) or address.ipv4_mapped:
        return host
    return str(IPv6Network((int(address) >> 64 << 64, 64)))
