"""Counters that are named from what was received, their page, the appeal, and what is public."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.instruments import shipped
from bot.tagging import Tagger
from bot.workers import Workers
from handlers.inbound import Start, Tap, Text
from handlers.privacy.retention import HOURS
from handlers.rights import Role
from sipas.findings import Act, Facts, State
from sipas.integrity import Sign
from sipas.packing import half_day
from sipas.periods import atom, half_month
from storage import integrity
from storage.filing_rows import By
from storage.integrity import Named
from storage.numbering import row_id
from storage.queries import write as sql
from storage.transaction import Transaction
from tests.server import COUNTER
from tests.test_alarms_stored import SIGNER, nothing
from tests.test_release import A_RESPONSE, SATISFIED, released
from tests.test_staff import Office, office
from tests.test_verdicts_stored import MORNING, Desk, desk
from tests.test_work import answered, signed_in

__all__ = ["desk", "office"]  # fixtures

pytestmark = pytest.mark.anyio

NOVEMBER = atom(date(2026, 11, 13))
AUGUST = atom(date(2026, 8, 20))


def _honest(tx: Transaction) -> None:
    """Seven weeks of the counter, five visitors a day with a mind of their own, released."""
    counter_id, unit_id = tx.counter_ids(COUNTER)
    usual = replace(A_RESPONSE, counter_id=counter_id, unit_id=unit_id)
    for day in range(49, 0, -1):
        half = half_day(MORNING - timedelta(days=day))
        for k, level in enumerate("34534"):
            row = replace(usual, response_id=row_id(half, k), levels=level + SATISFIED[1:])
            tx.close(row)
            tx.arrive(counter_id, half * 12 + k)
        assert released(tx, half) == 5


async def looked(desk: Desk) -> list[Named]:
    """Who is named of the first half of November."""
    return await desk.store.look(integrity.look, shipped(), NOVEMBER)


async def test_one_phone_that_praises_is_named_and_a_campaign_is_not(desk: Desk) -> None:
    """Thirty people in an hour say what they think; then one phone says thirty times the best.

    The worker of the next day stores it, once.
    """
    await desk.store.write(_honest)
    for number in range(30):
        now = MORNING + timedelta(seconds=100 * number)
        await desk.one_tap(f"guest {number}", now, 1 + number % 5)
    await desk.release()
    campaign = await looked(desk)
    for number in range(30):
        await desk.one_tap("a phone", MORNING + timedelta(hours=3, seconds=20 * number))
    await desk.release()
    [found] = await looked(desk)

    clock = MORNING + timedelta(days=1)
    workers = Workers(desk.store, desk.survey, Tagger(), lambda: clock, 60, 1440, SIGNER, nothing)
    for _ in range(2):
        await workers.watch()
    [stored] = await desk.store.look(integrity.findings)

    assert campaign == []
    assert (stored.counter, stored.raised, stored.signs) == (COUNTER, "2026-11-14", found.signs)
    assert {Sign.BURST, Sign.SOURCE} <= set(found.signs)
    assert found.flagged >= 20


async def test_who_is_named_stays_and_grows_until_somebody_acts(desk: Desk) -> None:
    """A second look adds what is new; after an appeal the finding is what was appealed against."""
    both = (Sign.BURST, Sign.SOURCE)
    for flagged in (12, 19):
        told = [Named(1, both, flagged)]
        await desk.store.write(integrity.keep, NOVEMBER, told, "2026-11-13")
    [grown] = await desk.store.look(integrity.findings)
    await desk.store.write(
        lambda tx: tx.connection.execute("update findings set state = 'appealed'")
    )
    await desk.store.write(integrity.keep, NOVEMBER, [Named(1, both, 50)], "2026-11-14")
    [kept] = await desk.store.look(integrity.findings)

    assert (grown.counter, grown.flagged, grown.raised) == (COUNTER, 19, "2026-11-13")
    assert (kept.flagged, kept.state) == (19, State.APPEALED)


async def test_answers_after_a_reminder_are_counted_and_not_named(desk: Desk) -> None:
    """Of who goes on after it; not of who stays silent, and no row tells whose they were."""
    for who in ("goes on", "never asked", "stays away"):
        await desk.send(who, MORNING, Start(COUNTER), Tap("1|-|overall|5"))
    await desk.store.write(lambda tx: tx.mark_reminded(b"goes on".ljust(16)[:16]))
    for who in ("goes on", "never asked"):
        await desk.send(who, MORNING + timedelta(hours=1), Text("dừng"))

    assert await desk.rows("select counter_id, atom, n, very from after_reminders") == [
        (1, NOVEMBER, 1, 1)
    ]


async def test_counts_after_reminders_end_when_the_schedule_says(desk: Desk) -> None:
    """And not a day before."""
    counted = "select count(*) from after_reminders"
    await desk.store.write(
        lambda tx: sql.count_after_reminder(tx.connection, counter_id=1, atom=NOVEMBER, very=1)
    )
    kept_for = timedelta(hours=HOURS["after_reminders"])
    ends = half_month(NOVEMBER).last

    await desk.store.write(integrity.purge, ends + kept_for, HOURS)
    kept = await desk.rows(counted)
    await desk.store.write(integrity.purge, ends + kept_for + timedelta(1), HOURS)

    assert (kept, await desk.rows(counted)) == ([(1,)], [(0,)])


def _name(tx: Transaction, number: int, raised: date) -> None:
    integrity.keep(tx, number, [Named(1, (Sign.BURST, Sign.SOURCE), 14)], raised.isoformat())


async def sent(office: Office, act: str, form: str, words: str = "Ngày hội phục vụ.") -> int:
    """The status of an act on the finding, by its form where the page offers it."""
    page = await office.client.get("/integrity/1?lang=en")
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert csrf
    told = {"csrf": csrf[1], "act": act, "words": words}
    answer = await office.client.post(f"/integrity/1/{form}?lang=en", data=told)
    return answer.status_code


async def test_a_unit_appeals_inspection_decides_and_one_line_is_public(office: Office) -> None:
    """Nothing is public before; nothing is upheld before staff were heard; nothing is deleted."""
    await answered(office.store, date(2026, 8, 20), 60)
    await office.store.write(_name, AUGUST, office.clock().date())
    await signed_in(office, Role.INSPECTION)
    early = await sent(office, "uphold", "decide")
    before = (await office.client.get("/units/15448?lang=en")).text
    await signed_in(office, Role.UNIT_HEAD, "15448")
    silent = await sent(office, "appeal", "appeal", "  ")
    appealed, again = [await sent(office, "appeal", "appeal") for _ in range(2)]
    refused = await sent(office, "dismiss", "decide")
    await signed_in(office, Role.INSPECTION)
    upheld = await sent(office, "uphold", "decide", "Tám điện thoại, một bàn.")
    page = (await office.client.get("/integrity/1?lang=en")).text
    public = (await office.client.get("/units/15448?lang=en")).text
    counter = (await office.client.get(f"/counters/{COUNTER}?lang=vi")).text
    rows = await office.store.reader.execute_fetchall("select count(*) from responses")

    assert (early, silent, appealed, again, refused, upheld) == (409, 409, 303, 409, 403, 303)
    assert "found that answers at" not in before
    assert "found that answers at Quầy số 1" in public
    assert "kết luận có phiếu chấm hộ" in counter
    assert "Ngày hội phục vụ." in page
    assert "Tám điện thoại" in page
    assert next(iter(rows))[0] == 60


async def test_the_rating_stands_beside_what_it_can_be_without(office: Office) -> None:
    """n and interval beside both; fourteen flagged are told as ten, and count as nineteen."""
    await answered(office.store, date(2026, 8, 20), 60)
    await office.store.write(_name, AUGUST, date(2026, 9, 1))
    await signed_in(office, Role.UNIT_HEAD, "15448")
    page = (await office.client.get("/integrity/1?lang=en")).text
    listed = (await office.client.get("/integrity?lang=vi")).text
    work = (await office.client.get("/work?unit=15448&period=2026-Q3&lang=en")).text

    assert "10 responses of the counter or more are flagged" in page
    assert "(n = 60, interval" in page
    assert "n at least 41, interval" in page
    assert "Giờ dồn dập, giống nhau; Một nguồn" in listed
    assert "counters named for signs of false answers: 1" in work


async def test_another_unit_s_findings_are_not_there(office: Office) -> None:
    """Neither in the list nor by number."""
    await office.store.write(_name, AUGUST, date(2026, 9, 1))
    await signed_in(office, Role.UNIT_HEAD, "14923")
    listed = (await office.client.get("/integrity?lang=en")).text

    assert "No counter has been named." in listed
    assert (await office.client.get("/integrity/1")).status_code == 404


async def test_what_was_never_named_cannot_be_decided(desk: Desk) -> None:
    """A number without a finding is an error of the caller."""
    by = By("x", "2026-11-13T00:00:00", "2026-11-13")
    with pytest.raises(LookupError, match="no finding has the number 7"):
        await desk.store.write(integrity.do, 7, Act.DISMISS, by, Facts("x"))
