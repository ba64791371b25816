"""One gentle reminder of a conversation that was left open, by day, and never a second one."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.receive import Survey
from handlers.screens import Shown, dump_shown
from sipas.conversation import step
from sipas.events import Reminded
from sipas.packing import HANOI
from sipas.session import load
from storage import outbox
from storage.transaction import Transaction

QUIET_FROM, QUIET_UNTIL = 21, 7  # o'clock in Viet Nam
LATEST = timedelta(hours=3)


def remind(tx: Transaction, survey: Survey, now: datetime, after: timedelta, most: int) -> int:
    """Queue a reminder for conversations silent since *after*; return how many.

    Only channels that push can remind, and every one of them lets us write so soon after the
    respondent did. Who has been silent for hours has gone home and is left alone.
    """
    hour = now.astimezone(HANOI).hour
    if hour >= QUIET_FROM or hour < QUIET_UNTIL:
        return 0
    silent = tx.silent(_minute(now - after), _minute(now - after - LATEST), most)
    for conversation, account_id in silent:
        held = tx.held(conversation)
        session = load(held.session) if held and held.session else None
        result = step(survey.instruments, session, Reminded(), survey.moment(now))
        if result.screen and session and session.place:
            shown = Shown(session.language, session.place.instrument, result.screen)
            due = int(now.timestamp())
            outbox.queue(tx, account_id, conversation, due, dump_shown(shown))
        tx.mark_reminded(conversation)
    return len(silent)


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
