"""The pages where staff key paper forms and check one another, on enrolled devices only.

They work as plain forms; paper.js makes them fast.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from handlers import keying
from handlers.keyer import Keyer, keyer
from handlers.keying import Refused, Sheet, Work
from handlers.messages import text
from handlers.pages import language_of, on_to
from handlers.paper_pages import PREFIX, check_page, entry_page, list_page, number_of
from handlers.problems import refuse, responses
from handlers.service import Service, service
from storage import paper

router = APIRouter(tags=["paper"], default_response_class=Response)

Asked = Annotated[Service, Depends(service)]
Device = Annotated[Keyer, Depends(keyer)]
# What was typed comes back on the page, to whoever asks: these two are always pages.
_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"description": HTTPStatus(status).phrase, "content": {"text/html": {}}}
    for status in (409, 422)
}
ERRORS = responses(400, 403, 404, 413, 503) | _REFUSED


@router.get("/paper", summary="Batches of paper forms of this device's unit", responses=ERRORS)
async def batches(request: Request, asked: Asked, device: Device) -> Response:
    """What there is to key and to check."""
    known = await asked.store.look(paper.batches)
    found = [each for each in known if each.unit_id in device.units]
    return list_page(request, found, device.name)


@router.get("/paper/{code}", summary="Key the next form of a batch", responses=ERRORS)
async def entry(code: str, request: Request, asked: Asked, device: Device) -> Response:
    """An empty form under the next number; `?saved=` or `?dropped=` tells what was done before."""
    at = await _sheet(asked, code, device)
    if at.batch.state != paper.KEYING:
        return _see(request, f"{at.batch.code}/check")
    saved, dropped = (number_of(request.query_params.get(key)) for key in ("saved", "dropped"))
    language = language_of(request)
    if at.keyed(saved):
        told = text(language, "paper.saved", number=saved)
        return entry_page(request, at, at.next_number(saved), told, undo=saved)
    if 1 <= dropped <= at.batch.forms and not at.keyed(dropped):
        told = text(language, "paper.taken_back", number=dropped)
        return entry_page(request, at, dropped, told)
    return entry_page(request, at, at.next_number())


@router.post("/paper/{code}", summary="Save a keyed form", responses=ERRORS)
async def save(code: str, request: Request, asked: Asked, device: Device) -> Response:
    """Keep the form; the next one is shown after it is on disk."""
    typed, number = await _posted(request)
    work = partial(keying.enter, device=device.device_id, number=number, typed=typed)
    at, refused = await _act(asked, code, device, work)
    if refused is None:
        return _see(request, f"{at.batch.code}?saved={number}")
    undo = number if refused.why == "twice" else 0
    return entry_page(request, at, number, undo=undo, typed=typed, refused=refused)


@router.post("/paper/{code}/undo", summary="Drop a keyed form", responses=ERRORS)
async def undo(code: str, request: Request, asked: Asked, device: Device) -> Response:
    """The form can be keyed again, as long as the batch is not being checked."""
    _, number = await _posted(request)
    at, refused = await _act(asked, code, device, partial(keying.take_back, number=number))
    if refused is None:
        return _see(request, f"{at.batch.code}?dropped={number}")
    return entry_page(request, at, number, refused=refused)


@router.get("/paper/{code}/check", summary="Spot check of a batch", responses=ERRORS)
async def check_form(code: str, request: Request, asked: Asked, device: Device) -> Response:
    """How the check stands and the form to be keyed again; the first keying is not shown."""
    return check_page(request, await _sheet(asked, code, device), device.device_id)


@router.post("/paper/{code}/check/start", summary="Draw the forms to check", responses=ERRORS)
async def start(code: str, request: Request, asked: Asked, device: Device) -> Response:
    """Draw 5 % of the keyed forms; the batch is frozen from then on."""
    work = partial(keying.begin_check, chance=asked.survey.chance, device=device.device_id)
    return _checked(request, device, await _act(asked, code, device, work))


@router.post("/paper/{code}/check", summary="Save a second keying", responses=ERRORS)
async def check(code: str, request: Request, asked: Asked, device: Device) -> Response:
    """Compare it with the first one."""
    typed, number = await _posted(request)
    work = _ending(asked, device, partial(keying.check, number=number, typed=typed))
    return _checked(request, device, await _act(asked, code, device, work), typed)


@router.post("/paper/{code}/settle", summary="Say what the paper says", responses=ERRORS)
async def settle(code: str, request: Request, asked: Asked, device: Device) -> Response:
    """Replace two keyings that differ."""
    typed, number = await _posted(request)
    work = _ending(asked, device, partial(keying.settle, number=number, typed=typed))
    return _checked(request, device, await _act(asked, code, device, work), typed)


@router.post("/paper/{code}/close", summary="Make responses of a checked batch", responses=ERRORS)
async def close(code: str, request: Request, asked: Asked, device: Device) -> Response:
    """From here on no form number leads to a response."""
    work = partial(
        keying.close, survey=asked.survey, actor=f"device {device.device_id}", now=asked.clock()
    )
    return _checked(request, device, await _act(asked, code, device, work))


def _ending(asked: Service, device: Keyer, work: Any) -> Work:
    """*work* by this device, and the end of the check where it was the last."""
    return partial(
        keying.checking,
        work=partial(work, device=device.device_id),
        actor=f"device {device.device_id}",
        now=asked.clock(),
    )


async def _sheet(asked: Service, code: str, device: Keyer) -> Sheet:
    found = await asked.store.look(keying.sheet, asked.survey, code)
    if found is None or found.batch.unit_id not in device.units:
        raise _no_batch()
    return found


async def _act(
    asked: Service, code: str, device: Keyer, work: Work
) -> tuple[Sheet, Refused | None]:
    found = await asked.store.write(keying.acted, asked.survey, code, device.units, work)
    if found is None:
        raise _no_batch()
    return found


def _no_batch() -> Exception:
    return refuse(HTTPStatus.NOT_FOUND, "This device's unit has no batch with this number.")


def _see(request: Request, place: str) -> Response:
    return on_to(f"/paper/{place}", language_of(request))


def _checked(
    request: Request,
    device: Keyer,
    done: tuple[Sheet, Refused | None],
    typed: Mapping[str, str] | None = None,
) -> Response:
    at, refused = done
    if refused is None:
        return _see(request, f"{at.batch.code}/check")
    return check_page(request, at, device.device_id, typed or {}, refused)


async def _posted(request: Request) -> tuple[dict[str, str], int]:
    """The keys by question, and the form's number; 0 where it is none."""
    posted = await request.form()
    fields = {name: value for name, value in posted.items() if isinstance(value, str)}
    typed = {
        name.removeprefix(PREFIX): value
        for name, value in fields.items()
        if name.startswith(PREFIX)
    }
    return typed, number_of(fields.get("number"))
