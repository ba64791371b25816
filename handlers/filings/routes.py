"""Filings: what one has to file, who has filed, and each report with what may be done to it.

Plain forms; every act is checked against the person's roles and units and then by the table of
states, in the transaction that does it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response

from handlers.filings import pages
from handlers.filings.desk import DECIDING, DRAFTING, Desk
from handlers.filings.figures import taken
from handlers.filings.types import TYPES
from handlers.login import at, private
from handlers.pages import language_of, on_to
from handlers.problems import page_or_problem, refuse, responses
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, service
from sipas.filing_types import due, is_over
from sipas.filings import PARTS, Act, Facts, Refusal, State
from sipas.periods import parse_period
from storage import filings
from storage.filing_rows import By, Filing, New, Taken, Whole

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Seeing = Annotated[Signed, Depends(Needs(Right.SEE))]
Drafting = Annotated[Signed, Depends(Needs(Right.DRAFT))]
Deciding = Annotated[Signed, Depends(Needs(Right.DECIDE))]
Number = Annotated[int, Path(ge=1, lt=2**31)]
Code = Annotated[str, Form(max_length=64)]
Words = Annotated[str, Form(max_length=20_000)]
Why = Annotated[str, Form(max_length=2_000)]
_SEEN = responses(401, 403, 404, 422)
ACTING = {**responses(401, 403, 404, 422), **page_or_problem(409)}
_DRAFTING = "^(" + "|".join(DRAFTING) + ")$"
_DECIDING = "^(" + "|".join(DECIDING) + ")$"


@router.get(
    "/filings",
    summary="What is to be filed, and who has filed",
    responses=responses(401, 403, 404, 422),
)
async def all_filings(
    request: Request,
    asked: Asked,
    signed: Seeing,
    kind: Annotated[str, Query(max_length=24)] = "",
    period: Annotated[str, Query(max_length=24)] = "",
) -> Response:
    """The reports of one type and period that are the person's to see, those missing first."""
    desk = Desk(asked, await asked.state(), signed)
    known = await asked.store.look(filings.filings)
    shown = pages.list_page(request, desk, known, kind, period)
    if shown is None:
        raise refuse(HTTPStatus.NOT_FOUND, "no filing of this type on this period")
    return private(shown)


@router.post("/filings", summary="Open a filing", responses=_SEEN)
async def open_one(
    request: Request, asked: Asked, signed: Drafting, kind: Code, unit: Code, period: Code
) -> Response:
    """Open the unit's report, or go to the one that is open."""
    desk = Desk(asked, await asked.state(), signed)
    found = desk.opening(kind, unit, period)
    about = desk.about(found[0], found[1]).code if found else ""
    if found is None or not desk.writes(found[0], unit, about):
        raise refuse(HTTPStatus.NOT_FOUND, "no filing for you to open")
    day = due(found[0], found[2]).isoformat()
    new = New(kind, unit, about, found[2].code, day)
    number = await asked.store.write(filings.open_filing, new, by(asked, signed))
    return back_to(request, number)


@router.get("/filings/{filing}", summary="One filing", responses=_SEEN)
async def one(request: Request, asked: Asked, signed: Seeing, filing: Number) -> Response:
    """Its state, figures, paragraphs, ledger and history, and what may be done to it."""
    desk, whole = await found_filing(asked, signed, filing)
    earlier = await _predecessor(desk, whole)
    return private(pages.one_page(request, desk, whole, earlier=earlier))


@router.post("/filings/{filing}/words", summary="Save one's own paragraphs", responses=ACTING)
async def write(
    request: Request,
    asked: Asked,
    signed: Drafting,
    filing: Number,
    revision: Annotated[int, Form(ge=0, lt=2**31)],
    part_1: Words = "",
    part_2: Words = "",
    part_3: Words = "",
    part_4: Words = "",
    part_5: Words = "",
) -> Response:
    """Save parts I to V; what somebody else saved in between is not overwritten."""
    desk, whole = await _mine(asked, signed, filing)
    told = map(clean, (part_1, part_2, part_3, part_4, part_5))
    typed = dict(zip(PARTS, told, strict=True))
    who = by(asked, signed)
    after = await asked.store.write(filings.write, filing, revision, typed, who)
    if isinstance(after, State):
        return back_to(request, filing, "#words")
    fault = "stale" if after is None else after
    return private(pages.one_page(request, desk, whole, fault, typed))


@router.post(
    "/filings/{filing}/take-over",
    summary="Take over the last filing's paragraphs",
    responses=ACTING,
)
async def take_over(request: Request, asked: Asked, signed: Drafting, filing: Number) -> Response:
    """Fill empty parts with those of the unit's filing before this one, marked as such."""
    desk, whole = await _mine(asked, signed, filing)
    earlier = await _predecessor(desk, whole)
    if earlier is None:
        raise refuse(HTTPStatus.NOT_FOUND, "the unit has no earlier filing of this type")
    who = by(asked, signed)
    after = await asked.store.write(filings.take_over, filing, earlier.filing_id, who)
    if isinstance(after, Refusal):
        return private(pages.one_page(request, desk, whole, after))
    return back_to(request, filing, "#words")


@router.post("/filings/{filing}/draft", summary="Freeze or submit a filing", responses=ACTING)
async def draft(
    request: Request,
    asked: Asked,
    signed: Drafting,
    filing: Number,
    act: Annotated[str, Form(pattern=_DRAFTING)],
) -> Response:
    """Take the figures as they are now, or hand the filing in."""
    desk, whole = await _mine(asked, signed, filing)
    return await _done(request, desk, whole, Act(act))


@router.post("/filings/{filing}/decide", summary="Decide about a filing", responses=ACTING)
async def decide(
    request: Request,
    asked: Asked,
    signed: Deciding,
    filing: Number,
    act: Annotated[str, Form(pattern=_DECIDING)],
    reason: Why = "",
) -> Response:
    """Accept, return with a reason, publish, or restate with a reason and today's figures."""
    desk, whole = await found_filing(asked, signed, filing)
    deciding(desk, whole)
    return await _done(request, desk, whole, Act(act), clean(reason))


def clean(typed: str) -> str:
    """*typed* with one kind of line end and without what no document can hold.

    >>> clean("one\\r\\ntwo\\x00\\x0b ")
    'one\\ntwo'
    """
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each == "\n" or each.isprintable()).strip()


async def found_filing(asked: Service, signed: Signed, number: int) -> tuple[Desk, Whole]:
    """A filing that the person may see; any other is 404, as if it were not there."""
    desk = Desk(asked, await asked.state(), signed)
    whole = await asked.store.look(filings.whole, number)
    if whole is None or not desk.sees(whole.filing):
        raise _not_there()
    return desk, whole


async def _mine(asked: Service, signed: Signed, number: int) -> tuple[Desk, Whole]:
    desk, whole = await found_filing(asked, signed, number)
    writing(desk, whole)
    return desk, whole


def writing(desk: Desk, whole: Whole) -> None:
    """Refuse a filing that the person may not write; it is 404, as if it were not there."""
    known = whole.filing
    if not desk.writes(TYPES[known.type], known.unit, known.about):
        raise _not_there()


def deciding(desk: Desk, whole: Whole) -> None:
    """Refuse a filing that the person does not receive, likewise."""
    if not desk.decides(whole.filing):
        raise _not_there()


async def _predecessor(desk: Desk, whole: Whole) -> Filing | None:
    of_type = await desk.asked.store.look(filings.filings, whole.filing.type)
    return desk.predecessor(whole.filing, of_type)


async def _done(request: Request, desk: Desk, whole: Whole, act: Act, reason: str = "") -> Response:
    """Do the act; what the table refuses is told on the filing's page."""
    known = whole.filing
    period = parse_period(known.period)
    facts = Facts(reason, is_over(TYPES[known.type], period, desk.asked.today()))
    figures = await _taken(desk, known) if act in (Act.FREEZE, Act.RESTATE) else None
    who = by(desk.asked, desk.signed)
    after = await desk.asked.store.write(filings.move, known.filing_id, act, who, facts, figures)
    if isinstance(after, Refusal):
        return private(pages.one_page(request, desk, whole, after))
    return back_to(request, known.filing_id)


async def _taken(desk: Desk, known: Filing) -> Taken:
    unit = desk.directory.unit(known.about)
    if unit is None:
        raise _not_there()
    return await taken(desk.asked, desk.state, unit, parse_period(known.period))


def by(asked: Service, signed: Signed) -> By:
    """Who does it, and when."""
    return By(signed.staff.name, at(asked), asked.today().isoformat())


def back_to(request: Request, number: int, place: str = "") -> Response:
    """Back to one of the filing's pages, or to a place on it."""
    return on_to(f"/filings/{number}{place}", language_of(request))


def _not_there() -> Exception:
    return refuse(HTTPStatus.NOT_FOUND, "no such filing for you")
