"""What every test may ask for: keys, an open store on a fresh file, the event loop's name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.keys import Keys
from storage.store import Store
from tests.prepared import prepared

# The system's Python runs it, which knows LibreOffice; ours need not.
collect_ignore = ["edit_in_libreoffice.py"]

# No test may fail because the machine is busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


# Files of these come first: at the end no worker should sit on a long one alone.
LONG = {"browser", "drill", "oidc", "telegram"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that wait for browsers and servers; within a file nothing moves."""
    long = {item.path for item in items if LONG & {mark.name for mark in item.iter_markers()}}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture
def anyio_backend() -> str:
    """Only asyncio: the server runs on nothing else."""
    return "asyncio"


@pytest.fixture(scope="session")
def keys() -> Keys:
    """Keys of a secret that is no secret."""
    return Keys(b"a secret for tests, 32 bytes ...")


@pytest.fixture
async def store(tmp_path: Path, keys: Keys) -> AsyncIterator[Store]:
    """An open, migrated, empty database."""
    path = tmp_path / "motcua.db"
    opened = await Store(prepared(path), keys, path=path).open()
    yield opened
    await opened.close()
