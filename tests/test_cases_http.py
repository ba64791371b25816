"""The workplace of cases: who sees which case, every act, what is refused, appeals, dashboard."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime

import httpx
import pytest
from docx import Document

from handlers.cases.happened import overdue
from handlers.dashboard.concerns import open_cases
from handlers.media.week import week_before
from handlers.rights import COOKIE, Role, hashed
from handlers.scores import Scores
from sipas.case_opening import Desk, Place
from sipas.cases import Act, Finding, Refusal, State
from sipas.periods import parse_period
from storage import cases, registry, staff
from storage.staff import Grant
from storage.transaction import Transaction
from tests.server import MICRO
from tests.test_cases_stored import HARM, did, found, harmed, say
from tests.test_staff import Office, office

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

PROVINCE, RATED, OTHER = "38", "15448", "14923"
SECRET = "Cán bộ đòi bồi dưỡng"


def _person(tx: Transaction, name: str, grants: list[Grant]) -> None:
    added = staff.add(tx, name, "x", grants, "2026-11-23")
    assert added is not None
    staff.set_password(tx, added, "x", must_change=False)
    staff.begin_login(tx, added, hashed(name), int(datetime.now(UTC).timestamp()))


async def person(office: Office, name: str, *grants: tuple[Role, str]) -> httpx.AsyncClient:
    """Somebody's browser, signed in."""
    await office.store.write(_person, name, [Grant(role, unit) for role, unit in grants])
    browser = office.browser()
    browser.headers["cookie"] = f"{COOKIE}={name}"
    return browser


async def inspector(office: Office, name: str = "thanh.tra") -> httpx.AsyncClient:
    """Somebody of the province's inspection."""
    return await person(office, name, (Role.INSPECTION, PROVINCE))


async def send(browser: httpx.AsyncClient, act: str, **form: str) -> httpx.Response:
    """Send a form of the first case's page."""
    shown = await browser.get("/cases/1?lang=en")
    csrf = re.search(r'name="csrf" value="(\w+)"', shown.text)
    assert csrf, shown.text
    return await browser.post("/cases/1?lang=en", data={"csrf": csrf[1], "act": act, **form})


async def test_an_inspector_takes_verifies_extends_and_answers(office: Office) -> None:
    """Each act is one form; what is left to do and until when stands on the page."""
    await harmed(office)
    browser = await inspector(office)
    listed = (await browser.get("/cases?lang=en")).text
    opened = (await browser.get("/cases/1?lang=en")).text
    early = await send(browser, "answer", words="Too early.")
    statuses = [
        (await send(browser, act, **form)).status_code
        for act, form in (
            ("take", {}),
            ("extend", {"words": "We ask two more people."}),
            ("verify", {"finding": "founded"}),
            ("answer", {"words": "The official was reprimanded."}),
        )
    ]
    closed = (await browser.get("/cases/1?lang=en")).text

    assert "Case 1" in listed
    assert SECRET not in listed
    assert SECRET in opened
    assert "to be taken by" in opened
    assert (early.status_code, "Nobody has taken this case yet." in early.text) == (409, True)
    assert "Too early." in early.text
    assert statuses == [303] * 4
    assert "The official was reprimanded." in closed
    assert "Founded" in closed
    assert (await found(office))[0].state is State.ANSWERED


async def test_a_case_is_handed_over_as_a_document(office: Office) -> None:
    """Facts, words, clocks and acts for who reads the case; each making is in the audit."""
    code = await harmed(office)
    await did(office, Act.TAKE)
    await did(office, Act.VERIFY, finding=Finding.FOUNDED)
    browser = await inspector(office)
    made = await browser.get("/cases/1/file.docx")
    document = Document(io.BytesIO(made.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    words = "\n".join([*(each.text for each in document.paragraphs), *cells])
    other = await person(office, "xa.khac", (Role.INSPECTION, OTHER))
    lines = await registry.audit_lines(office.store.reader, 2**62, 9)

    assert "no-store" in made.headers["cache-control"]
    assert "PHIẾU CHUYỂN VỤ VIỆC SỐ 1" in words and SECRET in words
    assert "{" not in words and "cases." not in words and code not in words
    assert (await other.get("/cases/1/file.docx")).status_code == 404
    assert "case read" in [line.act for line in lines]


async def test_no_words_of_a_respondent_keep_a_document_from_being_made(office: Office) -> None:
    """What a document cannot hold is taken out of comment and remarks before they are kept."""
    typed = [each.replace(SECRET, f"{SECRET}\uffff") for each in HARM]
    told = await say(office, *typed, "không", "bỏ qua", "có")
    await say(office, f"/vuviec {told['response_code']} có\x0b thêm\ufffe giấy")
    browser = await inspector(office)
    made = await browser.get("/cases/1/file.docx")
    words = "\n".join(each.text for each in Document(io.BytesIO(made.content)).paragraphs)

    assert SECRET in words
    assert "có thêm giấy" in words


async def test_what_is_missing_is_told(office: Office) -> None:
    """A finding, words, a place: the page says which."""
    await harmed(office)
    browser = await inspector(office)
    await send(browser, "take")
    said = [
        (await send(browser, act, **form)).text
        for act, form in (
            ("verify", {}),
            ("extend", {"words": " "}),
            ("hand_over", {"words": "x", "to": "above:38"}),  # harm stays with inspections
            ("take", {}),
        )
    ]

    assert "Choose a finding." in said[0]
    assert "Write what is to be said." in said[1]
    assert "Choose who is to get the case." in said[2]
    assert "The case was taken already." in said[3]


async def test_an_ordinary_case_can_be_handed_to_the_inspection(office: Office) -> None:
    """Whoever hands it over sees it no more; the clocks go on."""
    await say(office, "2", "bỏ qua", "Chờ lâu quá", "không", "không", start=MICRO)
    worker = await person(office, "xu.ly", (Role.CASE_WORKER, PROVINCE))
    before = (await found(office))[0]
    done = await send(worker, "hand_over", words="Có dấu hiệu vòi tiền.", to="inspection:38")
    after = (await found(office))[0]

    assert (done.status_code, done.headers["location"]) == (303, "/cases?lang=en")
    assert after.place == Place(Desk.INSPECTION, PROVINCE)
    assert after.clocks == before.clocks
    assert (await worker.get("/cases/1")).status_code == 404
    assert (await (await inspector(office)).get("/cases/1")).status_code == 200


async def test_a_decision_about_an_appeal_is_somebody_else_s(office: Office) -> None:
    """The rated unit appeals once; whoever verified does not judge that."""
    await harmed(office)
    one, other = await inspector(office), await inspector(office, "khac")
    head = await person(office, "chu.tich", (Role.UNIT_HEAD, RATED))
    await send(one, "take")
    await send(one, "verify", finding="founded")
    page = await head.get("/cases/appeal?lang=en")
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert csrf
    form = {"csrf": csrf[1], "number": "1", "words": "Quầy có máy quay."}
    sent = await head.post("/cases/appeal?lang=en", data=form)
    told = await head.get(sent.headers["location"])
    waiting = (await other.get("/cases?lang=en")).text
    none = await head.post("/cases/appeal?lang=en", data={**form, "number": "2"})
    by_self = await send(one, "decide", finding="unfounded", words="Xem lại.")
    by_other = await send(other, "decide", finding="unclear", words="Máy quay hỏng.")

    assert "with whoever works on it" in told.text
    assert "Appeal to be decided" in waiting
    assert "Appeal to be decided" not in (await other.get("/cases?lang=en")).text
    assert (sent.status_code, sent.headers["location"]) == (303, none.headers["location"])
    assert "Somebody else must do this" in by_self.text
    assert by_other.status_code == 303
    assert (await found(office))[0].finding is Finding.UNCLEAR
    assert await did(office, Act.APPEAL, "chu.tich", words="Nữa.") is Refusal.APPEALED


async def test_an_appeal_in_another_unit_s_case_changes_nothing(office: Office) -> None:
    """The page says the same, so that nobody learns which cases there are."""
    await harmed(office)
    head = await person(office, "xa.khac", (Role.UNIT_HEAD, OTHER))
    csrf = re.search(r'name="csrf" value="(\w+)"', (await head.get("/cases/appeal")).text)
    assert csrf
    form = {"csrf": csrf[1], "number": "1", "words": "x"}
    assert (await head.post("/cases/appeal", data=form)).status_code == 303

    assert [each.act for each in await office.store.look(cases.acts, 1)] == ["open"]


async def test_nobody_of_the_rated_unit_reads_a_case(office: Office) -> None:
    """Whatever else they are, at the province too; of the others only the inspection does."""
    await harmed(office)
    above, own = await _two_of_each_role(office, RATED)
    workers = (Role.CASE_WORKER, PROVINCE)
    both = {r: await person(office, f"hai.{r}", (r, RATED), workers) for r in Role}

    assert await readers(above) == {Role.INSPECTION}
    assert await readers(own) == await readers(both) == set()


async def test_an_ordinary_case_is_read_by_case_workers_above_alone(office: Office) -> None:
    """A case worker of the province who also belongs to the rated unit is none of them."""
    await say(office, "2", "bỏ qua", SECRET, "không", "không", start=MICRO)
    above, own = await _two_of_each_role(office, OTHER)
    workers = (Role.CASE_WORKER, PROVINCE)
    both = {r: await person(office, f"hai.{r}", (r, OTHER), workers) for r in Role}

    assert await readers(above) == {Role.CASE_WORKER}
    assert await readers(own) == set()
    assert await readers(both) == {Role.INSPECTION}  # who inspects a unit does not belong to it


Browsers = dict[Role, httpx.AsyncClient]


async def _two_of_each_role(office: Office, unit: str) -> tuple[Browsers, Browsers]:
    """Somebody with each role at the province, and somebody with it in the rated unit."""
    above = {role: await person(office, f"tren.{role}", (role, PROVINCE)) for role in Role}
    return above, {role: await person(office, f"xa.{role}", (role, unit)) for role in Role}


async def readers(browsers: Browsers) -> set[Role]:
    """Who is shown the first case: on its page, and as a line of the list."""
    found = set[Role]()
    for role, browser in browsers.items():
        listed, opened = await browser.get("/cases"), await browser.get("/cases/1")
        assert opened.status_code in (200, 403, 404)
        assert ("/cases/1?" in listed.text) == (opened.status_code == 200)
        assert (SECRET in opened.text) == (opened.status_code == 200)
        assert SECRET not in listed.text
        found |= {role} if opened.status_code == 200 else set()
    return found


async def test_the_dashboard_counts_open_cases_from_five_on(office: Office) -> None:
    """Of half-months that have ended, so that nobody is recognised by when a number moved."""
    told = []
    for n in range(1, 6):
        await harmed(office)
        if n in (4, 5):
            await office.store.write(_older)
            told.append(await _counted(office))
    await harmed(office)
    told.append(await _counted(office))
    for number in range(1, 3):
        await office.store.write(_close, number)
    told.append(await _counted(office))

    assert told == [{}, {RATED: 5}, {RATED: 5}, {}]


async def test_a_weekly_pack_tells_of_overdue_cases_from_five_on(office: Office) -> None:
    """Of the whole province, on the Monday after the week; an answered one is not overdue."""
    service, told = office.app.state.service, []
    week = week_before(date(2026, 3, 2))
    for n in range(1, 6):
        await harmed(office)
        if n in (4, 5):
            await office.store.write(_older)
            told.append(await overdue(service, await service.state(), "en", week))
    answered = "update cases set state = 'answered' where case_id = 1"
    await office.store.write(lambda tx: tx.connection.execute(answered).rowcount)
    told.append(await overdue(service, await service.state(), "en", week))

    assert told == [[], ["5 reports of citizens are overdue and not seen to."], []]


async def _counted(office: Office) -> dict[str, int | None]:
    """What the dashboard counts, by unit."""
    service = office.app.state.service
    state = await service.state()
    counts = await open_cases(Scores(service, state), parse_period("2026-Q1"))
    return {state.directory.unit_by_id(unit).code: n for unit, n in counts.items()}


def _older(tx: Transaction) -> None:
    tx.connection.execute("update cases set opened_on = '2026-01-05', since = '2026-01-05'")


def _close(tx: Transaction, number: int) -> None:
    tx.connection.execute("update cases set state = 'closed' where case_id = ?", (number,))
