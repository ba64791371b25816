"""Comments from the sealed original to the released quote: batches, editors, draws, erasure."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.instruments import shipped
from bot.redacting import redact
from handlers.voices.quotes import released_quotes
from sipas.packing import HANOI, half_day
from sipas.periods import parse_period
from sipas.quotes import Act, Mood, Reason, State, draw, seats
from sipas.redaction import edited, masked, pieces
from storage import numbering, registry, taking_back, voices
from storage.filing_rows import By
from storage.release import release
from storage.store import Store
from storage.transaction import Transaction
from storage.voices import Voice
from tests.server import COUNTER
from tests.test_release import A_RESPONSE, SATISFIED, SHORT
from tests.test_staff import Office, office

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

UNIT, PERIOD = "15448", "2026-Q4"
DAY = half_day(datetime(2026, 11, 3, 9, tzinfo=HANOI))
BY = By("lan", "2026-11-20T08:00:00+00:00", "2026-11-20")
NUMBERS = count(1)
SIZES = st.dictionaries(st.sampled_from(Mood), st.integers(0, 50))


def told(tx: Transaction, texts: list[str], quote: bool = True, level: str = "5") -> None:
    """Close responses of a counter, each with a comment and with a code hash of its own."""
    place, unit = tx.counter_ids(COUNTER)
    for text in texts:
        number = numbering.row_id(DAY, next(NUMBERS))
        levels = level + SATISFIED[1:]
        row = replace(A_RESPONSE, response_id=number, counter_id=place, unit_id=unit)
        tx.close(replace(row, levels=levels, code_hash=number))
        tx.arrive(place, DAY * 12)
        if text:
            tx.comment(number, text, quote)


def freed(tx: Transaction) -> int:
    return release(tx, shipped(), DAY, random.Random(7))


async def waiting(store: Store) -> list[Voice]:
    return await store.look(voices.voices, UNIT, State.WAITING, 100)


async def decided(store: Store, act: Act, *texts: str) -> None:
    """Let an editor do *act* with every waiting comment whose text is among *texts*."""
    for each in await waiting(store):
        if each.text in texts:
            reason = Reason.ABUSE if act is Act.REFUSE else None
            assert await store.write(voices.decide, each, act, BY, "", reason)


async def test_comments_are_masked_in_batches_of_five(office: Office) -> None:
    """Four of a unit wait for a fifth; then all are masked, and numbered by chance."""
    store = office.store
    await store.write(told, ["Gọi 0912345678", "Chị Lan ở quầy 3", "ba", "bốn"])
    await store.write(told, ["", "", ""])
    assert await store.write(freed) == 7
    await redact(office.store)
    assert await waiting(store) == []

    await store.write(told, ["năm", "", "", "", ""])
    await store.write(freed)
    await redact(office.store)

    found = await waiting(store)
    assert sorted(each.number for each in found) == [1, 2, 3, 4, 5]
    assert {"Gọi [số điện thoại]", "[cán bộ] ở quầy 3"} <= {each.text for each in found}


async def test_a_comment_is_not_read_before_its_response_is_released(office: Office) -> None:
    """What waits for release may still be taken back: no worker opens it."""
    await office.store.write(told, ["một", "hai", "ba", "bốn", "năm"])
    await redact(office.store)

    assert await waiting(office.store) == []


async def test_only_who_allowed_it_is_ever_quoted(office: Office) -> None:
    """A comment without permission is masked, and no editor is shown it."""
    await office.store.write(told, [f"không {n}" for n in range(5)], quote=False)
    await office.store.write(freed)
    await redact(office.store)

    assert await waiting(office.store) == []
    assert await office.store.look(voices.counts) == []


async def test_an_act_needs_the_comment_as_it_was_seen(office: Office) -> None:
    """Two editors at once: the second one is told; each act is in the audit, and no word of it."""
    await office.store.write(told, [f"ý kiến {n}" for n in range(5)])
    await office.store.write(freed)
    await redact(office.store)
    one = (await waiting(office.store))[0]

    assert await office.store.write(voices.decide, one, Act.MASK, BY, "ý […]")
    assert not await office.store.write(voices.decide, one, Act.RELEASE, BY)
    lines = await registry.audit_lines(office.store.reader, 2**62, 10)
    assert lines[0].act == "comment mask" and lines[0].subject == f"{UNIT} {one.number}"
    assert not any("ý" in line.detail for line in lines)


async def forty(office: Office) -> None:
    """Forty responses: eight low comments, twelve high ones, twenty without words; all masked."""
    await office.store.write(told, [f"xấu {n}" for n in range(8)], level="1")
    await office.store.write(told, [f"tốt {n}" for n in range(12)])
    await office.store.write(told, [""] * 20)
    assert await office.store.write(freed) == 40
    await redact(office.store)
    office.clock.ahead = datetime(2027, 1, 10, 3, tzinfo=UTC) - datetime.now(UTC)


async def test_quotes_are_drawn_in_the_proportion_of_the_comments(office: Office) -> None:
    """Eight low and twelve high give two and three of five, the same ones for the same seed."""
    await forty(office)
    await decided(office.store, Act.RELEASE, *(f"xấu {n}" for n in range(5)))
    await decided(office.store, Act.RELEASE, *(f"tốt {n}" for n in range(12)))
    service = office.app.state.service
    state = await service.state()
    unit, province = (state.directory.unit(code) for code in (UNIT, "38"))
    assert unit and province

    found = await released_quotes(service, unit, parse_period(PERIOD), 5, "một")

    assert Counter(text[:3] for text in found.texts) == {"xấu": 2, "tốt": 3}
    assert found == await released_quotes(service, unit, parse_period(PERIOD), 5, "một")
    assert (await released_quotes(service, province, parse_period(PERIOD), 5)).seed == "38 2026-Q4"
    assert (await released_quotes(service, unit, parse_period("2026-Q3"), 5)).texts == ()


async def test_what_an_editor_did_not_release_leaves_its_place_empty(office: Office) -> None:
    """No high quote takes the place of a low one that nobody released; refused ones are gone."""
    await forty(office)
    await decided(office.store, Act.RELEASE, *(f"tốt {n}" for n in range(12)))
    await decided(office.store, Act.REFUSE, *(f"xấu {n}" for n in range(8)))
    service = office.app.state.service
    unit = (await service.state()).directory.unit(UNIT)
    assert unit

    found = await released_quotes(service, unit, parse_period(PERIOD), 5)

    assert [text[:3] for text in found.texts] == ["tốt"] * 3
    assert found.wanted == {Mood.LOW: 2, Mood.MIDDLE: 0, Mood.HIGH: 3}


async def test_who_erases_takes_a_released_quote_back(office: Office) -> None:
    """The owner's code destroys the masked text with the original."""
    await forty(office)
    await decided(office.store, Act.RELEASE, *(f"tốt {n}" for n in range(12)))

    def erase_all(tx: Transaction) -> None:
        rows = tx.connection.execute("select code_hash from responses").fetchall()
        for (code,) in rows:
            taking_back.erase(tx, code)

    await office.store.write(erase_all)
    service = office.app.state.service
    unit = (await service.state()).directory.unit(UNIT)
    assert unit

    assert (await released_quotes(service, unit, parse_period(PERIOD), 5)).texts == ()
    assert await office.store.look(voices.counts) == []


@given(SIZES, st.integers(0, 30))
def test_every_place_is_given_to_some_mood(sizes: dict[Mood, int], n: int) -> None:
    """The shares add up to the whole, and none is off by one place or more."""
    given_ = seats(sizes, n)

    total = sum(sizes.values())
    assert sum(given_.values()) == (n if total else 0)
    assert all(abs(given_[m] - n * sizes.get(m, 0) / total) < 1 for m in Mood if total)


@given(SIZES, st.integers(0, 30), st.text(max_size=5))
def test_a_draw_takes_nothing_twice_and_nothing_unreleased(
    sizes: dict[Mood, int], n: int, seed: str
) -> None:
    """Only released numbers, each once, whatever the sizes say."""
    pools = {each: range(100 * k, 100 * k + 7) for k, each in enumerate(Mood)}
    drawn = draw(pools, sizes, n, seed)

    assert len(set(drawn)) == len(drawn) <= n
    assert set(drawn) <= {number for pool in pools.values() for number in pool}


@given(st.text(max_size=40), st.sets(st.integers(0, 9)))
def test_an_editor_only_ever_hides(text: str, chosen: set[int]) -> None:
    """Every piece after editing was one before, or is the mask of an editor."""
    before = masked(text)

    assert set(pieces(edited(before, chosen))) <= {*pieces(before), "[…]"}


def test_the_first_item_of_the_short_form_is_the_whole_visit() -> None:
    """The tests above set the level of the whole visit by its place."""
    assert SHORT.items[0].key == "overall"
