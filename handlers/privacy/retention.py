"""The retention schedule, as `sipas/retention.toml` tells it: a worker obeys, a page shows it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

import sipas

_FILE = Path(sipas.__file__).parent / "retention.toml"


class Rule(NamedTuple):
    """One kind of data; *by* says what ends it: worker, month, setting, asked, always."""

    what: str
    by: str
    hours: int = 0


def _read() -> tuple[Rule, ...]:
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(Rule(what, **rule) for what, rule in found.items())


SCHEDULE = _read()
HOURS = {rule.what: rule.hours for rule in SCHEDULE if rule.by == "worker"}
