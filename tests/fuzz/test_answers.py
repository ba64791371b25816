"""What other systems answer is used or refused by name: platforms, and provinces of a centre."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from functools import cache
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st

from bot.channels.outcomes import Outcome
from bot.channels.telegram.delivery import Letter, delivered
from bot.channels.telegram.request import AiohttpRequest, Api
from bot.channels.zalo_bot import client as zalo_bot
from bot.channels.zalo_oa import client as zalo_oa
from bot.channels.zalo_oa.calls import window
from bot.federation.checking import Disbelieved, proven, taken
from handlers.rendering import Choice
from storage.grants import Pair
from storage.nation import Province
from tests.fuzz.mutating import damaged, refuses, reshaped, tried
from tests.provinces import PERIODS, Edge

SENT = {"ok": True, "result": {"message_id": 7}}
FAST = {"ok": False, "description": "no", "parameters": {"retry_after": 3}}
BOT = ({"ok": True, "result": {"message_id": "a"}}, {"ok": False, "error_code": 429})
OA = (
    {"error": 0, "message": "Success", "data": {"message_id": "a"}},
    {"error": -216, "message": "no"},
)
PAIR = ({"access_token": "a", "refresh_token": "b", "expires_in": "90000"}, {"error": -14014})
STATUSES = (200, 301, 400, 401, 403, 404, 409, 429, 500, 502)
LETTER = Letter("42", "Chào", (Choice("5", "1|-|overall|5", control=False, chosen=False),), "q")
HOSTS = zalo_oa.Hosts("https://oa", "https://oauth", "https://business")


def answers(*values: Any) -> st.SearchStrategy[tuple[int, bytes]]:
    """A status with JSON of another shape, or of damaged bytes."""
    texts = tuple(json.dumps(value).encode() for value in values)
    bodies = reshaped(values).map(lambda value: json.dumps(value).encode()) | damaged(texts)
    return st.tuples(st.sampled_from(STATUSES), bodies)


class Answered(AiohttpRequest):
    """The network's edge of Telegram: every request has one answer."""

    def __init__(self, answer: tuple[int, bytes]) -> None:
        super().__init__()
        self._answer = answer

    async def send(
        self, url: str, answer_s: float, method: str = "POST", **content: Any
    ) -> tuple[int, bytes]:
        return self._answer


def telegram(answer: tuple[int, bytes]) -> Coroutine[Any, Any, object]:
    """What a letter's delivery comes to."""
    return delivered(Api("https://t", Answered(answer)), LETTER)


def over(answer: tuple[int, bytes]) -> httpx.AsyncClient:
    """The network's edge of the Zalo platforms."""
    status, body = answer
    return httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(status, content=body))
    )


@cache
def robot() -> zalo_bot.Client:
    """A Zalo bot; once, since a client reads all authorities of certificates."""
    return zalo_bot.Client("https://z", "token")


def bot(answer: tuple[int, bytes]) -> Coroutine[Any, Any, object]:
    """A call of the Zalo bot."""
    client = robot()
    client._http = over(answer)
    return client.call("sendMessage", {})


@cache
def account() -> zalo_oa.Client:
    """An Official Account's app."""
    return zalo_oa.Client(HOSTS, zalo_oa.App("1", "secret"))


def called(answer: tuple[int, bytes]) -> Coroutine[Any, Any, object]:
    """A call for an Official Account."""
    client = account()
    client._http = over(answer)
    return client.call("https://oa/v2.0/oa/getoa", "token")


def exchanged(answer: tuple[int, bytes]) -> Coroutine[Any, Any, object]:
    """A refresh token given for a pair."""
    client = account()
    client._http = over(answer)
    return client.exchange({"refresh_token": "b"}, 0)


PLATFORMS = {
    "Telegram's answer": (telegram, answers(SENT, FAST), (Outcome,)),
    "Zalo bot's answer": (bot, answers(*BOT), (Outcome, zalo_bot.NoUpdate)),
    "Zalo OA's answer": (called, answers(*OA), (Outcome,)),
    "Zalo's pair of tokens": (exchanged, answers(*PAIR), (Outcome,)),
}


@pytest.mark.parametrize("name", PLATFORMS)
def test_an_answer_is_used_or_is_an_outcome(name: str) -> None:
    """The sender knows what to do with each outcome; anything else would end a message."""
    call, given, named = PLATFORMS[name]
    law = refuses(lambda answer: asyncio.run(call(answer)), *named)
    print(f"{name}:", tried(law, given), "tried")


def test_numbers_of_zalo_are_taken_or_left() -> None:
    """A pair whose end cannot be read is kept all the same: nobody gives it a second time."""
    endless = {**PAIR[0], "expires_in": "9" * 5_000}
    told = {"last_interaction": 5, "cs_reply": {"remain": "8"}}
    law = refuses(window)
    print("Zalo's quota:", tried(law, reshaped((told,))), "tried")

    assert asyncio.run(exchanged((200, json.dumps(endless).encode()))) == Pair("a", "b", 3600)
    assert [window(each) for each in (told, None, {"cs_reply": 1})] == [
        (5, 8),
        (0, None),
        (0, None),
    ]


class Bent(Edge):
    """A province whose key has signed whatever it tells."""

    aggregate: Any = None

    def _aggregate(self) -> Any:
        return super()._aggregate() if self.aggregate is None else self.aggregate


def province() -> Bent:
    """One with three communes."""
    levels = (1, 2, 7, 20, 10)
    units = ("15448", "14923", "14924")
    return Bent("38", {(unit, period): levels for unit in units for period in PERIODS})


def document(aggregate: Any) -> bytes:
    """Signed as it is."""
    made = province()
    # A text with half a character has no bytes that could be signed.
    told = json.dumps(aggregate, ensure_ascii=False).encode("utf-8", "replace")
    made.aggregate = json.loads(told)
    made.seal("2026-11-28")
    return made.document()


def test_an_aggregate_is_believed_or_refused() -> None:
    """Damaged on its way, or signed by a province that tells what cannot be."""
    edge = province()
    key = edge.signer.public
    asked = Province(1, "38", "https://a", key, "2026-11-28", "", "", "", None, "", None)
    whole = Edge._aggregate(edge)
    sent = document(whole)
    law = refuses(lambda body: taken(proven(asked, body), ""), Disbelieved)
    given = damaged((sent,)) | reshaped((whole,)).map(document)
    bent = reshaped((json.loads(sent),)).map(lambda told: json.dumps(told).encode())
    print("aggregate:", tried(law, given | bent), "tried")

    assert law(sent) is None
    assert proven(asked, sent).aggregate.province == "38"
