"""The sealed log as JSON: what anybody needs to check that nothing was changed or removed."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from handlers.guard import validated
from handlers.log import proofs
from handlers.log.proofs import Leaf, Own
from handlers.log.told import Hex, LogOut, RootOut, log_out, root_out
from handlers.privacy.exercise import exercise
from handlers.problems import refuse, responses
from handlers.service import Service, service
from sipas.codes import read_response_code
from sipas.packing import half_day
from sipas.rights import Right, Wanted
from storage import sealing
from storage.taking_back import Done

router = APIRouter(prefix="/api/v1/log", tags=["log"])
Asked = Annotated[Service, Depends(service)]
MOST = 2**53  # what JSON can tell exactly


class Act(StrEnum):
    """What an owner may do to a response."""

    ERASE = "erase"
    WITHDRAW = "withdraw"


_RIGHTS = {Act.ERASE: Right.ERASE, Act.WITHDRAW: Right.WITHDRAW}


class LeafOut(BaseModel):
    """A leaf with its path to the newest root."""

    index: int
    leaf: Hex
    entry: str | None = Field(description="null for a response, which stays hidden")
    path: list[Hex] = Field(description="hashes beside the way to the root, lowest first")
    root: RootOut


class ConsistencyOut(BaseModel):
    """That the log of one root begins with that of an older one (RFC 6962, 2.1.2)."""

    old: int
    size: int
    path: list[Hex]


class CodeIn(BaseModel):
    """The code that a respondent got at the end; never in an address, so that no log keeps it."""

    code: str = Field(max_length=40, examples=["K7Q2-M9PA-4X"])


class OwnOut(BaseModel):
    """One's own response and its leaf, which is the hash of 0x00 and the entry."""

    form: str = Field(description="what was answered, in its canonical form")
    salt: Hex
    entry: str
    commented: bool = Field(description="whether the comment is still kept")
    sealed: LeafOut | None = Field(description="null until the morning after the release")


class DoneOut(BaseModel):
    """What became of the response."""

    done: Done = Field(
        description="erased: comment and code are gone; removed: all of it, before anybody counted "
        "it; withdrawn: also noted in the log, published figures stay"
    )


@router.get("/roots", summary="All roots", response_model=LogOut)
async def all_roots(request: Request, asked: Asked) -> Response:
    """The key and every signed root; keep one, and no later change goes unseen."""
    found = await asked.store.look(sealing.roots)
    return validated(request, JSONResponse(log_out(asked.log_key, found).model_dump()))


@router.get(
    "/leaves/{index}",
    summary="A leaf with its proof",
    response_model=LeafOut,
    responses=responses(404, 422),
)
async def one_leaf(asked: Asked, index: Annotated[int, Path(ge=0, le=MOST)]) -> LeafOut:
    """The inclusion proof of any leaf under the newest root."""
    found = await asked.store.look(proofs.leaf, index)
    if found is None:
        raise refuse(HTTPStatus.NOT_FOUND, f"no root covers a leaf {index}")
    return leaf_out(found)


@router.get(
    "/consistency",
    summary="An older root within a newer one",
    response_model=ConsistencyOut,
    responses=responses(404, 422),
)
async def two_roots(
    asked: Asked,
    old: Annotated[int, Query(ge=0, le=MOST)],
    size: Annotated[int, Query(ge=0, le=MOST)],
) -> ConsistencyOut:
    """The consistency proof between the sizes of two roots."""
    path = await asked.store.look(proofs.consistency, old, size)
    if path is None:
        raise refuse(HTTPStatus.NOT_FOUND, f"no roots have the sizes {old} and {size}, in order")
    return ConsistencyOut(old=old, size=size, path=[each.hex() for each in path])


@router.post(
    "/responses",
    summary="One's own response in the log",
    response_model=OwnOut,
    responses=responses(404, 422, 429),
)
async def one_response(request: Request, asked: Asked, sent: CodeIn) -> Response:
    """What is sealed under a response code, for who holds the code."""
    found = await by_code(asked, request, sent.code)
    if found is None:
        detail = "no released response has this code; responses are released five at a time"
        raise refuse(HTTPStatus.NOT_FOUND, detail)
    told = OwnOut(
        form=found.form,
        salt=found.salt.hex(),
        entry=found.entry,
        commented=found.commented,
        sealed=found.sealed and leaf_out(found.sealed),
    )
    return JSONResponse(told.model_dump(), headers={"Cache-Control": "no-store"})


@router.post(
    "/responses/{act}",
    summary="Erase or take back one's own response",
    response_model=DoneOut,
    responses=responses(404, 422, 429),
)
async def take_back(request: Request, asked: Asked, act: Act, sent: CodeIn) -> DoneOut:
    """Erase the comment and the code, or take the whole response back; it cannot be undone."""
    done = await acted(asked, request, act, sent.code)
    if done is None:
        raise refuse(HTTPStatus.NOT_FOUND, "no response has this code, or it was erased before")
    return DoneOut(done=done)


async def acted(asked: Service, request: Request, act: Act, typed: str) -> Done | None:
    """Do *act* to the response that a typed code belongs to; its traces go from the disk."""
    asked.try_code(request)
    code = read_response_code(typed)
    if code is None:
        return None
    wanted, hashed = Wanted(_RIGHTS[act], code), asked.survey.code_hash
    done = await asked.store.write(exercise, wanted, hashed, "web", asked.clock())
    if not isinstance(done, Done):
        return None
    asked.right_code(request)
    return done


async def by_code(asked: Service, request: Request, typed: str) -> Own | None:
    """The response that a typed code belongs to, if it is released."""
    asked.try_code(request)
    code = read_response_code(typed)
    if code is None:
        return None
    today = half_day(asked.clock()) // 2
    found = await asked.store.look(proofs.own, code, today, asked.survey.code_hash)
    if found is not None:
        asked.right_code(request)
    return found


def leaf_out(leaf: Leaf) -> LeafOut:
    """A leaf as it is told."""
    return LeafOut(
        index=leaf.place,
        leaf=leaf.leaf.hex(),
        entry=leaf.entry,
        path=[each.hex() for each in leaf.path],
        root=root_out(leaf.root),
    )
