"""Keys that end with their month, and what a rating can be without disputed answers."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.instruments import shipped
from bot.period_keys import PeriodKeys, rotate
from sipas.disputes import Without, without
from sipas.packing import half_day
from storage.release import release
from tests.databases import raw
from tests.test_receipts_used import Person, count, link, minted
from tests.test_staff import FIRST_WORD, WORD, Office, office

__all__ = ["office"]  # a fixture


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_the_bounds_hold_whatever_was_disputed(answers: list[tuple[bool, bool]]) -> None:
    """The exact share of the others lies between them, and only the number is used."""
    n, left = len(answers), [satisfied for satisfied, disputed in answers if not disputed]
    found = without(Fraction(sum(first for first, _ in answers), n), n, n - len(left))

    assert (found is None) == (not left)
    if found is not None:
        assert 0 <= found.low <= Fraction(sum(left), len(left)) <= found.high <= 1


def test_without_disputes_nothing_changes() -> None:
    """Both bounds are the share itself."""
    assert without(Fraction(3, 4), 40, 0) == Without(Fraction(3, 4), Fraction(3, 4))


@pytest.mark.anyio
async def test_a_key_ends_with_its_month(office: Office) -> None:
    """Then the file, the tags and the receipts are gone; what was disputed stays flagged."""
    [receipt] = await minted(office)
    await Person(office).rates(link(office, receipt), 5)
    holder = Person(office)
    await holder.does(start=link(office, receipt))
    await holder.does(text="2")
    periods = PeriodKeys(office.store.path.with_name("motcua.key"))
    [file] = periods.folder.iterdir()
    secret, mode = file.read_bytes(), file.stat().st_mode & 0o777
    early = await rotate(office.store, periods, office.clock())
    kept = await count(office, "select count(*) from contest_tags")
    office.clock.ahead = timedelta(days=70)
    ended = await rotate(office.store, periods, office.clock())
    whole = raw(office.store.address)

    assert (early, kept, mode) == ([], 1, 0o600)
    assert ended == [file.stem]
    assert not file.exists()
    assert secret.strip() not in whole
    assert await count(office, "select count(*) from contest_tags") == 0
    assert await count(office, "select count(*) from receipts") == 0
    assert await count(office, "select count(*) from contests") == 1
    assert await Person(office).does(start=link(office, receipt)) == "receipt_expired"


@pytest.mark.anyio
async def test_a_unit_sees_its_rating_without_disputed_answers(office: Office) -> None:
    """Bounds beside the figure; one to nine are not told and count as nine."""
    receipts = await minted(office, 32)
    for receipt in receipts:
        await Person(office).rates(link(office, receipt), 5)
    for receipt in receipts[:2]:
        holder = Person(office)
        await holder.does(start=link(office, receipt))
        await holder.does(text="2")
    assert await office.store.write(
        release, shipped(), half_day(office.clock()), random.Random(1)
    ) == len(receipts)
    office.clock.ahead = timedelta(days=30)
    await office.sign_in(FIRST_WORD)
    await office.account(act="password", password=FIRST_WORD, new=WORD)
    page = await office.client.get("/work?unit=15448&lang=en")
    told = re.sub(r"\s+", " ", page.text)

    assert page.status_code == 200
    assert "fewer than 10 answers are not theirs" in told
    assert "Overall satisfaction with them: 100.0 % (n = 32" in told
    assert "Without them: from 100.0 to 100.0 %" in told
