"""Rights by response code: in the chat and on the page, the notice, clocks and the schedule."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from handlers.messages import LANGUAGES, text
from handlers.privacy import notices
from handlers.privacy.clocks import CLOCKS
from handlers.privacy.retention import HOURS, SCHEDULE
from sipas.rights import Right, Wanted, read_right
from storage import rights
from storage.transaction import Transaction
from tests.server import COUNTER
from tests.test_log_http import rated, released
from tests.test_staff import Office, office

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

CODE = "K7Q2M9PA4X"


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("/quyen", Wanted(Right.TOLD, "")),
        ("Quyền của tôi", Wanted(Right.TOLD, "")),
        ("/dulieu", Wanted(Right.SEE, "")),
        ("/dulieu K7Q2-M9PA-4X", Wanted(Right.SEE, CODE)),
        ("dữ liệu k7q2 m9pa 4x", Wanted(Right.SEE, CODE)),
        ("/xoa@motcua_bot K7Q2M9PA4X", Wanted(Right.ERASE, CODE)),
        ("Xóa mã K7Q2-M9PA-4X", Wanted(Right.ERASE, CODE)),
        ("rút lại: K7Q2-M9PA-4X", Wanted(Right.WITHDRAW, CODE)),
        ("withdraw K7Q2M9PA4X", Wanted(Right.WITHDRAW, CODE)),
        ("/xoa", None),  # what is being answered now
        ("xóa dữ liệu", None),
        ("xóa tất cả đi nhé", None),  # ten letters, and no code
        ("quyền riêng tư", None),
        ("rút kinh nghiệm lần sau nhé", None),
        ("xóa " + "K7Q2-M9PA-4X " * 6, None),
    ],
)
def test_words_that_use_a_right(typed: str, wanted: Wanted | None) -> None:
    """Whole texts only; without a slash what follows must look like a code."""
    assert read_right(typed) == wanted


async def say(office: Office, words: str, conversation: str | None = None) -> dict[str, Any]:
    """Type words in a web chat, in English."""
    sent = {
        "update_id": words,
        "event": {"text": words},
        "conversation": conversation,
        "language": "en",
    }
    told: dict[str, Any] = (await office.client.post("/api/v1/chat", json=sent)).json()
    return told


async def asked(office: Office) -> list[tuple[str, str, str, int]]:
    """What was counted: right, channel, outcome, days that the law gives."""
    found = await office.store.look(rights.requests)
    return [(each.request, each.channel, each.outcome, each.due - each.day) for each in found]


async def test_a_chat_sees_erases_and_takes_back(office: Office) -> None:
    """Done at once, confirmed in the same chat, and counted without who."""
    one, other, *_ = await released(office)
    waiting = await rated(office)
    seen = await say(office, f"/dulieu {one}")
    erased = await say(office, f"/xoa {one}")
    gone = await say(office, f"/dulieu {one}.")
    unknown = await say(office, f"/xoa {one} ")
    back = await say(office, f"/rut {other}")
    removed = await say(office, f"rút lại {waiting}")

    assert "was not asked): 5 -" in seen["messages"][0]["text"]
    assert [each["messages"][0]["key"] for each in (erased, unknown, back, removed)] == [
        "rights.erased",
        "rights.unknown",
        "rights.withdrawn",
        "rights.removed",
    ]
    assert gone["messages"][0]["key"] == "scan_to_begin"  # a full stop is in no code
    assert sorted(await asked(office)) == [
        ("erase", "web", "erased", 20),
        ("erase", "web", "unknown", 20),
        ("see", "web", "seen", 10),
        ("withdraw", "web", "removed", 15),
        ("withdraw", "web", "withdrawn", 15),
    ]


async def test_an_open_response_goes_on_after_a_right_was_used(office: Office) -> None:
    """The question is asked again; the code is of another response."""
    code = await rated(office)
    begun = {"update_id": "a", "event": {"start": COUNTER}}
    talk = (await office.client.post("/api/v1/chat", json=begun)).json()["conversation"]
    told = (await say(office, "/quyen", talk))["messages"][0]
    back = (await say(office, f"/rut {code}", talk))["messages"][0]

    assert "/rut" in told["said"]
    assert (back["key"], back["said"]) == ("overall", text("vi", "rights.removed"))


async def test_a_copy_of_the_data_is_not_kept_with_the_chat(office: Office) -> None:
    """A repeat of the request shows nothing, because the data may be gone by then."""
    code = await rated(office)
    first = await say(office, f"/dulieu {code}")
    again = await say(office, f"/dulieu {code}", first["conversation"])

    assert first["messages"][0]["key"] == "rights.waiting"
    assert again["messages"][0]["key"] != "rights.waiting"


async def test_the_page_does_what_the_chat_does(office: Office) -> None:
    """See, take along as JSON, erase; a code that is none is told so, and no code is kept there."""
    code = await rated(office)

    async def send(wish: str, typed: str = code) -> Any:
        form = {"code": typed, "wish": wish}
        return await office.client.post("/privacy/rights?lang=en", data=form)

    seen, taken = await send("see"), await send("export")
    wrong, done, gone = await send("see", "K7"), await send("withdraw"), await send("see")
    own = json.loads(taken.text)

    assert (seen.status_code, "short.1" in seen.text) == (200, True)
    assert (own["levels"][0], own["in_figures"], own["channel"]) == ("5", False, "web")
    assert taken.headers["cache-control"] == "no-store"
    assert (wrong.status_code, gone.status_code) == (422, 404)
    assert text("en", "rights.removed") in done.text
    assert code not in done.text


async def test_notice_clocks_and_schedule_are_public(office: Office) -> None:
    """In force, by version, and nothing of a version that there is not."""
    shown = (await office.client.get("/privacy?lang=en")).text
    first = await office.client.get("/privacy/1?lang=vi")
    none = await office.client.get(f"/privacy/{notices.IN_FORCE + 1}")

    assert "15 days" in shown
    assert "48 hours" in shown
    assert text("en", "privacy.kept.month") in shown
    assert notices.digest(notices.IN_FORCE) in shown
    assert notices.digest(1) in first.text
    assert (first.status_code, none.status_code) == (200, 404)


def test_nobody_changes_words_that_somebody_consented_to() -> None:
    """A version's digest is written down; new words are a new version."""
    assert {number: notices.digest(number) for number in notices.NOTICES} == {
        number: notice.digest for number, notice in notices.NOTICES.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_says_the_notice_in_force(language: str) -> None:
    """What a respondent sees before the first level is the newest version's first paragraph."""
    on_screen = text(language, "chat.notice", counter="", unit="").strip()

    assert on_screen == notices.words(notices.IN_FORCE, language)[0]


async def test_a_response_names_the_notice_in_force_when_it_began(office: Office) -> None:
    """Who consented to the words of yesterday is held to these."""
    service = office.app.state.service
    today, service.survey = service.survey, replace(service.survey, notice=1)
    await rated(office)
    service.survey = today
    await rated(office)
    rows = await office.store.reader.execute_fetchall("select consent from closed_responses")

    assert sorted(consent for (consent,) in rows) == [1, notices.IN_FORCE]


def test_every_right_has_its_clock_and_every_rule_its_words() -> None:
    """Data without a text would break the page; what a worker deletes has its hours."""
    assert set(CLOCKS) == {right for right in Right if right is not Right.TOLD}
    assert all(text("vi", f"privacy.kept.{rule.what}") for rule in SCHEDULE)
    assert all(hours > 0 for hours in HOURS.values())


def _bury(tx: Transaction) -> None:
    tx.dead_letter(1, 1000, "unreadable", "{}")


def _mark(tx: Transaction) -> None:
    tx.connection.execute(
        "insert into minted (dossier_hash, stage, last_day) values (?, 2, 1000)", (b"\0",)
    )


_LETTERS = "select count(*) from dead_letters"
_MARKS = "select count(*) from minted"


@pytest.mark.parametrize(
    ("what", "keep", "asked"), [("dead_letters", _bury, _LETTERS), ("minted", _mark, _MARKS)]
)
async def test_the_worker_keeps_to_the_schedule(
    office: Office, what: str, keep: Callable[[Transaction], None], asked: str
) -> None:
    """A day before its time it is there, a day after it is gone."""

    def left(tx: Transaction) -> int:
        found: int = tx.connection.execute(asked).fetchone()[0]
        return found

    await office.store.write(keep)
    day = HOURS[what] // 24
    await office.store.write(Transaction.purge, (1000 + day) * 24, HOURS)
    before = await office.store.look(left)
    await office.store.write(Transaction.purge, (1001 + day) * 24, HOURS)

    assert (before, await office.store.look(left)) == (1, 0)
