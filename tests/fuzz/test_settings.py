"""What an operator mistypes is refused in one line, and no part of a password is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from bot.cli import main
from bot.settings import Settings, SettingsFileError
from tests.fuzz.mutating import damaged, damaged_text, refuses, tried

WORD = "Chuyen2vui"
ADDRESSES = (
    f"postgresql://motcua:{WORD}@db.example:5432/motcua",
    f"postgresql://motcua:{WORD}@[2001:db8::7]/motcua?sslmode=require",
    "sqlite:///motcua.db",
)
FILE = """database = "sqlite:///motcua.db"
public_url = "https://danhgia.example"
remind_minutes = 45
zalo_oa_app_secret = "a secret"
trusted_proxies = "10.0.0.0/8,::1"
"""


@pytest.mark.parametrize("sign", ["%zz", "/", "#", "?", "@", " ", "[", "\u2100", ":x@h:y"])
def test_a_password_is_in_no_error(sign: str, tmp_path: Path) -> None:
    """Not in that of an address which is torn at a sign of it."""
    address = f"postgresql://motcua:{WORD}{sign}{WORD}@127.0.0.1:1/motcua"
    environment = {"MOTCUA_DATABASE": address, "MOTCUA_SECRET_KEY_FILE": str(tmp_path / "k")}
    done = CliRunner().invoke(main, ["units", "list"], env=environment)

    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit), done.exception
    assert WORD not in done.output


def test_an_address_is_taken_or_refused() -> None:
    """Whatever is mistyped of it; what is taken has a name to be shown."""

    def named(text: str) -> str:
        return Settings(database=text).database_name

    print("database:", tried(refuses(named, ValidationError), damaged_text(ADDRESSES)), "tried")


def test_a_file_of_settings_is_taken_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an editor makes of it."""
    monkeypatch.chdir(tmp_path)

    def read(raw: bytes) -> object:
        Path("motcua.toml").write_bytes(raw)
        return Settings()

    law = refuses(read, ValidationError, SettingsFileError)
    print("settings:", tried(law, damaged((FILE.encode(),))), "tried")
    Path("motcua.toml").write_text("smtp = [")
    done = CliRunner().invoke(main, ["units", "list"])

    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert done.output.startswith("Error: motcua.toml: expected TOML in UTF-8")
