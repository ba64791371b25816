"""Packs for everybody once their moment has come, and for outlets by a secret link before."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response

from handlers.charts.drawing import Undrawn
from handlers.guard import validated
from handlers.media.pack_files import FILES
from handlers.media.packs import told_in, with_quotes
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.rights import Needs, Right, Signed
from handlers.sentences import points
from handlers.service import VIETNAM, Service, service
from storage import packs
from storage.packs import Pack

router = APIRouter(tags=["media"], default_response_class=Response)
newsroom = APIRouter(prefix="/newsroom", tags=["media", "staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Relaying = Annotated[Signed, Depends(Needs(Right.RELAY))]
Week = Annotated[str, Path(pattern="^20[0-9]{2}-W[0-9]{2}$", examples=["2026-W47"])]
Name = Annotated[str, Path(pattern=f"^({'|'.join(FILES)})$".replace(".", "\\."))]
Secret = Annotated[str, Path(min_length=20, max_length=80)]
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {each.media: {} for each in FILES.values()}},
    **responses(404, 422, 503),
}


@router.get("/packs", summary="Weekly packs", tags=["pages"])
async def all_packs(request: Request, asked: Asked) -> Response:
    """Every week's pack whose moment has come."""
    language = language_of(request)
    found = [each for each in await asked.store.look(packs.packs) if _is_public(asked, each)]
    titles = [(each, told_in(each, language).title) for each in found]
    return validated(request, page(request, "media/packs.html", language, packs=titles))


@router.get("/packs/{week}", summary="A week's pack", tags=["pages"], responses=responses(404, 422))
async def one_pack(request: Request, asked: Asked, week: Week) -> Response:
    """Its text, what is read aloud, and its files; before its moment it is 404."""
    found = await _public(asked, week)
    return validated(request, await _shown(request, asked, found, f"/packs/{week}"))


@router.get("/packs/{week}/{name}", summary="A file of a week's pack", responses=_FILE)
async def pack_file(request: Request, asked: Asked, week: Week, name: Name) -> Response:
    """Text, loudspeaker text, DOCX, workbook or picture."""
    return validated(request, await _file(request, asked, await _public(asked, week), name))


@router.get(
    "/early/{secret}/{week}",
    summary="A week's pack, for an outlet",
    responses=responses(404, 422, 429),
)
async def early_pack(request: Request, asked: Asked, secret: Secret, week: Week) -> Response:
    """The same before its moment, by an outlet's own link; no cache keeps it."""
    found, outlet = await _early(request, asked, secret, week)
    return _unkept(await _shown(request, asked, found, f"/early/{secret}/{week}", outlet))


@router.get(
    "/early/{secret}/{week}/{name}",
    summary="A file of a week's pack, for an outlet",
    responses=_FILE | responses(429),
)
async def early_file(
    request: Request, asked: Asked, secret: Secret, week: Week, name: Name
) -> Response:
    """As above."""
    found, _ = await _early(request, asked, secret, week)
    return _unkept(await _file(request, asked, found, name))


@newsroom.get(
    "/packs/{week}",
    summary="A week's pack, for an outlet's editor",
    responses=responses(401, 403, 404, 422),
)
async def own_pack(request: Request, asked: Asked, signed: Relaying, week: Week) -> Response:
    """The same before its moment, for who is signed in as an editor of an outlet."""
    found, outlet = await _own(asked, signed, week)
    return _unkept(await _shown(request, asked, found, f"/newsroom/packs/{week}", outlet))


@newsroom.get(
    "/packs/{week}/{name}",
    summary="A file of a week's pack, for an outlet's editor",
    responses=_FILE | responses(401, 403),
)
async def own_file(
    request: Request, asked: Asked, signed: Relaying, week: Week, name: Name
) -> Response:
    """As above."""
    found, _ = await _own(asked, signed, week)
    return _unkept(await _file(request, asked, found, name))


async def _own(asked: Service, signed: Signed, week: str) -> tuple[Pack, str]:
    """The pack and the editor's outlet; whoever is no outlet's reads what everybody may."""
    outlet = await asked.store.look(packs.outlet, signed.staff.outlet)
    found = await asked.store.look(packs.pack, week)
    if outlet is None or found is None:
        return await _public(asked, week), ""
    return found, outlet.name


async def _public(asked: Service, week: str) -> Pack:
    found = await asked.store.look(packs.pack, week)
    if found is None or not _is_public(asked, found):
        raise refuse(HTTPStatus.NOT_FOUND, f"there is no pack of {week}")
    return found


def _is_public(asked: Service, pack: Pack) -> bool:
    return asked.clock() >= datetime.fromisoformat(pack.until)


async def _early(request: Request, asked: Service, secret: str, week: str) -> tuple[Pack, str]:
    """The pack and the outlet; a wrong link and a missing pack are the same 404."""
    asked.limit(request)
    outlet = await asked.store.look(packs.outlet_of, secret)
    found = await asked.store.look(packs.pack, week)
    if outlet is None or found is None:
        raise HTTPException(
            HTTPStatus.NOT_FOUND, "there is no such pack", {"Cache-Control": "no-store"}
        )
    return found, outlet


async def _shown(
    request: Request, asked: Service, pack: Pack, base: str, outlet: str = ""
) -> Response:
    language = language_of(request)
    until = datetime.fromisoformat(pack.until).astimezone(VIETNAM)
    return page(
        request,
        "media/pack.html",
        language,
        told=await with_quotes(asked, pack, language),
        base=base,
        outlet=outlet,
        until=f"{until:%H:%M:%S} {until.day}/{until.month}/{until.year}",
        files=FILES,
        points=partial(points, language=language),
    )


async def _file(request: Request, asked: Service, pack: Pack, name: str) -> Response:
    file = FILES[name]
    told = await with_quotes(asked, pack, language_of(request))
    try:
        made = await file.make(told, asked.draw)
    except Undrawn as wrong:
        what = "The picture cannot be drawn just now. Try again."
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, what, {"Retry-After": "5"}) from wrong
    if not made:
        raise refuse(HTTPStatus.NOT_FOUND, "this pack has no such file: there is nothing to show")
    headers = {"Content-Disposition": f"inline; filename=motcua-{pack.week}-{name}"}
    return Response(made, 200, headers, file.media)


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
