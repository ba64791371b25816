"""The hand-over file of a case as DOCX: what its page shows, for whoever is to decide on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from handlers.cases.desk import Desk
from handlers.cases.facts import Answered, answered
from handlers.documents import a4
from handlers.messages import text
from handlers.sentences import name_of
from sipas.case_opening import Place
from storage.case_rows import CLOCK, RESPONDENT, Case, Done

VIETNAMESE = "vi"
_SIZES = {"Normal": 13, "Heading 1": 15, "Heading 2": 13}


def say(key: str, **params: object) -> str:
    """A text in the language of documents."""
    return text(VIETNAMESE, f"cases.{key}", **params)


def document(desk: Desk, case: Case, comment: str, done: Sequence[Done]) -> bytes:
    """The case with its facts, words, clocks and acts; no chat, no address and no code is in it."""
    title, sink = say("doc.title", n=case.case_id), io.BytesIO()
    made = a4.document(title, _SIZES)
    made.add_heading(title.upper(), 1)
    for each in _facts(desk, case):
        made.add_paragraph(each)
    made.add_heading(say("words"), 2)
    made.add_paragraph(comment or say("no_words"))
    _answers(made, desk, case)
    made.add_heading(say("history"), 2)
    for act in done:
        made.add_paragraph(_told(desk, act))
    made.add_paragraph(say("doc.end"))
    made.save(sink)
    return sink.getvalue()


def _facts(desk: Desk, case: Case) -> Iterator[str]:
    counter, clocks = desk.directory.counter(case.counter), case.clocks
    unit = _name(desk, case.unit)
    yield f"{unit} · {counter.name}" if counter else unit
    yield say("opened", day=_day(case.opened_on), visited=_day(case.visited))
    yield f"{say('facts')}: {'; '.join(say(f'cause.{each}') for each in case.causes)}"
    yield f"{say('column.state')}: {say(f'state.{case.state}')} ({_place(desk, case.place)})"
    days = {name: _day(each.isoformat()) for name, each in clocks._asdict().items()}
    extended = f" {say('extended')}" if case.extended_on else ""
    yield f"{say('column.due')}: {say('clocks', **days)}{extended}"
    if case.escalated:
        yield say("escalated", day=_day(case.since))
    if case.finding:
        yield f"{say('finding')}: {say(f'finding.{case.finding}')}"
    if case.outcome:
        yield say(f"outcome.{case.outcome}")


def _answers(made: Any, desk: Desk, case: Case) -> None:
    instrument = desk.asked.survey.instruments.get(case.instrument)
    found = answered(instrument, case, VIETNAMESE) if instrument else []
    if not found:
        return
    made.add_heading(say("answers"), 2)
    table = made.add_table(rows=0, cols=2, style="Table Grid")
    for row in (Answered(say("item"), say("answer")), *found):
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words


def _told(desk: Desk, act: Done) -> str:
    """An act as a line of the case's history."""
    who = say(f"actor.{act.actor}") if act.actor in (RESPONDENT, CLOCK) else act.actor
    finding = say(f"finding.{act.finding}") if act.finding else ""
    where = _place(desk, Place(act.desk, act.body))
    told = " · ".join(filter(None, (_day(act.on_day), say(f"done.{act.act}"), finding, who, where)))
    return f"{told}\n{act.words}" if act.words else told


def _place(desk: Desk, at: Place) -> str:
    return say(f"desk.{at.desk}", unit=_name(desk, at.body))


def _name(desk: Desk, code: str) -> str:
    unit = desk.directory.unit(code)
    return name_of(unit, VIETNAMESE) if unit else code


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"
