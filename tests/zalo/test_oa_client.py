"""The client at its edge: what every odd answer of the hosts means, and that no token leaks."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.channels.outcomes import Down, Later, Outcome, Unreachable
from bot.channels.zalo_oa.client import App, Client, Hosts
from bot.channels.zalo_oa.errors import CODES, TokenRefused, outcome_of
from tests.peers.zalo.host import Call, Host, Reply
from tests.peers.zalo.oa import ZaloOa
from tests.peers.zalo.oa_tokens import proof_of
from tests.peers.zalo.rules import Oa, Table

pytestmark = pytest.mark.anyio

GETOA = "/v2.0/oa/getoa"
TOKEN = "a-very-secret-token"


class Odd(Host):
    """A host that answers every call alike."""

    said = Reply({"error": 0, "data": {}})

    def answer(self, call: Call) -> Reply:
        """What the test has set."""
        return self.said

    def refusal(self, rule: Table, status: int | None = None) -> Reply:
        """Never asked for."""
        raise AssertionError


@pytest.fixture
def host() -> Iterator[Odd]:
    with Odd() as made:
        yield made


@pytest.fixture
async def client(host: Odd) -> AsyncIterator[Client]:
    made = Client(Hosts(host.url, host.url, host.url), App("app", "app-secret"))
    yield made
    await made.close()


async def failure(client: Client, host: Odd, reply: Reply) -> Outcome:
    """What the call ends in."""
    host.said = reply
    with pytest.raises(Outcome) as raised:
        await client.call(host.url + GETOA, TOKEN)
    return raised.value


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply({}, 401), TokenRefused),
        (Reply({}, 403), TokenRefused),
        (Reply({}, 429), Later),
        (Reply({}, 302, {"location": "http://127.0.0.1:9/"}), Down),
        (Reply({}, 500), Unreachable),
        (Reply({"error": 0, "data": {}}, 502), Unreachable),
        (Reply({"error": -32, "message": ""}), Later),
        (Reply({"error": -216, "message": ""}), TokenRefused),
    ],
)
async def test_what_an_answer_means(
    client: Client, host: Odd, reply: Reply, outcome: type[Outcome]
) -> None:
    """The status first, then the `error` of a 200; a redirect is never followed."""
    assert type(await failure(client, host, reply)) is outcome
    assert len(host.calls()) == 1


@pytest.mark.parametrize("body", [{}, {"error": "x"}, {"error": None}])
async def test_a_body_without_success_is_no_success(
    client: Client, host: Odd, body: dict[str, object]
) -> None:
    """Only `error` 0 is."""
    await failure(client, host, Reply(body))


async def test_the_headers_stop_us_before_zalo_does(client: Client, host: Odd) -> None:
    """When nothing remains of the minute, the next call waits at home."""
    host.said = Reply({"error": 0, "data": {}}, 200, {"X-RateLimit-Remain": "0"})
    await client.call(host.url + GETOA, TOKEN)
    with pytest.raises(Later) as raised:
        await client.call(host.url + GETOA, TOKEN)

    assert 0 < raised.value.seconds <= 15
    assert len(host.calls()) == 1


async def test_every_call_carries_token_and_proof(client: Client, host: Odd) -> None:
    """In headers of their own, never in the address."""
    await client.call(host.url + GETOA, TOKEN)
    (call,) = host.calls()
    with ZaloOa("app", "app-secret") as fake:
        proof = proof_of(fake.app, TOKEN)

    assert (call.headers["access_token"], call.headers["appsecret_proof"]) == (TOKEN, proof)
    assert TOKEN not in call.path + json.dumps(dict(call.query))
    assert "authorization" not in call.headers


async def test_no_error_quotes_a_token(
    client: Client, host: Odd, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither its words, nor what caused it."""
    caplog.set_level(logging.WARNING)
    host.drop("*", 9)
    errors: list[BaseException | None] = []
    with pytest.raises(Outcome) as raised:
        await client.call(host.url + GETOA, TOKEN)
    with pytest.raises(Outcome) as exchanged:
        await client.exchange({"grant_type": "refresh_token", "refresh_token": TOKEN}, 0)
    for error in (raised.value, exchanged.value):
        errors += [error, error.__cause__]

    assert TOKEN not in repr(errors) + caplog.text
    assert "app-secret" not in repr(errors) + repr(App("app", "app-secret"))


def test_every_refusal_of_the_fake_has_its_outcome() -> None:
    """No code that docs/reference/channels.md knows falls through as unknown."""
    codes = {rule.value.code for rule in Oa if rule.value.code < 0}

    assert codes <= CODES.keys()
    assert all(isinstance(outcome_of(code, ""), Outcome) for code in codes)
