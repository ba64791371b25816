"""What readers ask of a province: every question of the API, the public pages, the dashboard."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from handlers.scores import By
from storage.directory import Directory

PERIODS = ("2026-Q3", "2026-H1", "2026-R6M", "2026-09")
SCORES, DASHBOARD = "/api/v1/scores?", "/dashboard"
BY_FIELD = f"{SCORES}period={PERIODS[0]}&by=field"


async def questions(client: httpx.AsyncClient, tree: Directory) -> Mapping[str, list[str]]:
    """Addresses by what they ask about a province and its first commune."""
    unit = next(each.code for each in tree.units if each.parent_code and each.published)
    whose = (("province", ""), ("unit", f"unit={unit}&"))
    found = {
        f"{name} by {by or 'itself'}": [_scores(of, each, by) for each in PERIODS]
        for name, of in whose
        for by in ("", *map(str, By))
    }
    for name, of in whose:
        first = f"{SCORES}{of}period={PERIODS[0]}"
        found |= {
            f"{name}, compare": [f"{first}&compare=2026-Q2"],
            f"{name}, weights": [f"{first}&weights=dossiers"],
            f"{name}, role": [f"{first}&role=resolving"],
            f"{name}, explain": [await _explain(client, first)],
        }
    found["ranks"] = [f"/api/v1/ranks?period={each}" for each in PERIODS]
    return found | _pages(unit)


def _scores(of: str, period: str, by: str) -> str:
    return f"{SCORES}{of}period={period}" + (f"&by={by}" if by else "")


async def _explain(client: httpx.AsyncClient, address: str) -> str:
    figure = (await client.get(address)).json()["figures"][0]
    named = {"unit": figure["unit"], "period": figure["period"], "figure": figure["id"]}
    return str(httpx.URL("/api/v1/explain", params=named))


def _pages(unit: str) -> dict[str, list[str]]:
    pages = {"/": "/", "province's page": "/units/38", "unit's page": f"/units/{unit}"}
    pages |= {"ranks' page": "/ranks", "compare's page": "/compare?compare=2026-Q2&period=2026-Q3"}
    found = {f"page: {name}": [address] for name, address in pages.items()}
    return found | {
        "dashboard": [DASHBOARD, f"{DASHBOARD}?period=2026-Q3&all=1"],
        "dashboard, a unit": [f"/work?unit={unit}&period=2026-Q3"],
    }
