"""Two Official Accounts of one app in one process: what befalls one does not touch the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels.zalo_oa.channel import ZaloOaChannel
from storage import accounts
from storage.store import Store
from tests.channels import COUNTER, add_counter, emptied, rows, until
from tests.peers.zalo.rules import Oa
from tests.zalo.official import Grounds, says
from tests.zalo.test_zalo_oa import CS, OAUTH, TABLES, fake, forged, grounds, titles

__all__ = ["fake", "grounds"]  # fixtures

pytestmark = pytest.mark.anyio


class Two:
    """Two accounts of one app in one process, each with a respondent."""

    def __init__(self, grounds: Grounds) -> None:
        self.grounds = grounds
        self.oas = [grounds.fake.official("3001", "one"), grounds.fake.official("3002", "two")]
        self.people = [oa.respondent(f"77{place}") for place, oa in enumerate(self.oas)]
        self.channels: list[ZaloOaChannel] = []

    async def works(self, place: int) -> None:
        """Somebody can rate by this account."""
        assert titles(await says(self.people[place], f"#{COUNTER}"))
        assert self.channels[place].status() == "connected"


@pytest.fixture
async def two(grounds: Grounds) -> AsyncIterator[Two]:
    await grounds.store.write(add_counter)
    made = Two(grounds)
    made.channels = [await grounds.opened(oa) for oa in made.oas]
    async with grounds.at_work(*made.channels):
        await grounds.connected(*made.channels)
        yield made


async def test_two_accounts_have_their_own_people(two: Two, store: Store) -> None:
    """The same person at both is two conversations."""
    for oa in two.oas:
        assert titles(await says(oa.respondent("same"), f"#{COUNTER}"))

    assert await rows(store, "conversations", "addresses") == [2, 2]


async def test_a_dead_token_of_one_does_not_touch_the_other(two: Two, store: Store) -> None:
    """One asks for a person; the other sends, and its tokens are left alone."""
    two.oas[0].revokes()
    await asyncio.to_thread(two.people[0].says, f"#{COUNTER}")
    await until(lambda: "authorize" in two.channels[0].status())

    await two.works(1)
    await emptied(store, "outbox", but=1)
    assert not two.oas[1].state.grant.killed
    assert await rows(store, "outbox", "dead_letters") == [1, 0]


async def test_a_403_for_one_does_not_touch_the_other(two: Two, store: Store) -> None:
    """Zalo's gateway refuses one's token, the fresh one as well; nobody renews for ever."""
    fake = two.grounds.fake
    renewals = len(fake.calls(OAUTH))
    fake.fail(CS, Oa.TOKEN_INVALID, 2, status=403)
    await asyncio.to_thread(two.people[0].says, f"#{COUNTER}")
    await until(lambda: "authorize" in two.channels[0].status())

    await two.works(1)
    await emptied(store, "outbox", but=1)
    assert len(fake.calls(OAUTH)) == renewals + 1
    assert await rows(store, "outbox", "dead_letters") == [1, 0]


async def test_a_closed_window_of_one_does_not_touch_the_other(two: Two) -> None:
    """Nor does a person who blocked one."""
    for rule in (Oa.OVER_7_DAYS, Oa.BLOCKED):
        two.people[0].refuses(rule)
        await asyncio.to_thread(two.people[0].says, f"#{COUNTER}")
        await until(lambda: two.grounds.fake.refusals())
        await two.works(1)

    two.people[0].refuses(None)
    await two.works(0)


async def test_an_account_that_is_down_does_not_touch_the_other(two: Two) -> None:
    """Not verified, out of money, disabled: its own trouble."""
    for rule in (Oa.NOT_VERIFIED, Oa.NO_MONEY, Oa.DISABLED):
        two.oas[0].state.refusal = rule
        await asyncio.to_thread(two.people[0].says, f"#{COUNTER}")
        await until(lambda: "not connected" in two.channels[0].status())
        await two.works(1)


async def test_a_forged_event_of_one_does_not_touch_the_other(two: Two) -> None:
    """403 for events signed with the other's secret; the neighbour goes on receiving."""
    wrong = forged(two.people[0], two.oas[0], "two")
    told = await asyncio.to_thread(two.oas[0].webhook.post, wrong.body, dict(wrong.headers))

    assert told.status == 403
    await two.works(1)
    await two.works(0)


async def test_a_paused_accounts_events_do_not_switch_the_webhook_off(
    grounds: Grounds, store: Store
) -> None:
    """Zalo calls one address for both: 200, and nothing stored."""
    await store.write(add_counter)
    one, other = grounds.fake.official("3001", "one"), grounds.fake.official("3002", "two")
    made, paused = await grounds.opened(one), await grounds.opened(other)
    await store.write(accounts.pause, paused.account.account_id, True)
    async with grounds.at_work(made):
        await grounds.connected(made)
        told = await asyncio.to_thread(other.respondent("5").says, f"#{COUNTER}")

        assert told.status == 200
        assert await rows(store, *TABLES) == [0] * 5
