"""The public package to fetch, and the program that checks it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from handlers.guard import validated
from handlers.log import package, proofs
from handlers.log.told import root_out
from handlers.nation.aggregate import FILE, Sealed
from handlers.problems import refuse, responses
from handlers.service import Service, service
from storage import sealing
from storage.transaction import Transaction

router = APIRouter(prefix="/data", tags=["log"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]


def _told(media: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "the file", "content": {media: {}}}}


@router.get(
    "/package.zip",
    summary="Everything published, to be checked",
    responses={**_told("application/zip"), **responses(404)},
)
async def package_zip(request: Request, asked: Asked) -> Response:
    """Roots, leaves, running totals, figures and `verify.py`, as they were sealed last."""
    number = await asked.store.look(_newest)
    if asked.package is None or asked.package[0] != number:
        made = await asked.store.look(_zipped, asked.log_key)
        if made is None:
            raise refuse(HTTPStatus.NOT_FOUND, "nothing has been sealed yet")
        asked.package = number, made
    headers = {"Content-Disposition": 'attachment; filename="motcua-package.zip"'}
    return validated(request, Response(asked.package[1], 200, headers, "application/zip"))


def _newest(tx: Transaction) -> int:
    root = sealing.last_root(tx)
    return root.number if root else 0


def _zipped(tx: Transaction, key: bytes) -> bytes | None:
    files = package.public(tx, key)
    return package.zipped(files) if files else None


@router.get(
    "/aggregate.json",
    summary="What a centre of several provinces pulls",
    response_model=Sealed,
    responses=responses(404),
)
async def aggregate_json(request: Request, asked: Asked) -> Response:
    """Overall ratings of the published units as they were sealed last, with their proof.

    No response is in it, and nothing that the pages do not show.
    """
    number = await asked.store.look(_newest)
    if asked.aggregate is None or asked.aggregate[0] != number:
        made = await asked.store.look(_sealed, asked.log_key)
        if made is None:
            raise refuse(HTTPStatus.NOT_FOUND, "no aggregate has been sealed yet")
        asked.aggregate = number, made
    return validated(request, Response(asked.aggregate[1], media_type="application/json"))


def _sealed(tx: Transaction, key: bytes) -> bytes | None:
    """What was published is named by the last leaf below its root."""
    root, stated = sealing.last_root(tx), sealing.statement(tx)
    told = stated.files.get(FILE) if stated else None
    found = proofs.leaf(tx, root.size - 1) if root else None
    if told is None or found is None or found.entry is None:
        return None
    sealed = Sealed(
        public_key=key.hex(),
        root=root_out(found.root),
        entry=found.entry,
        path=[each.hex() for each in found.path],
        aggregate=told.decode(),
    )
    return sealed.model_dump_json().encode()


@router.get("/verify.py", summary="The verifier", responses=_told("text/x-python"))
async def verify_py(request: Request) -> Response:
    """One file, standard library only: read it before you run it."""
    text = package.VERIFIER.read_bytes()
    return validated(request, Response(text, media_type="text/x-python"))
