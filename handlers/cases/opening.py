"""A response that asks for somebody's attention opens a case in the transaction that closes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from handlers.cases.contact import Contact
from handlers.inbound import Inbound
from handlers.survey import Survey
from sipas.case_opening import Cause, causes, told
from sipas.events import Closed, Say
from sipas.instrument import Instrument
from sipas.packing import HANOI, day_of
from sipas.session import Stratum
from storage import cases
from storage.case_rows import New
from storage.transaction import Transaction


def open_case(
    tx: Transaction,
    survey: Survey,
    closed: Closed,
    ids: tuple[int, int, int | None],
    now: datetime,
    contact: str = "",
) -> tuple[Say, ...]:
    """Open a case where there is a cause, and say so.

    Args:
        ids: numbers of the unit and the counter, and the hash of the response code.
        contact: where an answer may be sent, see `contact_of`; empty where nowhere.
    """
    found = causes_of(survey.instruments, closed)
    if not found:
        return ()
    unit_id, counter_id, code_hash = ids
    new = New(
        unit_id=unit_id,
        counter_id=counter_id,
        visited=day_of(closed.half_day).isoformat(),
        opened_on=now.astimezone(HANOI).date().isoformat(),
        instrument=closed.instrument,
        levels=closed.levels,
        tags=closed.tags,
        causes=found,
        code_hash=code_hash,
        comment=closed.comment,
        contact=contact,
    )
    cases.open_case(tx, new, survey.inspection)
    return opened(closed)


def causes_of(instruments: Mapping[str, Instrument], closed: Closed) -> tuple[Cause, ...]:
    """Why a response opens a case; nothing where it does not."""
    answers = told(instruments[closed.instrument], closed.levels)
    return causes(answers, worded=bool(closed.comment), wished=closed.wished)


def opened(closed: Closed) -> tuple[Say, ...]:
    """What the respondent is told; nothing at a tablet, where others look on."""
    return () if closed.stratum is Stratum.KIOSK else (Say("cases.tell.opened"),)


def contact_of(inbound: Inbound, closed: Closed) -> str:
    """Where an answer may be sent: only for who wished for one, on a channel that pushes."""
    if not closed.wished or not inbound.address:
        return ""
    where = (inbound.account_id, inbound.conversation.hex(), inbound.address)
    return Contact(*where, closed.language, closed.code).dump()
