"""How long the law gives for a request, as `sipas/rights.toml` tells it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

import sipas

_FILE = Path(sipas.__file__).parent / "rights.toml"


class Clock(NamedTuple):
    """Days that the law gives; *certainty* says how surely we know (C, S or U)."""

    answer_workdays: int
    done_days: int
    longest_days: int
    certainty: str


def _read() -> tuple[str, dict[str, Clock]]:
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    law = found.pop("law")
    return law, {right: Clock(**days) for right, days in found.items()}


LAW, CLOCKS = _read()
