"""Verdicts beside responses: what closing leaves behind, what a release counts, what is decided."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.instruments import shipped
from bot.keys import Keys
from handlers.inbound import Inbound, Start, Tap, Text
from handlers.privacy.retention import HOURS
from handlers.receive import Survey, expire, hour_of, receive
from sipas.packing import HANOI, half_day
from sipas.periods import parse_period
from sipas.plan import plan
from sipas.session import Session, dump, load
from sipas.verdicts import SAME_TEXT_LEAST
from storage.recount import recount
from storage.release import release
from storage.store import Store, snapshot
from storage.transaction import Transaction
from storage.verdicts import Flags, decide, flagged_of, flags_by_unit, flags_of_unit
from tests.server import COUNTER, OTHER, directory

pytestmark = pytest.mark.anyio

MORNING = datetime(2026, 11, 13, 9, 5, tzinfo=HANOI).astimezone(UTC)
NOVEMBER = parse_period("2026-11")
COMMENT = "Cán bộ hướng dẫn rất tận tình, chu đáo"


def _key(who: str) -> bytes:
    return who.encode().ljust(16)[:16]


def _session(tx: Transaction, who: str) -> Session | None:
    held = tx.held(_key(who))
    return load(held.session) if held and held.session else None


async def leave_comment(desk: Desk, who: str, counter: str, text: str) -> None:
    """A level, yes to more, every question skipped, and a comment where one is asked for."""
    await desk.send(who, MORNING, Start(counter), Tap("1|-|overall|4"))
    while (session := await desk.store.write(_session, who)) and session.place:
        key = plan(shipped()[session.place.instrument]).questions[session.current].key
        answer = {"more": "yes", "comment": "", "quote": "no"}.get(key, ".skip")
        tap = Tap(f"1|{session.tag}|{key}|{answer}")
        await desk.send(who, MORNING, tap if answer else Text(text))


class Desk:
    """A counter with people at it; every response goes the way of the product."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self.store = store
        self.said: Counter[tuple[str, str]] = Counter()
        chance = random.Random(5)
        self.survey = Survey(shipped(), 1, chance.getrandbits, keys.code_hash, self._count)
        self._updates = 0

    def _count(self, check: str, outcome: str) -> None:
        self.said[check, outcome] += 1

    async def send(self, who: str, now: datetime, *happenings: Any) -> None:
        """One update of *who*'s conversation."""
        self._updates += 1
        inbound = Inbound(1, "web", str(self._updates), _key(who), happenings)
        await self.store.write(receive, self.survey, inbound, now)

    async def one_tap(self, who: str, now: datetime, level: int = 5) -> None:
        """Scan, tap, stop."""
        await self.send(who, now, Start(COUNTER), Tap(f"1|-|overall|{level}"))
        await self.send(who, now, Text("dừng"))

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        return await self.store.write(lambda tx: tx.connection.execute(query).fetchall())

    async def flagged(self) -> Counter[int]:
        """Flags by number of check."""
        return Counter(check for (check,) in await self.rows("select check_id from verdicts"))

    async def release(self) -> int:
        half, chance = half_day(MORNING), random.Random(7)
        return await self.store.write(release, shipped(), half, chance)


@pytest.fixture
async def desk(store: Store, keys: Keys) -> Desk:
    """The small province of tests/server.py."""
    await store.write(directory)
    await store.write(Transaction.account_id, "web", "web")
    return Desk(store, keys)


SPEED, STRAIGHT, RATE, BURST, TEXT = range(2, 7)


async def quiet_days(desk: Desk) -> None:
    """Twelve earlier days of five visitors, one of them very satisfied, are released."""
    for day in range(1, 13):
        for number in range(5):
            now = MORNING - timedelta(days=day, minutes=-15 * number)
            await desk.one_tap(f"visitor {day} {number}", now, (3, 4, 5, 3, 4)[number])
    await desk.release()


async def test_one_tap_leaves_nothing_behind(desk: Desk) -> None:
    """Neither flag nor duration; and every check said pass."""
    await desk.one_tap("lan", MORNING)

    assert await desk.rows("select * from verdicts") == []
    assert await desk.rows("select * from durations") == []
    assert {outcome for _, outcome in desk.said} == {"pass"}


async def test_an_office_of_forty_is_not_even_flagged(desk: Desk) -> None:
    """Forty people in an hour, each with a mind of their own: all are kept, nothing is remarked."""
    for number in range(40):
        now = MORNING + timedelta(seconds=75 * number)
        await desk.one_tap(f"employee {number}", now, 1 + number % 5)

    assert await desk.rows("select count(*) from closed_responses") == [(40,)]
    assert await desk.flagged() == {}
    assert not any(outcome == "reject" for _, outcome in desk.said)


async def test_a_relatives_phone_for_three_people_passes(desk: Desk) -> None:
    """Three responses from one conversation in a day are nobody's business."""
    for minutes in (0, 20, 40):
        await desk.one_tap("grandchild", MORNING + timedelta(minutes=minutes))

    assert await desk.flagged() == {}


async def test_an_accountant_with_twelve_dossiers_is_flagged_at_most(desk: Desk) -> None:
    """The eleventh and twelfth of a day; the next morning nothing is held against her."""
    for number in range(12):
        await desk.one_tap("accountant", MORNING + timedelta(minutes=30 * number))
    await desk.one_tap("accountant", MORNING + timedelta(days=1))

    assert await desk.flagged() == {RATE: 2}
    assert await desk.rows("select count(*) from closed_responses") == [(13,)]


async def test_stuffing_twenty_four_in_twenty_minutes_is_flagged(desk: Desk) -> None:
    """Staff with a code in hand, a fresh conversation each: from the thirteenth on."""
    await quiet_days(desk)
    for number in range(24):
        await desk.one_tap(f"hand {number}", MORNING + timedelta(seconds=50 * number))

    assert await desk.flagged() == {BURST: 11}


async def test_a_counter_that_is_always_busy_is_not_remarked_on(desk: Desk) -> None:
    """Its own four weeks are the measure, not another counter's."""
    hour = hour_of(MORNING)
    (counter,) = await desk.store.write(lambda tx: tx.counter_ids(COUNTER)[:1])
    for before in range(24, 24 * 20, 24):
        await desk.store.write(Transaction.arrive, counter, hour - before, 20)
    for number in range(30):
        await desk.one_tap(f"visitor {number}", MORNING + timedelta(seconds=number))

    assert await desk.flagged() == {}


async def test_taps_left_open_are_judged_by_the_hour_they_came_in(desk: Desk) -> None:
    """Stuffing with open pages closes a day later, all at once; the burst is seen all the same."""
    await quiet_days(desk)
    for number in range(24):
        now = MORNING + timedelta(seconds=50 * number)
        await desk.send(f"page {number}", now, Start(COUNTER), Tap("1|-|overall|5"))
    later = MORNING + timedelta(days=1, hours=3)
    await desk.store.write(expire, desk.survey, later, later - timedelta(days=1), 200)

    assert await desk.flagged() == {BURST: 17}


async def test_the_same_comment_five_times_is_flagged_from_the_third(desk: Desk) -> None:
    """Typed with and without tones; at another counter it is the first time."""
    words = (COMMENT, COMMENT.upper(), "can bo huong dan rat tan tinh chu dao", COMMENT, COMMENT)
    for number, text in enumerate(words):
        await leave_comment(desk, f"writer {number}", COUNTER, text)
    await leave_comment(desk, "elsewhere", OTHER, COMMENT)

    assert await desk.flagged() == {TEXT: len(words) - SAME_TEXT_LEAST + 1}


async def test_marks_go_within_two_days(desk: Desk) -> None:
    """The conversation's at the end of its day, the words' after 48 hours at most."""
    for number in range(2):
        await leave_comment(desk, f"writer {number}", COUNTER, COMMENT)
    hour = hour_of(MORNING)
    held = await desk.rows("select count(*), max(until) from marks")
    await desk.store.write(Transaction.purge, hour - hour % 24 + 24, HOURS)
    after_midnight = await desk.rows("select n from marks")
    await desk.store.write(Transaction.purge, hour + 47, HOURS)

    assert held == [(3, hour + 47)]
    assert after_midnight == [(2,)]
    assert await desk.rows("select * from marks") == []


async def test_malformed_answers_are_rejected_and_counted(desk: Desk) -> None:
    """What no conversation can lead to is not kept, and no longer counted as received."""
    await desk.send("eve", MORNING, Start(COUNTER), Tap("1|-|overall|5"))
    await desk.store.write(_spoil, "eve")
    await desk.send("eve", MORNING, Text("dừng"))

    assert desk.said["form", "reject"] == 1
    assert await desk.rows("select * from closed_responses") == []
    assert await desk.rows("select n from arrivals") == [(0,)]


def _spoil(tx: Transaction, who: str) -> None:
    """A mark that no scale can hold, put into the open response from outside."""
    session = _session(tx, who)
    assert session is not None
    assert session.place is not None
    number = plan(shipped()[session.place.instrument]).position["f_access"]
    answers = session.answers[:number] + "Z" + session.answers[number + 1 :]
    text = dump(session._replace(answers=answers))
    tx.hold(_key(who), 1, COUNTER, 0, text, None)


async def test_a_forged_payload_is_refused_and_counted(desk: Desk) -> None:
    """A button's text that no button of ours has, and a counter that does not exist."""
    await desk.send("eve", MORNING, Tap("1|-|overall|5|drop table"))
    await desk.send("eve", MORNING, Start("381208"))

    assert desk.said == {("payload", "reject"): 1, ("counter", "reject"): 1}
    assert await desk.rows("select * from closed_responses") == []


async def test_release_counts_flags_and_recount_agrees(desk: Desk) -> None:
    """Nothing is shown of a flag before its response is released."""
    await quiet_days(desk)
    for number in range(24):
        await desk.one_tap(f"hand {number}", MORNING)
    reader = desk.store.reader
    (unit,) = (await desk.rows("select unit_id from counters where code = '381207'"))[0]
    before = await flags_of_unit(reader, unit, NOVEMBER), await flagged_of(reader, unit)
    await desk.release()

    assert before == (Flags(0, 0, 0), [])
    assert await flags_of_unit(reader, unit, NOVEMBER) == Flags(11, 0, 0)
    assert await flags_by_unit(reader, NOVEMBER) == {unit: Flags(11, 0, 0)}
    assert await flags_of_unit(reader, unit, parse_period("2026-10")) == Flags(0, 0, 0)
    assert snapshot(desk.store.address, recount, shipped()) == []


async def test_a_decision_moves_a_flag_and_deletes_nothing(desk: Desk) -> None:
    """Kept, then set aside after all: every decision stays, the last one holds, all are audited."""
    await quiet_days(desk)
    for number in range(24):
        await desk.one_tap(f"hand {number}", MORNING)
    await desk.release()
    reader = desk.store.reader
    (unit,) = (await desk.rows("select unit_id from counters where code = '381207'"))[0]
    first, second, *_ = await flagged_of(reader, unit)
    rollups = await desk.rows("select * from rollups order by 1, 2, 3, 4, 5")

    async def decided(response: int, decision: str) -> bool:
        at = "2026-11-11T08:00:00+00:00"
        return await desk.store.write(decide, response, decision, "officer", at, 20_768)

    assert await decided(first.response, "keep")
    assert await decided(first.response, "set-aside")
    assert await decided(second.response, "keep")
    assert not await decided(second.response, "keep")
    assert await flags_of_unit(reader, unit, NOVEMBER) == Flags(9, 1, 1)
    assert {each.decision for each in await flagged_of(reader, unit)} == {"", "keep", "set-aside"}
    assert first.reasons == ("burst: busy_hour",)
    assert await desk.rows("select act, detail from audit where act = 'verdict'") == [
        ("verdict", "keep"),
        ("verdict", "set-aside"),
        ("verdict", "keep"),
    ]
    assert await desk.rows("select * from rollups order by 1, 2, 3, 4, 5") == rollups
    assert snapshot(desk.store.address, recount, shipped()) == []


async def test_only_a_released_flagged_response_is_decided_on(desk: Desk) -> None:
    """A wrong number is said, and a response without a flag needs no decision."""
    for number in range(5):
        await desk.one_tap(f"citizen {number}", MORNING)
    ((waiting,), *_) = await desk.rows("select response_id from closed_responses")
    for _ in range(2):
        with pytest.raises(LookupError, match="no released response with a flag"):
            await desk.store.write(decide, waiting, "keep", "officer", "now", 1)
        await desk.release()


async def test_a_changed_count_of_flags_is_found(desk: Desk) -> None:
    """The nightly recount names it."""
    await quiet_days(desk)
    for number in range(24):
        await desk.one_tap(f"hand {number}", MORNING)
    await desk.release()
    await desk.rows("update flagged set n = n + 1 returning n")

    (difference,) = snapshot(desk.store.address, recount, shipped())
    assert (difference.table, difference.stored, difference.counted) == ("flagged", 12, 11)
