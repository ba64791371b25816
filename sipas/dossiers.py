"""Dossier codes and dossier events: what the province's systems tell about a dossier.

Source of the forms of codes: TT 01/2018/TT-VPCP article 19; TT 03/2025 article 13 and TT 4/2025/
TT-VPCP article 23. The check is tolerant: installations still write the older forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sipas.codes import is_code
from sipas.csv_rows import Refusal, Row, Wrong, code_in, day_in, read_csv

COLUMNS = ("code", "stage", "unit", "resolving_unit", "field", "counter", "day", "due")
NEEDED = ("code", "stage", "unit", "day")
STAGES = ("waiting", "result", "supplement", "rejected")
LONGEST = 64
_LAST = 4
_DASHES = str.maketrans("–", "-")
_CODE = re.compile(
    r"(?:\d{3}\.\d{2}\.\d{2}\.[A-Y]\d{2}|[A-Y]\d{2}(?:\.[0-9A-Z]{2,3}){0,6})"
    r"-(\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])-\d{4,}",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class DossierEvent:
    """A dossier stood at a stage on a day, its result appointed for *due*; empty is not known."""

    code: str
    stage: str
    unit: str
    resolving_unit: str
    field: str
    counter: str
    day: date
    due: date | None = None

    @property
    def last_four(self) -> str:
        """All of the code that is ever kept in the clear."""
        return self.code[-_LAST:]

    @property
    def ahead(self) -> bool:
        """Whether the code's own date is after the event: worth a look, no reason to refuse."""
        begun = code_date(self.code)
        return begun is not None and begun > self.day


def dossier_code(text: str) -> str | None:
    """A dossier code as it is compared: trimmed, upper case, with hyphens; None if it is none.

    >>> dossier_code(" h56.12.34–260201-0123 "), dossier_code("H56.12.34-260230-0123")
    ('H56.12.34-260201-0123', None)
    """
    code = text.strip().upper().translate(_DASHES)
    return code if code_date(code) else None


def code_date(code: str) -> date | None:
    """The day that a dossier code names; None where the code is none.

    >>> code_date("H56.12.34-240229-0001")
    datetime.date(2024, 2, 29)
    """
    found = _CODE.fullmatch(code) if len(code) <= LONGEST else None
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    try:
        return date(2000 + year, month, day)
    except ValueError:
        return None


def masked(text: str) -> str:
    """What a report may repeat of something that should have been a dossier code.

    >>> masked("H56.12.34-260201-012"), masked("123")
    ('…-012', '…')
    """
    return f"…{text[-_LAST:]}" if len(text) > 2 * _LAST else "…"


def event(row: Row, today: date) -> DossierEvent:
    """The event that *row* tells.

    Raises:
        Wrong: which of it is not as it must be.

    >>> told = {"code": "H56-260201-0123", "stage": "result", "unit": "15448", "day": "2026-02-03"}
    >>> event(told, date(2026, 11, 23)).last_four
    '0123'
    """
    day = day_in(row, "day")
    if day > today:
        raise Wrong("day", row["day"], "is in the future")
    return DossierEvent(
        code=_dossier(row["code"]),
        stage=_stage(row["stage"]),
        unit=code_in(row, "unit"),
        resolving_unit=code_in(row, "resolving_unit") if row.get("resolving_unit") else "",
        field=code_in(row, "field") if row.get("field") else "",
        counter=_counter(row.get("counter", "")),
        day=day,
        due=day_in(row, "due") if row.get("due") else None,
    )


def events(
    rows: Iterable[Row], today: date
) -> tuple[list[tuple[int, DossierEvent]], list[Refusal]]:
    """Events with their place in *rows*, counted from 1, and what was refused.

    >>> events([{"code": "x", "stage": "result", "unit": "15448", "day": "2026-02-03"}],
    ...     date(2026, 11, 23))[1][0].reason
    'expected a dossier code like H56.12.34-260201-0123'
    """
    accepted, refused = [], []
    for number, row in enumerate(rows, 1):
        try:
            accepted.append((number, event(row, today)))
        except Wrong as wrong:
            refused.append(Refusal(number, wrong.column, wrong.value[:80], wrong.reason))
    return accepted, refused


def read_events(raw: bytes, today: date) -> tuple[list[tuple[int, DossierEvent]], list[Refusal]]:
    """Events of a CSV with code, stage, unit, resolving_unit, field, counter, day, due, by line.

    >>> read_events(b"code,stage,unit", date(2026, 11, 23))[1][0].column
    'day'
    """
    return read_csv(raw, NEEDED, lambda row: event(row, today))


def _dossier(text: str) -> str:
    code = dossier_code(text)
    if code is None:
        raise Wrong("code", masked(text), "expected a dossier code like H56.12.34-260201-0123")
    return code


def _stage(text: str) -> str:
    if text not in STAGES:
        raise Wrong("stage", text, f"expected one of {', '.join(STAGES)}")
    return text


def _counter(text: str) -> str:
    if text and not is_code(text):
        raise Wrong("counter", text, "expected six digits with a right check digit")
    return text
