"""Claims that only an auditor can judge: commitments, places, rollups and running totals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from tests.second_verifier.package import Faults, Package, Row, form, leaf_of

ANSWERED = (
    *("instrument", "levels", "tags", "unit", "resolving", "counter", "half_day"),
    *("stage", "stratum", "channel", "kind", "field", "consent"),
)
NUMBERED = (
    *("unit", "counter", "instrument", "stage", "kind"),
    *("field", "channel", "stratum", "resolving"),
)


def commitments(package: Package) -> Faults:
    for response in package.responses:
        answered = form("motcua.response.1", {key: response[key] for key in ANSWERED})
        digest = sha256(bytes.fromhex(response["salt"]) + answered).hexdigest()
        entry = form(
            "motcua.entry.response.1", {"answered": digest, "comment": response["comment"]}
        )
        if leaf_of(entry).hex() != response["hash"]:
            yield f"response at {response['leaf']}: not what was committed"


def places(package: Package) -> Faults:
    taken = Counter(row["leaf"] for row in package.responses if row["leaf"] is not None)
    taken.update(act["index"] for act in package.acts if act["index"] is not None)
    if taken != Counter(range(len(package.leaves))):
        yield f"{len(taken)} places taken, {len(package.leaves)} leaves: not one each"
    for row in package.responses:
        at = row["leaf"]
        if at is not None and (
            not 0 <= at < len(package.leaves) or package.leaves[at].hex() != row["hash"]
        ):
            yield f"response at {at}: not the leaf at its place"


def numbers(package: Package) -> Faults:
    """A code has one number and a number one code, or rollups could be filed elsewhere."""
    pairs = {
        (kind, row[kind], number)
        for row in package.responses
        for kind, number in zip(NUMBERED, row["ids"], strict=True)
    }
    for side in (1, 2):
        seen = Counter((pair[0], pair[side]) for pair in pairs)
        yield from (
            f"{name[0]} {name[1]}: more than one meaning" for name, n in seen.items() if n > 1
        )


def slots(package: Package, response: Row) -> Iterator[int]:
    yield 0
    items = package.instruments[response["instrument"]]["items"]
    for (_, alphabet, slot), character in zip(items, response["levels"], strict=True):
        if character != "-":
            yield slot + alphabet.index(character)


def day_of(response: Row) -> date:
    return date(1970, 1, 1) + timedelta(days=response["half_day"] // 2)


def keys(response: Row) -> Iterator[tuple[str, tuple[int, ...]]]:
    unit, counter, instrument, stage, kind, field, channel, stratum, resolving = response["ids"]
    day = day_of(response)
    month = day.year * 12 + day.month - 1
    yield "rollups", (unit, counter, response["half_day"] // 2, instrument, stage)
    for dimension, value in enumerate((0, field, channel, stratum, kind, stage, resolving)):
        yield "rollup_margins", (unit, month * 2 + (day.day >= 15), instrument, dimension, value)
    yield "rollup_cube", (unit, month, instrument, field, channel, stratum)


def rollups(package: Package) -> Faults:
    made: dict[tuple[str, tuple[int, ...]], Counter[int]] = defaultdict(Counter)
    for response in (each for each in package.responses if each["hash"] not in package.left):
        added = list(slots(package, response))
        for key in keys(response):
            made[key].update(added)
    for row in package.rows("rollups.jsonl"):
        stored = {slot: n for slot, n in enumerate(row["counts"]) if n}
        if stored != made.pop((row["table"], tuple(row["key"])), {}):
            yield f"{row['table']} {row['key']}: not the count of its responses"
    yield from (f"{table} {key}: missing" for table, key in made)


def half_month(day: date) -> int:
    return (day.year * 12 + day.month - 1) * 2 + (day.day >= 15)


def sealed_levels(package: Package) -> dict[tuple[int, str], list[tuple[int, str]]]:
    """Half-month and levels of what the newest totals count, by number of unit and instrument."""
    below = package.published[-1][0]
    found = defaultdict(list)
    for row in package.responses:
        gone = package.left.get(row["hash"])
        if row["leaf"] is not None and row["leaf"] < below and (gone is None or gone > below):
            found[row["ids"][0], row["instrument"]].append((half_month(day_of(row)), row["levels"]))
    return found


def tallied(items: list[Any], levels: list[str]) -> dict[str, list[int]]:
    """How often each level and "not applicable" was given, by item."""
    columns = zip(*levels, strict=True) if levels else [()] * len(items)
    tallies = [Counter(column) for column in columns]
    return {
        key: [tally[level] for level in "12345n"]
        for (key, _, _), tally in zip(items, tallies, strict=True)
    }


def differs(total: Row, n: int, items: dict[str, list[int]]) -> bool:
    told = total["items"].items()
    return bool(total["responses"] != n) or any(
        count != (items[key] if isinstance(count, list) else sum(items[key][:5]))
        for key, count in told
    )


def running_totals(package: Package) -> Faults:
    sealed = sealed_levels(package)
    for (unit, instrument), rows in package.totals.items():
        items = package.instruments[instrument]["items"]
        for total in rows:
            end = half_month(date.fromisoformat(total["until"]))
            within = [
                levels
                for number in total["of"]
                for when, levels in sealed.get((number, instrument), ())
                if when <= end
            ]
            if differs(total, len(within), tallied(items, within)):
                yield f"total of {unit} until {total['until']}: not its responses"
