"""An account's calls, opened: with its app, its hosts and its tokens."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator

from bot.channels.capabilities import ZALO_OA
from bot.channels.channel import Surroundings
from bot.channels.outcomes import Down
from bot.channels.status import Status
from bot.channels.zalo_oa.calls import Calls
from bot.channels.zalo_oa.client import App, Client, Hosts
from bot.channels.zalo_oa.tokens import Tokens, authorised
from storage import grants
from storage.accounts import ChannelAccount
from storage.grants import Pair


def calls_of(account: ChannelAccount, around: Surroundings, status: Status) -> Calls:
    """What the account may ask of Zalo; whoever opens it closes it."""
    settings, secrets = around.settings, account.secrets
    hosts = Hosts(settings.zalo_oa_api, settings.zalo_oauth_api, settings.zalo_business_api)
    client = Client(hosts, App(secrets["app_id"], secrets["app_secret"]))
    tokens = Tokens(around.store, account.account_id, client.exchange, around.clock, status)
    return Calls(client, tokens)


@contextlib.asynccontextmanager
async def opened_calls(account: ChannelAccount, around: Surroundings) -> AsyncIterator[Calls]:
    """The account's calls for the length of the block; for commands."""
    calls = calls_of(account, around, Status(ZALO_OA.channel))
    try:
        await sow(account, around)
        yield calls
    finally:
        await calls.close()


async def sow(account: ChannelAccount, around: Surroundings) -> None:
    """Begin with the configured refresh token, if it has not been begun with before."""
    refresh = account.secrets.get("refresh_token", "")
    if refresh:
        seed = hashlib.sha256(refresh.encode()).hexdigest()
        now = _now(around)
        await around.store.write(grants.sow, account.account_id, refresh, seed, now)


async def authorise(account: ChannelAccount, around: Surroundings, brought: dict[str, str]) -> str:
    """Begin anew with what a person brought from the console; return the account's name.

    Args:
        brought: `refresh_token`, or `code` and `code_verifier`.

    Raises:
        Outcome: Zalo does not take it, or it belongs to another account.
    """
    async with opened_calls(account, around) as calls:
        store, number, now = around.store, account.account_id, _now(around)
        if "refresh_token" in brought:
            pair = Pair("", brought["refresh_token"], 0)
            await store.write(grants.authorise, number, pair, now)
        else:
            form = {"grant_type": "authorization_code", **brought}
            await authorised(store, number, calls.client.exchange, form, now)
        told = await calls.whoami()
        if not is_own(account, told.get("oa_id")):
            await store.write(grants.revoke, number, now)
            raise Down(f"these tokens belong to Official Account {told.get('oa_id')}")
    return str(told.get("name") or account.name)


def is_own(account: ChannelAccount, oa_id: object) -> bool:
    """Whether Zalo's word on who we are agrees with the account's; it may not have said."""
    own = account.secrets.get("oa_id", "")
    return not oa_id or not own or str(oa_id) == own


def _now(around: Surroundings) -> int:
    return int(around.clock().timestamp())
