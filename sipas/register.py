"""The register of official yearly values: what others publish, kept apart from our figures.

A value here has a type of its own, with the form it was measured by. A rank change is previous -
present, so more is better; over a change of the form nothing is subtracted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from sipas.csv_rows import Refusal, Row, Wrong, read_csv

INDICES = (
    "sipas",
    "sipas.policy",
    "sipas.service",
    "sipas.access",
    "sipas.procedures",
    "sipas.officials",
    "sipas.results",
    "sipas.feedback",
    "sipas.harassed_never",
    "sipas.harassed_some",
    "sipas.harassed_many",
    "sipas.bribed_never",
    "sipas.wish_competence",
    "sipas.wish_attitude",
    "sipas.wish_transparency",
    "par",
    "par.own",
)
WHOLE = ("vn", "mean")
COLUMNS = ("year", "index", "whose", "value", "rank", "ranked", "instrument", "source", "certainty")

_VALUE = re.compile(r"(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)?")
_YEAR = re.compile(r"20[0-9]{2}")
_RANK = re.compile(r"([1-9][0-9]{0,3})?")
_INSTRUMENT = re.compile(r"[a-z0-9-]{0,40}")


class Certainty(StrEnum):
    """How sure a value is."""

    CONFIRMED = "C"
    SECONDARY = "S"
    DERIVED = "D"
    OWN = "O"
    UNCONFIRMED = "U"


class Break(StrEnum):
    """Why two official values are not subtracted."""

    OTHER_INDEX = "other_index"
    INSTRUMENT = "instrument"
    UNKNOWN_INSTRUMENT = "unknown_instrument"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One official value, or rank, or both, of one year.

    Attributes:
        index: one of `INDICES`.
        whose: a name, or `vn`, `lowest`, `highest`, `mean`; *whose_en* is it in English.
        value: as printed, in percent or points of 100.
        rank: the place, 1 the best, among *ranked* units if that is known.
        instrument: version of the form; empty if it is not known.
    """

    year: int
    index: str
    whose: str
    whose_en: str
    value: Decimal | None
    rank: int | None
    ranked: int | None
    instrument: str
    source: str
    source_en: str
    certainty: Certainty

    @property
    def shown(self) -> bool:
        """Whether the public sees it: what is unconfirmed is kept and not claimed."""
        return self.certainty is not Certainty.UNCONFIRMED


@dataclass(frozen=True, slots=True)
class Change:
    """From one year to a later one; a part is None where a year lacks it or a break forbids it."""

    since: int
    rank: int | None
    value: Decimal | None
    broken: Break | None


def rank_change(previous: int, present: int) -> int:
    """Places gained: previous - present.

    >>> rank_change(23, 13), rank_change(43, 29), rank_change(5, 7)
    (10, 14, -2)
    """
    return previous - present


def change(earlier: Entry, later: Entry) -> Change:
    """What may be said of the way from *earlier* to *later*.

    Ranks may be compared while no other form is known of; values only over one known form.
    """
    broken = _break(earlier, later)
    gained = difference = None
    if earlier.rank and later.rank and broken in (None, Break.UNKNOWN_INSTRUMENT):
        gained = rank_change(earlier.rank, later.rank)
    if earlier.value is not None and later.value is not None and broken is None:
        difference = _difference(earlier.value, later.value)
    return Change(earlier.year, gained, difference, broken)


def _difference(earlier: Decimal, later: Decimal) -> Decimal:
    """No more digits than both were printed with: 84.27 after 83 is a rise of 1, not of 1.27."""
    coarser = max(earlier, later, key=lambda value: int(value.as_tuple().exponent))
    return (later - earlier).quantize(coarser, ROUND_HALF_UP)


def _break(earlier: Entry, later: Entry) -> Break | None:
    if (earlier.index, earlier.whose) != (later.index, later.whose):
        return Break.OTHER_INDEX
    if earlier.instrument and later.instrument and earlier.instrument != later.instrument:
        return Break.INSTRUMENT
    if not (earlier.shown and later.shown):
        return Break.UNCONFIRMED
    if not (earlier.instrument and later.instrument):
        return Break.UNKNOWN_INSTRUMENT
    return None


def changes(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Change | None]]:
    """Every entry the public sees, by index, owner and year, with the way from the year before.

    The whole comes before its parts. "The year before" is the latest earlier one known; it is
    named in the change.
    """
    previous: Entry | None = None
    for entry in sorted((entry for entry in entries if entry.shown), key=_place):
        same = previous and (previous.index, previous.whose) == (entry.index, entry.whose)
        yield entry, change(previous, entry) if previous and same else None
        previous = entry


def _place(entry: Entry) -> tuple[int, bool, str, int]:
    return INDICES.index(entry.index), entry.whose not in WHOLE, entry.whose, entry.year


def read_register(raw: bytes) -> tuple[tuple[Entry, ...], tuple[Refusal, ...]]:
    """Entries of a CSV with `COLUMNS`, also whose_en and source_en, and the rows refused.

    >>> head = b"year,index,whose,value,rank,ranked,instrument,source,certainty\\n"
    >>> read_register(head + b"2024,sipas,vn,101,,,g2,x,S\\n")[1][0].reason
    'expected 0 to 100 with at most two decimals'
    """
    accepted, refused = read_csv(raw, COLUMNS, _entry)
    kept: dict[tuple[int, str, str], Entry] = {}
    for line, entry in accepted:
        key = (entry.year, entry.index, entry.whose)
        if key in kept:
            refused.append(Refusal(line, "year", str(entry.year), "the same entry twice"))
        kept.setdefault(key, entry)
    return tuple(kept.values()), tuple(sorted(refused, key=lambda refusal: refusal.line))


def _entry(row: Row) -> Entry:
    if row["index"] not in INDICES:
        raise Wrong("index", row["index"], f"expected one of {', '.join(INDICES)}")
    value = _fitting(row, "value", _VALUE, "expected 0 to 100 with at most two decimals")
    rank, ranked = (_number(row, column) for column in ("rank", "ranked"))
    if ranked is not None and (rank is None or rank > ranked):
        raise Wrong("ranked", row["ranked"], "expected at least the rank")
    if not value and rank is None:
        raise Wrong("value", "", "expected a value or a rank")
    certainty = row["certainty"]
    if certainty not in tuple(Certainty):
        raise Wrong("certainty", certainty, f"expected one of {', '.join(Certainty)}")
    return Entry(
        year=int(_fitting(row, "year", _YEAR, "expected a year like 2024")),
        index=row["index"],
        whose=_text(row, "whose"),
        whose_en=row.get("whose_en", "") or row["whose"],
        value=Decimal(value) if value else None,
        rank=rank,
        ranked=ranked,
        instrument=_fitting(row, "instrument", _INSTRUMENT, "expected a-z, 0-9 and -"),
        source=_text(row, "source"),
        source_en=row.get("source_en", "") or row["source"],
        certainty=Certainty(certainty),
    )


def _fitting(row: Row, column: str, pattern: re.Pattern[str], reason: str) -> str:
    if not pattern.fullmatch(row[column]):
        raise Wrong(column, row[column], reason)
    return row[column]


def _number(row: Row, column: str) -> int | None:
    told = _fitting(row, column, _RANK, "expected 1, 2, …")
    return int(told) if told else None


def _text(row: Row, column: str) -> str:
    if not row[column]:
        raise Wrong(column, "", "expected a text")
    return row[column]
