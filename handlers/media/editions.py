"""Published versions of filings with everything that is told of them; later ones change none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from handlers.filings.figures import headline
from handlers.filings.published import is_told
from handlers.service import Service, State
from sipas.earlier import Against, earlier
from sipas.ledger import Record
from sipas.periods import parse_period
from storage.filings import figures_of
from storage.publications import Publication, publications
from storage.transaction import Transaction

MOST = 60
"""Editions that are told at once, the newest."""


class Kind(StrEnum):
    """What an edition is to who has read the one before it."""

    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"  # its headline figure is shown no more


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version of a filing.

    Attributes:
        before: the figures it corrects; none of a first edition.
        year_ago: those of the same report a year earlier, as they were published by then.
    """

    of: Publication
    figures: Sequence[Record]
    before: Sequence[Record] = ()
    year_ago: Sequence[Record] = ()

    @property
    def kind(self) -> Kind:
        """What it is to its readers."""
        if not self.of.corrects:
            return Kind.PUBLISHED
        gone = _shown(self.before) and not _shown(self.figures)
        return Kind.WITHDRAWN if gone else Kind.CORRECTED


async def editions(asked: Service, state: State, unit: str = "", period: str = "") -> list[Edition]:
    """The newest editions that are everybody's, or those about one unit in one period."""
    return await asked.store.look(_editions, state, unit, period)


async def edition(asked: Service, state: State, filing: int, version: int) -> Edition | None:
    """One edition; None where there is none for everybody."""
    return await asked.store.look(_one, state, filing, version)


def _editions(tx: Transaction, state: State, unit: str, period: str) -> list[Edition]:
    known = _told(tx, state)
    wanted = [
        each
        for each in known
        if not unit or (each.filing.about, each.filing.period) == (unit, period)
    ]
    return [_edition(tx, each, known) for each in wanted[:MOST]]


def _one(tx: Transaction, state: State, filing: int, version: int) -> Edition | None:
    known = _told(tx, state)
    wanted = (e for e in known if (e.filing.filing_id, e.version) == (filing, version))
    return next((_edition(tx, each, known) for each in wanted), None)


def _told(tx: Transaction, state: State) -> list[Publication]:
    return [each for each in publications(tx) if is_told(state, each.filing)]


def _edition(tx: Transaction, of: Publication, known: Iterable[Publication]) -> Edition:
    number, ago = of.filing.filing_id, _year_ago(of, known)
    return Edition(
        of,
        figures_of(tx, number, of.version),
        figures_of(tx, number, of.version - 1) if of.corrects else (),
        figures_of(tx, ago.filing.filing_id, ago.version) if ago else (),
    )


def _year_ago(of: Publication, known: Iterable[Publication]) -> Publication | None:
    """The same report a year earlier, as it was known when *of* was published."""
    period = earlier(parse_period(of.filing.period), Against.YEAR)
    same = (of.filing.type, of.filing.unit, period and period.code)
    found = (
        each
        for each in known
        if (each.filing.type, each.filing.unit, each.filing.period) == same and each.at <= of.at
    )
    return next(found, None)


def _shown(figures: Sequence[Record]) -> bool:
    main = headline(figures)
    return main is not None and main["value"] is not None
