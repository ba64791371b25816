"""Weekly packs: ten weeks without a sentence that `compare` denies, and a sharp embargo."""

from __future__ import annotations

import asyncio
import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from bot.cli import main
from bot.instruments import shipped
from bot.loading import load, places, simulated_counters
from bot.simulation.scenarios import SCENARIOS
from bot.simulation.world import province
from bot.surveys import survey
from handlers.comparing import Compared, Side, compared
from handlers.media import packs as media
from handlers.media.pack_files import FILES
from handlers.media.packs import SPOKEN_MOST, WORDS_MOST, Told, told_in
from handlers.media.week import week_before
from handlers.scores import Scores
from handlers.sentences import of_difference
from handlers.service import Service
from sipas.comparison import Verdict
from sipas.figures import Part
from sipas.quotes import Act as Release
from sipas.quotes import State
from sipas.relays import Act as Asked
from sipas.relays import Outcome
from storage import packs, registry, relays, voices
from storage.filing_rows import By
from storage.packs import Act
from storage.store import Store
from storage.transaction import Transaction
from tests.databases import database
from tests.sealed_province import KEYS
from tests.test_staff import Office, office
from tests.test_work import answered

__all__ = ["office"]  # a fixture

MONDAYS = [date(2026, 9, 7) + timedelta(days=7 * number) for number in range(10)]
CHANGING = replace(SCENARIOS["quiet"], drift=3.0)
CLAIM = "Mức hài lòng đã tăng rõ rệt, ai cũng khen."
SAID = re.compile("tăng rõ rệt|giảm rõ rệt")


class Issue(NamedTuple):
    """A pack with what `compare` says of every unit in its two months."""

    told: Told
    fresh: bool
    verdicts: dict[str, tuple[Verdict, str]]


async def _compared(scores: Scores, one: Side, other: Side) -> Compared | None:
    rows = await compared(scores, one, other)
    return next((row for row in rows if row.one.part is Part.OVERALL), None)


def _questions(tx: Transaction) -> None:
    """One is answered in September, by an answer that claims a rise; the other one never."""
    rows = tx.connection.execute("select response_id from responses order by 1 limit 2").fetchall()
    for (number,) in rows:
        tx.comment(number, CLAIM, quote=True)
    voices.keep(tx, [(number, CLAIM) for (number,) in rows])
    asked = By("lan", "2026-09-15T03:00:00+00:00", "2026-09-15")
    answered = By("lan", "2026-09-17T03:00:00+00:00", "2026-09-17")
    for unit, *_ in voices.counts(tx):
        for seen in voices.voices(tx, unit, State.WAITING, 9):
            assert voices.decide(tx, seen, Release.RELEASE, asked)
            assert relays.ask(tx, relays.New(seen.number, unit, None, "2026-09-30"), asked)
    answer = relays.Answer(Outcome.FIXED, CLAIM, 0)
    relays.move(tx, 1, Asked.WRITE, answered, answer)
    relays.move(tx, 1, Asked.PUBLISH, answered, answer._replace(revision=1))


async def _issues(folder: Path) -> list[Issue]:
    store = await Store(database(folder / "m.db"), KEYS).open()
    now = {"is": datetime(2026, 9, 7, 1, tzinfo=UTC)}
    try:
        where = places(5, 3, date(2026, 7, 1))
        counters = simulated_counters(where.counters, shipped())
        world = province(counters, CHANGING, 3, date(2026, 6, 1), 165, 9000)
        await load(store, where, world, lambda month, n: None)
        await store.write(_questions)
        asked = Service(store, survey(KEYS), lambda: now["is"], "https://motcua.example", 0, 1000)
        return [await _issue(asked, now, monday) for monday in MONDAYS]
    finally:
        await store.close()


async def _issue(asked: Service, now: dict[str, datetime], monday: date) -> Issue:
    now["is"] = datetime(monday.year, monday.month, monday.day, 1, tzinfo=UTC)
    week = week_before(monday)
    assert await media.make(asked) == week.code
    assert await media.make(asked) == ""
    made = await asked.store.look(packs.pack, week.code)
    assert made
    state = await asked.state()
    scores, found = Scores(asked, state), dict[str, tuple[Verdict, str]]()
    for unit in state.directory.units:
        one, other = Side(unit, week.now), Side(unit, week.then)
        if unit.published and (row := await _compared(scores, one, other)):
            found[unit.name] = row.difference.verdict, of_difference(row, one, other, "vi")
    return Issue(told_in(made, "vi"), week.fresh, found)


@pytest.fixture(scope="module")
def issues(tmp_path_factory: pytest.TempPathFactory) -> list[Issue]:
    """Ten weeks of five communes, of which some really change."""
    return asyncio.run(_issues(tmp_path_factory.mktemp("packs")))


def test_no_sentence_states_a_change_that_compare_denies(issues: list[Issue]) -> None:
    """Whatever is printed or read aloud as a rise or a fall is one; and some are told."""
    told = 0
    for issue in issues:
        lines = [*issue.told.paragraphs[1:], *re.split(r"(?<=\.) ", issue.told.spoken)]
        for line in filter(SAID.search, lines):
            name, _, counted = line.partition(": ")
            sentence = re.sub(r" \(n = \d+, trước đó n = \d+\)$", "", counted)
            verdict, said = issue.verdicts[name]
            word = {Verdict.HIGHER: "tăng", Verdict.LOWER: "giảm"}[verdict]

            assert sentence in (said, f"mức hài lòng {word} rõ rệt so với tháng trước.")
            told += 1

    assert told > 0


def test_a_week_without_a_newly_settled_month_tells_no_change(issues: list[Issue]) -> None:
    """It says so instead, and a change is news in one week only."""
    quiet = [issue for issue in issues if not issue.fresh]

    assert len(quiet) == 7
    for issue in quiet:
        assert not SAID.search(issue.told.text.replace("tăng hay giảm", "") + issue.told.spoken)
        assert "không có tháng nào mới được chốt" in issue.told.text


def test_a_week_without_change_leads_with_what_was_answered_or_is_overdue(
    issues: list[Issue],
) -> None:
    """The answer in its week, then the question that nobody answers, with days that grow."""
    leads = {
        monday: issue.told.paragraphs[0] for monday, issue in zip(MONDAYS, issues, strict=True)
    }
    late = [re.search(r"quá hạn trả lời: 1;.* (\d+) ngày", leads[monday]) for monday in MONDAYS[4:]]
    quiet = [found for found, issue in zip(late, issues[4:], strict=True) if not issue.fresh]

    assert "theo lời cơ quan: đã sửa" in leads[date(2026, 9, 21)]
    assert len(quiet) > 2 and all(quiet)
    days = [int(found[1]) for found in quiet if found]
    assert days == sorted(days) and days[0] > 0
    assert not any(CLAIM in issue.told.text for issue in issues)


def test_a_pack_is_short_and_names_its_source(issues: list[Issue]) -> None:
    """At most 250 words to print and a minute to read, with n, method and source."""
    for issue in issues:
        assert len(issue.told.text.split()) <= WORDS_MOST
        assert len(issue.told.spoken.split()) <= SPOKEN_MOST
        assert "%" not in issue.told.spoken
        assert "Nguồn: motcua, https://motcua.example, CC BY 4.0" in issue.told.text
        assert "không phải Chỉ số SIPAS" in issue.told.text
        assert "Dữ liệu mô phỏng" in issue.told.text
        assert "n = " in issue.told.text or "chênh" not in issue.told.text  # no bare value


def test_a_change_that_is_no_full_month_is_not_told(issues: list[Issue]) -> None:
    """Of units that are told to have changed, the table has both months with their difference."""
    for issue in issues:
        rows = {row[1]: row for row in issue.told.rows}
        for line in issue.told.paragraphs[1:]:
            if SAID.search(line):
                row = rows[line.partition(": ")[0]]
                assert None not in row[2:8]


@pytest.fixture
async def kept(office: Office) -> Office:
    """An office with a week's pack, three hours before its moment, and two outlets."""
    await answered(office.store, date(2026, 10, 20), 45)
    office.clock.ahead = datetime(2026, 11, 9, tzinfo=UTC) - datetime.now(UTC)
    for name, secret in (("Báo Thanh Hóa", "a" * 43), ("Đài PT-TH", "b" * 43)):
        await office.store.write(packs.add_outlet, name, secret, Act("2026-11-01T00:00:00", "x"))
    assert await media.make(office.app.state.service) == "2026-W45"
    return office


def _at(office: Office, moment: datetime) -> None:
    office.app.state.service.clock = lambda: moment


@pytest.mark.anyio
async def test_no_pack_is_made_before_there_is_anything_to_tell(office: Office) -> None:
    """Neither before the first release nor while the province is not published."""
    asked = office.app.state.service
    empty = await media.make(asked)
    await answered(office.store, date(2026, 10, 20), 45)
    await office.store.write(_hide)
    hidden = await media.make(asked)

    assert (empty, hidden) == ("", "")
    assert await office.store.look(packs.packs) == []


def _hide(tx: Transaction) -> None:
    tx.connection.execute("update units set published_from = null where code = '38'")
    registry.touch(tx)


@pytest.mark.anyio
async def test_the_embargo_ends_on_the_second(kept: Office) -> None:
    """At 09:59:59 nobody finds the pack or hears of it; at 10:00:00 everybody has every file."""
    reader, until = kept.browser(), datetime(2026, 11, 9, 3, tzinfo=UTC)
    files = [name for name in FILES if name != "quotes.txt"]  # nothing was released to quote
    paths = ["/packs/2026-W45", *(f"/packs/2026-W45/{name}" for name in files)]
    _at(kept, until - timedelta(seconds=1))
    before = [(await reader.get(path)).status_code for path in paths]
    listed = (await reader.get("/packs")).text
    _at(kept, until)
    after = [(await reader.get(path)).status_code for path in paths]

    assert set(before) == {404}
    assert "2026-W45" not in listed
    assert set(after) == {200}
    assert "2026-W45" in (await reader.get("/packs")).text


@pytest.mark.anyio
async def test_an_outlet_reads_early_by_its_own_link_and_no_cache_keeps_it(kept: Office) -> None:
    """Name and moment stand on it; a wrong or ended link is 404, and the other's works on."""
    reader = kept.browser()
    _at(kept, datetime(2026, 11, 9, 2, 59, 59, tzinfo=UTC))
    mine, theirs, wrong = [
        await reader.get(f"/early/{each * 43}/2026-W45?lang=vi") for each in "abc"
    ]
    file = await reader.get(f"/early/{'a' * 43}/2026-W45/pack.docx")
    await kept.store.write(packs.end_outlet, 1, Act("2026-11-09T00:00:00", "x"))
    ended, other = [await reader.get(f"/early/{each * 43}/2026-W45") for each in "ab"]

    assert "Dành riêng cho Báo Thanh Hóa. Không phổ biến trước 10:00:00 9/11/2026." in mine.text
    assert "Báo Thanh Hóa" not in theirs.text
    assert [each.status_code for each in (mine, theirs, wrong, ended, other)] == [
        *(200, 200, 404, 404, 200)
    ]
    assert {each.headers["cache-control"] for each in (mine, theirs, wrong, file)} == {"no-store"}
    assert {each.headers["referrer-policy"] for each in (mine, file)} == {"no-referrer"}
    assert not [each for each in (mine, file) if "etag" in each.headers]


@pytest.mark.anyio
async def test_the_files_hold_what_the_page_says(kept: Office) -> None:
    """DOCX with the words and the picture, typed cells, pictures of both sizes."""
    reader = kept.browser()
    _at(kept, datetime(2026, 11, 9, 3, tzinfo=UTC))
    made: dict[str, Any] = {
        name: (await reader.get(f"/packs/2026-W45/{name}?lang=vi")).content for name in FILES
    }
    pack = await kept.store.look(packs.pack, "2026-W45")
    assert pack
    told = told_in(pack, "vi")
    document = ZipFile(io.BytesIO(made["pack.docx"]))
    sheet = load_workbook(io.BytesIO(made["figures.xlsx"])).worksheets[0]
    widths = [int.from_bytes(made[name][16:20]) for name in ("share.png", "print.png")]

    assert made["text.txt"].decode().strip() == told.text
    assert made["loa.txt"].decode().strip() == told.spoken
    assert told.paragraphs[-1] in document.read("word/document.xml").decode()
    assert [name for name in document.namelist() if name.startswith("word/media/")]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [value or None for value in row] for row in told.rows
    ]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert widths == [1200, 2400]
    assert "CC BY 4.0" in json.dumps(json.loads(told.chart), ensure_ascii=False)


def test_outlets_by_command(tmp_path: Path) -> None:
    """The link is printed once; the list never tells it; an ended one is gone."""
    run = CliRunner(env={"MOTCUA_DATABASE": database(tmp_path / "m.db")})
    env = {"MOTCUA_SECRET_KEY_FILE": str(tmp_path / "motcua.key")}
    added = run.invoke(main, ["outlets", "add", "--name", "Báo Thanh Hóa"], env=env)
    secret = added.stdout.strip().rsplit("/", 2)[1]
    ended = [run.invoke(main, ["outlets", "end", "1"], env=env).exit_code for _ in range(2)]
    listed = run.invoke(main, ["outlets", "list"], env=env).stdout

    assert added.exit_code == 0, added.output
    assert len(secret) == 43
    assert secret not in listed
    assert "Báo Thanh Hóa" in listed and "ended" in listed
    assert ended == [0, 1]
