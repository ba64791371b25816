"""A Bot API server for the folder, and for each test a bot and a person of its own."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.keys import Keys
from storage.store import Store
from tests.channels import add_counter, running, serving, until
from tests.peers.telegram.driver import TelegramPeer
from tests.ports import free_port
from tests.telegram.bot import Caller, Person, channel

_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[TelegramPeer]:
    """One server process; its package is installed on first use."""
    if not shutil.which("npm"):
        pytest.skip("node and npm are not installed")
    with TelegramPeer() as started:
        yield started


@pytest.fixture
def peer(server: TelegramPeer) -> TelegramPeer:
    """The server with a bot of its own for each test."""
    server.token = f"{next(_numbers)}:abc"
    return server


@pytest.fixture
def person(peer: TelegramPeer) -> Person:
    return Person(peer, 1000 + next(_numbers))


@pytest.fixture
async def bot(store: Store, keys: Keys, peer: TelegramPeer) -> AsyncIterator[TelegramChannel]:
    """A polling bot with one counter to rate."""
    await store.write(add_counter)
    async with running(await channel(store, keys, peer.api, peer.token)) as made:
        await until(lambda: made.status() == "connected")
        yield made


@pytest.fixture
async def hooked(store: Store, keys: Keys, peer: TelegramPeer) -> AsyncIterator[TelegramChannel]:
    """A bot by webhook, on a real server, with one counter to rate."""
    await store.write(add_counter)
    port = free_port()
    made = await channel(store, keys, peer.api, peer.token, f"http://127.0.0.1:{port}")
    async with serving(port, made), running(made):
        await until(lambda: made.status() == "connected")
        yield made


@pytest.fixture
async def caller(hooked: TelegramChannel, keys: Keys) -> AsyncIterator[Caller]:
    made = Caller(hooked, keys)
    yield made
    await made.client.aclose()
