"""What each error of the Bot API means for us; docs/reference/channels.md §1.5."""

from __future__ import annotations

from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from bot.channels.outcomes import Down, Later, Outcome, Refused, Stopped, Unreachable
from bot.channels.telegram.request import TooFast


def outcome_of(error: TelegramError) -> Outcome:
    """The error as one of the few ways that every channel knows."""
    match error:
        case TooFast(seconds=seconds):
            return Later(seconds)
        case InvalidToken():
            return Down("the token is refused")
        case Forbidden():
            return Stopped("the bot is not allowed to do this")
        case Conflict():
            return Down("another process polls this bot, or a webhook is set")
        case BadRequest():
            return Refused("the Bot API refuses the call", error.message)
        case NetworkError():
            return Unreachable("the Bot API cannot be reached")
        case _:
            return Refused(type(error).__name__)
