"""What an operator changes on the command line, and who knocked in vain, is in the audit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from httpx import ASGITransport, AsyncClient

from bot.app import create_app
from bot.cli import main
from bot.settings import Settings
from tests.databases import database as address
from tests.databases import rows
from tests.server import COUNTER, furnish

Run = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command of a small installation and tells the audit lines that it added."""
    database, key = tmp_path / "motcua.db", tmp_path / "motcua.key"
    monkeypatch.setenv("MOTCUA_DATABASE", address(database))
    monkeypatch.setenv("MOTCUA_SECRET_KEY_FILE", str(key))
    monkeypatch.chdir(tmp_path)
    furnish(database)

    def lines() -> list[tuple[str, str]]:
        return rows(database, "select act, subject from audit order by audit_id")

    def command(*words: str) -> list[tuple[str, str]]:
        before = len(lines())
        done = CliRunner().invoke(main, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return lines()[before:]

    return command


def test_devices_and_imports_are_written_down(run: Run, tmp_path: Path) -> None:
    """Each act once, with what it was about; a list adds nothing."""
    units, counters = tmp_path / "units.csv", tmp_path / "counters.csv"
    units.write_text(
        "code,kind,name,name_en,parent,valid_from,valid_to\n16000,xa,Xã Mới,,38,2026-01-01,\n"
    )
    counters.write_text(
        "code,unit,name,instrument,officials,public,fields,valid_from,valid_to\n"
        "100023,16000,Quầy số 1,short.1,2,1,,2026-01-01,\n"
    )
    enrol = ("devices", "enrol", "--purpose", "kiosk", "--counter", COUNTER, "--name", "Máy 1")

    assert run(*enrol) == [("device enrolled", "15448")]
    assert run("devices", "list") == []
    assert run("devices", "end", "1") == [("device ended", "1")]
    assert run("units", "import", str(units)) == [("units import", "units.csv")]
    assert run("units", "import", str(units)) == []
    assert run("counters", "import", str(counters)) == [("counters import", "counters.csv")]
    assert run("counters", "split", COUNTER, "2") == [("questionnaire split: 2", COUNTER)]


def test_a_unit_that_is_published_after_its_province_is_named(run: Run, tmp_path: Path) -> None:
    """Its past joins figures that are public; a province that goes public whole has none such."""
    units = tmp_path / "units.csv"
    units.write_text(
        "code,kind,name,name_en,parent,valid_from,valid_to\n16000,xa,Xã Mới,,38,2026-01-01,\n"
        "16001,xa,Xã Xa,,16000,2026-01-01,\n99,province,Tỉnh Mới,,,2026-01-01,\n"
    )
    run("units", "import", str(units))
    told = CliRunner().invoke(main, ["units", "publish", "16000", "16001", "99"]).output

    assert "16000, 16001: figures above are public already" in told


@pytest.mark.anyio
async def test_a_refused_sign_in_is_written_down(tmp_path: Path) -> None:
    """Whether the name exists or not; a name that does not is not repeated."""
    database, key = tmp_path / "motcua.db", tmp_path / "motcua.key"
    furnish(database)
    app = create_app(Settings(database=address(database), secret_key_file=key))
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1") as client,
    ):
        await client.post("/login", data={"name": "ai.do", "password": "sai"})
    [line] = rows(database, "select actor, act, subject from audit where act like 'sign%'")

    assert line == ("", "sign-in refused", "")
