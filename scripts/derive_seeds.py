"""Derive the seed CSVs of the demo province from the published lists (run once, by hand).

    python scripts/derive_seeds.py FOLDER

FOLDER holds thanh_hoa_units.csv, thanh_hoa_departments.csv and procedure_fields.csv.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from sipas.codes import check_digit
from sipas.vietnamese import fold

SEEDS = Path(__file__).parent.parent / "bot" / "seeds"
PROVINCE = "38"
CHANGED = "2025-07-01"
UNCHANGED = "giữ nguyên"
# Different places of one name, by the new unit they are in; every other repetition is a split.
APART = {
    ("Phường Lam Sơn", "14812"): "thi-xa-bim-son",
    ("Phường Phú Sơn", "14818"): "thi-xa-bim-son",
    ("Phường Ngọc Trạo", "14818"): "thi-xa-bim-son",
}
COMMUNE_FIELDS = "land civil_status certification social_protection business residence_id"
FIRST_COUNTER = {"15448": "38120"}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write a seed file."""
    with (SEEDS / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def slug(name: str) -> str:
    """A code from a name."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")


def former(name: str, new: str, taken: dict[str, str]) -> str:
    """The code of a former unit: its name, and its district where the list tells it.

    Names that differ only in tones fold to one slug; the later ones get a number.
    """
    district = re.search(r"\((.*)\)", name)
    bare = name.partition("(")[0].strip()
    place = slug(district[1]) if district else APART.get((bare, new), "")
    code = base = "cu-" + "-".join(part for part in (slug(bare), place) if part)
    number = 2
    while taken.setdefault(code, bare) != bare:
        code, number = f"{base}-{number}", number + 1
    return code


def main(folder: Path) -> None:
    """Write units.csv, lineage.csv, counters.csv and fields.csv."""
    communes = rows_of(folder / "thanh_hoa_units.csv")
    departments = rows_of(folder / "thanh_hoa_departments.csv")
    units: list[tuple[str, ...]] = [
        (PROVINCE, "province", "Tỉnh Thanh Hóa", "Thanh Hóa Province", "", "2004-01-01", "")
    ]
    lineage: list[tuple[str, ...]] = []
    gone: dict[str, tuple[str, ...]] = {}
    taken: dict[str, str] = {}
    for row in departments:
        units.append((row["key"], "department", row["vi"], row["en"], PROVINCE, "2025-03-01", ""))
    for row in communes:
        code, name = row["gso_code"], row["name"]
        kind = "phuong" if name.startswith("Phường") else "xa"
        same = row["merged_from"] == UNCHANGED
        units.append((code, kind, name, "", PROVINCE, "2004-01-01" if same else CHANGED, ""))
        for old in () if same else (part.strip() for part in row["merged_from"].split(",")):
            key = former(old, code, taken)
            title = old.partition("(")[0].strip()
            gone[key] = (key, "former", title, "", PROVINCE, "2004-01-01", "2025-06-30")
            lineage.append((key, code, CHANGED))
    head = ("code", "kind", "name", "name_en", "parent", "valid_from", "valid_to")
    write("units.csv", head, [*units, *gone.values()])
    write("lineage.csv", ("old", "new", "on"), lineage)
    write("counters.csv", COUNTER_HEAD, counters(units[1:]))
    fields = rows_of(folder / "procedure_fields.csv")
    write("fields.csv", ("code", "vi", "en"), [(f["code"], f["vi"], f["en"]) for f in fields])


COUNTER_HEAD = (
    *("code", "unit", "name", "instrument", "officials", "public", "fields"),
    *("valid_from", "valid_to"),
)


def counters(units: list[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """One counter a unit, a second one at every twentieth, a few with other questionnaires."""
    number = 38_200
    for place, (code, kind, name, _, _, _, _) in enumerate(units):
        for desk in (1, 2) if place % 20 == 5 else (1,):
            number += 1
            five = FIRST_COUNTER.get(code, str(number)) if desk == 1 else str(number)
            instrument = {3: "micro.1", 7: "sipas-g2-2026-service16.1"}.get(place % 30, "short.1")
            fields = COMMUNE_FIELDS if kind != "department" else ""
            title = f"Quầy số {desk}, Bộ phận Một cửa {name}"
            officials = "1" if place % 40 == 11 else "3"
            yield (
                *(five + check_digit(five), code, title, instrument, officials, ""),
                *(fields, CHANGED, ""),
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
