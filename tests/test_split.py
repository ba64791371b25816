"""Split questionnaires: every set is as likely, nothing else is asked, and draws are logged."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.instruments import shipped
from bot.keys import Keys
from handlers.inbound import Happening, Inbound, Start, Tap
from handlers.receive import receive
from handlers.survey import Survey
from sipas.plan import NOT_DRAWN, plan
from sipas.session import Place, Session, dump, load
from sipas.units import CounterRow, read_counters
from storage import draws, registry
from storage.sqlite import MIGRATIONS
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import COUNTER, add_counter
from tests.databases import database, only_sqlite
from tests.server import COUNTER as SPLIT_TODAY
from tests.server import furnish
from tests.test_lineage import COMMUNES, DESKS, DINH_HOA, Province, province

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
    split = await store.write(draws.split_counter, COUNTER, 2, NOON.date())
    chance = iter(range(10**6))
    survey = Survey(shipped(), 1, lambda bits: next(chance), keys.code_hash)
    await store.write(_answer, survey, 40)
    told = await store.write(_stored)
    logged = await draws.draws(store.reader)

    assert split
    assert not await store.write(draws.split_counter, "000000", 2, NOON.date())
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


async def test_a_series_breaks_where_a_counter_begins_and_ends_to_draw_items(
    province: Province,
) -> None:
    """In the API of its unit and those above, on its page before the month; nowhere else."""
    desk = DESKS[DINH_HOA]
    for month in (1, 3, 6):
        await province.answered(DINH_HOA, date(2026, month, 20), 40)
    before = (await province.scores(DINH_HOA, "2026"))["breaks"]
    for items, day in ((2, date(2026, 3, 10)), (2, date(2026, 4, 2)), (0, date(2026, 5, 5))):
        await province.store.write(draws.split_counter, desk, items, day)
    told = {
        (unit, period): (await province.scores(unit, period, by="month"))["breaks"]
        for unit in (DINH_HOA, "38", next(each for each in COMMUNES if each != DINH_HOA))
        for period in ("2026", "2026-H2")
    }
    page = (await province.client.get(f"/units/{DINH_HOA}?lang=en")).text
    turns = [
        (each["on"], each["cause"], each["old"], each["new"]) for each in told[DINH_HOA, "2026"]
    ]

    assert before == []
    assert turns == [
        ("2026-03-10", "split", ["0"], ["2"]),
        ("2026-05-05", "split", ["2"], ["0"]),
    ]
    assert told["38", "2026"] == told[DINH_HOA, "2026"]
    assert [len(each) for each in told.values()] == [2, 0, 2, 0, 0, 0]
    assert "tất cả nội dung → 2 nội dung rút ngẫu nhiên" in told["38", "2026"][0]["reason"]["vi"]
    assert page.count('class="break"') == 2
    assert page.index("all items → 2 items drawn") < page.index('<th scope="row">2026-03')


async def test_a_counter_that_is_added_drawing_items_breaks_the_series_of_its_unit(
    province: Province,
) -> None:
    """On its first day: what the unit has got before was answered in full. Added again, never."""
    begins = date(2026, 2, 3)
    row = CounterRow("100023", DINH_HOA, "Quầy 2", "short.1", 2, True, (), begins, None, 3)
    for split in (3, 4):
        await province.store.write(registry.add_counters, [replace(row, split=split)])
    (found,) = (await province.scores(DINH_HOA, "2026"))["breaks"]

    assert (found["on"], found["old"], found["new"]) == ("2026-02-03", ["0"], ["3"])


def test_the_command_says_where_series_break_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Split today, the unit's scores from last year to next tell it."""
    year = datetime.now(UTC).year
    years = f"{year - 1}-01..{year + 1}-12"
    monkeypatch.setenv("MOTCUA_DATABASE", database(tmp_path / "motcua.db"))
    monkeypatch.setenv("MOTCUA_SECRET_KEY_FILE", str(tmp_path / "motcua.key"))
    furnish(tmp_path / "motcua.db")
    *_, told = [
        CliRunner().invoke(main, words, catch_exceptions=False)
        for words in (
            ("units", "publish", "15448"),
            ("counters", "split", SPLIT_TODAY, "2"),
            ("scores", "--unit", "15448", "--period", years),
        )
    ]

    assert "counters ask each respondent something else: all items → 2 items drawn" in told.output


@pytest.mark.sqlite
@only_sqlite("it is migrated as its own SQL")
def test_counters_that_turned_before_days_were_kept_get_theirs(tmp_path: Path) -> None:
    """From the audit, the last of a day; who was added drawing items, from the first day."""
    kept = sqlite3.connect(tmp_path / "old.db", isolation_level=None)
    for path in sorted(MIGRATIONS.glob("*.sql")):
        if path.stem == "0039-askings":
            kept.executescript(_BEFORE)
        kept.executescript(path.read_text(encoding="utf-8"))
    told = kept.execute("select counter_id, day, items from askings order by counter_id, day")

    assert told.fetchall() == [(1, "2026-03-10", 2), (1, "2026-05-05", 0), (2, "2026-02-03", 3)]


_BEFORE = """
insert into counters (counter_id, code, unit_id, name, instrument, public, valid_from, split)
values (1, '381207', 1, 'Q', 'short.1', 1, '2026-01-01', 0),
       (2, '100023', 1, 'Q', 'short.1', 1, '2026-02-03', 3);
insert into audit (at, actor, act, subject, detail)
values ('2026-03-10T02:00:00+00:00', 'a', 'questionnaire split: 4', '381207', ''),
       ('2026-03-10T03:00:00+00:00', 'a', 'questionnaire split: 2', '381207', ''),
       ('2026-05-05T03:00:00+00:00', 'a', 'questionnaire split: 0', '381207', ''),
       ('2026-05-05T04:00:00+00:00', 'a', 'publish', '381207', '');
"""
