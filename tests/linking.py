"""A linking program: whoever has the whole database and knows when each dossier was returned.

People answer with their receipts soon after their dossier came back. The program is given every row
of every table, in the order of the file and of each column, and guesses which response is whose.
It has no key. That it is right is told by the contest tags, which only the period's key walks.
"""

from __future__ import annotations

import random
import secrets
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bot.instruments import shipped
from bot.keys import Keys
from bot.sealing import seal
from handlers.inbound import Inbound, Start, Tap
from handlers.receipts.using import Receipts
from handlers.receive import expire, receive
from handlers.survey import Survey
from sipas.packing import HANOI, day_of, half_day
from sipas.receipts import Receipt, tag, token
from storage import moving, sealing
from storage.engine import Connection
from storage.engines import engine_of
from storage.receipts import give
from storage.release import release
from storage.store import Store
from storage.transaction import Transaction
from tests.databases import ON_POSTGRESQL
from tests.databases import database as address
from tests.sealed_province import SIGNER
from tests.server import directory

PERIOD_KEY = b"the key of a month, 32 bytes ..."
OPENS, HOURS = 7, 10
QUIET = timedelta(minutes=45)


class Answered(NamedTuple):
    """What the program knows of a person, and what the truth is."""

    counter: str
    returned: datetime
    receipt: Receipt


@dataclass
class Counters:
    """Two counters, a busy and a quiet one, through the real path with a clock of their own."""

    store: Store
    keys: Keys
    chance: random.Random
    people: list[Answered] = field(default_factory=list)

    def __post_init__(self) -> None:
        receipts = Receipts(self.keys.receipt_mac, lambda period, now: PERIOD_KEY)
        self.survey = Survey(shipped(), 1, secrets.randbits, self.keys.code_hash, receipts=receipts)

    async def live(self, first: datetime, days: int, daily: dict[str, int]) -> None:
        """Working days, one after the other, with so many answers each."""
        await self.store.write(directory)
        await self.store.write(Transaction.account_id, "web", "web")
        day = first
        while days:
            if day.weekday() < 5:
                await self._day(day, daily)
                days -= 1
            day += timedelta(1)

    async def _day(self, day: datetime, daily: dict[str, int]) -> None:
        opened = day.replace(hour=OPENS)
        due = sorted(
            (opened + timedelta(minutes=self.chance.randrange(60 * (HOURS - 2))), counter)
            for counter, n in daily.items()
            for _ in range(n)
        )
        for hour in range(HOURS):
            now = opened + timedelta(hours=hour)
            for returned, counter in due:
                if now <= returned < now + timedelta(hours=1):
                    await self.store.write(self._answers, counter, returned)
            await self._work(now + timedelta(hours=1))
        stated = partial(_stated, self.store)
        await seal(self.store, day.date().isoformat(), SIGNER, stated)

    def _answers(self, tx: Transaction, counter: str, returned: datetime) -> None:
        """One dossier comes back, and within minutes its owner taps a level."""
        last_day = half_day(returned) // 2 + 60
        receipt = give(tx, counter, "result", last_day, secrets.randbits)
        self.people.append(Answered(counter, returned, receipt))
        taps = Start(token(receipt, self.keys.receipt_mac)), Tap(f"1|-|overall|{self._level()}")
        when = returned + timedelta(minutes=self.chance.randrange(1, 6))
        inbound = Inbound(1, "web", secrets.token_hex(8), secrets.token_bytes(16), taps)
        receive(tx, self.survey, inbound, when)

    def _level(self) -> int:
        return self.chance.choice((3, 4, 4, 5, 5, 5))

    async def _work(self, now: datetime) -> None:
        """What the workers do meanwhile."""
        await self.store.write(expire, self.survey, now, now - QUIET, 200)
        chance = random.Random(secrets.randbits(64))
        if await self.store.write(release, shipped(), half_day(now), chance):
            self.store.checkpoint()

    def truth(self, connection: Connection) -> dict[int, int]:
        """The person of each response, by the period's key."""
        tags = dict(connection.execute("select tag, response_id from contest_tags"))
        owners = enumerate(bytes.fromhex(tag(PERIOD_KEY, each.receipt)) for each in self.people)
        return {tags[one]: number for number, one in owners if tags.get(one) is not None}


async def _stated(store: Store) -> sealing.Statement:
    return sealing.Statement(await store.look(_last_release), {"figures.jsonl": b""})


def _last_release(tx: Transaction) -> int:
    asked = "select coalesce(max(release_id), 0) from releases"
    (found,) = tx.connection.execute(asked).fetchone()
    return int(found)


Guess = dict[int, int]
"""A person of each response, by number."""


def guesses(
    database: Path, people: list[Answered], code: str, table: str = "responses"
) -> dict[str, Guess]:
    """What the program makes of each order and each time it finds, of a counter's responses."""
    came = sorted((each.returned, n) for n, each in enumerate(people) if each.counter == code)
    asked = f"select response_id from {table} join counters using (counter_id) where code = ?"  # noqa: S608
    engine = engine_of(address(database))
    with closing(engine), engine.snapshot() as connection:
        there = {number for (number,) in connection.execute(asked, (code,))}
        found = {
            f"order of {name}": dict(
                zip([r for r in order if r in there], _persons(came), strict=False)
            )
            for name, order in _orders(connection)
        } | {
            f"time in {name}": _nearest({r: at for r, at in times.items() if r in there}, came)
            for name, times in _times(connection).items()
        }
    told = {tuple(sorted(guess.items())): name for name, guess in found.items()}
    return {name: dict(guess) for guess, name in told.items()}


def _persons(came: list[tuple[datetime, int]]) -> list[int]:
    return [person for _, person in came]


def _orders(connection: Connection) -> Iterator[tuple[str, list[int]]]:
    """Every order of responses that a table has: of the file, and of each of its columns."""
    for table, columns in _tables_of_responses(connection).items():
        place = _place(connection, table)
        for column in ("", *columns):
            by = ", ".join(each for each in (column, place) if each)
            order = f"order by {by}" if by else ""  # a table without places is in its key's order
            rows = connection.execute(f"select response_id from {table} {order}")  # noqa: S608
            yield f"{table}.{column or 'file'}", [number for (number,) in rows if number]


def _times(connection: Connection) -> dict[str, dict[int, datetime]]:
    """Every half-day that stands, or may stand, beside a response."""
    found: dict[str, dict[int, datetime]] = defaultdict(dict)
    for table, columns in _tables_of_responses(connection).items():
        listed = ", ".join(columns)
        for row in connection.execute(f"select response_id, {listed} from {table}"):  # noqa: S608
            for column, value in zip(columns, row[1:], strict=True):
                if row[0] and (when := _moment(value)):
                    found[f"{table}.{column}"][row[0]] = when
    return found


def _moment(value: Any) -> datetime | None:
    """A half-day or a day, where a number is or begins with one."""
    if not isinstance(value, int):
        return None
    for number in (value >> 43, value, value * 2):
        if 41_000 < number < 42_000:
            noon = datetime.combine(day_of(number), datetime.min.time(), HANOI)
            return noon + timedelta(hours=9 + 5 * (number % 2))
    return None


def _nearest(times: dict[int, datetime], came: list[tuple[datetime, int]]) -> Guess:
    """Whoever is nearest in time to a response, nobody twice."""
    pairs = [(abs(at - back), r, person) for r, at in times.items() for back, person in came]
    found, taken = Guess(), set[int]()
    for _, response, person in sorted(pairs):
        if response not in found and person not in taken:
            found[response] = person
            taken.add(person)
    return found


def _tables_of_responses(connection: Connection) -> dict[str, tuple[str, ...]]:
    named = {table.name: table.columns for table in moving.tables(connection)}
    return {table: columns for table, columns in named.items() if "response_id" in columns}


def _place(connection: Connection, table: str) -> str:
    """By what rows lie in the file: tables of SQLite without row numbers, by their key."""
    if ON_POSTGRESQL:
        return "ctid"
    rows = connection.execute("select wr from pragma_table_list where name = ?", (table,))
    return "" if rows.fetchone()[0] else "rowid"


def hits(guess: Guess, truth: dict[int, int]) -> int:
    """How often the program was right."""
    return sum(truth.get(response) == person for response, person in guess.items())
