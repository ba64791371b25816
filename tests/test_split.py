"""Split questionnaires: every set is as likely, nothing else is asked, and draws are logged."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from bot.instruments import shipped
from bot.keys import Keys
from handlers.inbound import Happening, Inbound, Start, Tap
from handlers.receive import receive
from handlers.survey import Survey
from sipas.plan import NOT_DRAWN, plan
from sipas.session import Place, Session, dump, load
from sipas.units import read_counters
from storage import draws
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import COUNTER, add_counter
from tests.test_lineage import DINH_HOA, Province, province

__all__ = ["province"]  # a fixture

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
SHORT = shipped()["short.1"]
PLACE = Place(COUNTER, "", "", "short.1", split=2)
HEAD = b"code,unit,name,instrument,valid_from,split\n"


def test_every_set_of_items_is_as_likely() -> None:
    """All numbers below 5 x 4 draw each of the ten pairs of five items twice."""
    chosen = plan(SHORT)
    pairs = Counter(chosen.drawn(PLACE, chosen.opening(PLACE, draw)) for draw in range(20))

    assert len(pairs) == 10
    assert set(pairs.values()) == {2}


@pytest.mark.parametrize("split", [0, 5, 20])
def test_all_are_asked_where_none_or_enough_are_to_be_drawn(split: int) -> None:
    """Nothing is left out, whatever the number."""
    place = PLACE._replace(split=split)

    assert NOT_DRAWN not in plan(SHORT).opening(place, 12345)


def test_progress_counts_what_was_drawn() -> None:
    """Three questions fewer are ahead than where all five items are asked."""
    chosen, last = plan(SHORT), len(plan(SHORT).questions) - 1
    whole = PLACE._replace(split=0)
    _, few = chosen.progress(PLACE, chosen.opening(PLACE, 7), last)
    _, all_ = chosen.progress(whole, chosen.opening(whole), last)

    assert all_ - few == 3


def test_a_session_from_before_asks_all() -> None:
    """A place written without the number is read as one that asks all items."""
    text = dump(Session(place=PLACE)).replace('"",2]', '""]')

    assert text != dump(Session(place=PLACE))
    assert load(text).place == PLACE._replace(split=0)


@pytest.mark.parametrize("told", ["-1", "x", "21"])
def test_a_number_that_cannot_be_drawn_is_refused(told: str) -> None:
    """The row is named with what would do."""
    row = f"{COUNTER},xa,Q,short.1,2025-07-01,{told}\n".encode()
    accepted, refused = read_counters(HEAD + row)

    assert not accepted
    assert [(each.line, each.column) for each in refused] == [(2, "split")] or told == "-1"


async def test_a_split_counter_asks_and_logs_what_was_drawn(store: Store, keys: Keys) -> None:
    """Forty respondents: two items each are stored, and counted as drawn, and no others."""
    await store.write(add_counter)
    split = await store.write(draws.split_counter, COUNTER, 2)
    chance = iter(range(10**6))
    survey = Survey(shipped(), 1, lambda bits: next(chance), keys.code_hash)
    await store.write(_answer, survey, 40)
    told = await store.write(_stored)
    logged = await draws.draws(store.reader)

    assert split
    assert not await store.write(draws.split_counter, "000000", 2)
    assert {levels.count("5") for levels in told} <= {2, 3}
    assert sum(each.n for each in logged) == 80
    assert {(each.month, each.instrument) for each in logged} == {("2026-11", "short.1")}
    for each in logged:
        at = [item.key for item in SHORT.items].index(each.item)
        answered = sum(levels[at] != "-" for levels in told)
        assert answered <= each.n


def _answer(tx: Transaction, survey: Survey, people: int) -> None:
    account = tx.account_id("telegram", "1")
    taps = ["overall|5", "more|yes", "stage|result", *(f"{key}|5" for key in SHORT.index_items)]
    ends = Tap("1|-|gave_feedback|.stop")
    for person in range(people):
        said: list[Happening] = [Start(COUNTER), *(Tap(f"1|-|{tap}") for tap in taps), ends]
        for number, happening in enumerate(said):
            told = (happening,)
            name = b"person %d" % person
            update = Inbound(account, "telegram", f"{person}-{number}", name, told, "vi", "chat")
            receive(tx, survey, update, NOON)


def _stored(tx: Transaction) -> list[str]:
    rows = tx.connection.execute("select levels from closed_responses")
    return [levels for (levels,) in rows]


async def test_a_figure_says_when_its_items_were_drawn(province: Province) -> None:
    """By month and questionnaire, as the draws are logged; of what everybody is asked, never."""
    await province.answered(DINH_HOA, date(2026, 10, 6), 40)
    for day in (date(2025, 10, 6), date(2026, 10, 6)):
        await province.store.write(draws.count_draw, day, "short.1", ("f_staff", "f_proc"))
    figures = (await province.scores(DINH_HOA, "2026-Q4"))["figures"]
    told = {}
    for figure in figures:
        asked = {"unit": DINH_HOA, "period": "2026-Q4", "figure": figure["id"]}
        answer = (await province.client.get("/api/v1/explain", params=asked)).json()
        page = (await province.client.get("/explain?lang=en", params=asked | {"lang": "en"})).text
        told[figure["key"]] = answer["drawn"]
        assert ("drawn by chance, these among them: 2026-10." in page) == bool(answer["drawn"])

    assert told["f_staff"] == told["index"] == ["2026-10"]
    assert told["overall_direct"] == told["f_access"] == []
