"""(d): messages sent a second, from the outbox to an answer of the Bot API and the row gone."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import uvloop
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from bench import processes
from bench.measure import Finding, medians
from bench.rivals.ptb_bot import TOKEN
from bench.survey import script
from bot.channels.channel import Surroundings
from bot.channels.rates import Limits
from bot.channels.telegram.channel import TelegramChannel
from bot.clock import utc_now
from bot.instruments import shipped
from bot.keys import Keys
from bot.settings import Settings
from handlers.receive import Survey
from handlers.screens import Shown, dump_shown
from sipas.events import Ask
from storage import accounts, outbox
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import running

MESSAGES = 1500
AT_ONCE = 64
UNLIMITED = Limits(1e9, 1, 1e9, 1)


def findings() -> Iterator[Finding]:
    """Our durable sender against `Bot.send_message` as PTB ships it, as many at once."""
    with processes.uvicorn("bot_api") as api:
        base = f"http://127.0.0.1:{api}"
        ours, ptb = medians(
            lambda: MESSAGES / uvloop.run(_ours(base)),
            lambda: MESSAGES / uvloop.run(_ptb(base)),
        )
    yield Finding(
        "d",
        "messages sent against PTB's default sender",
        f"{ours:,.0f} messages/s, leased and recorded",
        f"{ptb:,.0f} messages/s, {AT_ONCE} at once",
        ours / ptb,
        5.0,
    )


async def _ours(base: str) -> float:
    """Seconds until the outbox is empty, with the whole channel at work."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        keys = Keys(bytes(32))
        store = await Store(Path(folder) / "outbox.db", keys).open()
        try:
            settings = Settings.model_validate(
                {"telegram_token": TOKEN, "telegram_api": base, "telegram_mode": "webhook"}
            )
            survey = Survey(shipped(), 1, secrets.randbits, keys.code_hash)
            account_id = await store.write(accounts.add_account, "telegram", "1", {"token": TOKEN})
            (row,) = await store.write(accounts.accounts)
            around = Surroundings(settings, keys, store, survey, utc_now, UNLIMITED)
            made = TelegramChannel(row, around)
            await store.write(_fill, account_id)
            began = time.perf_counter()
            async with running(made):
                # Asked again and again, for the channel tells nobody that its outbox is empty.
                while await store.write(outbox.waiting, account_id):  # noqa: ASYNC110 - see above
                    await asyncio.sleep(0.005)
            return time.perf_counter() - began
        finally:
            await store.close()


def _fill(tx: Transaction, account_id: int) -> None:
    """The second question of the survey, once for each of many chats."""
    asked = Ask("f_staff", "K7Q2M9PA", 3, 8, (), True, (), "")
    payload = dump_shown(Shown("vi", "short.1", (asked,)))
    for chat in range(MESSAGES):
        conversation = chat.to_bytes(16, "big")
        outbox.remember_address(tx, account_id, conversation, str(1000 + chat))
        outbox.queue(tx, account_id, conversation, 0, payload)


async def _ptb(base: str) -> float:
    """Seconds for as many messages through PTB's own request class."""
    message = script().turns[5].message
    keys = [[InlineKeyboardButton(c.label, callback_data=c.payload)] for c in message.choices]
    free = asyncio.Semaphore(AT_ONCE)
    async with Bot(TOKEN, f"{base}/bot") as bot:

        async def send(chat: int) -> None:
            async with free:
                await bot.send_message(
                    chat, message.text, reply_markup=InlineKeyboardMarkup(keys), read_timeout=60
                )

        began = time.perf_counter()
        await asyncio.gather(*(send(1000 + number) for number in range(MESSAGES)))
        return time.perf_counter() - began
