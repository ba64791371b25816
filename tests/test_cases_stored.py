"""Cases in the database: opened with the response, moved by the table, erased with the code."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.keys import load_keys
from handlers.log.proofs import code_hash_of
from handlers.privacy.retention import HOURS
from handlers.receive import expire
from sipas.case_opening import Cause, Desk, Place
from sipas.cases import Act, Finding, Refusal, State
from sipas.packing import half_day
from storage import backup, case_ends, cases, hooks
from storage.case_rows import CLOCK, RESPONDENT, Case, New
from storage.cases import Wish
from storage.filing_rows import By
from storage.transaction import Transaction
from tests.databases import raw
from tests.server import COUNTER
from tests.test_staff import Office, office

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

WEBHOOK = hooks.Act("2026-11-20T08:00:00+00:00", "lan")
WORDS = "Cán bộ đòi bồi dưỡng 200 nghìn."
HARM = (
    "1",
    "có",
    "đang chờ kết quả",
    "3",
    "3",
    "3",
    "không",
    "có",
    "có",
    "bỏ qua",
    "bỏ qua",
    WORDS,
)


async def say(office: Office, *texts: str, start: str = COUNTER) -> dict[str, Any]:
    """One web chat, from its counter to its last words."""
    conversation, told = None, dict[str, Any]()
    for number, event in enumerate(({"start": start}, *({"text": each} for each in texts))):
        sent = {"update_id": f"u{number}", "event": event, "conversation": conversation}
        told = (await office.client.post("/api/v1/chat", json=sent)).json()
        conversation = told["conversation"]
    return told


async def harmed(office: Office, wish: str = "có") -> str:
    """Somebody reports harassment and money with level 1; the response code they get."""
    told = await say(office, *HARM, "không", "bỏ qua", wish)
    return str(told["response_code"])


async def found(office: Office) -> list[Case]:
    """Every case there is."""
    return await office.store.look(cases.cases)


async def coded(office: Office, code: str) -> Case | None:
    """The case of the response with this code."""
    today = half_day(office.clock()) // 2
    code_hash = code_hash_of(
        code.replace("-", ""), today, office.app.state.service.survey.code_hash
    )
    return await office.store.look(cases.by_code, code_hash)


def by(actor: str = "thanh.tra", day: str = "2026-11-30") -> By:
    """Somebody on a day."""
    return By(actor, f"{day}T08:00:00+00:00", day)


async def did(office: Office, act: Act, actor: str = "thanh.tra", **said: Any) -> State | Refusal:
    """Do an act on the first case, on the day that is told or the last of November."""
    day = said.pop("day", "2026-11-30")
    (first, *_) = await found(office)
    return await office.store.write(cases.move, first.case_id, Wish(act, **said), by(actor, day))


async def answered(office: Office, actor: str = "thanh.tra", day: str = "2026-11-30") -> None:
    """Take, verify and answer the first case."""
    await did(office, Act.TAKE, actor, day=day)
    await did(office, Act.VERIFY, actor, finding=Finding.FOUNDED, day=day)
    assert await did(office, Act.ANSWER, actor, words="Đã nhắc nhở.", day=day) is State.ANSWERED


async def test_a_case_opens_with_the_response_and_holds_no_chat(office: Office) -> None:
    """Facts, sealed words, days and the code's hash: nothing that leads to a conversation."""
    code = await harmed(office)
    (case,) = await found(office)
    by_code = await coded(office, code)
    kept = raw(office.store.address)

    assert case.causes == (Cause.MONEY, Cause.TROUBLE, Cause.WISH, Cause.LOW)
    assert (case.unit, case.counter, case.state) == ("15448", COUNTER, State.NEW)
    assert case.place == Place(Desk.INSPECTION, "38")
    assert by_code == case
    assert await office.store.look(cases.comment, case.case_id) == WORDS
    assert WORDS.encode() not in kept
    assert await office.store.look(cases.contact, case.case_id) == ""  # the web pushes nothing


async def test_most_responses_open_no_case(office: Office) -> None:
    """A level alone, and words with a good level, are answers and no more."""
    await say(office, "1", "dừng")
    await say(office, "5", "có", "dừng")

    assert await found(office) == []


async def test_an_ordinary_case_is_above_the_rated_unit_and_escalates_to_the_inspection(
    office: Office,
) -> None:
    """ "Not solved" takes it up once, to others than who answered; the second time it ends."""
    await say(office, "2", "bỏ qua", "Chờ lâu quá", "không", "không", start="100014")
    (case,) = await found(office)
    assert case.place == Place(Desk.ABOVE, "38")
    await answered(office, "ha")
    escalated = await did(office, Act.UNSOLVED, RESPONDENT, words="Vẫn chưa xong")
    (case,) = await found(office)
    await did(office, Act.TAKE, "ha")
    await did(office, Act.VERIFY, "ha", finding=Finding.UNCLEAR)
    again = await did(office, Act.ANSWER, "ha", words="Như trước.")
    other = await did(office, Act.ANSWER, "thanh.tra", words="Đã bố trí thêm quầy.")
    ended = await did(office, Act.UNSOLVED, RESPONDENT)

    assert escalated is State.ESCALATED
    assert case.place == Place(Desk.INSPECTION, "38")
    assert (again, other, ended) == (Refusal.SAME_PERSON, State.ANSWERED, State.CLOSED)
    assert (await found(office))[0].outcome == Act.UNSOLVED


async def test_an_extension_counts_for_the_clock_it_was_given_for(office: Office) -> None:
    """After an escalation the clocks begin anew, and no second extension is given."""
    await harmed(office)
    await did(office, Act.TAKE)
    await did(office, Act.EXTEND, words="Cần xác minh thêm.", day="2026-12-01")
    (case,) = await found(office)
    longer = (case.clocks.answer - date.fromisoformat(case.since)).days
    await did(office, Act.VERIFY, finding=Finding.FOUNDED)
    await did(office, Act.ANSWER, words="Đã xử lý.")
    await did(office, Act.UNSOLVED, RESPONDENT, day="2026-12-10")
    await did(office, Act.TAKE, "khac")
    (case,) = await found(office)

    assert longer > 15
    assert case.clocks.answer == date(2026, 12, 21)
    assert await did(office, Act.EXTEND, "khac", words="Nữa.") is Refusal.EXTENDED


async def test_everything_staff_do_is_in_the_audit_and_no_words_are(office: Office) -> None:
    """Reading is an act, too; what the respondent does is in the case alone."""
    await harmed(office)
    (case,) = await found(office)
    text, _ = await office.store.write(cases.read, case.case_id, by())
    await answered(office)
    await did(office, Act.SOLVED, RESPONDENT)
    lines = await office.store.look(lambda tx: [row[1:] for row in registry_audit(tx)])
    done = await office.store.look(cases.acts, case.case_id)

    assert text == WORDS
    assert [act for _, act, *_ in lines if act.startswith("case")] == [
        "case read",
        "case take",
        "case verify",
        "case answer",
    ]
    assert not any("nhắc nhở" in str(line) for line in lines)
    assert [(each.actor, each.act, each.words) for each in done] == [
        (RESPONDENT, "open", ""),
        ("thanh.tra", "take", ""),
        ("thanh.tra", "verify", ""),
        ("thanh.tra", "answer", "Đã nhắc nhở."),
        (RESPONDENT, "solved", ""),
    ]


def registry_audit(tx: Transaction) -> list[Any]:
    """Lines of the audit."""
    return list(tx.connection.execute("select at, actor, act, subject, detail from audit"))


@pytest.mark.parametrize("right", ["xoa", "rut"])
async def test_erasing_a_response_destroys_the_words_of_its_case(
    office: Office, right: str
) -> None:
    """Comment, answers, code: nothing is left to read, and nobody works on it any more."""
    code = await harmed(office)
    (case,) = await found(office)
    await answered(office)
    await say(office, f"/{right} {code}")
    (after,) = await found(office)
    sealed = "select count(sealed) + (select count(sealed) from cases) from case_acts"
    left = await office.store.look(lambda tx: tx.connection.execute(sealed).fetchone()[0])

    assert (after.state, after.outcome, after.closed_on) == (State.CLOSED, "erased", None)
    assert (after.levels == "", after.causes == ()) == (right == "rut",) * 2
    assert left == 0
    assert await office.store.look(cases.comment, case.case_id) == ""
    assert await coded(office, code) is None


async def test_an_answer_nobody_judges_ends_its_case(office: Office) -> None:
    """Fifteen working days are left for a word, over the New Year and a weekend."""
    await harmed(office)
    await answered(office, day="2026-12-14")
    early = await office.store.write(case_ends.lapse, by(CLOCK, "2027-01-05"))
    late = await office.store.write(case_ends.lapse, by(CLOCK, "2027-01-06"))

    assert (early, len(late)) == ([], 1)
    assert (await found(office))[0].outcome == Act.LAPSE


async def test_other_systems_are_told_with_every_fifth_closed_case(office: Office) -> None:
    """A number of all units, with the page of the highest; nothing of a case, nor when."""
    await office.store.write(hooks.add, "Sở", "https://a.example/", "whsec_AAAA", WEBHOOK)
    told = []
    for number in range(1, 7):
        await harmed(office)
        for act in (Act.TAKE, Act.VERIFY, Act.ANSWER, Act.SOLVED):
            wish = Wish(act, "Đã nhắc nhở.", Finding.FOUNDED)
            assert isinstance(await office.store.write(cases.move, number, wish, by()), State)
        told.append(len(await office.store.write(hooks.claim, 2**31, 9)))
    messages = await office.store.write(hooks.claim, 2**40, 9)

    assert told == [0, 0, 0, 0, 1, 0]
    assert [(each.event, each.at) for each in messages] == [("case.closed", "")]
    assert json.loads(messages[0].told) == {"unit": "38", "page": "/units/38", "closed": 5}


async def test_what_a_closed_case_needs_no_more_goes(office: Office) -> None:
    """Where to tell after thirty days, every word after a year; facts and clocks stay."""
    await harmed(office)
    (case,) = await found(office)
    await office.store.write(lambda tx: cases.remember_contact(tx, case.case_id, "ở đây"))
    await answered(office)
    await did(office, Act.SOLVED, RESPONDENT)
    kept = []
    for day in (date(2026, 12, 30), date(2026, 12, 31), date(2027, 11, 30), date(2027, 12, 1)):
        await office.store.write(case_ends.purge, day, HOURS)
        texts = await office.store.look(cases.comment, case.case_id)
        kept.append((await office.store.look(cases.contact, case.case_id), texts))

    assert kept == [("ở đây", WORDS), ("", WORDS), ("", WORDS), ("", "")]
    assert (await found(office))[0].finding is Finding.FOUNDED


async def test_silence_opens_a_case_as_well(office: Office) -> None:
    """What was answered until then is kept, and so is its cause."""
    await say(office, *HARM[:9])
    later = office.clock() + timedelta(days=2)
    survey = office.app.state.service.survey
    ended = await office.store.write(expire, survey, later, later - timedelta(days=1), 100)

    assert ended == 1
    assert [each.causes for each in await found(office)] == [(Cause.MONEY, Cause.TROUBLE)]


@pytest.mark.sqlite
async def test_a_backup_does_not_know_where_to_tell(office: Office, tmp_path: Path) -> None:
    """The case is in it, its words sealed; the address is not."""
    await harmed(office)
    await office.store.write(lambda tx: cases.remember_contact(tx, 1, "ở đây"))
    backup.copy(office.store.address, tmp_path / "copy.db", load_keys(tmp_path / "motcua.key"))
    counted = "select (select count(*) from cases), (select count(*) from case_contacts)"
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copied:
        kept = copied.execute(counted).fetchone()

    assert kept == (1, 0)


async def test_a_unit_that_does_not_exist_inspects_nothing(office: Office) -> None:
    """A wrong setting sends no case where nobody would ever find it; the right one does."""
    tried = [await office.store.write(_opened, code) for code in ("99999", "14923", "15448")]

    assert tried == ["38", "14923", "38"]


def _opened(tx: Transaction, inspection: str) -> str:
    """Where a case of money about the first commune goes."""
    counter, unit = tx.counter_ids(COUNTER)
    causes = (Cause.MONEY,)
    facts = ("2026-11-30", "2026-11-30", "short.1", "", "", causes, None, "", "")
    number = cases.open_case(tx, New(unit, counter, *facts), inspection)
    case = cases.case(tx, number)
    return case.body if case else ""
