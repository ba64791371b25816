"""A response that asks for somebody's attention opens a case in the transaction that closes it."""

from __future__ import annotations

from datetime import datetime

from handlers.cases.contact import Contact
from handlers.inbound import Inbound
from handlers.survey import Survey
from sipas.case_opening import causes, told
from sipas.events import Closed
from sipas.packing import HANOI, day_of
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
) -> None:
    """Open a case where there is a cause.

    Args:
        ids: numbers of the unit and the counter, and the hash of the response code.
        contact: where an answer may be sent, see `contact_of`; empty where nowhere.
    """
    instrument = survey.instruments[closed.instrument]
    answers = told(instrument, closed.levels)
    found = causes(answers, worded=bool(closed.comment), wished=closed.wished)
    if not found:
        return
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


def contact_of(inbound: Inbound, closed: Closed) -> str:
    """Where an answer may be sent: only for who wished for one, on a channel that pushes."""
    if not closed.wished or not inbound.address:
        return ""
    where = (inbound.account_id, inbound.conversation.hex(), inbound.address, closed.language)
    return Contact(*where).dump()
