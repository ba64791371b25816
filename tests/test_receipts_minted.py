"""Receipts minted from dossier events: once each, printed, and found again by their code alone."""

from __future__ import annotations

import asyncio
import csv
import re
import secrets
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from click.testing import CliRunner, Result

from bot.cli import main
from bot.keys import Keys, load_keys
from sipas.dossiers import DossierEvent
from sipas.receipts import Receipt, Slip, read_code, read_token, token
from storage.dossiers import add_events
from storage.receipts import Wanted, found, mint
from storage.store import Store
from storage.transaction import Transaction
from tests.databases import database as address
from tests.databases import raw, rows
from tests.poppler import poppler, words
from tests.prepared import written
from tests.server import COUNTER, OTHER, furnish

ADDRESS = "https://motcua.thanhhoa.gov.vn"
DAY = date(2026, 11, 27)
DOSSIERS = 12
# In a print of so many modules a reader sees other kinds, too, that are not there.
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def event(number: int, counter: str = COUNTER, stage: str = "result") -> DossierEvent:
    """A dossier of the commune at a stage on the day."""
    code = f"H56.12.34-261101-{number:04}"
    return DossierEvent(code, stage, "15448", "", "", counter, DAY)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small province with a day's dossiers, one of them at no known counter."""
    folder = tmp_path_factory.mktemp("minted")
    furnish(folder / "motcua.db")
    written(address(folder / "motcua.db"), _events, load_keys(folder / "motcua.key"))
    return folder


def _events(tx: Transaction) -> None:
    told = [event(number, OTHER if number > 9 else COUNTER) for number in range(1, DOSSIERS + 1)]
    add_events(tx, enumerate([*told, event(99, "")], 1))


def minted(folder: Path, *more: str) -> Result:
    """`motcua receipts mint` for the commune's results of the day."""
    environment = {
        "MOTCUA_DATABASE": address(folder / "motcua.db"),
        "MOTCUA_SECRET_KEY_FILE": str(folder / "motcua.key"),
        "MOTCUA_PUBLIC_URL": ADDRESS,
    }
    asked = ["--unit", "15448", "--stage", "result", "--until", DAY.isoformat()]
    return CliRunner().invoke(main, ["receipts", "mint", *asked, *more], env=environment)


def test_each_dossier_gets_one_slip_that_a_phone_can_read(installation: Path) -> None:
    """The QR code decodes at print size to the token of the printed code; nobody gets two."""
    file = installation / "slips.pdf"
    first = minted(installation, "--output", str(file))
    again = minted(installation, "--output", str(installation / "again.pdf"))
    mac = load_keys(installation / "motcua.key").receipt_mac
    printed = [read_code(code) for code in re.findall(r"\b\w{3}-\w{4}-\w{3}\b", words(file))]
    links = _scanned(file)
    told = [read_token(link.removeprefix(f"{ADDRESS}/r/"), mac) for link in links]

    assert first.stdout.startswith(f"{DOSSIERS} receipts, until ")
    assert "(1 without a counter are left out)" in first.stdout
    assert len(set(links)) == DOSSIERS
    assert {each.code for each in told if isinstance(each, Receipt)} == set(printed)
    assert [each.counter for each in told if isinstance(each, Receipt)].count(OTHER) == 3
    assert again.exit_code == 1
    assert "no new dossiers with a counter in 15448" in again.stderr
    assert not (installation / "again.pdf").exists()
    assert re.search(r"pdfuaid:part>1<", poppler("pdfinfo", "-meta", file))


def _scanned(file: Path) -> list[str]:
    """What a phone reads from a print of 150 dots an inch, in greys."""
    poppler("pdftoppm", "-r", "150", "-gray", file, file.with_suffix(""))
    found: list[str] = []
    for path in sorted(file.parent.glob(f"{file.stem}-*.pgm")):
        raw = path.read_bytes()
        head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", raw)
        assert head is not None
        image = memoryview(raw)[head.end() :].cast("B", (int(head[2]), int(head[1])))
        found += [each.text for each in zxingcpp.read_barcodes(image, formats=QR)]
    return found


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--output", "slips.doc"], "--output needs a name that ends in .pdf or .csv"),
        (["--unit", "99999", "--output", "x.csv"], "no unit has the code '99999'"),
        (["--since", "2020-01-02", "--output", "x.csv"], "--since: events of the last 365 days"),
    ],
)
def test_a_wrong_wish_is_one_clear_line(installation: Path, more: list[str], message: str) -> None:
    """Nothing is minted and no file is left."""
    result = minted(installation, *more)

    assert result.exit_code == 1
    assert message in result.stderr
    assert not Path("x.csv").exists()


def test_the_database_does_not_lead_from_a_dossier_to_its_code(tmp_path: Path) -> None:
    """Neither code nor token is stored, and nothing that both tables share."""
    keys = load_keys(tmp_path / "motcua.key")
    furnish(tmp_path / "motcua.db")
    slip = asyncio.run(_alone(tmp_path / "motcua.db", keys))
    held = raw(tmp_path / "motcua.db")
    [(dossier,)] = rows(tmp_path / "motcua.db", "select dossier_hash from minted")
    [(receipt,)] = rows(tmp_path / "motcua.db", "select code_hash from receipts")

    for secret in (slip.receipt.code, token(slip.receipt, keys.receipt_mac)):
        assert secret.encode() not in held
    assert receipt.to_bytes(8, "big") not in dossier


async def _alone(database: Path, keys: Keys) -> Slip:
    """The receipt of the only result; one that is asked for twice is made once."""
    store = await Store(address(database), keys).open()
    try:
        await store.write(add_events, [(1, event(1)), (2, event(1, stage="waiting"))])
        asked = Wanted(await _unit(store), "result", DAY, DAY, date(2027, 1, 26))
        [slip] = await store.write(mint, asked, secrets.randbits)
        assert await store.write(mint, asked, secrets.randbits) == []
        assert await store.write(found, slip.receipt.code) == slip.receipt
        assert await store.write(found, "0000000000") is None
        return slip
    finally:
        await store.close()


async def _unit(store: Store) -> int:
    rows = await store.reader.execute_fetchall("select unit_id from units where code = '15448'")
    return int(next(iter(rows))[0])


def test_a_table_for_other_software_has_the_same(installation: Path, tmp_path: Path) -> None:
    """The dossier's last four, the code and the link, a line each."""
    asyncio.run(_one_more(installation))
    file = tmp_path / "slips.csv"
    result = minted(installation, "--output", str(file))
    [row] = csv.DictReader(file.read_text("utf-8-sig").splitlines())
    mac = load_keys(installation / "motcua.key").receipt_mac
    told = read_token(row["address"].removeprefix(f"{ADDRESS}/r/"), mac)

    assert file.stat().st_mode & 0o777 == 0o600
    assert result.exit_code == 0, result.output
    assert (row["dossier"], row["counter"], row["stage"]) == ("0050", "Quầy số 1", "result")
    assert isinstance(told, Receipt)
    assert read_code(row["code"]) == told.code


async def _one_more(folder: Path) -> None:
    store = await Store(address(folder / "motcua.db"), load_keys(folder / "motcua.key")).open()
    try:
        await store.write(add_events, [(1, event(50))])
    finally:
        await store.close()
