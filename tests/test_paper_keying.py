"""A batch of paper forms in the database: keyed, sealed, taken back."""

from __future__ import annotations

from functools import partial

import pytest

from bot.instruments import shipped
from handlers import keying
from handlers.keying import Refused
from sipas.paper import Paper
from sipas.paper import paper as form_of
from sipas.plan import plan
from sipas.session import Place
from storage.store import Store
from tests.paper_office import (
    ALL_5,
    CHECKER,
    CODE,
    FORMS,
    KEYER,
    SURVEY,
    act,
    batch,
    key,
    office,
    rows,
    sheet,
    typed,
)
from tests.server import COUNTER

__all__ = ["office"]

pytestmark = pytest.mark.anyio


async def test_the_form_is_read_as_it_was_printed(office: Store) -> None:
    """A field added to the counter later does not move the boxes of a printed form."""
    at = await sheet(office)
    place = Place(COUNTER, "Quầy số 1", "Xã Định Hòa", "short.1", at.form.place.fields)

    assert [code for code, _, _ in place.fields] == ["land", "civil_status"]
    assert at.form == form_of(plan(shipped()["short.1"]), place, "1")
    assert isinstance(at.form, Paper)


async def test_a_number_is_keyed_once(office: Store) -> None:
    """Even with the same marks: two people may mark alike, and then one form would be lost."""
    assert await key(office, 7) is None
    assert await key(office, 7) == Refused("twice")
    assert await key(office, 7, device=CHECKER) == Refused("twice")
    assert (await batch(office)).keyed == 1


@pytest.mark.parametrize("number", [0, FORMS + 1])
async def test_a_number_that_was_not_printed_is_refused(office: Store, number: int) -> None:
    """Only the numbers of the batch."""
    assert await key(office, number) == Refused("no_number")


async def test_a_wrong_key_saves_nothing(office: Store) -> None:
    """The questions are named; the form's number stays free."""
    assert await key(office, 1, "56555511311127") == Refused("wrong", ("stage", "kind"))
    assert await key(office, 1, "." * 14) == Refused("overall", ("overall",))
    assert (await sheet(office)).forms == ()


async def test_a_form_that_was_keyed_wrongly_is_dropped_and_keyed_again(office: Store) -> None:
    """Until the check begins."""
    await key(office, 3, "1" + ALL_5[1:])

    assert await act(office, partial(keying.take_back, number=3)) is None
    assert await act(office, partial(keying.take_back, number=3)) == Refused("no_number")
    assert await key(office, 3) is None


async def test_the_next_number_is_the_first_free_one(office: Store) -> None:
    """After the one that was saved; at the end those left out come up."""
    for number in (1, 2, 5):
        await key(office, number)
    at = await sheet(office)

    assert (at.next_number(2), at.next_number(5), at.next_number(FORMS)) == (3, 6, 3)


async def test_what_is_keyed_is_sealed(office: Store) -> None:
    """The file holds no marks beside a form's number."""
    await key(office, 1)
    [(kept,)] = rows(office, "select keyed from paper_forms")

    assert ALL_5.encode() not in kept
    assert len(kept) == 12 + 14 + 16


async def test_a_batch_of_another_unit_is_not_there(office: Store) -> None:
    """A device acts on the batches of its own units only."""
    work = partial(keying.enter, device=KEYER, number=1, typed=typed(ALL_5))

    assert await office.write(keying.acted, SURVEY, CODE, {999}, work) is None
    assert await office.write(keying.acted, SURVEY, "P100003", {1, 2, 3}, work) is None
    assert (await sheet(office)).forms == ()
