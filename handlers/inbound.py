"""What a channel adapter hands over: one update, already authenticated and parsed."""

from __future__ import annotations

from dataclasses import dataclass

from sipas.session import Stratum


@dataclass(frozen=True, slots=True)
class Start:
    """The respondent came by a link or code; *code* is as it was given, perhaps not a counter."""

    code: str
    stratum: Stratum = Stratum.OPEN


@dataclass(frozen=True, slots=True)
class Tap:
    """A button's payload, untrusted."""

    payload: str


@dataclass(frozen=True, slots=True)
class Text:
    """Typed words, untrusted."""

    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that is not text: voice, photo, sticker, location, other."""

    kind: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """The respondent stopped the channel: nothing may be sent any more."""


Happening = Start | Tap | Text | Attachment | Blocked


@dataclass(frozen=True, slots=True)
class Inbound:
    """One update of one conversation.

    Attributes:
        account_id: the channel account it came through.
        channel: web, telegram, zalo_bot or zalo_oa.
        update_id: the channel's own id, for deduplication within the account.
        conversation: the conversation's key (a keyed or plain hash, never an address).
        happenings: what the respondent did, in order; a web page may send start and tap at once.
        language: hint for a new conversation (vi, en or empty).
        address: where replies are pushed, for channels that push; None for those that pull.
        reference: the channel's token for answering this very update (a callback query's id).
        sent_at: when it was written, in the channel's own milliseconds; 0 where that is not told.
    """

    account_id: int
    channel: str
    update_id: str
    conversation: bytes
    happenings: tuple[Happening, ...]
    language: str = ""
    address: str | None = None
    reference: str = ""
    sent_at: int = 0
