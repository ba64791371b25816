"""A province's aggregate: the shown overall ratings of its published units, as they are sealed.

It is a file of the day's statement, so its hash is in the log and the day's root signs it. Nothing
is in it that the province's own pages do not show.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from handlers.log.told import Hex, RootOut
from sipas.figures import SHOWN_FROM, Part
from sipas.formulas import FORMULAS
from sipas.nation import Counted
from sipas.periods import parse_period
from storage.directory import Directory

FILE = "aggregate.json"
FORM: Literal["motcua.aggregate.1"] = "motcua.aggregate.1"
NEAR = 1e-9
MOST = 2**53  # what JSON can tell exactly

Code = Annotated[str, Field(pattern=r"^[\w.-]{1,64}$")]
Name = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Day = Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\d)?$")]
Count = Annotated[int, Field(ge=0, le=MOST)]
Ratio = Annotated[float, Field(ge=1e-3, le=1e6)]
Freedom = Annotated[float, Field(ge=1, le=1e9)]


class _Told(BaseModel):
    """What another program wrote: nothing is guessed, and what a later version adds is passed."""

    model_config = ConfigDict(strict=True, frozen=True)


class UnitTold(_Told):
    """A published unit."""

    code: Code
    kind: Code
    name: Name
    name_en: Name = ""


class Told(_Told):
    """The overall rating of a unit in a period; numbers that a figure has besides are passed."""

    id: Code
    unit: Code
    period: Code
    instrument: Code
    formula: Code
    levels: Annotated[list[Count], Field(min_length=5, max_length=5)]
    value: float
    design_effect: Ratio | None = None
    freedom: Freedom | None = None
    first: Day = ""
    last: Day = ""

    @model_validator(mode="after")
    def _holds(self) -> Self:
        """Raise ValueError unless the value is that of the levels, and may be shown."""
        parse_period(self.period)
        for day in filter(None, (self.first, self.last)):
            date.fromisoformat(day)
        if sum(self.levels) < SHOWN_FROM:
            raise ValueError(f"fewer than {SHOWN_FROM} answers")
        if self.formula not in FORMULAS or abs(self.value - self.counted.value) > NEAR:
            raise ValueError("not the value of its levels")
        return self

    @property
    def counted(self) -> Counted:
        """The counts that the rating rests on."""
        return Counted(tuple(self.levels), self.design_effect, self.freedom, self.formula)


class Aggregate(_Told):
    """The whole of it; the province is the unit that all others are below."""

    form: Literal["motcua.aggregate.1"]
    province: Code
    units: Annotated[list[UnitTold], Field(max_length=5000)]
    figures: Annotated[list[Told], Field(max_length=200_000)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Raise ValueError for a figure of no unit, and for what is told twice."""
        units = {each.code for each in self.units}
        asked = {(each.unit, each.period, each.instrument, each.formula) for each in self.figures}
        if len(units) < len(self.units) or len(asked) < len(self.figures):
            raise ValueError("something is told twice")
        if not {each.unit for each in self.figures} <= units:
            raise ValueError("a figure of a unit that is not told")
        return self


class Sealed(BaseModel):
    """An aggregate with what proves it: it is named by the last leaf below a signed root."""

    public_key: Hex
    root: RootOut
    entry: str = Field(description="of the last leaf; names the aggregate with its hash")
    path: list[Hex] = Field(description="hashes beside the way to the root, lowest first")
    aggregate: str = Field(description="the JSON text whose hash the entry names")


def aggregate(tree: Directory, figures: Iterable[Mapping[str, Any]]) -> bytes:
    """The aggregate of the published units of *tree*, with the overall ratings among *figures*."""
    roots = (each.code for each in tree.units if each.parent_code is None and not each.valid_to)
    # A unit that was renamed has two rows and one code.
    published = {each.code: each for each in tree.units if each.published}
    ratings = {
        each["id"]: each
        for each in figures
        if each["part"] == Part.OVERALL and each["value"] is not None
    }
    told = {
        "form": FORM,
        "province": next(roots, ""),
        "units": [
            {"code": each.code, "kind": each.kind, "name": each.name, "name_en": each.name_en}
            for each in published.values()
        ],
        "figures": list(ratings.values()),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
