"""A reminder comes once, by day, only to who can be written to and has something open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.instruments import shipped
from bot.keys import Keys
from handlers.inbound import Happening, Inbound, Start, Tap
from handlers.receive import Survey, receive
from handlers.reminding import remind
from handlers.screens import load_shown
from sipas.events import Say
from storage import outbox
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import COUNTER, add_counter

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)  # 12:00 in Viet Nam
AFTER = timedelta(minutes=45)


@pytest.fixture
def survey(keys: Keys) -> Survey:
    return Survey(shipped(), 1, lambda bits: 1, keys.code_hash)


def begin(tx: Transaction, survey: Survey, at: datetime, address: str | None = "chat") -> None:
    """Somebody comes and taps a level."""
    add_counter(tx)
    both: tuple[Happening, ...] = (Start(COUNTER), Tap("1|-|overall|4"))
    for number, happening in enumerate(both):
        account = tx.account_id("telegram", "1")
        update = Inbound(account, "telegram", str(number), b"person", (happening,), "vi", address)
        receive(tx, survey, update, at)
    tx.connection.execute("delete from outbox")


async def at(store: Store, survey: Survey, moment: datetime) -> int:
    return await store.write(remind, survey, moment, AFTER, 100)


def queued(tx: Transaction) -> list[str]:
    rows = outbox.lease(tx, 1, 2**40, 2**40, 10)
    parts = [part for row in rows for part in load_shown(row.payload).screen]
    return [part.key if isinstance(part, Say) else part.question for part in parts]


async def test_the_open_question_comes_once_more_and_never_again(
    store: Store, survey: Survey
) -> None:
    """Not before its time; the question that is open comes with it."""
    await store.write(begin, survey, NOON)
    early = await at(store, survey, NOON + timedelta(minutes=40))
    due = await at(store, survey, NOON + timedelta(minutes=47))
    shown = await store.write(queued)
    await store.write(lambda tx: tx.connection.execute("delete from outbox"))
    again = await at(store, survey, NOON + timedelta(minutes=90))

    assert (early, due, again) == (0, 1, 0)
    assert shown == ["reminder", "more"]


@pytest.mark.parametrize(
    ("begun", "hours"),
    [(14, 1), (21, 1), (22, 1), (2, 1), (5, 4)],
    ids=["21:00", "4:00", "5:00", "9:00 of a page", "hours ago"],
)
async def test_nobody_is_woken_or_pursued(
    begun: int, hours: int, store: Store, survey: Survey
) -> None:
    """Not from nine in the evening to seven, not where nothing can be pushed, not hours later."""
    moment = NOON.replace(hour=begun)
    await store.write(begin, survey, moment, None if begun == 2 else "chat")

    assert await at(store, survey, moment + timedelta(hours=hours)) == 0


async def test_what_is_still_on_its_way_is_no_silence(store: Store, survey: Survey) -> None:
    """A question that could not be sent yet is not answered with a reminder."""
    await store.write(begin, survey, NOON)
    await store.write(outbox.queue, 1, b"person", 0, "waiting")

    assert await at(store, survey, NOON + timedelta(hours=1)) == 0


async def test_who_has_finished_is_left_alone(store: Store, survey: Survey) -> None:
    """Nothing is open any more."""
    await store.write(begin, survey, NOON)

    def stop(tx: Transaction) -> None:
        tap = Tap("1|-|more|no")
        receive(tx, survey, Inbound(1, "telegram", "9", b"person", (tap,), "vi", "chat"), NOON)
        tx.connection.execute("delete from outbox")

    await store.write(stop)

    assert await at(store, survey, NOON + timedelta(hours=1)) == 0
