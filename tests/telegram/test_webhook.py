"""The webhook on a real server: everything that may be posted to it, and its answer."""

from __future__ import annotations

import pytest

from bot.channels.telegram.channel import TelegramChannel
from storage.store import Store
from tests.channels import arrivals, emptied, rows
from tests.databases import clear, fill
from tests.telegram.bot import Caller, Person, finish, tap_on

pytestmark = [pytest.mark.anyio, pytest.mark.telegram]


async def test_a_survey_from_link_to_thanks_by_webhook(
    hooked: TelegramChannel, store: Store, person: Person
) -> None:
    """The same survey when Telegram calls us."""
    thanks = await finish(person, await person.start())

    assert await person.sees() == [thanks]
    assert await arrivals(store) == 1
    assert await rows(store, "closed_responses", "dead_letters") == [1, 0]


async def test_the_same_update_twice_changes_nothing(
    caller: Caller, store: Store, person: Person
) -> None:
    """A redelivery is 200, counted once, and says nothing new."""
    raw = tap_on(await person.start(), person)
    first = await caller.post(raw)
    shown = await person.changes()
    second = await caller.post(raw)
    await emptied(store, "outbox")

    assert (first.status_code, second.status_code) == (200, 200)
    assert len(shown) == 1
    assert await person.changes(0) == []
    assert await arrivals(store) == 1


@pytest.mark.parametrize("secret", [b"", b"wrong", "ü".encode()])
async def test_a_call_without_the_secret_is_refused(
    secret: bytes, caller: Caller, store: Store, person: Person
) -> None:
    """A forged update is 403 and leaves no trace."""
    raw = tap_on(await person.start(), person)
    answer = await caller.post(raw, secret)

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert await arrivals(store) == 0


@pytest.mark.parametrize(
    ("body", "status", "dead"),
    [
        (b"{", 400, 0),
        (b"\xff\xfe", 400, 0),
        (b"[" * 100_000, 400, 0),
        (b'{"update_id": 1, "text": "' + b"x" * (1 << 20) + b'"}', 413, 0),
        (b'{"update_id": 1, "edited_message": {}}', 200, 0),  # a kind nobody asked for
        (b'{"update_id": 1, "message": {}}', 200, 1),
        (b"[]", 200, 1),
        (b"null", 200, 1),
    ],
)
async def test_a_strange_body_gets_its_clear_answer(
    body: bytes, status: int, dead: int, caller: Caller, store: Store
) -> None:
    """Unreadable is 400, too large 413; readable but odd is kept aside and never sent again."""
    answer = await caller.post(body)

    assert answer.status_code == status
    assert await rows(store, "dead_letters") == [dead]


async def test_a_database_that_cannot_be_written_is_503(
    caller: Caller, store: Store, person: Person
) -> None:
    """Telegram repeats what was not stored, so nothing is lost and nothing is counted twice."""
    raw = tap_on(await person.start(), person)
    await store.write(fill, "inbox")
    refused = await caller.post(raw)
    await store.write(clear, "inbox")
    taken = await caller.post(raw)

    assert (refused.status_code, taken.status_code) == (503, 200)
    assert refused.headers["retry-after"]
    assert await arrivals(store) == 1
