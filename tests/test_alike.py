"""Two provinces that differ only in what is hidden look alike to everybody, wherever they look."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from html import unescape
from itertools import product
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from bot import seeds
from bot.app import Role, create_app
from bot.instruments import shipped
from bot.keys import load_keys
from bot.sealing import Signer, seal
from bot.settings import Settings
from handlers.log.statement import stated
from handlers.scores import By
from sipas.codes import check_digit
from sipas.formulas import FORMULAS
from sipas.packing import HANOI, half_day
from sipas.units import CounterRow
from storage import numbering, registry
from storage.release import release
from storage.transaction import Transaction
from tests.access import PUBLIC
from tests.databases import database
from tests.test_release import A_RESPONSE

pytestmark = pytest.mark.anyio

FIRST, LAST, NOW = date(2026, 1, 1), date(2026, 10, 6), datetime(2026, 11, 24, 2, tzinfo=UTC)
UNITS = [row for row in seeds.seed_units() if row.valid_to is None and row.kind in ("xa", "phuong")]
FULL, SMALL, NEXT, OTHER = (row.code for row in UNITS[:4])
PERIODS = ("2026", "2026-10")
CHANCE = re.compile("/(log|api/v1/log|data/(package|aggregate)|c/|metrics)")
"""What holds hashes of salts, or begins a chat; metrics are for the machine's own network."""
HASH = re.compile(rb'<span class="hash">[^<]*')
TWICE = re.compile(r"lang=en|/2025|\.(png|svg)|/static")
"""What would tell the same once more: pictures of a chart are drawn from its JSON."""
SEALED = ("instruments.json", "totals.jsonl", "figures.jsonl", "aggregate.json")
RANKS = "/api/v1/ranks"
HREF = re.compile(r'(?:href|src)="(/[^"#]*)')


class Group(NamedTuple):
    """Responses alike in everything that figures are divided by."""

    desk: int
    unit: str
    channel: str
    stratum: str = "open"
    kind: str = "citizen"
    stage: str = "result"


FEW = Group(1, FULL, "telegram", "kiosk", "business", "supplement")
SOME = Group(2, FULL, "zalo_oa", "assisted", "organisation", "rejected")
MANY = Group(3, FULL, "web")
HIDDEN, COVER = Group(4, SMALL, "web"), Group(5, NEXT, "web")
SHOWN = Group(6, OTHER, "web")
HERE = {FEW: 9, SOME: 40, MANY: 60, HIDDEN: 6, COVER: 41, SHOWN: 70}
THERE = HERE | {FEW: 8, SOME: 41, HIDDEN: 5}
"""One response is in another channel, stratum, kind, stage and counter; a hidden unit has less."""


def _code(desk: int) -> str:
    return f"{60000 + desk}{check_digit(str(60000 + desk))}"


def _furnish(tx: Transaction) -> None:
    root = [row for row in seeds.seed_units() if row.valid_to is None and row.parent is None]
    registry.add_units(tx, [replace(row, valid_from=FIRST) for row in (*root, *UNITS[:4])])
    registry.add_counters(
        tx,
        [
            CounterRow(_code(desk), unit, f"Quầy {desk}", "short.1", 3, True, (), FIRST, None)
            for desk, unit, *_ in HERE
        ],
    )
    codes = [row.code for row in (*root, *UNITS[:4])]
    registry.publish(tx, codes, FIRST.isoformat(), "test", FIRST.isoformat())


def _answered(tx: Transaction, groups: dict[Group, int]) -> None:
    half = half_day(datetime(LAST.year, LAST.month, LAST.day, 9, tzinfo=HANOI))
    levels = "".join("5" if item.kind == "scale" else "s" for item in shipped()["short.1"].items)
    for group, n in groups.items():
        counter_id, unit_id = tx.counter_ids(_code(group.desk))
        where = replace(A_RESPONSE, counter_id=counter_id, unit_id=unit_id, levels=levels)
        row = replace(where, channel=group.channel, stratum=group.stratum, kind=group.kind)
        for _ in range(n):
            number = numbering.row_id(half, random.getrandbits(numbering.RANDOM_BITS))
            tx.close(replace(row, response_id=number, stage=group.stage))
            tx.arrive(counter_id, half * 12)
    release(tx, shipped(), half, random.Random(7))


def _questions() -> Iterator[str]:
    """What the API is asked, beside the pages that lead from one to another."""
    for unit, period in product(("", FULL, SMALL, NEXT, OTHER), PERIODS):
        asked = f"/api/v1/scores?unit={unit}&period={period}"
        yield from (f"{asked}&by={by}" for by in By)
        yield from (f"{asked}&formula={formula}" for formula in FORMULAS)
        yield from (f"{asked}&role={role}" for role in ("receiving", "resolving"))
        yield from (f"{asked}&{more}" for more in ("lineage=joined", "weights=dossiers"))
        yield from (f"{asked}&compare={other}" for other in ("2026-Q3", OTHER))
    yield from (
        f"/{where}?period={each}" for each in PERIODS for where in ("ranks", "api/v1/ranks")
    )
    yield from (f"/embed/units/{unit}/2026-Q4" for unit in (FULL, SMALL))
    yield from sorted(path for path in PUBLIC if "{" not in path)


async def seen(folder: Path, name: str, groups: dict[Group, int]) -> dict[str, bytes]:
    """Everything that a stranger can fetch, by address: every page reached from another, too."""
    settings = Settings.model_validate(
        {"database": database(folder / name), "secret_key_file": folder / "m.key"}
    )
    load_keys(settings.secret_key_file)
    # What a worker seals or releases as time goes by would tell how long the test has taken.
    app = create_app(settings, lambda: NOW, roles=frozenset({Role.WEB}))
    async with app.router.lifespan_context(app):
        service, signer = app.state.service, Signer(b"a key for tests, of 32 bytes ...")
        await service.store.write(_furnish)
        await service.store.write(_answered, groups)
        await seal(service.store, f"{NOW:%Y-%m-%d}", signer, partial(stated, service))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://test"
        ) as client:
            return await _crawled(client)


async def _crawled(client: httpx.AsyncClient) -> dict[str, bytes]:
    waiting, found = [*_questions()], dict[str, bytes]()
    while waiting:
        address = waiting.pop()
        if address in found or CHANCE.match(address) or TWICE.search(address):
            continue
        answer = await client.get(address)
        found[address] = HASH.sub(b"", _inside(answer.content))
        if "html" in answer.headers.get("content-type", ""):
            waiting += map(unescape, HREF.findall(answer.text))
    package = (await client.get("/data/package.zip")).content
    with zipfile.ZipFile(io.BytesIO(package)) as files:
        return found | {name: files.read(name) for name in SEALED}


def _inside(content: bytes) -> bytes:
    """A workbook without the moment it was made at, which is beside its sheets."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        return b"".join(files.read(name) for name in files.namelist() if name.startswith("xl/"))


async def test_what_is_hidden_changes_nothing_that_anybody_sees(tmp_path: Path) -> None:
    """Pages, charts, files and the API, wherever links lead; one response more is seen in many."""
    here, there = await seen(tmp_path, "here", HERE), await seen(tmp_path, "there", THERE)
    more = await seen(tmp_path, "more", HERE | {SHOWN: 71})

    assert here.keys() == there.keys()
    assert [address for address in here if here[address] != there[address]] == []
    assert sum(here[address] != more.get(address) for address in here) > 50
