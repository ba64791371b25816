"""The fake Bot Platform: one update at a time, or a webhook; text only."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.peers.zalo.bot import ZaloBot
from tests.peers.zalo.catcher import Catcher
from tests.peers.zalo.provoked_bot import CHAT, HOOK, SECRET, call, send, told
from tests.peers.zalo.rules import Bot
from tests.peers.zalo.unconfirmed import Unconfirmed


@pytest.fixture
def hook() -> Iterator[Catcher]:
    """A webhook that accepts everything."""
    with Catcher() as catcher:
        yield catcher


@pytest.fixture
def bot(hook: Catcher) -> Iterator[ZaloBot]:
    """A bot whose public address is the webhook."""
    with ZaloBot(reaches={"https://bot.example.vn": hook.url}) as fake:
        yield fake


def test_an_update_is_handed_out_once_and_alone(bot: ZaloBot) -> None:
    """One update per poll, oldest first, and then none."""
    bot.respondent(CHAT).says("1")
    bot.respondent("another").sends_sticker()
    bot.respondent(12).sends_unsupported()
    polled = [call(bot, "getUpdates", timeout="0").json() for _ in range(4)]

    assert [one.get("result", {}).get("event_name") for one in polled] == [
        "message.text.received",
        "message.sticker.received",
        "message.unsupported.received",
        None,
    ]
    assert polled[2]["result"]["message"]["chat"]["id"] == 12


def test_polling_and_the_webhook_exclude_each_other(bot: ZaloBot, hook: Catcher) -> None:
    """While a webhook is set nothing can be polled, and nothing is queued."""
    call(bot, "setWebhook", url=HOOK, secret_token=SECRET)
    posted = bot.respondent(CHAT).says("5")
    refused = call(bot, "getUpdates", timeout="0")
    call(bot, "deleteWebhook")
    bot.redeliver(posted)

    assert posted.accepted
    assert hook.calls()[0].headers["x-bot-api-secret-token"] == SECRET
    assert refused.json() == told(Bot.POLL_WHILE_WEBHOOK)
    assert call(bot, "getWebhookInfo").json()["result"]["url"] == ""
    assert call(bot, "getUpdates", timeout="0").json() == json.loads(posted.body)


def test_the_bot_sends(bot: ZaloBot) -> None:
    """What each chat was sent is kept; typing is no message."""
    assert call(bot, "getMe").json()["result"]["account_type"] == "BASIC"
    assert send(bot, "sendChatAction", action="typing").json() == {"ok": True}
    assert set(send(bot, text="Câu 1").json()["result"]) == {"message_id", "date"}
    assert send(bot, "sendPhoto", photo="https://files.example.vn/a.jpg").json()["ok"]
    assert send(bot, "sendSticker", sticker="bfe458bf64fa8da4d4eb").json()["ok"]

    assert [sent.kind for sent in bot.sent(CHAT)] == ["action", "text", "photo", "sticker"]
    assert bot.respondent(CHAT).hears(3)[0].text == "Câu 1"


def test_a_connection_breaks_before_or_after(bot: ZaloBot) -> None:
    """The caller cannot tell whether its message went out."""
    bot.drop("sendMessage")
    bot.drop("sendMessage", carried_out=True)
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            send(bot, text="Câu 1")

    assert len(bot.respondent(CHAT).messages) == 1


def test_a_long_poll_waits_for_the_respondent(bot: ZaloBot) -> None:
    """An update that comes while the poll is open is its answer."""
    late = threading.Timer(0.2, bot.respondent(CHAT).says, ["5"])
    late.start()
    polled = call(bot, "getUpdates", timeout="5").json()
    late.join()

    assert polled["result"]["message"]["text"] == "5"
    assert bot.queued == 0


def test_the_doubts_of_the_bot_can_be_tried() -> None:
    """Buttons, the other key of an image, and the bare form."""
    doubts = Unconfirmed(bot_buttons=True, bot_photo_key="photo_url", bot_wrapped=False)
    with ZaloBot(unconfirmed=doubts) as fake:
        image = json.loads(fake.respondent(CHAT).sends_image(caption=None).body)

        assert send(fake, text="Câu 1", reply_markup={}).json()["ok"]
        assert image["message"]["photo_url"].startswith("https://")
