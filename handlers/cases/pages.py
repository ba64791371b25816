"""The pages of the workplace of cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import NamedTuple

from fastapi import Request, Response

from handlers.cases.desk import Desk
from handlers.cases.facts import answered
from handlers.login import private
from handlers.messages import text
from handlers.pages import language_of, page
from handlers.rights import Signed
from handlers.sentences import name_of
from sipas.case_opening import Place
from sipas.cases import Act, Finding, Standing, due
from storage.case_rows import Case, Done

SHOWN_MOST = 200
PLAIN = (Act.TAKE, Act.VERIFY)
"""Acts without words; the others say something."""


class Opened(NamedTuple):
    """A case as somebody opened it.

    Attributes:
        comment: what the respondent wrote.
        fault: why nothing was done, with what was typed for it.
    """

    comment: str
    done: Sequence[Done]
    fault: str = ""
    typed: str = ""


def list_page(
    request: Request, desk: Desk, cases: Sequence[Case], standing: str, appealed: Collection[int]
) -> Response:
    """The cases, those first that are overdue; a mark where somebody is to decide on an appeal."""
    language = language_of(request)
    rows = [_row(desk, each, language) for each in cases if standing in ("", desk.stands(each))]
    shown = page(
        request,
        "cases/list.html",
        language,
        signed=desk.signed,
        counts=Counter(map(desk.stands, cases)),
        standings=tuple(Standing),
        standing=standing,
        appealed=appealed,
        rows=rows[:SHOWN_MOST],
        rows_more=max(0, len(rows) - SHOWN_MOST),
        most=SHOWN_MOST,
    )
    return private(shown)


def one_page(request: Request, desk: Desk, case: Case, opened: Opened) -> Response:
    """One case: facts, words, clocks, what was done and what can be done now."""
    language = language_of(request)
    instrument = desk.asked.survey.instruments.get(case.instrument)
    may = desk.acts(case, opened.done)
    shown = page(
        request,
        "cases/one.html",
        language,
        HTTPStatus.CONFLICT if opened.fault else HTTPStatus.OK,
        signed=desk.signed,
        told=_row(desk, case, language),
        case=case,
        opened=opened,
        counter=desk.directory.counter(case.counter),
        answers=answered(instrument, case, language) if instrument else [],
        clocks=case.clocks,
        may=may,
        saying=[each for each in may if each not in PLAIN],
        findings=tuple(Finding),
        others=[(":".join(each), _place(desk, each, language)) for each in desk.others(case)],
        place=lambda done: _place(desk, Place(done.desk, done.body), language),
    )
    return private(shown)


def appeal_page(request: Request, signed: Signed, *, sent: bool) -> Response:
    """The form of an appeal."""
    language = language_of(request)
    return private(page(request, "cases/appeal.html", language, signed=signed, sent=sent))


def _row(desk: Desk, case: Case, language: str) -> dict[str, object]:
    """A case as a line of the list."""
    day = due(case.state, case.clocks)
    return {
        "case": case,
        "unit": _name(desk, case.unit, language),
        "standing": desk.stands(case),
        "due": day.isoformat() if day else "",
        "place": _place(desk, case.place, language),
    }


def _place(desk: Desk, at: Place, language: str) -> str:
    return text(language, f"cases.desk.{at.desk}", unit=_name(desk, at.body, language))


def _name(desk: Desk, code: str, language: str) -> str:
    unit = desk.directory.unit(code)
    return name_of(unit, language) if unit else code
