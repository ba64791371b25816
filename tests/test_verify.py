"""The verifier: nothing that is done to the database goes unseen by who kept one old root."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import random
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.instruments import shipped
from handlers.log import package, verify
from handlers.log.verify import check, signed
from storage import audit, sealing, taking_back
from storage.recount import recount
from storage.store import snapshot
from storage.taking_back import Done
from tests import sealed_province, second_verifier
from tests.databases import change, changing, copied
from tests.databases import database as address
from tests.sealed_province import packed, roots_kept, tampered
from tests.second_verifier.package import Package

MANIPULATIONS = int(os.environ.get("MOTCUA_MANIPULATIONS", "20"))
MOST_LINES = 250


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sealed province, its packages and the root of the first day."""
    found = tmp_path_factory.mktemp("sealed")
    asyncio.run(sealed_province.sealed(found / "m.db"))
    packed(found / "m.db", found / "audit.zip")
    packed(found / "m.db", found / "public.zip", package.public)
    roots_kept(found / "m.db", found / "roots.json", 1)
    return found


def second(package: str | Path, folder: Path) -> bool:
    """Whether the second verifier finds anything wrong, also with the root that was kept."""
    older = json.loads((folder / "roots.json").read_bytes())
    return second_verifier.faults(Package.read(Path(package)), [older]) != []


@pytest.mark.parametrize("name", ["public.zip", "audit.zip"])
def test_an_honest_package_verifies(folder: Path, name: str) -> None:
    """Both packages, with an older root, and they hold figures to verify."""
    with zipfile.ZipFile(folder / name) as archive:
        figures = [json.loads(line) for line in archive.read("figures.jsonl").splitlines()]

    assert check(str(folder / name), str(folder / "roots.json")) == []
    assert not second(folder / name, folder)
    assert sum(figure["value"] is not None for figure in figures) > 80
    assert sum("design_effect" in figure for figure in figures) > 80


def test_whatever_is_done_to_the_database_is_found(folder: Path, tmp_path: Path) -> None:
    """One response, comment, rollup, root, leaf or figure changed, removed or inserted."""
    unseen, disputed = [], []
    for told, database in tampered(folder / "m.db", tmp_path / "t.db", range(MANIPULATIONS)):
        found = packed(database, tmp_path / "t.zip")
        verdicts = bool(check(found, str(folder / "roots.json"))), second(found, folder)
        unseen += [told] * (verdicts == (False, False))
        disputed += [told] * (len(set(verdicts)) > 1)

    assert (unseen, disputed) == ([], [])


def test_published_figures_verify_after_owners_erased(folder: Path, tmp_path: Path) -> None:
    """A comment destroyed and a response taken back leave figures, totals and old roots true."""
    database = tmp_path / "t.db"
    copied(folder / "m.db", database)
    with changing(database) as connection:
        tx = sealed_province.transaction(connection)
        codes = "update responses set code_hash = response_id where response_id in ({})"
        commented = "select response_id from comments order by response_id limit 2"
        one, other = (number for (number,) in connection.execute(commented))
        connection.execute(codes.format(f"{one}, {other}"))
        done = taking_back.erase(tx, one), taking_back.withdraw(tx, other)

    assert done == (Done.ERASED, Done.WITHDRAWN)
    assert check(packed(database, tmp_path / "t.zip"), str(folder / "roots.json")) == []
    assert not second(tmp_path / "t.zip", folder)
    assert snapshot(address(database), recount, shipped()) == []


def test_a_changed_response_is_named(folder: Path, tmp_path: Path) -> None:
    """By its place in the log, with its unit and half-day; and every count that it was in."""
    database = tmp_path / "t.db"
    copied(folder / "m.db", database)
    with changing(database) as connection:
        told = audit.tamper(sealed_province.transaction(connection), 7).partition(",")[0]
    found = check(packed(database, tmp_path / "t.zip"))

    assert next(line for line in found if line.startswith("response ")).startswith(f"{told} (")
    assert {line.split()[0] for line in found} >= {"rollups", "rollup_margins", "rollup_cube"}


def test_a_rewritten_history_is_found_by_who_kept_a_root(folder: Path, tmp_path: Path) -> None:
    """Whoever has database and both keys can make everything fit, except what others keep."""
    database = tmp_path / "t.db"
    copied(folder / "m.db", database)
    asyncio.run(sealed_province.rewritten(database))
    found = packed(database, tmp_path / "t.zip")

    assert snapshot(address(database), recount, shipped()) == []
    assert check(found) == []
    assert check(found, str(folder / "roots.json")) == ["kept root 1: the log has another, or none"]
    assert second(found, folder)


def test_a_forged_signature_is_found(folder: Path, tmp_path: Path) -> None:
    """A root signed by somebody else, and one whose signature is noise."""
    other = Ed25519PrivateKey.generate()
    sealed = address(folder / "m.db")
    last = snapshot(sealed, lambda c: sealing.last_root(sealed_province.transaction(c)))
    assert last is not None
    database = tmp_path / "t.db"
    copied(folder / "m.db", database)
    for signature in (other.sign(last.form()), bytes(64), b"\xff" * 64):
        change(database, "update log_roots set signature = ? where number = 2", signature)

        assert check(packed(database, tmp_path / "t.zip", package.public)) == [
            "root 2: the signature is not by the log's key"
        ]


def test_a_truncated_package_is_found(folder: Path, tmp_path: Path) -> None:
    """Cut anywhere, or without one of its files."""
    whole = (folder / "public.zip").read_bytes()
    for keep in (0, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "t.zip").write_bytes(whole[:keep])
        assert check(str(tmp_path / "t.zip"))
    with zipfile.ZipFile(folder / "audit.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name in files.keys() - {"README.md", "verify.py", "responses.jsonl"}:
        (tmp_path / "t.zip").write_bytes(
            package.zipped({each: text for each, text in files.items() if each != name})
        )
        assert check(str(tmp_path / "t.zip")), name


def test_a_package_that_would_fill_the_memory_is_not_unpacked(tmp_path: Path) -> None:
    """Nothing of it is read: what its files state together is more than packages ever hold."""
    bomb = package.zipped({"roots.json": bytes(1 << 20), "leaves.bin": bytes(1 << 20)})
    (tmp_path / "t.zip").write_bytes(bomb)

    assert len(bomb) < 5_000
    [fault] = check(str(tmp_path / "t.zip"))
    assert "states more than 50 times its size" in fault


def test_a_wrong_figure_is_recomputed(folder: Path, tmp_path: Path) -> None:
    """Even where the seal over the files is not looked at: from the running totals alone."""
    files = verify.read(str(folder / "public.zip"))
    shown = [figure for figure in files["figures.jsonl"] if figure["value"] is not None]
    wrong = {"n": 1, "value": 0.001, "low": -0.001, "high": 0.001}
    for name, by in wrong.items():
        figure = dict(random.Random(name).choice(shown))
        changed = {**files, "figures.jsonl": [{**figure, name: figure[name] + by}]}

        assert [name in line for line in verify.check_figures(changed)] == [True]
    other = {**files, "figures.jsonl": [{**shown[0], "unit": "38x"}]}
    with pytest.raises(IndexError):
        verify.check_figures(other)


def test_signatures_are_those_of_the_standard() -> None:
    """RFC 8032, 7.1, and a library's signatures, whole and with a bit changed."""
    key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert signed(key, b"", signature)
    chance = random.Random(8032)
    for _ in range(3):
        own = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, text = own.public_key().public_bytes_raw(), chance.randbytes(40)
        good = own.sign(text)
        bad = bytearray(good)
        bad[chance.randrange(64)] ^= 1 << chance.randrange(8)

        assert signed(public, text, good)
        assert not signed(public, text, bytes(bad))
        assert not signed(public, text + b"!", good)


def test_the_verifier_is_short_and_needs_nothing() -> None:
    """One file of the standard library that a person can read before running it."""
    text = package.VERIFIER.read_text("utf-8")
    imported: set[Any] = set()
    for each in ast.walk(ast.parse(text)):
        if isinstance(each, ast.Import):
            imported |= {alias.name for alias in each.names}
        elif isinstance(each, ast.ImportFrom):
            imported.add(each.module)

    assert len(text.splitlines()) < MOST_LINES
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names
