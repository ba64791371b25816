"""The register of official values: ranks, breaks, the file, the page, the API and the commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import httpx
import pytest

from bot.app import create_app
from bot.keys import load_keys
from bot.seeds import seed_official
from bot.settings import Settings
from sipas.composites import Composite, composite, measure
from sipas.formulas import top2box
from sipas.register import (
    INDICES,
    Break,
    Certainty,
    Change,
    Entry,
    change,
    changes,
    rank_change,
    read_register,
)
from sipas.scoring import LevelCounts, half_up, percent
from storage import registry
from storage.api_keys import Act
from storage.official import Registered, official_values, register
from storage.store import Store
from tests.databases import database as address
from tests.server import Server, furnish

ACT = Act("2026-11-24T08:00:00+00:00", "test")
HEAD = "year,index,whose,whose_en,value,rank,ranked,instrument,source,source_en,certainty\n"
SEED = {(each.index, each.whose, each.year): each for each in seed_official()}


def entry(year: int, value: str = "", rank: int | None = None, instrument: str = "g2") -> Entry:
    """An entry of the nation's SIPAS."""
    told = Decimal(value) if value else None
    return Entry(
        year, "sipas", "vn", "vn", told, rank, None, instrument, "x", "x", Certainty.SECONDARY
    )


def test_a_gain_in_rank_is_positive() -> None:
    """Previous - present."""
    assert (rank_change(23, 13), rank_change(43, 29)) == (10, 14)


def test_thanh_hoas_ranks_of_2020() -> None:
    """SIPAS 23 to 13, PAR INDEX 43 to 29, whose form is not known."""
    before, after = (SEED["sipas", "Thanh Hóa", year] for year in (2019, 2020))
    assert change(before, after) == Change(2019, 10, None, None)

    before, after = (SEED["par", "Thanh Hóa", year] for year in (2019, 2020))
    assert change(before, after) == Change(2019, 14, None, Break.UNKNOWN_INSTRUMENT)


def test_over_a_change_of_the_form_nothing_is_subtracted() -> None:
    """87.16 to 80.08 is a break in method, and neither are ranks compared."""
    national = change(SEED["sipas", "vn", 2021], SEED["sipas", "vn", 2022])

    assert national == Change(2021, None, None, Break.INSTRUMENT)
    assert change(entry(2020, "90", 3, "g1"), entry(2022, "80", 5, "g2")).rank is None


def test_values_of_one_form_are_subtracted_exactly() -> None:
    """83.94 - 82.66, as decimals."""
    way = change(SEED["sipas", "vn", 2023], SEED["sipas", "vn", 2024])

    assert way == Change(2023, None, Decimal("1.28"), None)


def test_a_difference_has_no_more_digits_than_both_values() -> None:
    """The access factor was printed as 83 in 2023."""
    way = change(SEED["sipas.access", "vn", 2023], SEED["sipas.access", "vn", 2024])

    assert str(way.value) == "1"
    assert str(change(entry(2023, "80.5"), entry(2024, "82.25")).value) == "1.8"


def test_values_of_an_unknown_form_or_of_two_owners_are_not() -> None:
    """Nor those that nobody has confirmed."""
    assert change(entry(2023, "80", 1, ""), entry(2024, "81", 2, "")) == Change(
        2023, -1, None, Break.UNKNOWN_INSTRUMENT
    )
    unsure = change(SEED["sipas", "vn", 2018], SEED["sipas", "vn", 2019])
    assert unsure == Change(2018, None, None, Break.UNCONFIRMED)
    other = change(SEED["sipas", "Quảng Ninh", 2023], SEED["sipas", "vn", 2024])
    assert other.broken is Break.OTHER_INDEX


def test_what_is_unconfirmed_is_kept_and_not_shown() -> None:
    """The way from 2020 goes to 2022, the next year the public sees."""
    shown = [(each.year, way) for each, way in changes(SEED.values()) if each.whose == "vn"][:5]

    assert [year for year, _ in shown] == [2019, 2020, 2022, 2023, 2024]
    assert shown[1][1] == Change(2019, None, Decimal("1.03"), None)
    assert shown[2][1] == Change(2020, None, None, Break.INSTRUMENT)


def test_the_shipped_values_are_those_published() -> None:
    """Every one with source and mark, its year's form, and the shares of 2024 sum to 100."""
    shares = ("harassed_never", "harassed_some", "harassed_many")
    told = [SEED[f"sipas.{share}", "vn", 2024].value or 0 for share in shares]

    assert sum(told) == Decimal("100.00")
    assert SEED["sipas", "Quảng Ninh", 2023].value == Decimal("90.61")
    assert SEED["sipas", "Thanh Hóa", 2020].certainty is Certainty.CONFIRMED
    assert {each.index for each in SEED.values()} == set(INDICES)
    for each in SEED.values():
        if each.index.startswith("sipas"):
            assert each.instrument == ("g1-2017" if each.year <= 2021 else "g2-2022")


def test_the_national_value_of_2024_follows_from_its_two_blocks() -> None:
    """23 items at 83.84 and 16 at 84.09, every item weighing the same: 83.94, and not 83.97."""
    blocks = [(23, "policy"), (16, "service")]
    values = [(n, SEED[f"sipas.{block}", "vn", 2024].value or Decimal(0)) for n, block in blocks]
    made = Fraction(sum(n * value for n, value in values)) / sum(n for n, _ in values)

    assert half_up(made, 2) == "83.94" == str(SEED["sipas", "vn", 2024].value)
    assert half_up(Fraction(sum(value for _, value in values)) / 2, 2) == "83.97"


def test_our_own_aggregation_gives_it_too() -> None:
    """The index of 39 items with the blocks' shares, by the code that makes our figures."""
    counts = {f"p{n}": _counts(8384) for n in range(23)} | {
        f"s{n}": _counts(8409) for n in range(16)
    }
    made = composite(measure(counts, top2box, 1), list(counts))

    assert isinstance(made, Composite)
    assert percent(made.value) == "83.94"


def _counts(satisfied: int) -> LevelCounts:
    """Ten thousand answers, so many of them satisfied."""
    return LevelCounts((0, 0, 10_000 - satisfied, satisfied, 0))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("24,sipas,vn,,80,,,g2,x,,S", "year"),
        ("2024,sippas,vn,,80,,,g2,x,,S", "index"),
        ("2024,sipas,,,80,,,g2,x,,S", "whose"),
        ("2024,sipas,vn,,100.01,,,g2,x,,S", "value"),
        ("2024,sipas,vn,,80.123,,,g2,x,,S", "value"),
        ("2024,sipas,vn,,,,,g2,x,,S", "value"),
        ("2024,sipas,vn,,80,0,,g2,x,,S", "rank"),
        ("2024,sipas,vn,,80,64,63,g2,x,,S", "ranked"),
        ("2024,sipas,vn,,80,,63,g2,x,,S", "ranked"),
        ("2024,sipas,vn,,80,,,G 2,x,,S", "instrument"),
        ("2024,sipas,vn,,80,,,g2,,,S", "source"),
        ("2024,sipas,vn,,80,,,g2,x,,X", "certainty"),
    ],
)
def test_a_wrong_row_is_refused(row: str, column: str) -> None:
    """By line and column; the others are taken."""
    good = "2023,sipas,vn,Whole country,82.66,5,63,g2,x,y,S\n"
    (taken,), (refusal,) = read_register(f"{HEAD}{good}{row}\n".encode())

    assert (taken.rank, taken.ranked, taken.source_en) == (5, 63, "y")
    assert (refusal.line, refusal.column) == (3, column)


def test_the_same_entry_twice_is_refused() -> None:
    """The first counts; English falls back to what stands there."""
    row = "2023,sipas,vn,,82.66,,,g2,x,,S\n"
    (taken,), (refusal,) = read_register(f"{HEAD}{row}{row}".encode())

    assert (taken.whose_en, taken.source_en) == ("vn", "x")
    assert refusal.reason == "the same entry twice"


@pytest.mark.anyio
async def test_a_correction_replaces_and_the_audit_keeps_both(store: Store) -> None:
    """Nothing changes silently; the same again changes nothing."""
    first, second = entry(2024, "83.94"), entry(2024, "83.95", 7)

    assert await store.write(register, [first], ACT) == Registered(1, 0, 0)
    assert await store.write(register, [first], ACT) == Registered(0, 0, 1)
    assert await store.write(register, [second], ACT) == Registered(0, 1, 0)
    assert await official_values(store.reader) == [second]
    lines = [line async for line in registry.whole_audit(store.reader)]
    assert [line[-1] for line in lines] == ["83.94 - S", "83.94 - S -> 83.95 7 S"]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The application with the shipped register."""
    settings = Settings(database=address(tmp_path / "m.db"), secret_key_file=tmp_path / "m.key")
    furnish(tmp_path / "m.db")
    store = await Store(address(tmp_path / "m.db"), load_keys(tmp_path / "m.key")).open()
    await store.write(register, seed_official(), ACT)
    await store.close()
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as asking:
            yield asking


@pytest.mark.anyio
async def test_the_api_lists_values_with_marks(client: httpx.AsyncClient) -> None:
    """And with a notice; unconfirmed ones are not among them."""
    told = (await client.get("/api/v1/register")).json()
    values = {(each["index"], each["whose"], each["year"]): each for each in told["values"]}
    own, national = values["sipas", "Thanh Hóa", 2020], values["sipas", "vn", 2024]

    assert "not the transaction satisfaction index" in told["notice"]
    assert len(values) == len([each for each in SEED.values() if each.shown])
    assert own["change"] == {"since": 2019, "rank": 10, "value": None, "broken": None}
    assert (national["value"], national["certainty"]) == ("83.94", "S")
    assert values["par", "mean", 2024]["instrument"] is None


@pytest.mark.anyio
async def test_one_change_is_told_or_refused_with_the_reason(client: httpx.AsyncClient) -> None:
    """2021 to 2022 is refused, though 2021 is in no list."""

    async def asked(
        since: int, until: int, index: str = "sipas", whose: str = "vn"
    ) -> httpx.Response:
        query: dict[str, str | int] = {
            "index": index,
            "whose": whose,
            "since": since,
            "until": until,
        }
        return await client.get("/api/v1/register/change", params=query)

    broken = await asked(2021, 2022)

    assert (await asked(2023, 2024)).json()["value"] == "1.28"
    assert (await asked(2019, 2020, "par", "Thanh Hóa")).json()["rank"] == 14
    assert broken.status_code == 409
    assert "the form changed" in broken.json()["detail"]
    assert "87.16" not in broken.text
    assert (await asked(2024, 2023)).status_code == 404
    assert (await asked(2016, 2023)).status_code == 404


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "vi",
            [
                "Chỉ số chính thức do Bộ Nội vụ công bố",
                "+10 bậc so với năm 2019",
                "+1,28 điểm so với năm 2023",
                "không so với năm 2020: phiếu khảo sát đã đổi",
                "không phải chỉ số hài lòng giao dịch",
                "83,94",
            ],
        ),
        (
            "en",
            [
                "Official indices published by the Ministry",
                "+14 places since 2019",
                "not compared with 2020: the form changed",
                "Department of Finance",
                "83.94",
            ],
        ),
    ],
)
async def test_the_page_keeps_them_apart(
    client: httpx.AsyncClient, language: str, words: list[str]
) -> None:
    """In both languages, with what they are not; nothing unconfirmed is on it."""
    shown = (await client.get(f"/register?lang={language}")).text

    assert [each for each in words if each not in shown] == []
    assert "87,16" not in shown and "87.16" not in shown


@pytest.mark.anyio
async def test_scores_hold_no_official_value(client: httpx.AsyncClient) -> None:
    """The two never come in one answer, so in no series."""
    assert "83.94" not in (await client.get("/api/v1/scores")).text
    assert "figures" not in (await client.get("/api/v1/register")).json()


def test_the_commands_bring_in_and_list(tmp_path: Path) -> None:
    """On a database of their own; an unconfirmed value is listed as such."""
    server = Server(tmp_path)
    (tmp_path / "more.csv").write_text(
        f"{HEAD}2025,sipas,vn,,84.00,,,g2-2022,x,,S\n2025,x,vn,,,,,,,,\n"
    )

    assert "50 values added, 0 changed" in server.command("register", "import", "--shipped").stdout
    done = server.command("register", "import", str(tmp_path / "more.csv"))
    listed = server.command("register", "list").stdout

    assert "1 values added, 0 changed, 0 known before, 1 rows refused" in done.stdout
    assert "rank +10 since 2019" in listed
    assert "value +0.06 since 2024" in listed
    assert "not compared: instrument since 2020" in listed
    assert "87.16\t-\tg1-2017\tU" in listed
    assert "give a FILE" in server.command("register", "import").stderr
