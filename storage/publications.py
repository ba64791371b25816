"""What everybody was told of filings: every published version, which no later one changes."""

from __future__ import annotations

from typing import NamedTuple

from storage.filing_rows import Filing
from storage.filings import filings
from storage.queries import write as sql
from storage.transaction import Transaction


class Publication(NamedTuple):
    """One published version of a filing, with the moment and the reason of its publication.

    Attributes:
        corrects: whether it takes the place of the version before it.
    """

    filing: Filing
    version: int
    at: str
    reason: str
    corrects: bool


def publications(tx: Transaction) -> list[Publication]:
    """Every published version of every filing, the newest first."""
    known = {each.filing_id: each for each in filings(tx)}
    return [
        Publication(known[number], version, at, reason, bool(corrects))
        for number, version, at, reason, corrects in sql.publications(tx.connection)
    ]
