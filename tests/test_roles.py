"""Figures of receiving and of resolving units: which items, whose responses, what is hidden."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.instruments import shipped
from sipas.dossiers import DossierEvent
from sipas.items import Kind
from sipas.packing import HANOI, half_day
from sipas.roles import Role, items_of
from sipas.units import CounterRow
from storage import numbering, registry
from storage.dossiers import RESOLVED_DAYS, add_events
from storage.recount import recount
from storage.release import release
from storage.store import snapshot
from storage.transaction import Transaction
from tests.questionnaires import shipped as questionnaire
from tests.test_lineage import DESKS, DINH_HOA, Province, province
from tests.test_release import A_RESPONSE

__all__ = ["province"]  # a fixture

DAY, PERIOD = date(2026, 10, 6), "2026-Q4"
SOLVER, ITS_DESK = "14923", "399999"
LONG = "sipas-g2-2026-service16.1"


@pytest.mark.parametrize("name", ["short", "micro", "sipas-g2-2026-service16"])
def test_every_item_is_of_a_role(name: str) -> None:
    """Access and officials are received, results and the time limit resolved, the rest is both."""
    instrument = questionnaire(name)
    scales = {item.key for item in instrument.items if item.kind is Kind.SCALE}
    received, resolved = (items_of(instrument, role) for role in Role)

    assert received | resolved == scales
    assert {key[:6] for key in received - resolved} <= {"access", "staff_", "f_acce", "f_staf"}
    assert {key[:6] for key in resolved - received} <= {"result", "f_resu", "proc_d"}


def test_the_long_forms_roles_are_those_of_the_reference() -> None:
    """3 + 3 items are received only, 3 + 1 resolved only, 6 and the overall question both."""
    instrument = questionnaire("sipas-g2-2026-service16")
    received, resolved = (items_of(instrument, role) for role in Role)

    assert (len(received - resolved), len(resolved - received)) == (6, 4)
    assert received & resolved == {
        *("overall", "proc_posted", "proc_papers", "proc_fee"),
        *("pakn_channel", "pakn_handled", "pakn_told"),
    }


pytestmark = pytest.mark.anyio


def _furnish(tx: Transaction) -> None:
    registry.add_fields(tx, [(each, each, each) for each in ("land", "civil")])
    row = CounterRow(ITS_DESK, SOLVER, "Quầy số 1", "short.1", 3, True, (), DAY, None)
    registry.add_counters(tx, [row])


def _answer(tx: Transaction, unit: str, field: str, level: str, n: int) -> None:
    """Released responses at a unit's counter, all with one level throughout."""
    counter_id, unit_id = tx.counter_ids(DESKS.get(unit, ITS_DESK))
    half = half_day(datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=HANOI))
    levels = "".join(level if each.kind == "scale" else "s" for each in shipped()[LONG].items)
    one = replace(A_RESPONSE, counter_id=counter_id, unit_id=unit_id, field=field)
    for _ in range(n):
        number = numbering.row_id(half, random.getrandbits(numbering.RANDOM_BITS))
        tx.close(replace(one, response_id=number, instrument=LONG, levels=levels))
        tx.arrive(counter_id, half * 12)
    release(tx, shipped(), half, random.Random(7))


def _resolves(tx: Transaction, solver: str, field: str, day: date = DAY) -> None:
    known = len(list(tx.connection.execute("select 1 from dossier_events")))
    code = f"H56.12.34-260201-{known:04}"
    event = DossierEvent(code, "result", DINH_HOA, solver, field, "", day)
    assert add_events(tx, [(0, event)]).added == 1


@pytest.fixture
async def town(province: Province) -> AsyncIterator[Province]:
    """Land dossiers of one commune are resolved by another."""
    await province.store.write(_furnish)
    await province.store.write(_resolves, SOLVER, "land")
    yield province


async def figures(town: Province, unit: str, role: str) -> dict[str, dict[str, Any]]:
    """By key of figure."""
    told = await town.scores(unit, PERIOD, role=role)
    return {each["key"]: each for each in told["figures"]}


async def test_a_resolving_unit_has_what_others_received(town: Province) -> None:
    """Of fields that one unit resolves; what nobody is known to resolve is in no such view."""
    await town.store.write(_answer, DINH_HOA, "land", "5", 40)
    await town.store.write(_answer, DINH_HOA, "civil", "1", 40)
    received, resolved = [
        await figures(town, unit, role)
        for unit, role in ((DINH_HOA, "receiving"), (SOLVER, "resolving"))
    ]
    own, none = [await figures(town, DINH_HOA, role) for role in ("", "resolving")]

    assert (received["access_signs"]["n"], received["access_signs"]["value"]) == (80, 0.5)
    assert (resolved["result_fair"]["n"], resolved["result_fair"]["value"]) == (40, 1)
    assert none == {}
    assert "f_result" not in received
    assert "f_access" not in resolved
    assert len(own["index"]["items"]) == 16
    assert [len(each["index"]["items"]) for each in (received, resolved)] == [12, 10]
    assert received["index"]["id"] != own["index"]["id"]
    assert snapshot(town.store.address, recount, shipped()) == []


async def test_a_field_that_several_resolve_is_nobodys(town: Province) -> None:
    """Nothing is guessed; who resolved it three months ago does not count."""
    await town.store.write(_resolves, SOLVER, "civil", DAY - timedelta(RESOLVED_DAYS + 1))
    await town.store.write(_resolves, DINH_HOA, "civil")
    await town.store.write(_resolves, DINH_HOA, "land")
    await town.store.write(_answer, DINH_HOA, "land", "5", 40)
    await town.store.write(_answer, DINH_HOA, "civil", "5", 35)

    assert await figures(town, SOLVER, "resolving") == {}
    assert (await figures(town, DINH_HOA, "resolving"))["overall"]["n"] == 35


async def test_few_that_were_resolved_are_hidden(town: Province) -> None:
    """Nine are too few, and the total less what is known to be resolved elsewhere tells no more."""
    await town.store.write(_resolves, DINH_HOA, "civil")
    await town.store.write(_answer, DINH_HOA, "land", "5", 9)
    await town.store.write(_answer, DINH_HOA, "civil", "5", 60)
    few, other = [(await figures(town, u, "resolving"))["overall"] for u in (SOLVER, DINH_HOA)]

    assert (few.get("too_few"), few["n"], few["value"]) == (True, None, None)
    assert (other.get("suppressed"), other["value"]) == (True, None)


async def test_a_figure_of_a_role_can_be_explained(town: Province) -> None:
    """Under its id, with the role; and a role goes with no other question."""
    await town.store.write(_answer, DINH_HOA, "land", "4", 40)
    figure = (await figures(town, SOLVER, "resolving"))["result_fair"]
    asked = {"figure": figure["id"], "unit": SOLVER, "period": PERIOD, "role": "resolving"}
    told = (await town.client.get("/api/v1/explain", params=asked)).json()
    refused = [
        (await town.client.get("/api/v1/scores", params={"role": "resolving", **more})).status_code
        for more in ({"by": "month"}, {"compare": "2026-Q3"}, {"weights": "dossiers"})
    ]

    assert (told["figure"], told["responses"], told["not_released"]) == (figure, 40, None)
    assert refused == [400, 400, 400]
