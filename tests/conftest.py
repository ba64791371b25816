"""What every test may ask for: keys, an open store on a fresh file, the event loop's name."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
import structlog

from bot.keys import Keys
from storage.store import Store
from tests import databases
from tests.patience import be_patient
from tests.prepared import prepared
from tests.reaching import touches_a_store

# The system's Python runs it, which knows LibreOffice; ours need not.
collect_ignore = ["edit_in_libreoffice.py"]

be_patient()

# What is read to find the tests stays: no collection of garbage need look through it, not while it
# is read and not afterwards. It took a third of the time of tests that answer requests here.
gc.disable()


def pytest_collection_finish() -> None:
    """From now on there may be garbage."""
    gc.freeze()
    gc.enable()


# As the product does: unless told, structlog draws each traceback for more than a second.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
)


# Files of these come first: at the end no worker should sit on a long one alone.
LONG = {"browser", "drill", "long", "oidc", "telegram"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the files that take the longest; within a file nothing moves.

    On PostgreSQL only what touches a store is run: all else is the same on both engines.
    """
    for item in items:
        if touches_a_store(item):
            item.add_marker("store")
    if databases.ON_POSTGRESQL:
        config.hook.pytest_deselected(items=[each for each in items if not _on_both(each)])
        items[:] = [each for each in items if _on_both(each)]
    long = {item.path for item in items if LONG & {mark.name for mark in item.iter_markers()}}
    items.sort(key=lambda item: item.path not in long)


def _on_both(item: pytest.Item) -> bool:
    return item.get_closest_marker("store") is not None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """See `_watched`."""
    yield from _watched(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """See `_watched`."""
    yield from _watched(item)


def _watched(item: pytest.Item) -> Generator[None]:
    """A database that is not `tests.databases`' own would be tested on one engine only."""
    databases.OPENED.clear()
    yield
    known = item.get_closest_marker("sqlite") or (not databases.ON_POSTGRESQL and _on_both(item))
    if databases.OPENED and not known:
        pytest.fail(f"opened without tests.databases.database: {databases.OPENED[0]}")


@pytest.fixture
def anyio_backend() -> str:
    """Only asyncio: the server runs on nothing else."""
    return "asyncio"


@pytest.fixture(scope="session")
def keys() -> Keys:
    """Keys of a secret that is no secret."""
    return Keys(b"a secret for tests, 32 bytes ...")


@pytest.fixture
def sealed_by_the_test_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is started seals nothing by itself, however slow the machine."""
    monkeypatch.setattr("bot.workers.SEAL_AFTER_S", 10_000)


@pytest.fixture
async def store(tmp_path: Path, keys: Keys) -> AsyncIterator[Store]:
    """An open, migrated, empty database."""
    path = tmp_path / "motcua.db"
    opened = await Store(prepared(path), keys, path=path).open()
    yield opened
    await opened.close()
