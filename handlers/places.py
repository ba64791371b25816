"""The public API of units and counters, without a key."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from handlers.guard import validated
from handlers.service import Service, service

router = APIRouter(prefix="/api/v1", tags=["scores"])
Asked = Annotated[Service, Depends(service)]


class UnitOut(BaseModel):
    """A current unit of the tree."""

    code: str
    name: str
    name_en: str
    kind: str
    parent: str | None
    published: bool


class UnitsOut(BaseModel):
    """The tree, parents before children is not promised."""

    units: list[UnitOut]


class CounterOut(BaseModel):
    """A counter that takes ratings."""

    code: str
    name: str
    unit: str


class CountersOut(BaseModel):
    """All counters by code."""

    counters: list[CounterOut]


@router.get("/units", summary="The tree of units", response_model=UnitsOut)
async def units(request: Request, asked: Asked) -> Response:
    """Every current unit."""
    state = await asked.state()
    found = [
        UnitOut(
            code=unit.code,
            name=unit.name,
            name_en=unit.name_en or unit.name,
            kind=unit.kind,
            parent=unit.parent_code,
            published=unit.published,
        )
        for unit in state.directory.units
        if unit.valid_to is None
    ]
    return validated(request, JSONResponse(UnitsOut(units=found).model_dump()))


@router.get("/counters", summary="Counters", response_model=CountersOut)
async def counters(request: Request, asked: Asked) -> Response:
    """Every counter that takes ratings."""
    state = await asked.state()
    found = [
        CounterOut(
            code=counter.code,
            name=counter.name,
            unit=state.directory.unit_by_id(counter.unit_id).code,
        )
        for counter in state.directory.counters
        if counter.valid_to is None
    ]
    return validated(request, JSONResponse(CountersOut(counters=found).model_dump()))
