"""The respondent and the case: read, added to and judged by response code, everywhere the same."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from handlers.log.proofs import code_hash_of
from handlers.survey import Survey
from sipas.case_talk import Asked
from sipas.cases import Act, Refusal, State, due
from sipas.codes import grouped
from sipas.events import Say, Screen
from sipas.packing import HANOI, half_day
from storage import cases
from storage.case_rows import RESPONDENT, Case, Done
from storage.cases import Wish
from storage.filing_rows import By
from storage.transaction import Transaction

SAID = "cases.chat."
HIDDEN = (Act.APPEAL, Act.DECIDE)
"""What a respondent does not see of what was done; of a hand-over it is not the words."""


class Told(NamedTuple):
    """The case as its respondent sees it; *refused* says why nothing was done."""

    case: Case
    done: list[Done]
    refused: Refusal | None


def exercise(tx: Transaction, survey: Survey, asked: Asked, now: datetime) -> Told | None:
    """Do what is asked and show the case as it is then; None without one."""
    today = half_day(now) // 2
    known = cases.by_code(tx, code_hash_of(asked.code, today, survey.code_hash))
    if known is None:
        return None
    day = now.astimezone(HANOI).date().isoformat()
    by = By(RESPONDENT, now.isoformat(timespec="seconds"), day)
    after = _done(tx, known, asked, by, survey.inspection)
    refused = after if isinstance(after, Refusal) else None
    done = [each for each in cases.acts(tx, known.case_id) if each.act not in HIDDEN]
    return Told(cases.case(tx, known.case_id) or known, done, refused)


def _done(
    tx: Transaction, known: Case, asked: Asked, by: By, inspection: str
) -> State | Refusal | None:
    """ "Not solved" before there is an answer is a word to whoever works on it."""
    if asked.act is None:
        return None
    wish = Wish(asked.act, asked.words, inspection=inspection)
    after = cases.move(tx, known.case_id, wish, by)
    if after is Refusal.NOT_ANSWERED and asked.words:
        return cases.move(tx, known.case_id, Wish(Act.REMARK, asked.words), by)
    return after


def told(tx: Transaction, survey: Survey, asked: Asked, now: datetime) -> Say:
    """Do what a message asks for; the message that says what came of it."""
    if not asked.code:
        return Say("cases.chat.needs_code")
    found = exercise(tx, survey, asked, now)
    if found is None:
        return Say("cases.chat.unknown", (("typed", grouped(asked.code)),))
    return said(found, asked)


def said(found: Told, asked: Asked) -> Say:
    """How a case stands, in one message."""
    case, params = found.case, [("case", grouped(asked.code))]
    if found.refused:
        return Say(f"cases.chat.refused.{found.refused}", tuple(params))
    if asked.act is Act.REMARK:
        return Say("cases.chat.added", tuple(params))
    if case.state is State.CLOSED:
        return Say(f"cases.chat.closed.{case.outcome}")
    if case.state is State.ANSWERED:
        return Say("cases.chat.answered", (*params, ("words", _words(found, Act.ANSWER))))
    day = due(case.state, case.clocks)
    params += [("day", f"{day.day}/{day.month}/{day.year}")] if day else []
    if case.extended_on and case.state in (State.TAKEN, State.VERIFIED) and not case.escalated:
        return Say("cases.chat.extended", (*params, ("words", _words(found, Act.EXTEND))))
    return Say(f"cases.chat.{case.state}", tuple(params))


def _words(found: Told, act: Act) -> str:
    return next((each.words for each in reversed(found.done) if each.act == act), "") or "–"


def shows_case(screen: Screen) -> bool:
    """Whether a screen tells of a case: such a copy must not outlive it."""
    return any(isinstance(part, Say) and part.key.startswith(SAID) for part in screen)
