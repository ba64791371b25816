"""The Zalo bot against the strict fake: everything by numbers and words, and every failure."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest

from bot.channels.channel import Surroundings
from bot.channels.decoded import Account, Decoded, Group, Ignored, Undecodable
from bot.channels.zalo_bot.channel import SECRET_HEADER, ZaloBotChannel
from bot.channels.zalo_bot.decode import decode
from bot.instruments import shipped
from bot.keys import Keys
from bot.settings import Settings
from handlers.inbound import Attachment, Inbound, Text
from handlers.receive import Survey
from storage import accounts
from storage.store import Store
from tests.channels import (
    COUNTER,
    UNLIMITED,
    add_counter,
    application,
    arrivals,
    emptied,
    now,
    rows,
    running,
    serving,
    until,
)
from tests.databases import clear, fill
from tests.patience import PATIENCE_S
from tests.peers.zalo.bot import BotRespondent, ZaloBot
from tests.peers.zalo.rules import Bot
from tests.peers.zalo.unconfirmed import Unconfirmed
from tests.ports import free_port

pytestmark = pytest.mark.anyio

PUBLIC = "https://motcua.example.vn"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "zalo"
ACCOUNT = Account(7, lambda account, address: f"{account}:{address}".encode())
_people = count(1)


async def channel(store: Store, keys: Keys, fake: ZaloBot, mode: str = "poll") -> ZaloBotChannel:
    """The account as the composition root opens it."""
    settings = Settings.model_validate(
        {"zalo_bot_api": fake.url, "zalo_bot_mode": mode, "public_url": PUBLIC}
    )
    survey = Survey(shipped(), 1, secrets.randbits, keys.code_hash)
    await store.write(accounts.add_account, "zalo_bot", "1234567890", {"token": fake.token})
    (row,) = await store.write(accounts.accounts)
    return ZaloBotChannel(row, Surroundings(settings, keys, store, survey, now, UNLIMITED))


@pytest.fixture
def fake() -> Iterator[ZaloBot]:
    with ZaloBot(longest_poll_s=1) as made:
        yield made


@pytest.fixture
async def bot(store: Store, keys: Keys, fake: ZaloBot) -> AsyncIterator[ZaloBotChannel]:
    """A polling bot with one counter to rate."""
    await store.write(add_counter)
    async with running(await channel(store, keys, fake)) as made:
        await until(lambda: made.status() == "connected")
        yield made


@pytest.fixture
def ted(fake: ZaloBot) -> BotRespondent:
    return fake.respondent(f"6ede9afa66b88fe6d6a9{next(_people)}")


async def says(person: BotRespondent, words: str) -> str:
    """Write something; what comes back."""
    await asyncio.to_thread(person.says, words)
    heard = await asyncio.to_thread(person.hears, 1, PATIENCE_S)
    assert heard, f"no answer to {words!r}"
    return heard[-1].text


async def test_the_whole_survey_by_digits(
    bot: ZaloBotChannel, store: Store, ted: BotRespondent, fake: ZaloBot
) -> None:
    """From the code to the thanks, one digit a question, and nothing that the platform refuses."""
    first = await says(ted, f"#{COUNTER}")
    assert "5 · Rất hài lòng" in first.splitlines()
    assert "1 · Rất không hài lòng" in first.splitlines()
    told = await says(ted, "5")
    for _ in range(40):
        if "Mã phiếu của bạn" in told:
            break
        told = await says(ted, "xong" if "“xong”" in told else "1" if " · " in told else "bỏ qua")

    assert "Mã phiếu của bạn" in told
    await emptied(store, "outbox")
    assert await arrivals(store) == 1
    assert await rows(store, "closed_responses", "conversations", "outbox") == [1, 0, 0]
    assert set(fake.refusals()) <= {Bot.NO_UPDATE}


async def test_controls_are_typed_as_they_are_written(
    bot: ZaloBotChannel, ted: BotRespondent
) -> None:
    """Each question says which words move it, and they do."""
    first = await says(ted, COUNTER)
    second = await says(ted, "4")
    third = await says(ted, "1")
    again = await says(ted, "quay lại")
    english = await says(ted, "english")

    assert "“english”" in first
    assert "“quay lại”" in third
    assert again.splitlines()[0] == second.splitlines()[0]
    assert "“back”" in english


async def test_an_event_comes_again(
    bot: ZaloBotChannel, store: Store, ted: BotRespondent, fake: ZaloBot
) -> None:
    """A repeat is answered 200 and counted once."""
    await says(ted, COUNTER)
    delivery = await asyncio.to_thread(ted.says, "5")
    await asyncio.to_thread(ted.hears, 1, PATIENCE_S)
    await asyncio.to_thread(fake.redeliver, delivery)
    await until(lambda: fake.queued == 0)
    await asyncio.sleep(0.2)

    assert await asyncio.to_thread(ted.hears) == []
    assert await arrivals(store) == 1


async def test_what_is_not_text_is_answered_kindly(bot: ZaloBotChannel, ted: BotRespondent) -> None:
    """The question stays where it was."""
    await says(ted, COUNTER)
    for send in (ted.sends_sticker, ted.sends_image, ted.sends_unsupported):
        await asyncio.to_thread(send)
        (answer,) = await asyncio.to_thread(ted.hears, 1, PATIENCE_S)

        assert "5 · Rất hài lòng" in answer.text


async def test_a_group_gets_one_link(bot: ZaloBotChannel, store: Store, fake: ZaloBot) -> None:
    """The survey is never run in a group, and nothing of it is stored."""
    group = fake.respondent("grp1", group=True)
    await asyncio.to_thread(group.says, f"#{COUNTER}")
    (answer,) = await asyncio.to_thread(group.hears, 1, PATIENCE_S)
    await asyncio.to_thread(group.says, "alo")
    await asyncio.sleep(0.3)

    assert f"{PUBLIC}/c/{COUNTER}" in answer.text
    assert await asyncio.to_thread(group.hears) == []
    assert await rows(store, "conversations", "addresses") == [0, 0]


async def test_what_could_not_be_stored_is_not_lost(
    bot: ZaloBotChannel, store: Store, ted: BotRespondent
) -> None:
    """The platform hands each event out once, so it is kept until the disk takes it."""
    await says(ted, COUNTER)
    await store.write(fill, "inbox")
    await asyncio.to_thread(ted.says, "5")
    await until(lambda: "database" in bot.status())
    await store.write(clear, "inbox")
    heard = await asyncio.to_thread(ted.hears, 1, PATIENCE_S)

    assert len(heard) == 1
    assert await arrivals(store) == 1


@pytest.mark.parametrize("rule", [Bot.TOO_MANY, Bot.BAD_GATEWAY])
async def test_a_busy_platform_is_tried_again(
    rule: Bot,
    bot: ZaloBotChannel,
    store: Store,
    ted: BotRespondent,
    fake: ZaloBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The message waits and comes once."""
    monkeypatch.setattr("bot.channels.zalo_bot.client.PAUSE_S", 1.0)
    fake.fail("sendMessage", rule)

    assert "5 · Rất hài lòng" in await says(ted, COUNTER)
    assert await rows(store, "dead_letters") == [0]


async def test_a_dead_token_is_an_alarm_and_loses_nothing(
    bot: ZaloBotChannel, store: Store, ted: BotRespondent, fake: ZaloBot
) -> None:
    """What waits to be sent stays; /readyz says why."""
    await says(ted, COUNTER)
    await asyncio.to_thread(ted.says, "5")
    fake.revoke()
    await until(lambda: bot.status() == "not connected: the token is refused")

    assert await rows(store, "dead_letters") == [0]


async def test_over_the_limits_of_the_free_tier(store: Store, keys: Keys) -> None:
    """The fifty-first person's answer is kept though the platform will not show the question."""
    await store.write(add_counter)
    with ZaloBot(longest_poll_s=1, unconfirmed=Unconfirmed(bot_users=1)) as fake:
        async with running(await channel(store, keys, fake)) as made:
            await until(lambda: made.status() == "connected")
            await says(fake.respondent("one"), COUNTER)
            late = fake.respondent("two")
            await asyncio.to_thread(late.says, COUNTER)
            await asyncio.to_thread(late.says, "5")
            async with asyncio.timeout(PATIENCE_S):
                while await arrivals(store) == 0:  # noqa: ASYNC110 - a table has no event
                    await asyncio.sleep(0.02)

    assert await rows(store, "dead_letters") == [0]


@pytest.mark.parametrize("bare", [False, True])
async def test_by_webhook_in_both_shapes(bare: bool, store: Store, keys: Keys) -> None:
    """The same survey when Zalo calls us; without the secret it is 403."""
    await store.write(add_counter)
    port = free_port()
    with ZaloBot(reaches={PUBLIC: f"http://127.0.0.1:{port}"}) as fake:
        fake.wrapped = not bare
        made = await channel(store, keys, fake, "webhook")
        async with serving(port, made), running(made):
            await until(lambda: made.status() == "connected")
            ted = fake.respondent("ted")
            await says(ted, f"mã {COUNTER}")
            assert "Câu" in await says(ted, "5") or await arrivals(store) == 1
        refused = await _post(made, b"{}", "wrong")
        broken = await _post(made, b"{", fake_secret(keys))

    assert (refused, broken) == (403, 400)
    assert await arrivals(store) == 1


def fake_secret(keys: Keys) -> str:
    return keys.webhook_secret("zalo_bot 1234567890")


async def _post(made: ZaloBotChannel, body: bytes, secret: str) -> int:
    transport = httpx.ASGITransport(application(made), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        headers = {SECRET_HEADER: secret}
        answer = await client.post("/channels/zalo-bot", content=body, headers=headers)
    return answer.status_code


def read(name: str) -> Decoded:
    return decode(json.loads((FIXTURES / f"{name}.json").read_bytes()), ACCOUNT)


def test_every_fixture_is_the_expected_event() -> None:
    """Wrapped or bare, text or picture."""
    wrapped, bare, image = (read(name) for name in ("bot_text", "bot_text_bare", "bot_image"))

    assert isinstance(wrapped, Inbound)
    assert isinstance(wrapped.happenings[0], Text)
    assert isinstance(bare, Inbound)
    assert bare.happenings[0] == Text("#381207")
    assert isinstance(image, Inbound)
    assert image.happenings == (Attachment("photo"),)


EVENT = {
    "event_name": "message.text.received",
    "message": {
        "chat": {"id": 12345678901234567890, "chat_type": "PRIVATE"},
        "text": "5",
        "message_id": 99,
        "date": 1,
    },
}


def test_ids_are_opaque() -> None:
    """Integers beyond 2^53 stay what they are."""
    inbound = decode(EVENT, ACCOUNT)

    assert isinstance(inbound, Inbound)
    assert (inbound.address, inbound.update_id) == ("12345678901234567890", "99")


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ([], "event"),
        ({}, "event_name"),
        ({"ok": True, "result": None}, "result"),
        ({"event_name": 5}, "event_name"),
        ({"event_name": "message.text.received"}, "message"),
        ({**EVENT, "message": {"chat": {"id": None}, "text": "5", "message_id": "1"}}, "chat.id"),
        ({**EVENT, "message": {"chat": {"id": "a"}, "text": 5, "message_id": "1"}}, "text"),
        ({**EVENT, "message": {"chat": {"id": "a"}, "text": "5"}}, "message_id"),
    ],
)
def test_what_breaks_the_promise_names_its_field(raw: object, field: str) -> None:
    """It becomes a dead letter with a reason that quotes nobody."""
    with pytest.raises(Undecodable, match=f"^{field}: expected"):
        decode(raw, ACCOUNT)


def test_what_is_not_for_us() -> None:
    """Unknown kinds are ignored; a group's call is none of the survey's business."""
    unknown = decode({**EVENT, "event_name": "message.gift.received"}, ACCOUNT)
    message = {"chat": {"id": "g", "chat_type": "GROUP"}, "text": "hi", "message_id": "1"}
    group = decode({**EVENT, "message": message}, ACCOUNT)

    assert isinstance(unknown, Ignored)
    assert group == Group("g", "", "vi")
