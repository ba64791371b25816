"""What a unit's comments are about: a filter for editors, and counts that tell nobody's words."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import sipas
from handlers.scores import Scores
from handlers.service import Service, State
from handlers.voices.quotes import is_settled_quarter, is_shown, settled_quarter
from sipas.instrument import Instrument
from sipas.items import Kind
from sipas.periods import Period
from sipas.topics import parse, topics_of
from storage import voices
from storage.directory import Unit

_FILE = Path(sipas.__file__).parent / "topics.toml"
TOPICS = parse(_FILE.read_text("utf-8"), _FILE.name)
VERSION = f"{TOPICS.version} "
SHOWN_FROM = 5
"""Comments about a topic, as many as a batch of comments has."""


class Counted(NamedTuple):
    """How many comments of a settled quarter are about each topic, the most first."""

    period: Period
    topics: tuple[tuple[str, int], ...] = ()


def coded(comment: str) -> str:
    """What a comment is about, as it is kept."""
    return VERSION + " ".join(topics_of(TOPICS, comment))


def labels(asked: Service, language: str) -> dict[str, str]:
    """The topics as questionnaires call them: each is one of the reasons that can be chosen."""
    known = max(asked.survey.instruments.values(), key=lambda each: len(_reasons(each, language)))
    reasons = _reasons(known, language)
    return {code: reasons[code] for code in TOPICS.names}


def _reasons(instrument: Instrument, language: str) -> dict[str, str]:
    found = (item for item in instrument.items if item.kind is Kind.REASONS)
    return {each.code: each.texts[language] for item in found for each in item.options}


async def topic_counts(asked: Service, state: State, unit: Unit, period: Period) -> Counted:
    """The counts of *period*, or of the newest settled quarter where it is none.

    Quarters alone, of the unit itself and without a sum: no two of these numbers are apart by a
    hidden one. None where the unit's figure of the quarter is not shown, or is also of others.
    """
    today = asked.today()
    days = period if is_settled_quarter(period, today) else settled_quarter(today)
    if state.directory.children(unit) or not await is_shown(Scores(asked, state), unit, days):
        return Counted(days)
    found = await asked.store.look(voices.topics, unit.unit_id, days.first, days.last, VERSION)
    shown = ((code, n) for code, n in found.items() if n >= SHOWN_FROM)
    return Counted(days, tuple(sorted(shown, key=lambda each: (-each[1], each[0]))))
