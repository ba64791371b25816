"""Words of a content pack that arrive after a later update was answered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.instruments import chosen, spoken
from bot.keys import Keys
from handlers.inbound import Happening, Inbound, Start, Tap, Text
from handlers.receive import Survey, receive
from sipas.events import Say
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import COUNTER, add_counter

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


def late(tx: Transaction, survey: Survey, words: str) -> str:
    """Somebody taps a level in Korean; then *words* come that were written before. What is said."""
    add_counter(tx)
    account = tx.account_id("telegram", "1")
    came: tuple[tuple[Happening, int], ...] = (
        (Start(COUNTER), 100),
        (Tap("1|-|overall|4"), 300),
        (Text(words), 200),
    )
    shown = None
    for number, (happening, written) in enumerate(came):
        update = Inbound(
            account, "telegram", str(number), b"person", (happening,), "ko", "chat", sent_at=written
        )
        shown = receive(tx, survey, update, NOON)
    assert shown is not None
    return next((part.key for part in shown.screen if isinstance(part, Say)), shown.language)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("그만", "stopped"),
        ("도움말", "help"),
        ("tiếng việt", "vi"),
        ("한국어", "ko"),
        ("만족", "stale"),
    ],
)
async def test_a_wish_is_as_good_as_ever(words: str, said: str, store: Store, keys: Keys) -> None:
    """An answer was meant for an earlier question; a wish is not."""
    survey = Survey(spoken(chosen(["ko"])), 1, lambda bits: 1, keys.code_hash)

    assert await store.write(late, survey, words) == said
