"""The web application: routes, guard, error shape, static files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from fastapi import APIRouter, FastAPI

from handlers import (
    api,
    audio,
    audit,
    chat,
    compare,
    devices,
    dossiers,
    explain,
    health,
    kiosk,
    login,
    paper,
    places,
    problems,
    public,
    register,
)
from handlers.cases import citizen
from handlers.cases import routes as cases
from handlers.charts import routes as charts
from handlers.dashboard import digests, grid, unit, views
from handlers.exports import routes as exports
from handlers.filings import files as filing_files
from handlers.filings import published
from handlers.filings import routes as filings
from handlers.filings import sheet as filing_sheet
from handlers.guard import Guard
from handlers.hooks import Hooks, described
from handlers.integrity import routes as integrity
from handlers.log import api as log
from handlers.log import data
from handlers.log import pages as log_pages
from handlers.media import data as open_data
from handlers.media import embed, feeds, pack_routes
from handlers.media import periods as period_pages
from handlers.nation import routes as nation
from handlers.outside import AT_THE_ROOT, Outside
from handlers.people import accounts, own, single
from handlers.people import keys as api_keys
from handlers.plans import api as plans_api
from handlers.plans import files as plan_files
from handlers.plans import routes as plans
from handlers.plans import scorecard_routes
from handlers.privacy import pages as privacy
from handlers.receipts import pages as receipt_pages
from handlers.relays import answers, newsroom, questions
from handlers.static_files import KeptFiles
from handlers.verdicts import Count, uncounted
from handlers.voices import routes as voices

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

PUBLIC = (
    health.router,
    privacy.router,
    api.router,
    places.router,
    chat.router,
    receipt_pages.router,
    audio.router,
    compare.api,
    compare.pages,
    explain.api,
    explain.pages,
    charts.router,
    public.router,
    published.router,
    feeds.router,
    open_data.router,
    embed.router,
    pack_routes.router,
    period_pages.router,
    log.router,
    data.router,
    log_pages.router,
    register.router,
    nation.api,
    nation.pages,
    answers.router,
    citizen.router,
)
"""Routes that know nobody: no cookie, no account, no device, no key."""

INSIDE = (
    devices.router,
    dossiers.router,
    kiosk.router,
    paper.router,
    exports.router,
    pack_routes.newsroom,
    login.router,
    own.router,
    single.router,
    accounts.router,
    api_keys.router,
    audit.router,
    grid.router,
    unit.router,
    views.router,
    digests.router,
    filings.router,
    filing_files.router,
    filing_sheet.router,
    integrity.router,
    voices.router,
    newsroom.router,
    questions.router,
    cases.router,
    plans_api.router,
    plan_files.router,  # before the plan that a number names
    plans.router,
    scorecard_routes.router,
)
"""Routes of who signs in, of devices and of other systems."""

ROUTERS = (*PUBLIC, *INSIDE)
STATIC = Path(__file__).parent / "static"


def build(
    lifespan: Lifespan,
    count: Count = uncounted,
    routers: tuple[APIRouter, ...] = ROUTERS,
    outside: Outside = AT_THE_ROOT,
) -> FastAPI:
    """The application with every route; what it works on is opened by *lifespan*.

    *count* is told what is refused, for the metrics. What browsers see of addresses is *outside*.
    """
    app = FastAPI(
        title="motcua",
        summary="Rate one-stop counters; scores with n and interval that anyone can check.",
        version="1",
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # asked at every request
        docs_url=None,
        redoc_url=None,
        servers=[{"url": outside.base}] if outside.base else None,
        redirect_slashes=False,  # they would lead to whatever host the request named
    )
    app.state.channels = lambda: {"web": "connected"}
    app.state.hooks = {}
    app.state.demo = False
    app.state.outside = outside
    app.state.count = count
    app.openapi = described(app)  # type: ignore[method-assign] # as FastAPI documents it
    problems.install(app)
    # As they are: including a router would build each of its routes once more at the first request.
    app.router.routes.extend(route for router in routers for route in router.routes)
    app.mount("/static", KeptFiles(directory=STATIC), name="static")
    app.add_middleware(Hooks)
    app.add_middleware(Guard, outside=outside)
    return app
