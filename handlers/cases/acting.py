"""What is done to a case, and its respondent told of it, in one transaction."""

from __future__ import annotations

from datetime import datetime

from handlers.cases.contact import Contact
from handlers.screens import Shown, dump_shown
from sipas.cases import Act, Refusal, State
from sipas.codes import grouped
from sipas.events import Say
from storage import cases, outbox
from storage.cases import Wish
from storage.filing_rows import By
from storage.transaction import Transaction

# What the respondent is told of; the words go along, nobody's name.
_TOLD = {
    Act.TAKE: "cases.tell.take",
    Act.EXTEND: "cases.tell.extend",
    Act.ANSWER: "cases.tell.answer",
}


def act(tx: Transaction, number: int, wish: Wish, by: By, now: datetime) -> State | Refusal:
    """Do an act and tell the respondent, where there is somewhere to tell; or why it is not done.

    Raises:
        LookupError: there is no such case.
    """
    after = cases.move(tx, number, wish, by)
    if isinstance(after, State) and wish.act in _TOLD:
        _tell(tx, number, wish, now)
    return after


def _tell(tx: Transaction, number: int, wish: Wish, now: datetime) -> None:
    """Queue a message; if the channel's window is closed by then, the sender lets it go."""
    sealed = cases.contact(tx, number)
    if not sealed:
        return
    to = Contact.load(sealed)
    said = Say(_TOLD[wish.act], (("words", wish.words), ("case", grouped(to.code))))
    conversation = bytes.fromhex(to.conversation)
    outbox.remember_address(tx, to.account_id, conversation, to.address)
    shown = dump_shown(Shown(to.language, "", (said,)))
    outbox.queue(tx, to.account_id, conversation, int(now.timestamp()), shown)
