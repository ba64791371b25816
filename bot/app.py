"""The composition root: one process that serves, receives, sends and works in the background."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI

from bot.channels.telegram.channel import TelegramChannel, telegram_channel
from bot.clock import utc_now
from bot.instruments import shipped
from bot.keys import Keys, load_keys
from bot.metrics import UPDATES, count_verdict
from bot.opening import opened
from bot.settings import Settings
from bot.tagging import Tagger
from bot.workers import Workers
from handlers.receive import Survey
from handlers.service import Service
from handlers.web import build
from storage import registry
from storage.store import Store
from storage.transaction import Transaction

NOTICE = 1  # version of the short notice on the first screen and of /about#privacy


@dataclass(frozen=True)
class Running:
    """What a process holds while it serves."""

    service: Service
    workers: Workers
    telegram: TelegramChannel | None

    def channels(self) -> dict[str, str]:
        """Each channel and whether it works; for /readyz."""
        telegram = self.telegram.status() if self.telegram else "not configured"
        return {"web": "connected", "telegram": telegram}


def survey(keys: Keys) -> Survey:
    """What receiving an update needs from outside the transaction."""
    return Survey(
        instruments=shipped(),
        notice=NOTICE,
        chance=secrets.randbits,
        code_hash=keys.code_hash,
        count=count_verdict,
    )


def create_app(settings: Settings, clock: Callable[[], datetime] = utc_now) -> FastAPI:
    """The web application; everything opens in its lifespan and closes with it."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        keys = load_keys(settings.secret_key_file)
        async with opened(settings, keys) as store:
            running = await start(settings, keys, store, clock)
            app.state.service = running.service
            app.state.demo = await store.write(registry.fact, "demo") is not None
            app.state.telegram = running.telegram
            if running.telegram is not None:
                app.state.hooks = {hook.path: hook for hook in running.telegram.hooks()}
            app.state.channels = running.channels
            async with background(running):
                yield

    return build(lifespan, count_verdict)


async def start(
    settings: Settings, keys: Keys, store: Store, clock: Callable[[], datetime]
) -> Running:
    """Put the parts together on an open store."""
    asked = survey(keys)
    telegram = await telegram_channel(settings, keys, store, asked, clock)
    service = Service(
        store=store,
        survey=asked,
        clock=clock,
        public_url=settings.public_url,
        rate_per_minute=settings.rate_per_minute,
        web_account=await store.write(Transaction.account_id, "web", "web"),
        telegram_bot=telegram.link if telegram else lambda: "",
        applied=UPDATES.labels("web", "applied").inc,
    )
    tagger = await asyncio.to_thread(Tagger)
    workers = Workers(
        store, asked, tagger, clock, settings.release_seconds, settings.expire_minutes
    )
    return Running(service, workers, telegram)


@contextlib.asynccontextmanager
async def background(running: Running) -> AsyncIterator[None]:
    """Workers and channels run for the length of the block."""
    tasks = [asyncio.create_task(running.workers.run())]
    if running.telegram is not None:
        tasks.append(asyncio.create_task(running.telegram.run()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
