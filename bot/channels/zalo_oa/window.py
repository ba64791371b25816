"""Whether a reply may still go out without being billed: 48 hours, and eight for one message."""

from __future__ import annotations

from datetime import datetime

from bot.channels.capabilities import Capabilities

SLACK_S = 600  # clocks differ, and the message is on its way for a while


def surely_open(can: Capabilities, wrote_at: str, tries: int, now: datetime) -> bool:
    """Whether what is known here already allows the reply; if not, the platform is asked.

    Args:
        wrote_at: when the message it answers was written (milliseconds), or empty.
        tries: how often it may have gone out before.
    """
    if not wrote_at.isdecimal() or tries >= (can.replies_free or tries + 1):
        return False
    return _left_s(can, int(wrote_at), now) > SLACK_S


def still_open(can: Capabilities, last_ms: int, remain: int | None, now: datetime) -> bool:
    """Whether the platform's own account of the window allows one more reply."""
    return remain != 0 and _left_s(can, last_ms, now) > 0


def _left_s(can: Capabilities, since_ms: int, now: datetime) -> float:
    return (can.window_s or 0) - (now.timestamp() - since_ms / 1000)
