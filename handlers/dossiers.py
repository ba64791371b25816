"""Dossier events from the province's systems: the same lines for a file and for the API."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from handlers.bearer import NeedsKey
from handlers.problems import responses
from handlers.service import Service, service
from sipas import dossiers
from sipas.dossiers import DossierEvent
from storage import registry
from storage.api_keys import DOSSIER_EVENTS, Act, ApiKey
from storage.dossiers import Imported, add_events
from storage.store import Store
from storage.transaction import Transaction

router = APIRouter(prefix="/api/v1", tags=["dossiers"])
Asked = Annotated[Service, Depends(service)]
Key = Annotated[ApiKey, Depends(NeedsKey(DOSSIER_EVENTS))]

MOST = 5000
# Answers of citizens wait for nobody's import: it is written in pieces of a few hundredths of a
# second, and repeating what was half done changes nothing.
_AT_ONCE = 500
_EXAMPLE: JsonDict = {
    "code": "H56.12.34-260201-0123",
    "stage": "result",
    "unit": "15448",
    "resolving_unit": "15448",
    "field": "land",
    "counter": "381207",
    "day": "2026-02-05",
    "due": "2026-02-06",
}
Text = Annotated[str, Field(max_length=200)]


class EventIn(BaseModel):
    """A dossier stood at a stage on a day. Send one when the stage changes."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}, "extra": "forbid"}

    code: Text = Field(description="dossier code; only its keyed hash and last four are kept")
    stage: Text = Field(description="waiting, result, supplement or rejected")
    unit: Text = Field(description="code of the receiving unit as it was on that day")
    resolving_unit: Text = ""
    field: Text = Field("", description="field of procedure, as land")
    counter: Text = ""
    day: Text = Field(description="as 2026-02-05, in Viet Nam")
    due: Text = Field("", description="day the result is appointed for, with result or rejected")


class RefusedOut(BaseModel):
    """An event that was not taken; a dossier code is never repeated."""

    number: int = Field(description="place in the request, from 1")
    member: str
    value: str
    reason: str


class ImportedOut(BaseModel):
    """What became of the events of a request."""

    added: int
    known: int = Field(description="known before by code, stage and day; nothing changed")
    ahead: int = Field(description="taken, but the code's own date is after the event's day")
    refused: list[RefusedOut]


@router.post(
    "/dossier-events",
    summary="Dossier events, idempotent",
    response_model=ImportedOut,
    responses=responses(401, 403, 413, 422, 429, 503),
)
async def dossier_events(
    asked: Asked, key: Key, events: Annotated[list[EventIn], Field(max_length=MOST)]
) -> Response:
    """Up to 5,000 events; the same (code, stage, day) twice changes nothing."""
    rows = [{name: value.strip() for name, value in each} for each in events]
    accepted, refused = dossiers.events(rows, asked.today())
    at = asked.clock().isoformat(timespec="seconds")
    done = await imported(asked.store, accepted, Act(at, f"key {key.key_id} {key.name}"))
    out = ImportedOut(
        added=done.added,
        known=done.known,
        ahead=sum(event.ahead for _, event in accepted),
        refused=[
            RefusedOut(number=each.line, member=each.column, value=each.value, reason=each.reason)
            for each in sorted((*refused, *done.refused), key=lambda each: each.line)
        ],
    )
    return JSONResponse(out.model_dump())


async def imported(store: Store, events: Sequence[tuple[int, DossierEvent]], act: Act) -> Imported:
    """Store events piece by piece, then a line in the audit: how many, never which."""
    done, waiting = Imported(), iter(events)
    while piece := list(islice(waiting, _AT_ONCE)):
        done += await store.write(add_events, piece)
    await store.write(_record, done, act)
    return done


def _record(tx: Transaction, done: Imported, act: Act) -> None:
    told = f"{done.added} added, {done.known} known, {len(done.refused)} refused"
    registry.audit(tx, act.at, act.actor, "dossier events", "", told)
