"""Lines of `motcua formula` for every formula: counts or indicators in, values out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from sipas import qd766, tt01
from sipas.formulas import FORMULAS, PLACES, evaluate_line
from sipas.qd766 import Happened, NothingOccurred, real_time
from sipas.scoring import half_up, percent
from sipas.tt01_totals import UNIT, official_total, unit_total

_SCORE = re.compile(r"([0-2](\.[0-9])?)?")
_COUNT = re.compile(r"[0-9]{1,18}")


def evaluated(line: str, formula_id: str) -> str:
    """One line evaluated by any formula of the registry.

    Raises:
        ValueError: the line is not what the formula reads, or there is no such formula.

    >>> evaluated("2,3,10,20,15", "t2b.v1")
    '70.0000,56.2496,80.8964'
    """
    if formula_id == tt01.FORMULA_ID:
        return indicators_line(line)
    if formula_id == qd766.FORMULA_ID:
        return happened_line(line)
    if formula_id in FORMULAS:
        return evaluate_line(line, formula_id)
    known = ", ".join((*FORMULAS, tt01.FORMULA_ID, qd766.FORMULA_ID))
    raise ValueError(f"expected one of {known}, got {formula_id!r}")


def indicators_line(line: str) -> str:
    """Nine scores as the unit's points, highest and class, and those of the official.

    Raises:
        ValueError: *line* is neither nine scores nor a JSON object of them.

    >>> indicators_line("1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.9,")
    '12.4,16,,7.5,10,full'
    >>> indicators_line('{"1": 2, "2": 1.5}')
    '3.5,4,,3.5,4,'
    """
    scores = _from_json(line) if line.lstrip().startswith("{") else _from_csv(line)
    totals = (unit_total(scores), official_total(scores))
    return ",".join(f"{half_up(t.points, 1)},{t.highest},{t.band or ''}" for t in totals)


def happened_line(line: str) -> str:
    """Five counts as points of 18 and the three rates in percent, or what did not occur.

    Raises:
        ValueError: *line* is not five counts, or a part is larger than its whole.

    >>> happened_line("10,9,2,100,5")
    '15.9000,90.0000,80.0000,95.0000'
    >>> happened_line("0,0,0,100,5")
    ',nothing occurred: r1 r2'
    """
    parts = re.sub(r"\s", "", line).split(",")
    if len(parts) != 5 or not all(_COUNT.fullmatch(part) for part in parts):
        raise _wrong("feedback,on_time,amiss,dossiers,marked", line)
    made = real_time(Happened(*map(int, parts)))
    if isinstance(made, NothingOccurred):
        return f",nothing occurred: {' '.join(made.rates)}"
    rates = (made.handled_on_time, made.without_fault, made.unmarked)
    return ",".join((half_up(made.points, PLACES), *(percent(rate, PLACES) for rate in rates)))


def _from_csv(line: str) -> dict[int, Decimal]:
    parts = re.sub(r"\s", "", line).split(",")
    if len(parts) != len(UNIT) or not all(_SCORE.fullmatch(part) for part in parts):
        raise _wrong("nine scores from 0 to 2 with one decimal, empty if unknown", line)
    return {number: Decimal(part) for number, part in zip(UNIT, parts, strict=True) if part}


def _from_json(line: str) -> Mapping[int, Decimal]:
    """The scores by indicator; numbers never become floats."""
    wrong = _wrong('{"1": 2, …} with scores of indicators 1 to 9, null if unknown', line)
    try:
        told = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise wrong from None
    numbers = {str(number): number for number in UNIT}
    fine = all(
        key in numbers and (value is None or _SCORE.fullmatch(str(value)))
        for key, value in told.items()
    )
    if not fine:
        raise wrong
    return {numbers[key]: Decimal(value) for key, value in told.items() if value is not None}


def _wrong(needed: str, line: str) -> ValueError:
    return ValueError(f"expected {needed}, got {line[:80].strip()!r}")
