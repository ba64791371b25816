"""The pages of filings: the list with who has filed, and one filing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from itertools import groupby

from fastapi import Request, Response

from handlers.documents.report import NUMERALS
from handlers.documents.sheets import band_of, sum_of
from handlers.documents.wording import local_time
from handlers.filings.desk import DECIDING, DRAFTING, Desk
from handlers.filings.figures import BREAKDOWNS, Line, lines, of_breakdown
from handlers.filings.figures import whole as made_whole
from handlers.filings.types import TYPES
from handlers.pages import language_of, page
from handlers.public import period_text
from handlers.sentences import name_of, period_name
from handlers.service import Service
from handlers.service import State as Installed
from sipas.filing_types import FilingType, begun, period_of
from sipas.filings import PARTS, Act, Standing, State
from sipas.ledger import Record
from sipas.periods import Period, parse_period
from sipas.quarter_sheet import Side, total
from storage.filing_rows import Entry, Filing, Whole
from storage.filings import TAKEN_OVER


def list_page(
    request: Request, desk: Desk, known: Sequence[Filing], kind: str, period: str
) -> Response | None:
    """The reports of a type and period; None where there are no such type and period."""
    language = language_of(request)
    chosen = TYPES.get(kind) if kind else _first(desk)
    days = _period(desk, chosen, period) if chosen else None
    if chosen is None or days is None:
        return None
    own = {each.unit: each for each in known if (each.type, each.period) == (chosen.key, days.code)}
    rows, due = desk.reception(chosen, days, own), desk.reminders(known)
    told = {each.filing.filing_id for each in due if each.filing}
    return page(
        request,
        "filings/list.html",
        language,
        signed=desk.signed,
        kinds=[each for each in TYPES.values() if desk.offers(each)],
        kind=chosen,
        periods=begun(chosen, desk.asked.today()),
        period=days,
        days=period_text(days),
        named=partial(period_name, language),
        rows=[(name_of(row.unit, language), row) for row in rows],
        counts=Counter(row.standing for row in rows),
        standings=tuple(Standing),
        due=[(name_of(each.unit, language), each) for each in due],
        waiting=_waiting(desk, [e for e in known if e.filing_id not in told], language),
    )


def one_page(
    request: Request,
    desk: Desk,
    whole: Whole,
    fault: str = "",
    typed: Mapping[int, str] | None = None,
    earlier: Filing | None = None,
) -> Response:
    """One filing; *fault* says why nothing was done, *typed* is kept when it could not be saved.

    *earlier* is the filing whose paragraphs may be taken over.
    """
    language, known = language_of(request), whole.filing
    acts = desk.acts(known)
    return page(
        request,
        "filings/one.html",
        language,
        HTTPStatus.CONFLICT if fault else HTTPStatus.OK,
        signed=desk.signed,
        filing=known,
        kind=TYPES[known.type],
        unit=_named(desk, known.unit, language),
        about=_named(desk, known.about, language),
        days=period_text(parse_period(known.period)),
        fault=fault,
        may_write=Act.WRITE in acts,
        drafting=[act for act in acts if act in DRAFTING],
        decisions=[act for act in acts if act in DECIDING],
        words=typed or whole.words,
        numerals=dict(zip(PARTS, NUMERALS, strict=True)),
        tables=tables(desk.asked, desk.state, whole.figures, language),
        ledger=ledger(desk.asked, desk.state, whole, language),
        acts=whole.acts[::-1],
        returned=_returned(whole),
        taken_from=whole.taken_from,
        earlier=earlier if not any(done.act == TAKEN_OVER for done in whole.acts) else None,
        **_sheet(whole, language),
        local_time=local_time,
    )


def _returned(whole: Whole) -> str:
    """Why the filing was returned, as long as it is; else nothing."""
    told = [done.reason for done in whole.acts if done.act == Act.RETURN]
    return told[-1] if whole.filing.state is State.RETURNED else ""


def _sheet(whole: Whole, language: str) -> dict[str, str]:
    """The sums of the quarterly sheet, as they stand."""
    own, appraised = (whole.scored(side).given for side in Side)
    sums = {"own": own, "appraised": appraised}
    told = {name: sum_of(total(given), given) for name, given in sums.items()}
    return {**told, "band": band_of(total(appraised), language)}


def tables(
    asked: Service, state: Installed, figures: Sequence[Record], language: str
) -> list[tuple[str, list[Line]]]:
    """The figures of each breakdown that has any, with their names."""
    found = ((by, of_breakdown(figures, by)) for by in BREAKDOWNS)
    return [(by, lines(asked, state, records, language)) for by, records in found if records]


def ledger(
    asked: Service, state: Installed, whole: Whole, language: str
) -> Iterator[tuple[int, Iterator[tuple[str, Entry]]]]:
    """What changed by version, the newest first."""
    return groupby(_changes(asked, state, whole, language), key=lambda each: each[1].version)


def _changes(
    asked: Service, state: Installed, whole: Whole, language: str
) -> list[tuple[str, Entry]]:
    """The ledger, newest version first, each line with the figure's name."""
    entries = sorted(whole.entries, key=lambda each: (-each.version, each.place))
    told = [each.after or each.before or {} for each in entries]
    named = lines(asked, state, told, language)
    return [
        (
            line.name,
            entry._replace(
                before=entry.before and made_whole(entry.before),
                after=entry.after and made_whole(entry.after),
            ),
        )
        for line, entry in zip(named, entries, strict=True)
    ]


def _first(desk: Desk) -> FilingType:
    offered = (kind for kind in TYPES.values() if desk.offers(kind))
    return next(offered, next(iter(TYPES.values())))


def _period(desk: Desk, kind: FilingType, code: str) -> Period | None:
    """The period asked for, else the one that ended last: that is what is being filed."""
    if code:
        return period_of(kind, code)
    today, known = desk.asked.today(), begun(kind, desk.asked.today())
    return next((each for each in known if each.last < today), None)


def _waiting(
    desk: Desk, known: Sequence[Filing], language: str
) -> list[tuple[str, str, str, Filing]]:
    """Filings that wait for this person, theirs to write or to decide: unit, kind and period."""
    mine = (each for each in known if desk.sees(each) and _waits(desk, each))
    return [
        (
            _named(desk, each.unit, language),
            TYPES[each.type].name[language],
            period_name(language, parse_period(each.period)),
            each,
        )
        for each in mine
    ]


def _waits(desk: Desk, filing: Filing) -> bool:
    """Not what may be restated at any time, and not what a unit below is still writing."""
    acts = set(desk.acts(filing))
    if acts & {*DECIDING} - {Act.RESTATE}:
        return True
    return Act.WRITE in acts and (bool(TYPES[filing.type].units) or not desk.decides(filing))


def _named(desk: Desk, code: str, language: str) -> str:
    unit = desk.directory.unit(code)
    return name_of(unit, language) if unit else code
