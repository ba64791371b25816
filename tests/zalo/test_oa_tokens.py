"""Rotating tokens: one use of each refresh token, whatever happens, and no pair used unstored."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from multiprocessing import Pipe
from urllib.parse import parse_qs

import pytest

from bot.channels.outcomes import Down, Unreachable
from bot.channels.zalo_oa.calls import Calls
from bot.channels.zalo_oa.client import App, Client, Hosts
from bot.channels.zalo_oa.tokens import authorised
from storage import grants
from storage.grants import Pair
from storage.store import Store
from storage.transaction import Transaction
from tests.channels import until
from tests.databases import clear, fill, locked, raw
from tests.forked import forked
from tests.patience import PATIENCE_S
from tests.peers.zalo.oa import APP_ID, ZaloOa
from tests.peers.zalo.oa_account import OfficialAccount
from tests.peers.zalo.rules import Oa
from tests.zalo.renewing import ACCOUNT, client, renew, tokens

pytestmark = pytest.mark.anyio

OAUTH = "/v4/oa/access_token"
AN_HOUR = 3600


@pytest.fixture
def fake() -> Iterator[ZaloOa]:
    with ZaloOa() as made:
        yield made


@pytest.fixture
def oa(fake: ZaloOa) -> OfficialAccount:
    return fake.official()


def seconds() -> int:
    return int(datetime.now(UTC).timestamp())


async def granted(store: Store, oa: OfficialAccount, lasts_s: int = 25 * AN_HOUR) -> Pair:
    """The account with a first pair from the console."""
    issued = oa.authorise()
    pair = Pair(issued.access, issued.refresh, seconds() + lasts_s)
    await store.write(Transaction.account_id, "zalo_oa", oa.state.oa_id)
    await store.write(grants.authorise, ACCOUNT, pair, seconds())
    return pair


@pytest.fixture
async def calls(store: Store, fake: ZaloOa, oa: OfficialAccount) -> AsyncIterator[Calls]:
    """An account whose token lasts, ready to call."""
    await granted(store, oa)
    made = client(fake.url)
    yield Calls(made, tokens(store, made))
    await made.close()


def uses(fake: ZaloOa) -> Counter[str]:
    """How often each refresh token was sent to Zalo."""
    forms = [parse_qs(call.body.decode()) for call in fake.calls(OAUTH)]
    return Counter(form["refresh_token"][0] for form in forms if "refresh_token" in form)


async def test_a_call_carries_the_token_at_hand(calls: Calls, fake: ZaloOa) -> None:
    """Nothing is renewed that still lasts."""
    assert (await calls.whoami())["is_verified"] is True
    assert fake.calls(OAUTH) == []


@pytest.mark.parametrize("rule", [Oa.TOKEN_INVALID, Oa.TOKEN_EXPIRED])
async def test_a_refused_token_is_renewed_once_and_the_call_repeated(
    calls: Calls, fake: ZaloOa, rule: Oa
) -> None:
    """The caller notices nothing."""
    fake.fail("/v2.0/oa/getoa", rule)

    assert await calls.whoami()
    assert len(fake.calls(OAUTH)) == 1


async def test_a_fresh_token_that_is_refused_asks_for_a_person(calls: Calls, fake: ZaloOa) -> None:
    """No further renewals: they would be refused as well."""
    fake.fail("/v2.0/oa/getoa", Oa.TOKEN_INVALID, 9)
    for _ in range(3):
        with pytest.raises(Down, match="authorize"):
            await calls.whoami()

    assert len(fake.calls(OAUTH)) == 1


async def test_many_callers_renew_once(calls: Calls, fake: ZaloOa) -> None:
    """Sixty messages meet a dead token at the same moment."""
    fake.fail("/v2.0/oa/getoa", Oa.TOKEN_EXPIRED, 60)
    await calls.tokens.current()  # known, so that none is late
    await asyncio.gather(*(calls.whoami() for _ in range(60)))

    assert set(uses(fake).values()) == {1}
    assert len(fake.calls(OAUTH)) == 1


async def test_the_pair_before_is_kept_and_the_new_one_sealed(
    calls: Calls, store: Store, oa: OfficialAccount
) -> None:
    """For audit; neither can be read in the file without the key."""
    first = (await calls.tokens.current()).pair
    before = seconds()
    grant = await calls.tokens.renewed(1)

    assert grant.generation == 2
    assert await store.write(grants.former, ACCOUNT) == Pair(first.access, first.refresh, 0)
    held = raw(store.address)
    assert not [word for word in (first.refresh, grant.pair.refresh) if word.encode() in held]
    assert grant.pair.access_until == pytest.approx(before + 90000, abs=60)


@pytest.mark.parametrize(("left", "renewals"), [(7 * AN_HOUR, 0), (5 * AN_HOUR, 1)])
async def test_renewed_ahead_of_its_end(
    store: Store, fake: ZaloOa, oa: OfficialAccount, left: int, renewals: int
) -> None:
    """With fewer than six hours left."""
    await granted(store, oa, left)
    made = client(fake.url)
    await tokens(store, made).look_ahead()
    await made.close()

    assert len(fake.calls(OAUTH)) == renewals


async def test_a_configured_refresh_token_is_begun_with_once(
    store: Store, fake: ZaloOa, oa: OfficialAccount
) -> None:
    """A restart does not fall back on it; another one in the settings begins anew."""
    first, second = oa.authorise().refresh, oa.authorise().refresh
    await store.write(Transaction.account_id, "zalo_oa", oa.state.oa_id)
    made = client(fake.url)
    for refresh in (first, first, second):
        await store.write(grants.sow, ACCOUNT, refresh, f"seed of {refresh}", seconds())
        await tokens(store, made).current()
    await made.close()

    assert uses(fake) == {first: 1, second: 1}


async def test_a_restart_keeps_what_a_person_authorised(
    store: Store, fake: ZaloOa, oa: OfficialAccount
) -> None:
    """The settings still name the token of last spring."""
    spring = oa.authorise().refresh
    await store.write(Transaction.account_id, "zalo_oa", oa.state.oa_id)
    await store.write(grants.sow, ACCOUNT, spring, "spring", seconds())
    made = client(fake.url)
    code = {"grant_type": "authorization_code", "code_verifier": "v", "code": oa.consents("v")}
    pair = await authorised(store, ACCOUNT, made.exchange, code, seconds())
    await store.write(grants.sow, ACCOUNT, spring, "spring", seconds())

    assert (await tokens(store, made).current()).pair.access == pair.access
    assert uses(fake) == {}
    await made.close()


async def test_without_an_authorisation_a_person_is_asked(store: Store, fake: ZaloOa) -> None:
    """Before the first one."""
    made = client(fake.url)
    with pytest.raises(Down, match="authorize"):
        await tokens(store, made).current()
    await made.close()


@pytest.mark.parametrize(
    "rule", [Oa.REFRESH_USED, Oa.REFRESH_EXPIRED, Oa.GRANT_KILLED, Oa.REFRESH_UNKNOWN]
)
async def test_a_refused_refresh_token_is_not_tried_again(
    calls: Calls, fake: ZaloOa, rule: Oa
) -> None:
    """The present access token goes on serving, and everybody is told at once."""
    fake.fail(OAUTH, rule)
    for _ in range(3):
        with pytest.raises(Down, match="authorize"):
            await calls.tokens.renewed(1)

    assert len(fake.calls(OAUTH)) == 1
    assert await calls.whoami()


@pytest.mark.parametrize("carried_out", [True, False])
async def test_no_answer_means_that_nobody_knows(
    calls: Calls, fake: ZaloOa, oa: OfficialAccount, carried_out: bool
) -> None:
    """It may have been spent, so it is not used again; a person's authorisation ends it."""
    fake.drop(OAUTH, carried_out=carried_out)
    for _ in range(2):
        with pytest.raises(Down, match="authorize"):
            await calls.tokens.renewed(1)
    assert await calls.whoami()
    code = {"grant_type": "authorization_code", "code_verifier": "v", "code": oa.consents("v")}
    tokens = calls.tokens
    await authorised(tokens.store, ACCOUNT, tokens.exchange, code, seconds())

    assert (await tokens.renewed(1)).generation == 2
    assert await calls.whoami()
    assert set(uses(fake).values()) <= {1}


@pytest.mark.parametrize("rule", [Oa.APP_RATE, Oa.APP_INACTIVE, Oa.SECRET_KEY])
async def test_what_was_certainly_not_spent_is_tried_again(
    calls: Calls, fake: ZaloOa, rule: Oa
) -> None:
    """A rate, a setting: the refresh token is as it was."""
    fake.fail(OAUTH, rule)
    with pytest.raises(Unreachable):
        await calls.tokens.renewed(1)

    assert (await calls.tokens.renewed(1)).generation == 2


async def test_an_unreachable_host_spends_nothing(store: Store, oa: OfficialAccount) -> None:
    """The request never left; once the host is back, the same token does."""
    await granted(store, oa)
    nowhere = Client(Hosts("", "http://127.0.0.1:1", ""), App(APP_ID, ""))
    with pytest.raises(Unreachable):
        await tokens(store, nowhere).renewed(1)
    await nowhere.close()
    made = client(oa.fake.url)

    assert (await tokens(store, made).renewed(1)).generation == 2
    await made.close()


async def test_a_cancelled_caller_does_not_take_the_pair_along(calls: Calls, fake: ZaloOa) -> None:
    """The process is told to stop while Zalo answers."""
    fake.delay(OAUTH, 0.5)
    caller = asyncio.create_task(calls.tokens.renewed(1))
    await until(lambda: fake.calls(OAUTH))
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await calls.tokens.settle()

    assert (await calls.tokens.renewed(1)).generation == 2
    assert len(fake.calls(OAUTH)) == 1


async def test_a_pair_that_cannot_be_stored_yet_is_not_used_and_not_dropped(
    calls: Calls, store: Store, fake: ZaloOa
) -> None:
    """The disk is full for a moment."""
    await store.write(fill, "oa_former_grants")
    renewing = asyncio.create_task(calls.tokens.renewed(1))
    await until(lambda: "not connected" in str(calls.tokens.status))
    assert not renewing.done()
    await store.write(clear, "oa_former_grants")

    assert (await renewing).generation == 2
    assert await calls.whoami()
    assert len(fake.calls(OAUTH)) == 1


class Renewing:
    """A process that renews when told to."""

    def __init__(self, store: Store, url: str, generation: int = 1) -> None:
        self.line, theirs = Pipe()
        told = store.address, str(store.path), url, generation
        self.process = forked(renew, theirs, *told)
        assert self.heard() == "ready"

    def heard(self) -> str:
        """What it says next."""
        assert self.line.poll(PATIENCE_S)
        return str(self.line.recv())

    def go(self) -> None:
        """Now."""
        self.line.send("now")

    def told(self) -> str:
        """What came of it."""
        told = self.heard()
        self.process.join(PATIENCE_S)
        return told

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.join(PATIENCE_S)


async def started(store: Store, fake: ZaloOa, count: int) -> list[Renewing]:
    """Processes that wait for the word."""
    made = (asyncio.to_thread(Renewing, store, fake.url) for _ in range(count))
    return list(await asyncio.gather(*made))


@pytest.mark.drill
async def test_two_processes_renew_at_once(store: Store, fake: ZaloOa, oa: OfficialAccount) -> None:
    """One asks, the other takes what the first has stored; the grant lives."""
    await granted(store, oa)
    for generation in range(1, 4):
        two = [Renewing(store, fake.url, generation) for _ in range(2)]
        fake.delay(OAUTH, 0.3)
        for each in two:
            each.go()
        told = [await asyncio.to_thread(each.told) for each in two]

        assert told[0] == told[1]
        assert told[0] in oa.state.grant.access
    assert len(fake.calls(OAUTH)) == 3
    assert set(uses(fake).values()) == {1}
    assert not oa.state.grant.killed


def patience_over(tx: Transaction) -> None:
    """As if a minute had gone by since somebody asked."""
    tx.connection.execute("update oa_grants set asked_at = asked_at - 61 where asked_at > 0")


async def kill_while_locked(store: Store, fake: ZaloOa, doomed: Renewing) -> None:
    """SIGKILL a process that has the pair and waits for a lock on the database."""
    with fake.hold(OAUTH) as answer:
        doomed.go()
        await until(lambda: fake.calls(OAUTH))
        with locked(store.address, "oa_grants"):
            answer.set()
            await until(lambda: list(store.path.parent.glob("*.pair")))
            await asyncio.to_thread(doomed.kill)


@pytest.mark.drill
async def test_killed_between_received_and_stored(
    store: Store, fake: ZaloOa, oa: OfficialAccount
) -> None:
    """The next process finds the pair where the first one put it, and nobody asks again."""
    await granted(store, oa)
    doomed, heir = await started(store, fake, 2)
    await kill_while_locked(store, fake, doomed)
    (kept,) = store.path.parent.glob("*.pair")
    assert b"access-" not in kept.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o600
    heir.go()
    told = await asyncio.to_thread(heir.told)

    assert told in oa.state.grant.access
    assert await store.write(grants.former, ACCOUNT) is not None
    assert list(uses(fake).values()) == [1]
    assert not oa.state.grant.killed
    assert not list(store.path.parent.glob("*.pair"))
    made = client(fake.url)
    assert (await tokens(store, made).renewed(2)).generation == 3
    await made.close()


@pytest.mark.drill
async def test_killed_before_the_answer_arrived(
    store: Store, fake: ZaloOa, oa: OfficialAccount
) -> None:
    """That pair nobody has: the token is not used again, and a person is told.

    What was stored before stays: its access token serves until its end, and one authorisation
    later all is well.
    """
    await granted(store, oa)
    (doomed,) = await started(store, fake, 1)
    fake.delay(OAUTH, PATIENCE_S)
    doomed.go()
    await until(lambda: fake.calls(OAUTH))
    await asyncio.to_thread(doomed.kill)
    made = client(fake.url)
    mine = tokens(store, made)
    await store.write(patience_over)

    with pytest.raises(Down, match="authorize"):
        await mine.renewed(1)
    assert await Calls(made, mine).whoami()
    assert list(uses(fake).values()) == [1]
    assert not oa.state.grant.killed
    code = {"grant_type": "authorization_code", "code_verifier": "v", "code": oa.consents("v")}
    await authorised(store, ACCOUNT, made.exchange, code, seconds())
    assert await Calls(made, mine).whoami()
    assert (await mine.renewed(2)).generation == 3
    await made.close()


@pytest.mark.drill
async def test_killed_again_and_again(store: Store, fake: ZaloOa, oa: OfficialAccount) -> None:
    """Whenever two processes die, no token is used twice and the account ends up alive or told."""
    await granted(store, oa)
    for number, pause_s in enumerate((0.0, 0.01, 0.03, 0.06, 0.12, 0.25)):
        grant = await store.write(grants.held, ACCOUNT)
        assert grant is not None
        fake.delay(OAUTH, 0.02 * number)
        two = [
            await asyncio.to_thread(Renewing, store, fake.url, grant.generation) for _ in range(2)
        ]
        for each in two:
            each.go()
        await asyncio.sleep(pause_s)
        for each in two:
            await asyncio.to_thread(each.kill)
        await store.write(patience_over)
        await mend(store, oa)

    assert set(uses(fake).values()) <= {1}
    assert not oa.state.grant.killed


async def mend(store: Store, oa: OfficialAccount) -> None:
    """Renew once more; where that asks for a person, be the person."""
    made = client(oa.fake.url)
    grant = await store.write(grants.held, ACCOUNT)
    assert grant is not None
    try:
        await tokens(store, made).renewed(grant.generation)
    except Down:
        await granted(store, oa)
    assert await Calls(made, tokens(store, made)).whoami()
    await made.close()


@pytest.mark.drill
async def test_killed_before_the_token_went_out(
    store: Store, fake: ZaloOa, oa: OfficialAccount
) -> None:
    """Nobody can know that it did not: the claim alone decides."""
    await granted(store, oa)
    assert await store.write(grants.claim, ACCOUNT, 1, seconds() - 61)
    (other,) = await started(store, fake, 1)
    other.go()

    assert "authorize" in await asyncio.to_thread(other.told)
    assert fake.calls(OAUTH) == []
