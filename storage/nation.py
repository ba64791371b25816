"""The provinces of a centre: their newest believed aggregates, and what was refused.

A root that was believed is never replaced. Who pulls and checks is `bot.federation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sipas.nation import Counted
from storage import registry
from storage.api_keys import Act
from storage.engine import Reader, loaded
from storage.queries import read
from storage.queries import write as sql
from storage.sealing import Root
from storage.transaction import Transaction

REFUSALS_SHOWN = 50
_FIGURE = (
    *("province_id", "period", "formula", "instrument", "unit", "figure_id"),
    *("n1", "n2", "n3", "n4", "n5", "design_effect", "freedom", "first_day", "last_day"),
)
_UNIT = ("province_id", "code", "kind", "name", "name_en")


class Reason(StrEnum):
    """Why an aggregate is refused."""

    FORM = "form"
    KEY = "key"
    SIGNATURE = "signature"
    CONTENT = "content"
    PROVINCE = "province"
    OLDER = "older"
    REWRITTEN = "rewritten"


class Province(NamedTuple):
    """A province that the centre pulls from.

    Attributes:
        name, name_en: as it tells them; empty before it was heard.
        heard_at: when it was last heard, UTC; None before.
        trouble: why the last try brought nothing; a `Reason` where something came.
        root: the newest that was believed.
    """

    province_id: int
    code: str
    address: str
    public_key: bytes
    added_on: str
    name: str
    name_en: str
    etag: str
    heard_at: str | None
    trouble: str
    root: Root | None


class Row(NamedTuple):
    """A figure as it is kept."""

    period: str
    instrument: str
    unit: str
    figure_id: str
    counted: Counted
    first: str
    last: str


class Place(NamedTuple):
    """A published unit of a province."""

    code: str
    kind: str
    name: str
    name_en: str


class Taken(NamedTuple):
    """What a province told, once it is believed; *digest* is the hash of the aggregate."""

    root: Root
    digest: bytes
    etag: str
    own: Place
    units: Sequence[Place]
    figures: Sequence[Row]


class Cell(NamedTuple):
    """The figure of one unit."""

    unit: str
    figure_id: str
    counted: Counted
    first: str
    last: str


class Refused(NamedTuple):
    """An aggregate that was refused, and how often it came."""

    province: str
    name: str
    name_en: str
    reason: str
    digest: bytes
    first_at: str
    last_at: str
    times: int


class Told(NamedTuple):
    """What provinces tell of themselves: a period and a questionnaire, with the answers."""

    period: str
    instrument: str
    n: int


def add(tx: Transaction, code: str, address: str, key: bytes, act: Act) -> bool:
    """Pull a province from now on; False where one with this code is there already."""
    added = bool(
        sql.add_province(
            tx.connection, code=code, address=address, public_key=key, added_on=act.at[:10]
        )
    )
    if added:
        registry.audit(tx, act.at, act.actor, "province add", code, f"{address} {key.hex()}")
    return added


def remove(tx: Transaction, code: str, act: Act) -> bool:
    """Forget a province and all that it told; whether there was one."""
    found = next((each for each in provinces(tx) if each.code == code), None)
    if found is None:
        return False
    for drop in (
        sql.drop_province_figures,
        sql.drop_province_units,
        sql.drop_province_roots,
        sql.drop_province_refusals,
        sql.drop_province,
    ):
        drop(tx.connection, province_id=found.province_id)
    registry.audit(tx, act.at, act.actor, "province remove", code, found.address)
    return True


def provinces(tx: Transaction) -> list[Province]:
    """Every province, by code."""
    return [_province(row) for row in sql.provinces(tx.connection)]


def heard(tx: Transaction, province_id: int, at: str) -> None:
    """The province still tells what is kept."""
    sql.mark_heard(tx.connection, province_id=province_id, heard_at=at)


def silent(tx: Transaction, province_id: int, trouble: str) -> None:
    """Nothing came; what is kept stays."""
    sql.mark_trouble(tx.connection, province_id=province_id, trouble=trouble)


def refuse(tx: Transaction, province_id: int, reason: Reason, digest: bytes, at: str) -> None:
    """What came is not believed: that is kept for everybody to see, and what was believed stays."""
    sql.add_refusal(tx.connection, province_id=province_id, reason=reason, digest=digest, at=at)
    sql.mark_trouble(tx.connection, province_id=province_id, trouble=reason)


def take(tx: Transaction, province_id: int, taken: Taken, at: str) -> None:
    """Put what a province told in the place of what it told before."""
    given = {"province_id": province_id}
    root = taken.root._asdict()
    sql.add_province_root(tx.connection, **given, **root, aggregate=taken.digest, taken_at=at)
    sql.drop_province_figures(tx.connection, **given)
    sql.drop_province_units(tx.connection, **given)
    units = ((province_id, *each) for each in taken.units)
    loaded(tx.connection, "province_units", _UNIT, units)
    loaded(tx.connection, "province_figures", _FIGURE, _rows(province_id, taken.figures))
    own = {"name": taken.own.name, "name_en": taken.own.name_en}
    sql.name_province(tx.connection, **given, **own, etag=taken.etag)
    heard(tx, province_id, at)


def _rows(province_id: int, figures: Iterable[Row]) -> Iterable[tuple[object, ...]]:
    for period, instrument, unit, figure_id, counted, first, last in figures:
        asked = (province_id, period, counted.formula, instrument, unit, figure_id)
        yield *asked, *counted.levels, counted.design_effect, counted.freedom, first, last


async def known(reader: Reader) -> list[Province]:
    """Every province, by code, for who only reads."""
    return [_province(row) async for row in read.provinces(reader)]


async def told(reader: Reader, formula: str) -> list[Told]:
    """What provinces tell of themselves by one formula, the most answers first."""
    return [Told(*row) async for row in read.province_periods(reader, formula=formula)]


async def of_provinces(reader: Reader, period: str, formula: str, instrument: str) -> list[Cell]:
    """Each province's figure of itself."""
    asked = {"period": period, "formula": formula, "instrument": instrument}
    found = read.figures_of_provinces(reader, **asked)
    return [_cell(row, formula) async for row in found]


async def of_units(
    reader: Reader, province_id: int, period: str, formula: str, instrument: str
) -> list[Cell]:
    """The figure of every unit of a province."""
    asked = {"period": period, "formula": formula, "instrument": instrument}
    found = read.figures_of_province(reader, province_id=province_id, **asked)
    return [_cell(row, formula) async for row in found]


async def places(reader: Reader, province_id: int) -> list[Place]:
    """The published units of a province."""
    found = read.units_of_province(reader, province_id=province_id)
    return [Place(*row) async for row in found]


async def refusals(reader: Reader) -> list[Refused]:
    """What was refused last."""
    return [Refused(*row) async for row in read.refusals(reader, most=REFUSALS_SHOWN)]


def _province(row: Sequence[Any]) -> Province:
    *told, number, day, size, root, previous, signature = row
    newest = None if number is None else Root(number, day, size, root, previous, signature)
    return Province._make((*told, newest))


def _cell(row: Sequence[Any], formula: str) -> Cell:
    unit, figure_id, *levels, design_effect, freedom, first, last = row
    counted = Counted(tuple(levels), design_effect, freedom, formula)
    return Cell(unit, figure_id, counted, first, last)
