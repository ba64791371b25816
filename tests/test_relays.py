"""Relays: a quote goes to its unit; the answer is approved and published, or it is overdue."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import feedparser
import httpx
import pytest

from bot.redacting import redact
from handlers.media.packs import Told, make
from handlers.messages import LANGUAGES
from handlers.rights import Role
from sipas.quotes import Act as QuoteAct
from sipas.quotes import State as QuoteState
from sipas.relays import Act, Refusal, State, is_open, may_be_due, overdue, step
from storage import packs, registry, relays, taking_back, voices
from storage.transaction import Transaction
from tests.test_filings_http import become
from tests.test_staff import Office, office
from tests.test_voices import BY, UNIT, decided, freed, told, waiting

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

QUOTE, OTHER = "quầy 3 chờ lâu quá", "máy lấy số hỏng"
ANSWER = "Từ tuần sau có thêm một người ở quầy 3."
TODAY = date(2027, 1, 10)


@pytest.fixture
async def asked(office: Office) -> Office:
    """Forty responses, three of five comments released, and a newsroom's editor signed in."""
    await office.store.write(told, [QUOTE, OTHER, "ba", "bốn", "năm"], level="1")
    await office.store.write(told, [""] * 35)
    assert await office.store.write(freed) == 40
    await redact(office.store)
    office.clock.ahead = datetime(2027, 1, 10, 3, tzinfo=UTC) - datetime.now(UTC)
    await decided(office.store, QuoteAct.RELEASE, QUOTE, OTHER, "ba")
    await become(office, Role.MEDIA_EDITOR)
    return office


def due(days: int = 10) -> str:
    return (TODAY + timedelta(days)).isoformat()


async def number_of(office: Office, text: str) -> int:
    found = await office.store.look(voices.voices, UNIT, QuoteState.RELEASED, 9)
    return next(each.number for each in found if each.text == text)


async def post(office: Office, page: str, to: str, **form: str) -> httpx.Response:
    """Send a form to *to* with what *page* gave."""
    shown = (await office.client.get(page)).text
    hidden = dict(re.findall(r'type="hidden" name="(csrf|revision)" value="(\w+)"', shown))
    return await office.client.post(to, data={**hidden, **form})


async def sent(office: Office, text: str = QUOTE, day: str = "") -> httpx.Response:
    comment = str(await number_of(office, text))
    page = f"/newsroom/quotes?unit={UNIT}"
    return await post(office, page, "/newsroom/relays", comment=comment, due=day or due())


async def draft(
    office: Office, words: str = ANSWER, outcome: str = "fixed", **more: str
) -> httpx.Response:
    form = {"words": words, "outcome": outcome, **more}
    return await post(office, "/questions/1", "/questions/1/draft", **form)


async def publish(office: Office) -> httpx.Response:
    return await post(office, "/questions/1", "/questions/1/publish")


async def acts(office: Office) -> list[str]:
    lines = await registry.audit_lines(office.store.reader, 2**62, 20)
    return [line.act for line in lines[::-1] if line.act.startswith("relay")]


async def test_a_question_is_asked_answered_approved_and_published(asked: Office) -> None:
    """The newsroom asks, office staff draft, the unit's head approves; everybody reads it then."""
    page = await asked.client.get(f"/newsroom/quotes?unit={UNIT}")
    assert (await sent(asked)).headers["location"] == "/newsroom/relays/1?lang=vi"
    assert QUOTE in page.text and "bốn" not in page.text

    waits = (await asked.browser().get("/answers/1?lang=en")).text
    assert QUOTE in waits and "The unit has not answered." in waits

    await become(asked, Role.OFFICE)
    assert (await draft(asked)).status_code == 303
    assert "chờ người đứng đầu đơn vị" in (await asked.client.get("/questions/1")).text
    assert (await asked.client.post("/questions/1/publish")).status_code == 403
    assert ANSWER not in (await asked.browser().get("/answers/1")).text

    await become(asked, Role.UNIT_HEAD, UNIT)
    assert "báo chí chờ trả lời: 1" in (await asked.client.get(f"/work?unit={UNIT}")).text
    assert QUOTE in (await asked.client.get("/questions")).text
    assert (await publish(asked)).status_code == 303
    assert (await draft(asked, "anders", revision="2")).status_code == 409

    told_to_all = (await asked.browser().get("/answers/1")).text
    assert ANSWER in told_to_all and "Đã sửa" in told_to_all
    assert "trả lời ngày 10/1/2027" in (await asked.browser().get("/answers")).text.replace(
        "01/", "1/"
    )
    assert await acts(asked) == ["relay ask", "relay write", "relay publish"]


async def test_an_unanswered_question_is_overdue_for_everybody(asked: Office) -> None:
    """On its day it waits; a day later it is one day late, and stands first."""
    await sent(asked)
    await sent(asked, OTHER, due(30))
    shown = []
    for days in (10, 11):
        asked.clock.ahead = datetime(2027, 1, 10 + days, 3, tzinfo=UTC) - datetime.now(UTC)
        shown.append((await asked.browser().get("/answers")).text)

    assert "Quá hạn" not in shown[0]
    assert "Quá hạn 1 ngày" in shown[1]
    assert shown[1].index(QUOTE) < shown[1].index(OTHER)
    assert "<strong>2</strong> chưa trả lời" in shown[1]


async def test_a_quote_is_sent_once_on_a_possible_day_and_only_if_released(asked: Office) -> None:
    """Each refusal says why on the page; unreleased ones are as if they were not there."""
    unreleased = next(each for each in await waiting(asked.store) if each.text == "bốn")
    page = f"/newsroom/quotes?unit={UNIT}"
    form = {"comment": str(unreleased.number), "due": due()}

    assert (await sent(asked, day=due(2))).status_code == 409
    assert (await sent(asked, day="morgen")).status_code == 409
    assert (await sent(asked)).status_code == 303
    again = await sent(asked)
    assert again.status_code == 409 and "không chuyển được nữa" in again.text
    assert (await post(asked, page, "/newsroom/relays", **form)).status_code == 404


async def test_words_of_few_are_not_relayed(office: Office) -> None:
    """Where the quarter's own figure is not shown, a quote would tell who wrote it."""
    await office.store.write(told, [QUOTE, "hai", "ba", "bốn", "năm"])
    assert await office.store.write(freed) == 5
    await redact(office.store)
    office.clock.ahead = datetime(2027, 1, 10, 3, tzinfo=UTC) - datetime.now(UTC)
    await decided(office.store, QuoteAct.RELEASE, QUOTE)
    await become(office, Role.MEDIA_EDITOR)

    assert QUOTE not in (await office.client.get(f"/newsroom/quotes?unit={UNIT}")).text
    assert (await sent(office)).status_code == 409


async def test_an_answer_needs_words_an_outcome_and_nobody_in_between(asked: Office) -> None:
    """What was typed stays on the page; nothing is published that was not read."""
    await sent(asked)
    await become(asked, Role.UNIT_HEAD, UNIT)

    assert (await publish(asked)).status_code == 409
    assert (await draft(asked, "  ")).status_code == 409
    kept = await draft(asked, outcome="")
    assert kept.status_code == 409 and ANSWER in kept.text
    assert (await draft(asked)).status_code == 303
    before = await asked.client.get("/questions/1")
    assert (await draft(asked, "anders")).status_code == 303
    seen = dict(re.findall(r'name="(csrf|revision)" value="(\w+)"', before.text))
    assert (await asked.client.post("/questions/1/publish", data=seen)).status_code == 409


async def test_the_newsroom_may_withdraw_until_an_answer_is_published(asked: Office) -> None:
    """A withdrawn question is nobody's any more; a published answer stays."""
    await sent(asked)
    withdrawn = await post(asked, "/newsroom/relays/1", "/newsroom/relays/1")
    gone = await asked.browser().get("/answers/1")
    again = await post(asked, "/newsroom/relays/1", "/newsroom/relays/1", revision="1")

    assert withdrawn.status_code == 303
    assert (gone.status_code, again.status_code) == (404, 409)
    assert await acts(asked) == ["relay ask", "relay withdraw"]


async def _answered(office: Office) -> None:
    await sent(office)
    await become(office, Role.UNIT_HEAD, UNIT)
    await draft(office, f"Người viết nói: {QUOTE}")
    await publish(office)


async def test_a_quote_taken_back_takes_question_and_answer_with_it(asked: Office) -> None:
    """The editor refuses a released quote: the answer, which may repeat it, is destroyed."""
    await _answered(asked)
    released = await asked.store.look(voices.voices, UNIT, QuoteState.RELEASED, 9)
    seen = next(each for each in released if each.text == QUOTE)
    assert await asked.store.write(voices.decide, seen, QuoteAct.REFUSE, BY)

    found = await asked.store.look(relays.relay, 1)
    assert found and (found.state, found.words, found.quote) == (State.WITHDRAWN, "", "")
    assert (await asked.browser().get("/answers/1")).status_code == 404
    assert (await acts(asked))[-1] == "relay lost"


async def test_who_erases_takes_question_and_answer_with_it(asked: Office) -> None:
    """The owner's code destroys the quote wherever it stood."""
    await _answered(asked)

    def erase_all(tx: Transaction) -> None:
        for (code,) in tx.connection.execute("select code_hash from responses").fetchall():
            taking_back.erase(tx, code)

    await asked.store.write(erase_all)
    told = await _feed(asked)
    assert set(told) == {"/answers/1#withdrawn"} and QUOTE not in json.dumps(told)

    found = await asked.store.look(relays.relay, 1)
    assert found and (found.state, found.words, found.quote) == (State.WITHDRAWN, "", "")
    assert QUOTE not in (await asked.browser().get("/answers")).text
    assert QUOTE not in (await asked.client.get("/questions/1")).text


async def test_a_published_answer_is_put_right_and_says_what_it_said_before(asked: Office) -> None:
    """By who may publish; each wording is an entry of its own; all go with the quote."""
    await _answered(asked)
    old, new = f"Người viết nói: {QUOTE}", "Thêm người từ tháng sau."
    form = {"words": new, "outcome": "planned"}
    empty = await post(asked, "/questions/1", "/questions/1/correct", **{**form, "words": " "})
    stale = await post(asked, "/questions/1", "/questions/1/correct", **form, revision="1")
    right = await post(asked, "/questions/1", "/questions/1/correct", **form)
    page = (await asked.browser().get("/answers/1?lang=en")).text
    feed = await _feed(asked)

    assert (empty.status_code, stale.status_code, right.status_code) == (409, 409, 303)
    assert page.index(new) < page.index("What it said before (1)") < page.index(old)
    assert old in feed["/answers/1#fixed"]["content_text"]
    assert new in feed["/answers/1#corrected-2"]["content_text"]
    assert (await acts(asked))[-1] == "relay correct"
    released = await asked.store.look(voices.voices, UNIT, QuoteState.RELEASED, 9)
    seen = next(each for each in released if each.text == QUOTE)
    assert await asked.store.write(voices.decide, seen, QuoteAct.REFUSE, BY)
    found = await asked.store.look(relays.relay, 1)
    assert found and (found.words, found.before) == ("", ())


async def test_what_is_not_published_is_not_corrected(asked: Office) -> None:
    """A draft is written; only what everybody read is put right."""
    await sent(asked)
    await become(asked, Role.UNIT_HEAD, UNIT)
    form = {"words": ANSWER, "outcome": "fixed", "revision": "0"}
    early = await post(asked, "/questions/1", "/questions/1/correct", **form)

    assert early.status_code == 409 and "đã công bố để đính chính" in early.text


async def _feed(office: Office) -> dict[str, Any]:
    """The entries of the JSON feed by id; the Atom feed has the same."""
    told = (await office.browser().get("/feed.json?lang=vi")).json()
    atom = feedparser.parse((await office.browser().get("/feed.atom?lang=vi")).content)
    assert not atom.bozo
    assert [each.id for each in atom.entries] == [each["id"] for each in told["items"]]
    return {each["id"].partition("8000")[2]: each for each in told["items"]}


async def test_questions_answers_and_quotes_are_entries_of_feeds(asked: Office) -> None:
    """Each once it happened; what is taken back is in no feed, and in no pack."""
    await sent(asked)
    first = await _feed(asked)
    asked.clock.ahead = datetime(2027, 1, 25, 3, tzinfo=UTC) - datetime.now(UTC)
    late = await _feed(asked)
    await become(asked, Role.UNIT_HEAD, UNIT)
    await draft(asked)
    await publish(asked)
    answered = await _feed(asked)
    quotes = f"/units/{UNIT}/2026-Q4#quotes"

    assert set(first) == {"/answers/1#asked", quotes}
    assert set(late) - set(first) == {"/answers/1#overdue"}
    assert late["/answers/1#overdue"]["date_published"] == "2027-01-20T17:00:00+00:00"
    assert set(answered) - set(first) == {"/answers/1#fixed"}
    assert ANSWER in answered["/answers/1#fixed"]["content_text"]
    assert f"“{QUOTE}”" in first[quotes]["content_text"]
    shown = (await asked.browser().get(f"/units/{UNIT}/2026-Q4")).text
    assert f"<blockquote>{QUOTE}</blockquote>" in shown and f"“{UNIT} 2026-Q4”" in shown
    assert QUOTE not in (await asked.browser().get(f"/units/{UNIT}/2026-11")).text

    released = await asked.store.look(voices.voices, UNIT, QuoteState.RELEASED, 9)
    for seen in released:
        assert await asked.store.write(voices.decide, seen, QuoteAct.REFUSE, BY)
    (gone,) = (await _feed(asked)).values()
    assert gone["id"].endswith("/answers/1#withdrawn")
    assert gone["date_published"] == first["/answers/1#asked"]["date_published"]
    assert QUOTE not in json.dumps(gone) and ANSWER not in json.dumps(gone)


async def test_a_pack_is_read_with_the_quotes_that_are_released_then(asked: Office) -> None:
    """They are in no kept pack, so what is taken back is out of all of them at once."""
    asked.clock.ahead += timedelta(2)  # the quarter is settled when the week ends
    week = await make(asked.app.state.service)
    kept = await asked.store.look(packs.pack, week)
    path = f"/packs/{week}/quotes.txt"
    read = (await asked.browser().get(path)).text
    page = (await asked.browser().get(f"/packs/{week}")).text
    released = await asked.store.look(voices.voices, UNIT, QuoteState.RELEASED, 9)
    for seen in released:
        assert await asked.store.write(voices.decide, seen, QuoteAct.REFUSE, BY)

    assert read.startswith("Người dân viết\n") and f"“{week}”" in read
    assert f"“{QUOTE}”" in read and QUOTE in page and f"“{week}”" in page
    assert kept and QUOTE not in kept.told
    assert (await asked.browser().get(path)).status_code == 404


async def test_an_outlet_s_editor_reads_what_is_its_outlet_s(asked: Office) -> None:
    """Not another newsroom's questions, no comment that waits; its packs early, by its own link."""
    act = packs.Act("2027-01-01T00:00:00", "x")
    for name in ("Báo A", "Báo B"):
        await asked.store.write(packs.add_outlet, name, f"old link of {name} xxxxxxxxx", act)
    future = (datetime.now(UTC) + timedelta(days=900)).isoformat()
    made = json.dumps(dict.fromkeys(LANGUAGES, asdict(Told("x", (), "x", (), [], ""))))
    await asked.store.write(packs.keep, packs.Pack("2027-W01", act.at, future, made))
    await sent(asked)  # by our own editors
    early = "/newsroom/packs/2027-W01"
    assert (await asked.client.get(early)).status_code == 404

    seen, links = [], []
    for number, text in ((1, OTHER), (2, "ba")):
        assert await asked.store.write(packs.bind, "lan.nv", number, act)
        assert (await asked.client.get("/voices")).status_code == 403
        assert (await sent(asked, text)).status_code == 303
        asking = (asked.client.get(f"/newsroom/relays/{each}") for each in (1, 2, 3))
        seen.append([(await each).status_code for each in asking])
        assert (await asked.client.get(f"{early}/text.txt")).headers["cache-control"] == "no-store"
        made_new = (await post(asked, "/newsroom", "/newsroom/link")).text
        links += re.findall(r"/early/([\w-]{43})/", made_new)

    assert seen == [[404, 200, 404], [404, 404, 200]]
    statuses = [
        (await asked.browser().get(f"/early/{each}/2027-W01")).status_code
        for each in ("old link of Báo A xxxxxxxxx", *links)
    ]
    assert statuses == [404, 200, 200]
    assert await asked.store.write(packs.end_outlet, 2, act)
    assert (await asked.client.get("/newsroom")).status_code == 303  # signed out, account closed
    assert not await asked.store.write(packs.bind, "lan.nv", 2, act)


def test_every_act_has_an_answer_in_every_state() -> None:
    """Nothing leaves what is published or withdrawn; open states lead on."""
    found = {(state, act): step(state, act, "x") for state, act in product(State, Act)}
    ends = {where for (state, _), where in found.items() if not is_open(state)}

    assert ends == {Refusal.PUBLISHED, Refusal.WITHDRAWN, State.PUBLISHED}
    assert {where for (_, act), where in found.items() if act is Act.WITHDRAW} == {
        *(State.WITHDRAWN, Refusal.PUBLISHED, Refusal.WITHDRAWN)
    }
    assert overdue(State.ASKED, TODAY, TODAY) == 0
    assert [may_be_due(TODAY + timedelta(n), TODAY) for n in (2, 3, 60, 61)] == [
        *(False, True, True, False)
    ]
