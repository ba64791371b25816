"""The demo province: Thanh Hóa with a simulated year, released like anybody's responses."""

from __future__ import annotations

import io
import random
import socket
from collections import Counter
from datetime import date, timedelta
from functools import cache
from itertools import islice

import segno

from bot import demo_cases, demo_newsroom, demo_people, seeds
from bot.clock import utc_now
from bot.instruments import shipped
from bot.keys import load_keys
from bot.loading import simulated_counters
from bot.opening import opened
from bot.settings import Settings
from bot.simulation import province
from bot.simulation.dossiers import DAYS, SimulatedDossier, simulate_dossiers
from bot.simulation.province import SimulatedResponse
from bot.surveys import survey
from sipas.packing import HANOI, half_day, pack_tags
from storage import dossiers, numbering, official, registry
from storage.api_keys import Act
from storage.dossiers import Kept, Place
from storage.numbering import RANDOM_BITS, row_id
from storage.release import add
from storage.released import Released
from storage.store import Store
from storage.transaction import Transaction

DATABASE = "sqlite:///motcua-demo.db"
SEED = 2026
BATCH = 20_000
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the operator asked for
TOUR_COUNTER, TOUR_UNIT = "381207", "15448"


def settings(host: str, port: int) -> Settings:
    """The operator's settings, with a database and an address of the demo's own."""
    shown = own_address() if host == EVERYWHERE else host
    asked = Settings()
    own: dict[str, object] = {}
    if "database" not in asked.model_fields_set:
        own["database"] = DATABASE
    if "public_url" not in asked.model_fields_set:
        own["public_url"] = f"http://{shown}:{port}"
    return asked.model_copy(update=own)


async def prepare(asked: Settings, size: int = province.DEFAULT_SIZE) -> str:
    """Load the demo once, and return the short tour to print."""
    keys = load_keys(asked.secret_key_file)
    async with opened(asked, keys) as store:
        if await store.write(registry.fact, "demo") is None:
            await load(store, utc_now().astimezone(HANOI).date(), size)
            await store.write(demo_cases.file_cases, survey(keys), utc_now())
            await store.write(demo_newsroom.open_newsroom, TOUR_COUNTER, TOUR_UNIT, utc_now())
        return tour(asked, await demo_people.welcome(store))


async def load(store: Store, today: date, size: int) -> None:
    """Units, counters and a simulated year that ends today, marked as simulated."""
    await store.write(_load_directory, today)
    counters = simulated_counters(seeds.seed_counters(), shipped())
    responses = province.simulate(counters, today, SEED, size)
    rated, since = Counter[str](), today - timedelta(days=DAYS - 1)
    while batch := list(islice(responses, BATCH)):
        rated.update(each.counter for each in batch if each.at.date() >= since)
        await store.write(_load_responses, batch, today)
    events = simulate_dossiers(counters, rated, today, SEED)
    while told := list(islice(events, BATCH)):
        await store.write(_load_dossiers, told)
    await store.write(registry.mark, "demo", today.isoformat())


class _Numbers:
    """Small numbers by code, each asked for once in a batch."""

    def __init__(self, tx: Transaction) -> None:
        self.of_counter = cache(tx.counter_ids)
        self.of_field = cache(tx.field_id)
        self.of_instrument = cache(tx.instrument_id)


def _load_directory(tx: Transaction, today: date) -> None:
    units = seeds.seed_units()
    registry.add_fields(tx, seeds.seed_fields())
    registry.add_units(tx, units)
    registry.add_lineage(tx, seeds.seed_lineage())
    registry.add_counters(tx, seeds.seed_counters())
    current = [unit.code for unit in units if unit.valid_to is None]
    at = f"{today.isoformat()}T00:00:00"
    registry.publish(tx, current, today.isoformat(), "demo", at)
    official.register(tx, seeds.seed_official(), Act(at, "demo"))


def _load_responses(tx: Transaction, batch: list[SimulatedResponse], today: date) -> None:
    """Insert a batch as released; ids are drawn from a fixed seed, so a demo can be repeated."""
    chance = random.Random(f"{SEED} {batch[0].counter} {batch[0].at}")  # noqa: S311 - no secret
    instruments = {row.code: row.instrument for row in seeds.seed_counters()}
    rows, arrived, numbers = [], Counter[tuple[int, int]](), _Numbers(tx)
    for each in batch:
        row = _released(numbers, each, instruments[each.counter], chance)
        arrived[row.counter_id, row.response_id >> RANDOM_BITS] += 1
        if each.comment:
            tx.comment(row.response_id, each.comment, each.quote)
        rows.append(row)
    add(tx, shipped(), 2 * (today - date(1970, 1, 1)).days, rows)
    for (counter_id, half), n in arrived.items():
        tx.arrive(counter_id, half * 12 + 8 - half % 2 * 6, n)


def _load_dossiers(tx: Transaction, batch: list[SimulatedDossier]) -> None:
    numbers, stage = _Numbers(tx), numbering.STAGES.index
    dossiers.keep(
        tx,
        (
            Kept(d.code, stage(d.stage), d.day, d.last_four, _place(numbers, d), d.due)
            for d in batch
        ),
    )


def _place(numbers: _Numbers, each: SimulatedDossier) -> Place:
    counter_id, unit_id = numbers.of_counter(each.counter)
    return Place(unit_id, unit_id, numbers.of_field(each.field), counter_id)


def _released(
    numbers: _Numbers, each: SimulatedResponse, instrument: str, chance: random.Random
) -> Released:
    counter_id, unit_id = numbers.of_counter(each.counter)
    half, field_id = half_day(each.at), numbers.of_field(each.field)
    return Released(
        response_id=row_id(half, chance.getrandbits(RANDOM_BITS)),
        counter_id=counter_id,
        unit_id=unit_id,
        instrument_id=numbers.of_instrument(instrument),
        levels=each.levels,
        tags=pack_tags({"reasons": each.reasons}),
        stage=numbering.STAGES.index(each.stage),
        stratum=numbering.STRATA.index(_stratum(each)),
        channel=numbering.CHANNELS.index(each.channel),
        kind=numbering.KINDS.index(each.kind),
        field_id=field_id,
        consent=1,
        code_hash=None,
        resolving_unit_id=unit_id if field_id else None,
    )


def _stratum(each: SimulatedResponse) -> str:
    """Some counters hand out receipts: of every other unit, a third of the answers come by one."""
    hands_out = int(each.counter[3:5]) % 2 == 0 and each.at.minute < 20
    return "receipt" if hands_out and each.stratum == "open" else each.stratum


def tour(asked: Settings, password: str) -> str:
    """Where to look first, and who may look behind the counter."""
    base = asked.public_url
    lines = (
        f"Dữ liệu mô phỏng · simulated data · {asked.database_name}",
        f"  một quầy · rate a counter   {base}/c/{TOUR_COUNTER}",
        f"  một đơn vị · a unit         {base}/units/{TOUR_UNIT}",
        f"  đã giảm · has fallen        {base}/units/{province.FALLEN}",
        f"  đã tăng · has risen         {base}/units/{province.RISEN}",
        f"  chưa đủ · too few           {base}/units/{province.TOO_SMALL}",
        f"  API                         {base}/api/v1/scores?unit={TOUR_UNIT}&by=factor",
        f"  bàn làm việc · workplace    {asked.staff_address}/login",
        f"    {', '.join(demo_people.NAMES.values())}",
        f"    mật khẩu · password       {password}",
    )
    return "\n".join(lines)


def own_address() -> str:
    """This machine's address on its network; the loopback one where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737; connecting a datagram socket sends nothing
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def phone_qr(asked: Settings) -> str:
    """A QR code for a phone on the same network, for a terminal."""
    sink = io.StringIO()
    segno.make(f"{asked.public_url}/c/{TOUR_COUNTER}").terminal(sink, compact=True)
    return sink.getvalue()
