"""A database moved into PostgreSQL: interrupted or not it ends equal, or says what differs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.instruments import shipped
from storage import moving, registry
from storage.engine import Connection
from storage.engines import engine_of
from storage.recount import recount
from storage.store import Store, snapshot
from storage.transaction import Transaction
from tests.databases import ONLY_POSTGRESQL, database
from tests.prepared import written
from tests.sealed_province import KEYS, sealed

pytestmark = [ONLY_POSTGRESQL, pytest.mark.sqlite]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sealed year in an SQLite file."""
    path = tmp_path_factory.mktemp("moved") / "m.db"
    asyncio.run(sealed(f"sqlite:///{path}"))
    return path


@pytest.fixture
def migrated(province: Path) -> Callable[[str], Result]:
    """The command, for an address."""
    settings = {
        "MOTCUA_DATABASE": f"sqlite:///{province}",
        "MOTCUA_SECRET_KEY_FILE": str(province.with_suffix(".key")),
    }
    return lambda to: CliRunner(env=settings).invoke(main, ["migrate", "--to", to])


def begun(province: Path, address: str, portions: int) -> None:
    """A move that breaks off after some portions of its largest table."""
    old, new = engine_of(province), engine_of(address)
    with closing(old.connect()) as source, closing(new.connect()) as target:
        moving.begin(Transaction(target, KEYS))
        (table,) = [each for each in moving.tables(source) if each.name == "responses"]
        for _, _ in zip(range(portions), moving.move(source, target, table), strict=False):
            pass


def test_a_move_that_broke_off_twice_ends_equal(
    province: Path,
    tmp_path: Path,
    migrated: Callable[[str], Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is copied twice or left out: rows, figures and the log's root are the same."""
    address = database(tmp_path / "m.db")
    monkeypatch.setattr(moving, "AT_ONCE", 100)
    begun(province, address, 2)
    begun(province, address, 3)
    halves = snapshot(address, lambda c: c.execute("select count(*) from responses").fetchone())
    done = migrated(address)

    assert halves == (500,)
    assert done.exit_code == 0, done.output
    assert "figures: every rollup equals its recount" in done.output
    assert "log: root 2 over" in done.output
    assert snapshot(address, recount, shipped()) == []


def test_numbers_go_on_after_those_that_were_moved(
    tmp_path: Path, migrated: Callable[[str], Result]
) -> None:
    """What is written next gets a number that nobody has."""
    address = database(tmp_path / "m.db")
    migrated(address)

    def next_release(tx: Transaction) -> tuple[int, int]:
        (last,) = tx.connection.execute("select max(release_id) from releases").fetchone()
        query = "insert into releases (half_day) values (1) returning release_id"
        return last, tx.connection.execute(query).fetchone()[0]

    async def released_next() -> tuple[int, int]:
        store = await Store(address, KEYS).open()
        try:
            return await store.write(next_release)
        finally:
            await store.close()

    last, following = asyncio.run(released_next())

    assert following == last + 1


def test_what_was_changed_on_the_way_is_named(
    province: Path, tmp_path: Path, migrated: Callable[[str], Result]
) -> None:
    """One level of one response: its table differs, and its rollup no longer is its recount."""
    address = database(tmp_path / "m.db")
    begun(province, address, 1)
    with psycopg.connect(address, autocommit=True) as link:
        link.execute(
            b"update responses set levels = translate(levels, '12345', '23451')"
            b" where response_id = (select min(response_id) from responses)"
        )
    done = migrated(address)

    assert done.exit_code == 1
    assert re.search(r"responses: ([\d,]+) rows here, \1 there, not the same", done.output)
    assert "there rollups" in done.output


def test_a_database_that_holds_something_is_left_alone(
    tmp_path: Path, migrated: Callable[[str], Result]
) -> None:
    """A second move into the same database is refused."""
    address = database(tmp_path / "m.db")
    once, again = migrated(address), migrated(address)

    assert once.exit_code == 0
    assert again.exit_code == 1
    assert "--to: the database to move to is not empty" in again.output


def test_a_half_moved_database_is_not_served(province: Path, tmp_path: Path) -> None:
    """A command on it says what to do instead of working on a half."""
    address = database(tmp_path / "m.db")
    begun(province, address, 1)
    settings = {
        "MOTCUA_DATABASE": address,
        "MOTCUA_SECRET_KEY_FILE": str(province.with_suffix(".key")),
    }
    refused = CliRunner(env=settings).invoke(main, ["doctor"])

    assert refused.exit_code == 1
    assert "half moved" in refused.output


def test_a_backup_of_postgresql_is_put_back(
    province: Path, tmp_path: Path, migrated: Callable[[str], Result]
) -> None:
    """The file is that of every backup: it opens without a server, and holds what was released."""
    address, file, back = database(tmp_path / "m.db"), tmp_path / "b.backup", tmp_path / "back.db"
    key = {"MOTCUA_SECRET_KEY_FILE": str(province.with_suffix(".key"))}
    migrated(address)
    made = CliRunner(env={**key, "MOTCUA_DATABASE": address}).invoke(main, ["backup", str(file)])
    there = CliRunner(env={**key, "MOTCUA_DATABASE": f"sqlite:///{back}"})
    restored = there.invoke(main, ["restore", str(file)])

    assert made.exit_code == 0, made.output
    assert restored.exit_code == 0, restored.output
    assert re.search(r": (\d+) released", made.output)[1] in restored.output  # type: ignore[index]
    assert snapshot(back, recount, shipped()) == []


def test_two_schemas_of_one_database_are_two_provinces(tmp_path: Path) -> None:
    """Each address that ends with a schema has tables, rows and migrations of its own."""
    address = database(tmp_path / "m.db")
    with psycopg.connect(address, autocommit=True) as link:
        link.execute(b"create schema p38")
        link.execute(b"create schema p40")
    one, other = (f"{address}?options=-csearch_path%3D{name}" for name in ("p38", "p40"))
    for each in (one, other):
        engine_of(each).migrate()
    written(one, lambda tx: registry.mark(tx, "whose", "38"))

    def read(connection: Connection) -> str | None:
        return registry.fact(Transaction(connection, KEYS), "whose")

    assert snapshot(one, read) == "38"
    assert snapshot(other, read) is None
    assert snapshot(address, read) is None
