"""What each channel can do: the record from which messages are shaped and rules are kept.

Source: docs/reference/channels.md §7. Nothing outside the adapters asks which channel it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.rates import Limits


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One channel.

    Attributes:
        channel: its code in figures, accounts and metrics.
        title: as people know it.
        buttons: most buttons under a message; 0 where every choice is typed.
        label_most: characters on a button.
        text_most: characters of a message.
        edits: a sent message may be replaced where it stands.
        window_s: seconds after the respondent's last message in which we may write; None: until
            they stop us.
        replies_free: messages we may send for one of theirs; None: any number.
        limits: how fast messages may go.
    """

    channel: str
    title: str
    buttons: int
    label_most: int
    text_most: int
    edits: bool
    window_s: int | None
    replies_free: int | None
    limits: Limits


TELEGRAM = Capabilities(
    channel="telegram",
    title="Telegram",
    buttons=100,
    label_most=64,
    text_most=4096,
    edits=True,
    window_s=None,
    replies_free=None,
    limits=Limits(per_second=30, burst=30, chat_per_second=1, chat_burst=5),
)
ZALO_BOT = Capabilities(
    channel="zalo_bot",
    title="Zalo Bot",
    buttons=0,
    label_most=0,
    text_most=2000,
    edits=False,
    window_s=None,
    replies_free=None,
    limits=Limits(per_second=5, burst=5, chat_per_second=1, chat_burst=3),
)
ZALO_OA = Capabilities(
    channel="zalo_oa",
    title="Zalo Official Account",
    buttons=5,
    label_most=100,
    text_most=2000,
    edits=False,
    window_s=48 * 3600,
    replies_free=8,
    limits=Limits(per_second=20, burst=20, chat_per_second=1, chat_burst=5),
)
PUSHING = {each.channel: each for each in (TELEGRAM, ZALO_BOT, ZALO_OA)}
