"""What was answered in the response that opened a case, in words."""

from __future__ import annotations

from typing import NamedTuple

from handlers.messages import text
from sipas.instrument import Instrument
from sipas.items import Item, Kind
from sipas.packing import LEVELS, NON_ANSWERS, unpack, unpack_tags
from storage.case_rows import Case


class Answered(NamedTuple):
    """A question's short name, and the answer."""

    name: str
    answer: str


def answered(instrument: Instrument, case: Case, language: str) -> list[Answered]:
    """Every question that was shown, with its answer; nothing where the answers were withdrawn.

    The comment is no part of it: its words are sealed apart.
    """
    marks = unpack(instrument, case.levels) if case.levels else {}
    tags = unpack_tags(case.tags)
    return [
        Answered(item.names[language], _words(instrument, item, mark, tags, language))
        for item in instrument.items
        if item.kind is not Kind.TEXT
        for mark in marks.get(item.key, "")
    ]


def _words(
    instrument: Instrument, item: Item, mark: str, tags: dict[str, tuple[str, ...]], language: str
) -> str:
    if mark in NON_ANSWERS:
        return text(language, f"cases.mark.{mark}")
    if mark in LEVELS:
        return f"{mark} · {instrument.levels[language][int(mark) - 1]}"
    if item.kind is Kind.REASONS:
        picked = [each for each in item.options if each.code in tags.get(item.key, ())]
    else:
        picked = [each for each in item.options if each.letter == mark]
    return ", ".join(each.texts[language] for each in picked)
