"""The channel accounts of an installation, opened: those of the settings and those of the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.channels.capabilities import TELEGRAM, ZALO_BOT, ZALO_OA
from bot.channels.channel import Channel, Surroundings
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.zalo_bot.channel import ZaloBotChannel
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.settings import Settings
from handlers.service import Entrance
from storage import accounts
from storage.accounts import ChannelAccount
from storage.transaction import Transaction

Maker = Callable[[ChannelAccount, Surroundings], Channel]

# In the order in which a respondent is offered them.
MAKERS: Mapping[str, Maker] = {
    ZALO_OA.channel: ZaloOaChannel,
    ZALO_BOT.channel: ZaloBotChannel,
    TELEGRAM.channel: TelegramChannel,
}


# What opens an account of each channel, as it is asked for when one is added.
SECRETS: Mapping[str, tuple[str, ...]] = {
    ZALO_OA.channel: ("oa_id", "app_id", "app_secret", "oa_secret", "refresh_token"),
    ZALO_BOT.channel: ("token",),
    TELEGRAM.channel: ("token",),
}


def public_id(channel: str, secrets: Mapping[str, str]) -> str:
    """The account's public id, as its secrets tell it.

    The part of a bot's token before the colon is its number: it outlives a changed token.

    >>> public_id("telegram", {"token": "123456:ABC-DEF"})
    '123456'
    """
    if "token" in secrets:
        return secrets["token"].partition(":")[0]
    return secrets["oa_id"] or secrets["app_id"]


def opened_channel(row: ChannelAccount, around: Surroundings) -> Channel:
    """The account, ready to run."""
    return MAKERS[row.channel](row, around)


async def open_channels(around: Surroundings) -> list[Channel]:
    """Every account that is not paused; those named by the settings are added first."""
    await around.store.write(_add_first, around.settings)
    rows = await around.store.write(accounts.accounts)
    return [opened_channel(row, around) for row in rows if not row.paused]


def _add_first(tx: Transaction, settings: Settings) -> None:
    for channel, name, secrets in from_settings(settings):
        accounts.add_account(tx, channel, name, secrets)


def from_settings(settings: Settings) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The accounts (channel, public id, secrets) that settings name."""
    tokens = {TELEGRAM.channel: settings.telegram_token, ZALO_BOT.channel: settings.zalo_bot_token}
    for channel, secret in tokens.items():
        if token := secret.get_secret_value().strip() if secret else "":
            secrets = {"token": token}
            yield channel, public_id(channel, secrets), secrets
    if settings.zalo_oa_app_id:
        secrets = _official_account(settings)
        yield ZALO_OA.channel, public_id(ZALO_OA.channel, secrets), secrets


def _official_account(settings: Settings) -> dict[str, str]:
    named = {
        "app_secret": settings.zalo_oa_app_secret,
        "oa_secret": settings.zalo_oa_secret,
        "refresh_token": settings.zalo_oa_refresh_token,
    }
    secrets = {name: secret.get_secret_value() if secret else "" for name, secret in named.items()}
    return {"oa_id": settings.zalo_oa_id, "app_id": settings.zalo_oa_app_id, **secrets}


def statuses(channels: Sequence[Channel], status: Callable[[Channel], str]) -> dict[str, str]:
    """Each account and its *status*; for /readyz. A channel's only account needs no name."""
    found: dict[str, str] = {"web": "connected"}
    for channel in MAKERS:
        own = [each for each in channels if each.account.channel == channel]
        if not own:
            found[channel] = "not configured"
        for each in own:
            key = channel if len(own) == 1 else f"{channel} {each.account.name}"
            found[key] = status(each)
    return found


def entrances(channels: Sequence[Channel], counter: str, units: tuple[str, ...]) -> list[Entrance]:
    """One way in per channel: the account nearest to the counter's unit.

    Args:
        units: codes of the counter's unit and of those above it, nearest first.
    """
    found: list[Entrance] = []
    for channel in MAKERS:
        own = [each for each in channels if each.account.channel == channel]
        fitting = sorted(
            (each for each in own if _distance(each.account, units) is not None),
            key=lambda each: _distance(each.account, units) or 0,
        )
        ways = (each.entrance(counter) for each in fitting)
        found += [way for way in ways if way is not None][:1]
    return found


def _distance(account: ChannelAccount, units: tuple[str, ...]) -> int | None:
    """How far above the counter the account's unit is; None when it serves others."""
    if not account.units:
        return len(units)
    return next((far for far, unit in enumerate(units) if unit in account.units), None)
