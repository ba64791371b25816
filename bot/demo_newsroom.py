"""The demo's newsroom has begun: quotes about one unit, and three questions that it was asked."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sipas.packing import HANOI
from sipas.quotes import Act, State
from sipas.redaction import masked
from sipas.relays import Act as Step
from sipas.relays import Outcome
from storage import relays, voices
from storage.filing_rows import By
from storage.relays import Answer, New, Quote
from storage.transaction import Transaction

EDITOR, HEAD = "toasoan", "donvi"
RELEASED_MOST = 20


class Question(NamedTuple):
    """What was asked so many days ago, and due so many days later; answered, or not yet."""

    quote: str
    days: int
    due: int
    answer: str = ""


QUESTIONS = (
    Question(
        "Chờ quá lâu, ghế ngồi thiếu",
        *(17, 10),
        "Đã kê thêm 12 ghế; từ 8 giờ đến 10 giờ có thêm một người nhận hồ sơ.",
    ),
    Question("may lay so bi hong", 12, 7),
    Question("Hướng dẫn chưa rõ, phải bổ sung giấy tờ", 3, 10),
)


def open_newsroom(tx: Transaction, counter: str, unit: str, now: datetime) -> None:
    """Release quotes about a counter's *unit*, and ask about those that simulated visitors left."""
    _, unit_id = tx.counter_ids(counter)
    found = voices.batch(tx, unit_id)
    random.Random(unit).shuffle(found)  # noqa: S311 - a demo can be repeated
    voices.keep(tx, ((key, text and masked(text)) for key, text in found))
    for voice in voices.voices(tx, unit, State.WAITING, RELEASED_MOST):
        voices.decide(tx, voice, Act.RELEASE, _by(EDITOR, now))
    for question in QUESTIONS:
        _ask(tx, question, relays.quotes(tx, unit), now)


def _ask(tx: Transaction, question: Question, quotes: Sequence[Quote], now: datetime) -> None:
    asked, due = now - timedelta(days=question.days), now + timedelta(question.due - question.days)
    told = [each for each in quotes if each.text == question.quote and each.day < asked.date()]
    if not told:  # a demo of few responses
        return
    new = New(told[0].number, told[0].unit, None, _by(EDITOR, due).day)
    number = relays.ask(tx, new, _by(EDITOR, asked))
    if number and question.answer:
        by, answer = _by(HEAD, due), Answer(Outcome.FIXED, question.answer, 0)
        relays.move(tx, number, Step.WRITE, by, answer)
        relays.move(tx, number, Step.PUBLISH, by, answer._replace(revision=1))


def _by(name: str, at: datetime) -> By:
    return By(name, at.isoformat(timespec="seconds"), at.astimezone(HANOI).date().isoformat())
