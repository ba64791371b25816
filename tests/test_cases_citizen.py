"""What respondents do with their case by code: in a chat, on the page, and what is told them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.messages import LANGUAGES, catalogue
from handlers.service import WRONG_CODES_MOST
from sipas.case_talk import Asked, read_case
from sipas.cases import Act, Finding, State
from storage import cases
from tests.test_cases_stored import answered, did, found, harmed, say
from tests.test_staff import Office, office

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

CODE = "K7Q2M9PA4X"


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("/vuviec", Asked("")),
        ("/vuviec K7Q2-M9PA-4X", Asked(CODE)),
        ("Vụ việc: mã k7q2 m9pa 4x", Asked(CODE)),
        ("vu viec K7Q2-M9PA-4X", Asked(CODE)),
        ("/case@motcua_bot K7Q2M9PA4X", Asked(CODE)),
        ("/vuviec K7Q2-M9PA-4X xong", Asked(CODE, Act.SOLVED)),
        ("/vuviec K7Q2M9PA4X Đã giải quyết.", Asked(CODE, Act.SOLVED)),
        ("/case K7Q2-M9PA-4X yes", Asked(CODE, Act.SOLVED)),
        ("/vuviec K7Q2-M9PA-4X chua", Asked(CODE, Act.UNSOLVED)),
        ("/vuviec K7Q2-M9PA-4X Chưa, vẫn thế", Asked(CODE, Act.UNSOLVED, "vẫn thế")),
        ("/case K7Q2-M9PA-4X not solved: same again", Asked(CODE, Act.UNSOLVED, "same again")),
        (
            "/vuviec K7Q2-M9PA-4X hôm đó là\nbuổi sáng",
            Asked(CODE, Act.REMARK, "hôm đó là\nbuổi sáng"),
        ),
        ("/vuviec K7Q2-M9PA-4X nothing", Asked(CODE, Act.REMARK, "nothing")),
        ("/vuviec K7Q2", None),
        ("vụ việc", None),  # a word of a comment
        ("vụ việc nghiêmtrọng quá", None),  # ten letters, and no code
        ("vụ việc chungtatuan", None),
        ("case", None),
        ("chưa", None),
    ],
)
def test_words_about_a_case(typed: str, asked: Asked | None) -> None:
    """A code makes the difference; without a slash it must look like one."""
    assert read_case(typed) == asked


async def key(office: Office, words: str) -> str:
    """The message that a chat shows for these words."""
    told = await say(office, words, start="")
    return str(told["messages"][0]["key"])


async def send(office: Office, code: str, wish: str = "read", words: str = "") -> Any:
    """The page, asked by code."""
    form = {"code": code, "wish": wish, "words": words}
    return await office.client.post("/case?lang=en", data=form)


async def test_a_chat_reads_adds_and_judges(office: Office) -> None:
    """By code, whatever chat it is; the second "not solved" ends it."""
    code = await harmed(office)
    keys = [await key(office, f"/vuviec {code}")]
    keys.append(await key(office, f"/vuviec {code} chưa"))
    keys.append(await key(office, f"/vuviec {code} chưa thấy ai gọi"))
    await did(office, Act.TAKE)
    await did(office, Act.EXTEND, words="Thêm thời gian.")
    keys.append(await key(office, f"/vuviec {code} "))
    await did(office, Act.VERIFY, finding=Finding.FOUNDED)
    await did(office, Act.ANSWER, words="Đã nhắc nhở.")
    shown = (await say(office, f"vụ việc {code}", start=""))["messages"][0]
    keys.append(await key(office, shown["choices"][1]["payload"]))
    await answered(office, "khac")
    keys += [await key(office, f"/case {code} no") for _ in range(2)]
    keys += [await key(office, f"/vuviec {code} thêm nữa"), await key(office, "/vuviec")]
    keys.append(await key(office, f"/vuviec {CODE}"))

    assert "Đã nhắc nhở." in shown["text"]
    assert [each["label"] for each in shown["choices"]] == ["Đã giải quyết", "Chưa giải quyết"]
    assert [each.removeprefix("cases.chat.") for each in keys] == [
        *("new", "refused.not_answered", "new", "extended", "escalated"),
        *("closed.unsolved", "refused.is_closed", "refused.is_closed", "needs_code", "unknown"),
    ]
    done = await office.store.look(cases.acts, 1)
    assert [each.words for each in done if each.act == Act.REMARK] == ["thấy ai gọi"]


async def test_the_page_does_what_the_chat_does(office: Office) -> None:
    """Read, add, judge; the code is in no address, and no cache keeps what is shown."""
    code = await harmed(office)
    wrong, none = await send(office, "K7"), await send(office, CODE)
    new, added = await send(office, code), await send(office, code, "remark", "It was at 9.")
    empty, early = await send(office, code, "remark"), await send(office, code, "solved")
    await answered(office)
    seen = await send(office, code)
    escalated = await send(office, code, "unsolved", "Nothing changed.")
    await answered(office, "khac")
    solved = await send(office, code, "solved")

    assert [each.status_code for each in (wrong, none, empty, early)] == [422, 404, 409, 409]
    assert "Waits to be taken" in new.text
    assert "It was at 9." in added.text
    assert "Đã nhắc nhở." in seen.text
    assert "thanh.tra" not in seen.text
    assert "Gone one level up" in escalated.text
    assert "Nothing changed." in escalated.text
    assert "Closed: you said that it is solved" in solved.text
    assert {each.headers["cache-control"] for each in (wrong, new, seen)} == {"no-store"}
    assert (await found(office))[0].state is State.CLOSED


async def test_the_page_names_the_lawful_routes(office: Office) -> None:
    """Before a code is typed, and beside a case."""
    code = await harmed(office)
    for shown in (await office.client.get("/case?lang=en"), await send(office, code)):
        assert "This is no channel for complaints or denunciations" in shown.text
        assert "Law on Denunciations 2018" in shown.text


async def test_guessing_codes_is_slowed_down(office: Office) -> None:
    """As for every form of the public."""
    office.app.state.service.rate_per_minute = 2
    statuses = [(await send(office, CODE)).status_code for _ in range(3)]

    assert statuses == [404, 404, 429]


async def test_wrong_codes_end_wherever_they_are_tried(office: Office) -> None:
    """Pages, interface and chats count together, by address; a right code costs nothing."""
    office.clock.begin_a_quarter_hour()
    code = await harmed(office)
    own = [(await send(office, code)).status_code for _ in range(WRONG_CODES_MOST)]
    wrong = [await send(office, CODE) for _ in range(WRONG_CODES_MOST - 4)]
    wrong.append(await office.client.post("/privacy/rights", data={"code": CODE}))
    wrong.append(await office.client.post("/api/v1/log/responses", json={"code": CODE}))
    wrong.append(await office.client.post("/log/check", data={"code": CODE, "act": "erase"}))
    told = [await key(office, words) for words in (f"/dulieu {CODE}", "/dulieu")]
    chat = {"conversation": "c" * 24, "update_id": "1", "event": {"text": f"/vuviec {CODE}"}}
    shut = [await send(office, code), await office.client.post("/api/v1/chat", json=chat)]
    rated = await say(office, "5")
    office.clock.ahead += timedelta(minutes=31)

    assert set(own) == {200}
    assert {each.status_code for each in wrong} == {404}
    assert told == ["rights.unknown", "rights.needs_code"]
    assert [each.status_code for each in shut] == [429, 429]
    assert rated["messages"][0]["question"]
    assert (await send(office, code)).status_code == 200


async def test_a_hand_over_and_an_appeal_are_not_told(office: Office) -> None:
    """That others see to it is; why, and what the unit says, are not."""
    code = await harmed(office)
    await did(office, Act.HAND_OVER, words="Bận.")
    await did(office, Act.APPEAL, "chu.tich", words="Không đúng.")
    shown = (await send(office, code)).text

    assert "it went to others who see to it" in shown
    assert not [each for each in ("Bận.", "Không đúng.", "chu.tich", "appeal") if each in shown]


async def test_whoever_opens_a_case_is_told_what_it_is_not(office: Office) -> None:
    """In the message that gives the response code; nobody else is."""
    opened = (await say(office, "2", "có", "đang chờ kết quả", "dừng"))["messages"][0]
    harm = await harmed_message(office)

    assert "/vuviec" not in opened["text"]
    assert "/vuviec" in harm["text"]
    assert "không phải kênh khiếu nại" in harm["text"].lower()


async def harmed_message(office: Office) -> dict[str, Any]:
    """The last message of who reports money."""
    told = await say(office, "2", "bỏ qua", "Chờ lâu quá", "không", "không", start="100014")
    message: dict[str, Any] = told["messages"][0]
    return message


def test_the_case_is_told_in_every_state() -> None:
    """No state, refusal or end of a case lacks its words."""
    for language in LANGUAGES:
        known = catalogue(language)
        for state in State:
            assert state is State.CLOSED or f"cases.chat.{state}" in known
            assert state is State.CLOSED or f"cases.own.state.{state}" in known
