"""How a batch of paper forms looks on a staff device: the entry page and the check page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import Request, Response

from handlers.keying import Refused, Sheet
from handlers.messages import text
from handlers.pages import language_of, page, shown_percent
from sipas.items import Kind
from sipas.packing import SKIPPED
from sipas.paper import Line, Paper
from storage.paper import CHECKING, KEYING, Batch, Checked

PREFIX = "q."
_NUMBER = re.compile(r"[0-9]{1,3}")
_NOTHING: Mapping[str, str] = {}


class Shown(NamedTuple):
    """A printed question as the page shows it: number, short name, option labels, its keys."""

    number: int
    key: str
    name: str
    scale: bool
    options: tuple[str, ...]
    keys: str


def number_of(typed: str | None) -> int:
    """The form's number that was typed; 0 where it is none."""
    found = _NUMBER.fullmatch((typed or "").strip())
    return int(found[0]) if found else 0


def list_page(request: Request, batches: Iterable[Batch], device: str) -> Response:
    """The batches of a device's unit."""
    return _private(
        page(request, "paper.html", language_of(request), batches=list(batches), device=device)
    )


def entry_page(
    request: Request,
    at: Sheet,
    number: int | None,
    told: str = "",
    undo: int = 0,
    typed: Mapping[str, str] = _NOTHING,
    refused: Refused | None = None,
) -> Response:
    """The form to be keyed, with what was typed where it could not be saved."""
    language = language_of(request)
    response = page(
        request,
        "paper_entry.html",
        language,
        status=_status(refused),
        batch=at.batch,
        number=number,
        told=told,
        undo=undo,
        refused=_refusal(language, refused, number),
        **_lines(at.form, language, at.form.lines, typed, refused),
    )
    return _private(response)


def check_page(
    request: Request,
    at: Sheet,
    device: int,
    typed: Mapping[str, str] = _NOTHING,
    refused: Refused | None = None,
) -> Response:
    """How the check stands; the form to be keyed again, or what two keyings differ in."""
    language = language_of(request)
    form = at.to_check if at.batch.state == CHECKING else None
    differing = at.differing(form) if form else ()
    lines = [line for line, _, _ in differing] or at.form.lines
    response = page(
        request,
        "paper_check.html",
        language,
        status=_status(refused),
        batch=at.batch,
        number=form.number if form else 0,
        refused=_refusal(language, refused, 0),
        rounds=[_round(language, each) for each in at.checks],
        obstacle=_obstacle(language, at, device),
        differing=[_difference(at.form, language, *each) for each in differing],
        done=sum(each.differences is not None for each in at.drawn) + 1,
        of=len(at.drawn),
        **_lines(at.form, language, lines, typed, refused),
    )
    return _private(response)


def _obstacle(language: str, at: Sheet, device: int) -> str:
    """Why this device cannot check the batch, if it cannot."""
    if at.keyed_by(device):
        return text(language, "paper.refused.same_device")
    if at.batch.state == KEYING and not at.forms:
        return text(language, "paper.refused.nothing_to_check")
    return ""


def _lines(
    form: Paper,
    language: str,
    lines: Iterable[Line],
    typed: Mapping[str, str],
    refused: Refused | None,
) -> dict[str, Any]:
    """What `paper_lines.html` needs."""
    shown = [_shown(form, language, line) for line in lines]
    wrong = refused.wrong if refused else ()
    focus = next((line.key for line in shown if line.key in wrong), shown[0].key)
    return {"lines": shown, "typed": typed, "wrong": wrong, "focus": focus}


def _shown(form: Paper, language: str, line: Line) -> Shown:
    return Shown(
        form.lines.index(line) + 1,
        line.item.key,
        line.item.names[language],
        line.item.kind is Kind.SCALE,
        tuple(_options(form, language, line)),
        line.keys,
    )


def _options(form: Paper, language: str, line: Line) -> list[str]:
    """The labels of a choice's boxes, those of the counter first."""
    own = [option.texts[language] for option in line.item.options]
    if line.number != form.plan.field:
        return own
    return [(vi if language == "vi" else en or vi) for _, vi, en in form.place.fields] + own


def _difference(
    form: Paper, language: str, line: Line, first: str, second: str
) -> tuple[str, str, str]:
    name = f"{form.lines.index(line) + 1}. {line.item.names[language]}"
    return name, _mark(form, language, line, first), _mark(form, language, line, second)


def _mark(form: Paper, language: str, line: Line, mark: str) -> str:
    """A mark as somebody reads it: its key, and the label of its box."""
    if mark == SKIPPED:
        return text(language, "paper.check.blank")
    if mark.isdigit() and line.item.kind is not Kind.SCALE:
        return f"{mark} · {_options(form, language, line)[int(mark) - 1]}"
    return mark.upper()


def _round(language: str, ended: Checked) -> str:
    check = ended.check
    words = text(
        language,
        "paper.check.round",
        round=ended.round,
        keyed=ended.keyed,
        drawn=ended.drawn,
        marks=check.marks,
        differences=check.differences,
        share=shown_percent(language, check.share),
        low=shown_percent(language, check.interval.low),
        high=shown_percent(language, check.interval.high),
    )
    verdict = text(language, "paper.check.passed" if check.passed else "paper.check.failed")
    return f"{words} {verdict}"


def _refusal(language: str, refused: Refused | None, number: int | None) -> str:
    return text(language, f"paper.refused.{refused.why}", number=number) if refused else ""


def _status(refused: Refused | None) -> int:
    if refused is None:
        return HTTPStatus.OK
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused.wrong else HTTPStatus.CONFLICT


def _private(response: Response) -> Response:
    """Staff pages are kept nowhere."""
    response.headers["Cache-Control"] = "no-store"
    return response
