"""A keyed batch is checked by somebody else, closed, and forgotten form by form."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import pytest

from bot.instruments import shipped
from handlers import keying
from handlers.keying import Refused
from handlers.receive import hour_of
from sipas.packing import half_day
from sipas.paper import Check
from storage import paper
from storage.numbering import CHANNELS, KINDS, STAGES, STRATA, half_day_of
from storage.recount import recount
from storage.release import release
from storage.store import Store, snapshot
from tests.paper_office import (
    ALL_5,
    CODE,
    FORMS,
    KEYER,
    NOW,
    act,
    again,
    batch,
    close,
    drawn,
    key,
    key_all,
    office,
    rows,
    settle,
    sheet,
    start,
)

__all__ = ["office"]

pytestmark = pytest.mark.anyio


async def test_who_keyed_cannot_check(office: Store) -> None:
    """Neither begin, nor key again, nor settle."""
    await key_all(office)

    assert await start(office, KEYER) == Refused("same_device")
    assert await start(office) is None
    number = (await drawn(office))[0]
    assert await again(office, number, device=KEYER) == Refused("same_device")
    assert await settle(office, number, {}, device=KEYER) == Refused("same_device")


async def test_the_batch_is_frozen_while_it_is_checked(office: Store) -> None:
    """5 % are drawn; nothing is added, dropped or drawn again."""
    await key_all(office)
    await start(office)
    first = await drawn(office)

    assert len(first) == 4
    assert await key(office, 1) == Refused("frozen")
    assert await act(office, partial(keying.take_back, number=1)) == Refused("frozen")
    assert await start(office) == Refused("nothing_to_check")
    assert await drawn(office) == first
    assert await close(office) == Refused("not_checked")


async def test_nothing_keyed_is_nothing_to_check(office: Store) -> None:
    """An empty batch cannot pass."""
    assert await start(office) == Refused("nothing_to_check")
    assert await close(office) == Refused("not_checked")


async def test_only_the_drawn_form_is_taken(office: Store) -> None:
    """Another number, or the same one twice, is refused."""
    await key_all(office)
    await start(office)
    chosen = await drawn(office)
    first, second, *_ = chosen
    other = next(number for number in range(1, FORMS) if number not in chosen)

    assert await again(office, other) == Refused("not_this_one")
    assert await again(office, second) == Refused("not_this_one")
    assert await again(office, first, "." * 14) == Refused("overall", ("overall",))
    assert await again(office, first) is None
    assert await again(office, first) == Refused("not_this_one")


async def test_a_clean_check_lets_the_batch_be_closed(office: Store) -> None:
    """No difference in 56 marks; the report has n and an interval."""
    await key_all(office)
    await start(office)
    for number in await drawn(office):
        assert await again(office, number) is None
    at = await sheet(office)

    assert at.batch.state == paper.CHECKED
    assert [each.check for each in at.checks] == [Check(56, 0)]
    assert rows(office, "select count(*) from paper_forms where again is not null") == [(0,)]


async def test_a_planted_error_is_found_and_the_batch_begins_again(office: Store) -> None:
    """Every form wrong in one mark: whatever is drawn, the check fails and nothing stays keyed."""
    await key_all(office, lambda _: ALL_5.replace("555511", "555411"))
    await start(office)
    for number in await drawn(office):
        assert await again(office, number) is None
        at = await sheet(office)
        [(line, first, second)] = at.differing(next(f for f in at.forms if f.number == number))
        assert (line.item.key, first, second) == ("f_result", "4", "5")
        assert await settle(office, number, {"f_result": "5"}) is None
    at = await sheet(office)

    assert (at.batch.state, at.batch.round, at.forms) == (paper.KEYING, 2, ())
    assert [each.check for each in at.checks] == [Check(56, 4)]
    assert await close(office) == Refused("not_checked")
    assert await key(office, 1) is None


async def test_differences_are_settled_by_the_paper(office: Store) -> None:
    """The next form waits until then; only what differs can be changed, and to a key it has."""
    await key_all(office)
    await start(office)
    first, *rest = await drawn(office)
    assert await again(office, first, "4" + ALL_5[1:]) is None
    assert await again(office, rest[0]) == Refused("not_this_one")
    assert await settle(office, first, {}) == Refused("wrong", ("overall",))
    assert await settle(office, first, {"overall": "9"}) == Refused("wrong", ("overall",))
    assert await settle(office, rest[0], {"overall": "4"}) == Refused("not_this_one")
    assert await settle(office, first, {"overall": "4", "kind": "2"}) is None
    form = (await sheet(office)).keyed(first)

    assert form is not None
    assert (form.keyed, form.again, form.differences) == ("4" + ALL_5[1:], None, 1)


async def test_one_difference_in_56_marks_passes(office: Store) -> None:
    """1.8 % is tolerated; the mark that counts is the one on the paper."""
    await key_all(office)
    await start(office)
    first, *rest = await drawn(office)
    await again(office, first, "4" + ALL_5[1:])
    await settle(office, first, {"overall": "4"})
    for number in rest:
        await again(office, number)

    assert [each.check for each in (await sheet(office)).checks] == [Check(56, 1)]
    assert await close(office) is None
    levels = rows(
        office, "select levels, count(*) from closed_responses group by levels order by 1"
    )
    assert levels == [("45555A1CAAA--", 1), ("55555A1CAAA--", FORMS - 1)]


async def close_with(office: Store, keys: Callable[[int], str]) -> None:
    """Key, check without a difference, close."""
    await key_all(office, keys)
    await start(office)
    for number in await drawn(office):
        assert await again(office, number, keys(number)) is None
    assert await close(office) is None


def marked(number: int) -> str:
    """Form 1 is spoiled, form 2 has two marks in f_staff, form 3 waits, the others are alike."""
    special = {1: "x" + ALL_5[1:], 2: "5255x511311121", 3: "41n5s51131r.2."}
    return special.get(number, ALL_5)


async def test_closing_makes_responses_and_forgets_the_forms(office: Store) -> None:
    """79 assisted responses of today; the spoiled form is counted; no number leads anywhere.

    One that tells of money opens a case, which nobody can follow: no code was given.
    """
    paid = ALL_5[:11] + "2" + ALL_5[12:]
    await close_with(office, lambda number: paid if number == 4 else marked(number))
    kept = rows(
        office,
        "select levels, tags, stage, stratum, channel, kind, field_id, consent, code_hash,"
        " response_id from closed_responses",
    )
    found = await batch(office)

    assert (found.state, found.keyed, found.spoiled) == (paper.CLOSED, 80, 1)
    assert len(kept) == 79
    assert rows(office, "select count(*) from paper_forms") == [(0,)]
    assert {STRATA[row[3]] for row in kept} == {"assisted"}
    assert {CHANNELS[row[4]] for row in kept} == {"web"}
    assert {(row[7], row[8]) for row in kept} == {(1, None)}
    assert {half_day_of(row[9]) for row in kept} == {half_day(NOW)}
    assert rows(office, "select hour, n from arrivals") == [(hour_of(NOW), 79)]
    assert rows(office, "select causes, code_hash from cases") == [("money", None)]


async def test_the_marks_are_those_of_the_paper(office: Store) -> None:
    """Two marks are x, N/A is n, no mark is s; the result of somebody who waits is not asked."""
    await close_with(office, marked)
    kept = rows(office, "select levels, stage, kind, field_id from closed_responses")
    by_levels = {row[0]: row for row in kept}

    assert set(by_levels) == {"55555A1CAAA--", "555x5A1CAAA--", "4n5s-A1--rs--"}
    waiting = by_levels["4n5s-A1--rs--"]
    assert (STAGES[waiting[1]], KINDS[waiting[2]]) == ("waiting", "")


async def test_a_closed_batch_takes_nothing(office: Store) -> None:
    """No form, no check, no second closing."""
    await close_with(office, marked)

    assert await key(office, 1) == Refused("frozen")
    assert await start(office) == Refused("nothing_to_check")
    assert await again(office, 1) == Refused("not_this_one")
    assert await close(office) == Refused("not_checked")


async def test_released_paper_agrees_with_a_recount(office: Store) -> None:
    """Received, waiting and released fit together, as for every other response."""
    await close_with(office, marked)
    assert snapshot(office.address, recount, shipped()) == []
    released = await office.write(release, shipped(), half_day(NOW), random.Random(1))

    assert released == 79
    assert snapshot(office.address, recount, shipped()) == []


async def test_every_step_is_in_the_audit(office: Store) -> None:
    """Who did what with a batch, and never what was marked."""
    await close_with(office, marked)

    assert rows(office, "select act, subject, detail from audit where act like 'paper%'") == [
        ("paper checked", CODE, "round 1: 0 of 56 marks differ"),
        ("paper closed", CODE, "79 responses, 1 spoiled forms"),
    ]
