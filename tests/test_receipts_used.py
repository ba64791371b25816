"""Receipts presented on the real application: first use, contest, refusals, on every channel."""

from __future__ import annotations

import asyncio
import random
import secrets
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.decoded import Account
from bot.channels.telegram import decode as telegram
from bot.channels.zalo_bot import decode as zalo_bot
from bot.instruments import shipped
from handlers.inbound import Inbound, Start, Text
from handlers.receive import receive
from handlers.rendering import render
from sipas.dossiers import DossierEvent
from sipas.packing import half_day
from sipas.receipts import Receipt, grouped, receipt_code, token
from sipas.session import Stratum
from storage.dossiers import add_events
from storage.receipts import Wanted, mint
from storage.recount import recount
from storage.release import release
from storage.store import snapshot
from tests.server import COUNTER, OTHER
from tests.test_staff import Office, office

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio


async def minted(
    office: Office, n: int = 1, stage: str = "result", days: int = 30
) -> list[Receipt]:
    """Receipts of *n* dossiers at the counter, a stage of each, good for so many days."""
    today = office.clock().date()
    made = secrets.randbelow(9000) + 1000
    events = [
        DossierEvent(f"H56-260101-{made + k:05}", stage, "15448", "", "", COUNTER, today)
        for k in range(n)
    ]
    await office.store.write(add_events, enumerate(events, 1))
    [row] = await office.store.reader.execute_fetchall(
        "select unit_id from units where code = '15448'"
    )
    wanted = Wanted(row[0], stage, today, today, today + timedelta(days))
    return [slip.receipt for slip in await office.store.write(mint, wanted, secrets.randbits)]


def link(office: Office, receipt: Receipt) -> str:
    """What the QR code carries."""
    return token(receipt, office.app.state.service.survey.receipts.mac)


class Person:
    """Somebody in the web chat."""

    def __init__(self, office: Office) -> None:
        self.office, self.conversation, self.sent = office, secrets.token_urlsafe(24), 0
        self.code: str | None = None

    async def does(self, **event: str) -> str:
        """One update; return the key of what is shown."""
        self.sent += 1
        told = {"conversation": self.conversation, "update_id": f"u{self.sent}", "event": event}
        shown = (await self.office.client.post("/api/v1/chat", json=told)).json()
        self.code = shown["response_code"]
        self.text = str(shown["messages"][-1]["text"])
        return str(shown["messages"][-1]["key"])

    async def rates(self, start: str, level: int = 5) -> None:
        """Come, one level, leave."""
        await self.does(start=start)
        await self.does(text=str(level))
        await self.does(text="dừng")


async def strata(office: Office) -> list[tuple[int, int, int]]:
    """Stratum, stage and counter of every response that has closed."""
    asked = "select stratum, stage, counter_id from closed_responses order by stratum"
    return [(a, b, c) for a, b, c in await office.store.reader.execute_fetchall(asked)]


async def count(office: Office, asked: str) -> int:
    """A single number out of the database."""
    [row] = await office.store.reader.execute_fetchall(asked)
    return int(row[0])


async def test_a_receipt_is_a_stratum_and_tells_the_stage(office: Office) -> None:
    """By its link and by its typed code; whoever has none is a walk-in as before."""
    one, other = await minted(office, 2)
    await Person(office).rates(link(office, one))
    typing = Person(office)
    await typing.does(text=f"#{grouped(other.code).lower()}")
    await typing.does(text="5")
    await typing.does(text="dừng")
    await Person(office).rates(COUNTER)

    assert await strata(office) == [(1, 2, 1), (1, 2, 1), (2, 0, 1)]
    assert await count(office, "select count(*) from contest_tags") == 2


async def test_a_later_use_asks_whose_the_first_was(office: Office) -> None:
    """ "Yes" leaves all as it was; "no" keeps both and flags the first; there is no third."""
    [receipt] = await minted(office)
    start = link(office, receipt)
    await Person(office).rates(start, 5)
    owner, holder, third = Person(office), Person(office), Person(office)
    asked = await owner.does(start=start)
    told = owner.text
    yours = await owner.does(text="có")
    assert await count(office, "select count(*) from contests") == 0
    await holder.does(start=start)
    disputed = await holder.does(text="2")
    await holder.does(text="1")
    await holder.does(text="dừng")
    spent = await third.does(start=start)

    assert (asked, yours, disputed, spent) == (
        "contest",
        "receipt_yours",
        "overall",
        "receipt_spent",
    )
    assert f"{office.clock() + timedelta(hours=7):%d/%m/%Y}" in told
    assert await strata(office) == [(1, 2, 1), (1, 2, 1)]
    assert await count(office, "select count(*) from contests") == 1
    assert await count(office, "select count(*) from verdicts where check_id = 7") == 1
    levels = await office.store.reader.execute_fetchall(
        "select substr(levels, 1, 1) from contests join closed_responses using (response_id)"
    )
    assert [row[0] for row in levels] == ["5"]


async def test_of_two_who_race_one_counts_and_the_other_contests(office: Office) -> None:
    """Both see the first question; whose level comes second is asked whose the first was."""
    [receipt] = await minted(office)
    people = [Person(office) for _ in range(4)]
    first = {await each.does(start=link(office, receipt)) for each in people[:2]}
    shown = await asyncio.gather(*(each.does(text="4") for each in people[:2]))
    late = people[shown.index("contest")]
    again = await late.does(text="không")
    await late.does(text="3")

    assert first == {"overall"}
    assert sorted(shown) == ["contest", "more"]
    assert again == "overall"
    assert await count(office, "select count(*) from contest_tags where disputed = 1") == 1
    assert await count(office, "select count(*) from contest_tags") == 2


async def test_a_page_left_open_does_not_count_twice(office: Office) -> None:
    """Start and tap sent together, after somebody else has used the receipt: the question comes."""
    [receipt] = await minted(office)
    start = link(office, receipt)
    await Person(office).rates(start)
    late = Person(office)

    assert await late.does(start=start, tap="1|-|overall|5") == "contest"
    assert await count(office, "select sum(n) from arrivals") == 1


async def test_a_deleted_answer_gives_its_receipt_back(office: Office) -> None:
    """What was never closed was never a use."""
    [receipt] = await minted(office)
    person = Person(office)
    await person.does(start=link(office, receipt))
    await person.does(text="5")
    await person.does(text="xóa")
    await person.does(text="có")

    assert await count(office, "select count(*) from contest_tags") == 0
    assert await Person(office).does(start=link(office, receipt)) == "overall"


async def test_what_may_not_be_used_is_told_why(office: Office) -> None:
    """Forged, altered, unknown, mistyped, expired, of another counter or stage: nothing is kept."""
    one, other = await minted(office, 2)
    [waiting] = await minted(office, 1, "waiting")
    elsewhere, at_another_stage = Person(office), Person(office)
    await elsewhere.does(start=OTHER)
    await elsewhere.does(text="5")
    await at_another_stage.does(start=link(office, one))
    await at_another_stage.does(text="5")
    foreign = token(one, lambda told: bytes(32))
    never = Receipt(receipt_code(5), COUNTER, "result", one.last_day)
    mistyped = grouped(one.code[:-1] + ("0" if one.code[-1] != "0" else "1"))
    shown = [
        await Person(office).does(start="x" * 36),
        await Person(office).does(start=foreign),
        await Person(office).does(start=link(office, never)),
        await Person(office).does(text=mistyped),
        await Person(office).does(text=f"#{grouped(never.code)}"),
        await elsewhere.does(text=f"#{grouped(other.code)}"),
        await at_another_stage.does(text=f"#{grouped(waiting.code)}"),
        await at_another_stage.does(text=f"#{grouped(other.code)}"),
    ]
    said = elsewhere.text, at_another_stage.text
    office.clock.ahead = timedelta(days=31)
    shown.append(await Person(office).does(start=link(office, other)))

    assert shown[:5] == [
        "receipt_forged",
        "receipt_altered",
        "receipt_unknown",
        "receipt_mistyped",
        "receipt_unknown",
    ]
    assert shown[5:8] == ["more", "more", "more"]  # the open answer goes on
    assert "quầy khác" in said[0]
    assert "đang trả lời dở" in said[1]
    assert shown[8] == "receipt_expired"
    assert await count(office, "select count(*) from contest_tags") == 1


async def test_words_of_ten_letters_are_words(office: Office) -> None:
    """What happens to have the form of a code and is none is not taken for one."""
    person = Person(office)
    await person.does(start=COUNTER)

    assert await person.does(text="hailonglam") == "overall"
    assert "phiếu" not in person.text.lower()


async def test_a_kiosk_and_a_clerk_stay_apart(office: Office) -> None:
    """A receipt typed there is not looked at, so that their strata hold what they say."""
    [receipt] = await minted(office)
    service = office.app.state.service
    start, told = Start(COUNTER, Stratum.KIOSK), Text(f"#{grouped(receipt.code)}")
    came = Inbound(service.web_account, "web", "k1", b"k" * 16, (start,))
    await office.store.write(receive, service.survey, came, service.clock())
    typed = Inbound(service.web_account, "web", "k2", b"k" * 16, (told, Text("5"), Text("dừng")))
    await office.store.write(receive, service.survey, typed, service.clock())

    assert await strata(office) == [(3, 0, 1)]


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_telegram_carries_the_token_and_zalo_the_typed_code(
    office: Office, language: str
) -> None:
    """A deep link's payload, and a message with the code; the contest question has its buttons."""
    [receipt] = await minted(office)
    service = office.app.state.service
    account = Account(service.web_account, lambda _, address: address.encode().ljust(16, b"0"))
    start = {
        "update_id": 7,
        "message": {
            "message_id": 1,
            "chat": {"id": 5, "type": "private"},
            "from": {"id": 5, "language_code": language},
            "text": f"/start {link(office, receipt)}",
        },
    }
    first = telegram.decode(start, account)
    assert isinstance(first, Inbound)
    shown = await office.store.write(receive, service.survey, first, service.clock())
    assert shown is not None
    assert shown.screen[-1].question == "overall"  # type: ignore[union-attr]
    await Person(office).rates(link(office, receipt))
    event: dict[str, Any] = {
        "event_name": "message.text.received",
        "message": {
            "message_id": "m1",
            "chat": {"id": "z1", "chat_type": "PRIVATE"},
            "text": f"#{grouped(receipt.code)}",
        },
    }
    typed = zalo_bot.decode(event, account)
    assert isinstance(typed, Inbound)
    asked = await office.store.write(receive, service.survey, typed, service.clock())
    assert asked is not None
    message = render(shipped()["short.1"], asked.screen, language)

    assert message.key == "contest"
    assert len([each for each in message.choices if not each.control]) == 2


async def test_the_page_stores_nothing_and_answers_without_javascript(office: Office) -> None:
    """The first question by link, the answer by a plain form; a spent or wrong link says why."""
    [receipt] = await minted(office)
    path = f"/r/{link(office, receipt)}"
    page = await office.client.get(path)
    kept = await count(office, "select count(*) from conversations")
    form = {"conversation": "c" * 32, "update_id": "1", "start": link(office, receipt)}
    answered = await office.client.post(path, data={**form, "tap": "1|-|overall|4"})
    asked = await office.client.get(path, headers={"accept-language": "en"})
    wrong = await office.client.get(f"/r/{'A' * 36}")
    office.clock.ahead = timedelta(days=31)
    gone = await office.client.get(path)

    assert page.status_code == 200
    assert kept == 0
    assert f'action="{path}?lang=vi' in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert answered.status_code == 200
    assert await count(office, "select count(*) from contest_tags") == 1
    assert "Was that rating yours?" in asked.text
    assert (wrong.status_code, gone.status_code) == (404, 410)
    assert "hết hạn" in gone.text


async def test_tags_and_disputes_follow_their_response(office: Office) -> None:
    """Through release and recount; after an erasure nothing leads from receipt to answer."""
    receipts = await minted(office, 5)
    people = [Person(office) for _ in receipts]
    for person, receipt in zip(people, receipts, strict=True):
        await person.rates(link(office, receipt), 5)
    holder = Person(office)
    await holder.does(start=link(office, receipts[0]))
    await holder.does(text="2")
    half = half_day(office.clock())
    assert await office.store.write(release, shipped(), half, random.Random(1)) == 5
    late = Person(office)
    await late.does(start=link(office, receipts[1]))
    await late.does(text="2")  # disputes one that is released already

    tied = "select count(*) from contest_tags t join responses r using (response_id)"
    assert await count(office, tied) == 5
    assert await count(office, "select sum(n) from flagged") == 2
    assert snapshot(office.store.address, recount, shipped()) == []
    await office.client.post("/log/check", data={"code": people[2].code or "", "act": "erase"})

    assert await count(office, tied) == 4
    assert await Person(office).does(start=link(office, receipts[2])) == "contest"
