"""The composition root: one process that serves, receives, sends and works in the background."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI

from bot.channels.channel import Channel, Surroundings
from bot.channels.opening import entrances, open_channels
from bot.channels.presence import TELL_EVERY_S, Presences
from bot.channels.rates import Limits
from bot.charts.renderer import Renderer
from bot.clock import utc_now
from bot.digests import Digests
from bot.federation.pulling import Pulling
from bot.figures.elsewhere import Figures
from bot.instruments import chosen
from bot.keys import Keys, load_keys
from bot.leases import Leases
from bot.mail import Post
from bot.metrics import UPDATES, count_verdict
from bot.opening import opened
from bot.outgoing.sending import Outgoing
from bot.period_keys import PeriodKeys
from bot.sealing import Signer, Stated, load_signer
from bot.settings import Settings
from bot.sheets import sheets_pdf
from bot.single import provider
from bot.surveys import survey
from bot.tagging import Tagger
from bot.workers import Workers, every
from handlers import health
from handlers.audio import recordings
from handlers.hooks import by_path
from handlers.log.statement import stated
from handlers.media.packs import make
from handlers.messages import install
from handlers.outside import Outside
from handlers.preparing import prepare
from handlers.service import Service
from handlers.web import PUBLIC, ROUTERS, build
from storage import registry
from storage.store import Store
from storage.transaction import Transaction

PREPARE_EVERY_S = 60
IDLE_S = 60.0
PACK_EVERY_S = 600
PACK_AFTER_S = 120  # what readers see first is made first


class Role(StrEnum):
    """What a process does, where several share the work."""

    WEB = "web"
    PUBLIC = "public"
    SENDER = "sender"
    WORKER = "worker"


EVERYTHING = frozenset(Role)
ANSWERING = frozenset({Role.WEB, Role.PUBLIC})


class Closes(Protocol):
    """A process beside this one, which ends with it."""

    async def close(self) -> None:
        """End it."""


Apart = Callable[[Settings, float | None], Figures]
"""Who makes figures in a process of its own, which ends after so many seconds without work."""


@dataclass(frozen=True)
class Running:
    """What a process holds while it serves."""

    service: Service
    workers: Workers
    channels: list[Channel]
    besides: Sequence[Closes]
    leases: Leases
    presences: Presences


def create_app(
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    limits: Limits | None = None,
    roles: frozenset[Role] = EVERYTHING,
    tidy: Callable[[], object] = lambda: None,
    apart: Apart | None = None,
) -> FastAPI:
    """The web application; everything opens in its lifespan and closes with it.

    Args:
        settings: what the operator has set.
        clock: the present time, aware.
        limits: how fast messages may go, instead of what each platform allows.
        roles: what this process does. Who has the public role and not the web's answers nothing
            that asks who is there; without either it answers only how it is.
        tidy: what the process does with its memory once what pages show first is made.
        apart: who makes the figures of a province; without anybody they are made here.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        keys = load_keys(settings.secret_key_file)
        async with opened(settings, keys) as store:
            running = await start(settings, keys, store, clock, limits, apart)
            app.state.service = running.service
            app.state.demo = await store.write(registry.fact, "demo") is not None
            if roles & ANSWERING:
                hooks = (hook for each in running.channels for hook in each.hooks())
                app.state.hooks = by_path(hooks)
            app.state.channels = running.presences.statuses
            async with background(running, roles, tidy):
                yield

    seen_at = settings.staff_address if Role.WEB in roles else settings.public_url
    return build(lifespan, count_verdict, _routers(roles), Outside(seen_at))


def _routers(roles: frozenset[Role]) -> tuple[APIRouter, ...]:
    if Role.WEB in roles:
        return ROUTERS
    return PUBLIC if Role.PUBLIC in roles else (health.router,)


async def start(
    settings: Settings,
    keys: Keys,
    store: Store,
    clock: Callable[[], datetime],
    limits: Limits | None = None,
    apart: Apart | None = None,
) -> Running:
    """Put the parts together on an open store."""
    packs = chosen(settings.packs)
    install(packs)
    periods = PeriodKeys(settings.secret_key_file)
    asked = survey(keys, packs, periods, settings.inspection)
    signer = load_signer(settings.secret_key_file)
    channels = await open_channels(Surroundings(settings, keys, store, asked, clock, limits))
    renderer = Renderer()
    makers = [apart(settings, idle_s) for idle_s in (None, IDLE_S)] if apart else []
    service = Service(
        store=store,
        survey=asked,
        clock=clock,
        public_url=settings.public_url,
        staff_url=settings.staff_url,
        rate_per_minute=settings.rate_per_minute,
        log_key=signer.public,
        silent_days=settings.silent_days,
        web_account=await store.write(Transaction.account_id, "web", "web"),
        refusals_most=settings.login_refusals,
        single=provider(settings),
        sheets=sheets_pdf,
        entrances=partial(entrances, channels),
        audio=recordings(settings.audio_dir),
        report_template=settings.report_template,
        mails=settings.smtp is not None,
        draw=renderer.draw,
        elsewhere=makers[0] if makers else None,
        applied=UPDATES.labels("web", "applied").inc,
    )
    tagger = await asyncio.to_thread(Tagger)
    statement = partial(stated, service, makers[1] if makers else None)
    workers = _workers(settings, service, tagger, signer, periods, statement)
    leases, presences = Leases(store, clock), Presences(store, clock, channels)
    return Running(service, workers, channels, (renderer, *makers), leases, presences)


def _workers(
    settings: Settings,
    service: Service,
    tagger: Tagger,
    signer: Signer,
    periods: PeriodKeys,
    statement: Stated,
) -> Workers:
    store, clock = service.store, service.clock
    return Workers(
        store,
        service.survey,
        tagger,
        clock,
        settings.release_seconds,
        settings.expire_minutes,
        signer,
        statement,
        settings.remind_minutes,
        Digests(service, Post(settings.smtp, settings.mail_from)) if settings.smtp else None,
        periods,
        Outgoing(store, clock, settings.public_url, settings.hooks_test_host),
        Pulling(store, clock, settings.centre_inside),
    )


async def look_after(service: Service, tidy: Callable[[], object]) -> None:
    """Forget who came, and make what pages show first."""
    service.forget_addresses()
    await prepare(service)
    tidy()


def _parts(
    running: Running, roles: frozenset[Role], tidy: Callable[[], object]
) -> Iterator[Coroutine[Any, Any, object]]:
    """The endless parts of some roles; what only one process may do waits for its lease."""
    only_one = running.leases.only_one
    if roles & ANSWERING:
        yield every(PREPARE_EVERY_S, partial(look_after, running.service, tidy))
    if Role.WORKER in roles:
        yield only_one("workers", running.workers.run)
        packing = partial(make, running.service)
        yield only_one("packs", partial(every, PACK_EVERY_S, packing, PACK_AFTER_S))
    if Role.SENDER in roles:
        for channel in running.channels:
            run = partial(running.presences.run, channel)
            yield only_one(f"channel {channel.account.account_id}", run)
    if running.channels:
        yield every(TELL_EVERY_S, running.presences.exchange)


@contextlib.asynccontextmanager
async def background(
    running: Running, roles: frozenset[Role], tidy: Callable[[], object]
) -> AsyncIterator[None]:
    """What the process does besides answering runs for the length of the block."""
    tasks = [asyncio.create_task(each) for each in _parts(running, roles, tidy)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for beside in running.besides:
            await beside.close()
