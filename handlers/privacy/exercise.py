"""Rights by response code, the same on every channel: done at once, in the update's transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from handlers.log.proofs import code_hash_of
from handlers.privacy.clocks import CLOCKS
from sipas.codes import grouped
from sipas.events import Say, Screen
from sipas.packing import day_of, half_day
from sipas.rights import Right, Wanted
from storage import rights, taking_back
from storage.rights import Kept
from storage.taking_back import Done
from storage.transaction import Transaction

UNKNOWN = "unknown"
SEEN = "seen"
RELEASED, WAITING = "rights.released", "rights.waiting"
_TELLING = (RELEASED, WAITING)
_ACTS = {Right.ERASE: taking_back.erase, Right.WITHDRAW: taking_back.withdraw}
_COMMANDS = {Right.SEE: "/dulieu", Right.WITHDRAW: "/rut"}
Hashed = Callable[[str], int]


def exercise(
    tx: Transaction, wanted: Wanted, hashed: Hashed, channel: str, now: datetime
) -> Done | Kept | None:
    """Use a right; what became of the response, or all that is kept of it; None without one.

    Args:
        hashed: keyed hash of a response code.
        channel: where it was asked, for the count of requests.
    """
    today = half_day(now) // 2
    code_hash = code_hash_of(wanted.code, today, hashed)
    act = _ACTS.get(wanted.right)
    found: Done | Kept | None = act(tx, code_hash) if act else rights.kept(tx, code_hash)
    outcome = UNKNOWN if found is None else SEEN if isinstance(found, Kept) else str(found)
    due = today + CLOCKS[wanted.right].done_days
    rights.count(tx, today, wanted.right, channel, outcome, due)
    return found


def told(tx: Transaction, wanted: Wanted, hashed: Hashed, channel: str, now: datetime) -> Say:
    """Use a right in a chat; the message that says what came of it."""
    if wanted.right is Right.TOLD:
        return Say("rights.told")
    if not wanted.code:
        return Say("rights.needs_code", (("command", _COMMANDS[wanted.right]),))
    found = exercise(tx, wanted, hashed, channel, now)
    if found is None:
        return Say("rights.unknown", (("typed", grouped(wanted.code)),))
    return said(found) if isinstance(found, Kept) else Say(f"rights.{found}")


def exported(kept: Kept) -> dict[str, object]:
    """All that is kept of a response, for its owner to take along."""
    response = kept.response._asdict()
    day = day_of(kept.response.half_day).isoformat()
    return {
        **response,
        "day": day,
        "comment": kept.comment,
        "quote": kept.quote,
        "in_figures": kept.released,
    }


def shows_data(screen: Screen) -> bool:
    """Whether a screen tells what is kept of a response: such a copy must not outlive it."""
    return any(isinstance(part, Say) and part.key in _TELLING for part in screen)


def said(kept: Kept) -> Say:
    """Everything that is kept, short enough for a chat."""
    response = kept.response
    day = day_of(response.half_day)
    return Say(
        RELEASED if kept.released else WAITING,
        (
            ("day", f"{day.day}/{day.month}/{day.year}"),
            ("counter", response.counter or "–"),
            ("unit", response.unit),
            ("instrument", response.instrument),
            ("levels", " ".join(response.levels)),
            ("tags", response.tags or "–"),
            ("comment", kept.comment or "–"),
            ("consent", str(response.consent)),
        ),
    )
