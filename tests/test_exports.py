"""Released responses row by row: they add up to what is shown, and tell nothing else."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import create_app
from bot.keys import load_keys
from bot.settings import Settings
from handlers.exports.groups import Group
from handlers.exports.lines import AT_ONCE, Form, lines
from handlers.rights import Role
from sipas.periods import Period
from storage.exporting import ReleasedRows, Row, bounds
from tests.databases import copied
from tests.databases import database as address
from tests.prepared import simulated, written
from tests.questionnaires import instrument
from tests.server import MOTCUA
from tests.test_staff import NAME, Office, account
from tests.test_work import signed_in

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
PERIOD = "2026-Q3"


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight communes with a year of few responses, so that much is hidden."""
    database = tmp_path_factory.mktemp("exports") / "m.db"
    written(simulated(database, seed=5, units=8, responses=9000), account)
    return database


@pytest.fixture
async def office(province: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """Somebody with an account in that province."""
    copied(province, tmp_path / "m.db")
    settings = Settings.model_validate(
        {
            "database": address(tmp_path / "m.db"),
            "secret_key_file": tmp_path / "motcua.key",
            "rate_per_minute": 10_000,
        }
    )
    load_keys(settings.secret_key_file)
    app = create_app(settings, lambda: NOW)
    async with app.router.lifespan_context(app):
        store = app.state.service.store
        made = Office(app, store, lambda: NOW)  # type: ignore[arg-type]
        yield made
        await made.client.aclose()


async def exported(office: Office, **asked: str) -> list[dict[str, str]]:
    """The rows of the CSV."""
    answer = await office.client.get("/api/v1/responses.csv", params={"period": PERIOD, **asked})
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text[1:])))


async def figures(office: Office, unit: str) -> list[dict[str, Any]]:
    """The item figures that everybody sees."""
    asked = {"unit": unit, "period": PERIOD}
    body = (await office.client.get("/api/v1/scores", params=asked)).json()
    return [each for each in body["figures"] if each["part"] in ("item", "overall")]


async def test_rows_add_up_to_the_figures_shown(office: Office) -> None:
    """Item by item, over the days that the figure has; an item without a value is withheld."""
    await signed_in(office, Role.HOME_AFFAIRS)
    rows, seen = await exported(office), Counter[bool]()
    for unit in {row["unit"] for row in rows} - {"38"}:
        for figure in await figures(office, unit):
            key = "overall" if figure["part"] == "overall" else figure["key"]
            own = [
                r for r in rows if (r["unit"], r["questionnaire"]) == (unit, figure["instrument"])
            ]
            levels = Counter(row[key] for row in own)
            if not own:
                continue
            seen[figure["value"] is None] += 1
            if figure["value"] is None:
                assert set(levels) == {"*"}, (unit, key)
            else:
                assert [levels[str(level)] for level in range(1, 6)] == figure["levels"]
                assert {row["first"] for row in own} == {figure.get("first", "2026-07-01")}
                assert {row["last"] for row in own} == {figure.get("last", "2026-09-30")}

    assert all(seen[kind] for kind in (True, False)), seen


async def test_what_is_too_few_is_not_exported(office: Office) -> None:
    """A unit without an n in a period has no row; nobody has fewer than ten rows."""
    await signed_in(office, Role.HOME_AFFAIRS)
    groups = Counter((row["unit"], row["questionnaire"]) for row in await exported(office))

    assert groups
    assert min(groups.values()) >= 10


async def test_nothing_tells_who_or_when(office: Office) -> None:
    """No counter, day, channel, code or comment; the order is that of the answers."""
    await signed_in(office, Role.HOME_AFFAIRS)
    rows = await exported(office)
    state = await office.app.state.service.state()
    scale = {
        item.key
        for each in office.app.state.service.survey.instruments.values()
        for item in each.items
        if item.kind == "scale"
    }
    cells = [tuple(row.values()) for row in rows]
    one = [cell[4:] for cell in cells if cell[0] == cells[0][0] and cell[3] == cells[0][3]]

    assert set(rows[0]) - {"unit", "first", "last", "questionnaire"} <= scale
    assert one == sorted(one)
    assert not {counter.code for counter in state.directory.counters} & set(sum(cells, ()))


async def test_running_half_months_wait(office: Office) -> None:
    """A half-month that still takes responses is not exported, whatever is asked for."""
    await signed_in(office, Role.HOME_AFFAIRS)
    asked = {row["last"] for row in await exported(office, period="2026-R4")}
    answer = await office.client.get("/api/v1/responses.csv?period=2026-12")

    assert max(asked) <= "2026-11-14"
    assert answer.text == "\ufeffunit,first,last,questionnaire\r\n"


async def test_ndjson_holds_the_same(office: Office) -> None:
    """An object a line, with the answers by item."""
    await signed_in(office, Role.HOME_AFFAIRS)
    rows = await exported(office)
    answer = await office.client.get("/api/v1/responses.ndjson", params={"period": PERIOD})
    told = [json.loads(line) for line in answer.text.splitlines()]

    assert [each["unit"] for each in told] == [row["unit"] for row in rows]
    assert [each["answers"] for each in told] == [
        {key: row[key] for key in each["answers"]} for each, row in zip(told, rows, strict=True)
    ]


async def test_one_exports_the_own_units_only(office: Office) -> None:
    """Another's is not there; a wrong period is explained; the audit has each export."""
    everybody = sorted({row["unit"] for row in await _of(office, Role.HOME_AFFAIRS, "38")})
    mine = everybody[-1]
    rows = await _of(office, Role.OFFICE, mine)
    other = await office.client.get("/api/v1/responses.csv", params={"unit": everybody[0]})
    wrong = await office.client.get("/api/v1/responses.csv?period=2026-W40")
    audit = await office.store.look(
        lambda tx: tx.connection.execute(
            "select actor, act, subject, detail from audit where act = 'exported'"
        ).fetchall()
    )

    assert {row["unit"] for row in rows} == {mine}
    assert (other.status_code, wrong.status_code) == (404, 400)
    assert "whole half-months" in wrong.json()["detail"]
    assert audit == [(NAME, "exported", "all", PERIOD)] * 2


async def _of(office: Office, role: Role, unit: str) -> list[dict[str, str]]:
    await signed_in(office, role, unit)
    return await exported(office)


async def test_a_reader_who_goes_away_ends_the_reading(province: Path) -> None:
    """The connection is closed, in whatever state it was."""
    period = Period(date(2026, 1, 1), date(2026, 9, 30), "")
    rows = ReleasedRows(address(province), period)
    reading = iter(rows)
    next(reading)
    rows.stop()
    del reading

    with pytest.raises(Exception, match="closed"):
        rows._connection and rows._connection.execute("select 1")


def test_memory_does_not_grow_with_the_responses() -> None:
    """Of a million rows only some thousand are taken before the first lines are handed on."""
    small, taken = instrument(("a",), {"a": ("a",)}), 0
    period = Period(date(2026, 1, 1), date(2026, 9, 30), "2026")

    def million() -> Iterator[Row]:
        nonlocal taken
        for _ in range(1_000_000):
            taken += 1
            yield 1, 1, bounds(period)[0], "55"

    parts = lines(million(), {(1, 1): Group("=a,b", small, period, frozenset())}, Form.CSV)
    head, first = next(parts), next(parts)

    assert taken == AT_ONCE
    assert head.decode("utf-8-sig").strip() == "unit,first,last,questionnaire,overall,a"
    assert next(csv.reader(io.StringIO(first.decode())))[0] == "'=a,b"


def test_the_command_writes_the_same_file(province: Path, tmp_path: Path) -> None:
    """By its ending; what it cannot do is one clear line."""
    own = {
        "MOTCUA_DATABASE": address(province),
        "MOTCUA_SECRET_KEY_FILE": str(tmp_path / "key"),
        "PATH": "/usr/bin",
        "USER": "operator",
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        asked = [str(MOTCUA), "export", "--rows", *words]
        return subprocess.run(asked, env=own, cwd=tmp_path, capture_output=True, text=True)

    made, wrong = run("a.csv", "--period", PERIOD), run("a.xls")
    nobody = run("b.csv", "--unit", "nowhere")
    told = (tmp_path / "a.csv").read_text("utf-8-sig")

    assert made.returncode == 0, made.stderr
    assert told.startswith("unit,first,last,questionnaire,overall")
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600
    assert (wrong.returncode, nobody.returncode) == (2, 1)
    assert "ends in .csv or .ndjson" in wrong.stderr
    assert "no unit has the code 'nowhere'" in nobody.stderr
    assert not (tmp_path / "b.csv").exists()
