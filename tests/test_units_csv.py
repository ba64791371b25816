"""CSV of units, lineage and counters: every row is taken whole or refused with its reason."""

from __future__ import annotations

from datetime import date

import pytest

from sipas.units import CounterRow, UnitRow, read_counters, read_lineage, read_units

UNITS = "code,kind,name,name_en,parent,valid_from,valid_to\n"
COUNTERS = "code,unit,name,instrument,officials,public,fields,valid_from,valid_to\n"
HOA = "15448,xa,Xã Định Hòa,,38,2025-07-01,\n"


def test_a_good_row_is_taken_whole() -> None:
    """Every column arrives; an empty end means still valid."""
    accepted, refused = read_units((UNITS + HOA).encode())

    assert refused == ()
    assert accepted == (UnitRow("15448", "xa", "Xã Định Hòa", "", "38", date(2025, 7, 1), None),)


@pytest.mark.parametrize(
    "raw",
    [
        ("\ufeff" + UNITS + HOA).encode(),
        (UNITS + HOA).replace("\n", "\r\n").encode(),
        (UNITS + HOA).replace(",", ";").encode(),
    ],
    ids=["with a BOM", "with CRLF", "with semicolons"],
)
def test_spreadsheets_are_read_as_they_come(raw: bytes) -> None:
    """What Excel writes in Viet Nam is read like any other CSV."""
    accepted, refused = read_units(raw)

    assert refused == ()
    assert [row.name for row in accepted] == ["Xã Định Hòa"]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("A B,xa,X,,38,2025-07-01,", "code", "expected a code"),
        ("x1,xa,,,38,2025-07-01,", "name", "expected a name"),
        ("x1,xa,X,,3 8,2025-07-01,", "parent", "expected a code"),
        ("x1,xa,X,,38,1/7/2025,", "valid_from", "expected a day"),
        ("x1,xa,X,,38,2025-07-01,2025-06-30", "valid_to", "is before valid_from"),
        ("x1,xa,=cmd(),,38,2025-07-01,", "name", "begins like a spreadsheet formula"),
        ("x1,xa,X\x00Y,,38,2025-07-01,", "name", "cannot be printed"),
    ],
)
def test_a_wrong_row_is_refused_with_its_reason(row: str, column: str, reason: str) -> None:
    """The line, the column and what was needed; the rows around it are taken."""
    accepted, (refusal,) = read_units((UNITS + HOA + row + "\n").encode())

    assert [unit.code for unit in accepted] == ["15448"]
    assert (refusal.line, refusal.column) == (3, column)
    assert reason in refusal.reason


def test_the_same_code_twice_counts_once() -> None:
    """The first row stands, the second is refused."""
    accepted, (refusal,) = read_units((UNITS + HOA + HOA).encode())

    assert len(accepted) == 1
    assert refusal.reason == "the same code twice"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xff\xfe\x00", "expected a file in UTF-8"),
        (b"kind,name,valid_from\n", "expected a column of this name"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(raw: bytes, reason: str) -> None:
    """Nothing is half-imported."""
    accepted, (refusal,) = read_units(raw)

    assert accepted == ()
    assert refusal.reason == reason


def test_a_succession_is_read() -> None:
    """One old unit may go into several new ones."""
    accepted, refused = read_lineage(b"old,new,on\ncu-a,x1,2025-07-01\ncu-a,x2,2025-07-01\n")

    assert refused == ()
    assert [(row.old, row.new) for row in accepted] == [("cu-a", "x1"), ("cu-a", "x2")]


def test_a_counter_with_one_official_is_not_public_by_itself() -> None:
    """A rating there is a rating of a person; only an explicit yes makes it public."""
    rows = (
        "381207,15448,Quầy 1,short.1,1,,land civil_status,2025-07-01,\n"
        "382012,15448,Quầy 2,,3,,,2025-07-01,\n"
        "382020,15448,Quầy 3,short.1,1,yes,,2025-07-01,\n"
        "382039,15448,Quầy 4,short.1,,no,,2025-07-01,2026-07-01\n"
    )
    accepted, refused = read_counters((COUNTERS + rows).encode())

    assert [refusal.reason for refusal in refused if refusal.column != "code"] == []
    assert [(row.code, row.public) for row in accepted][:3] == [
        ("381207", False),
        ("382012", True),
        ("382020", True),
    ]
    assert accepted[0].fields == ("land", "civil_status")
    assert accepted[1] == CounterRow(
        "382012", "15448", "Quầy 2", "short.1", 3, True, (), date(2025, 7, 1), None
    )


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("381208,15448,Q,short.1,2,,,2025-07-01,", "code", "right check digit"),
        ("381207,15448,Q,short.1,two,,,2025-07-01,", "officials", "expected a number"),
        ("381207,15448,Q,short.1,2,maybe,,2025-07-01,", "public", "expected yes or no"),
        ("381207,15448,,short.1,2,,,2025-07-01,", "name", "expected a name"),
    ],
)
def test_a_wrong_counter_is_refused(row: str, column: str, reason: str) -> None:
    """A code that a clerk could mistype is caught by its check digit."""
    accepted, (refusal,) = read_counters((COUNTERS + row + "\n").encode())

    assert accepted == ()
    assert refusal.column == column
    assert reason in refusal.reason


@pytest.mark.parametrize("split", ["-1", "x", "99", "²"])
def test_what_is_no_number_of_drawn_items_is_refused(split: str) -> None:
    """A counter asks all items, or a few drawn ones."""
    raw = (
        COUNTERS.replace("\n", ",split\n")
        + f"381207,15448,Quầy 1,short.1,2,1,,2026-01-01,,{split}\n"
    )
    accepted, (refusal,) = read_counters(raw.encode())

    assert accepted == ()
    assert refusal.column == "split"


def test_a_quotation_mark_that_is_never_closed_is_told() -> None:
    """Of a file that is one endless cell nothing is taken."""
    accepted, (refusal,) = read_units((UNITS + '"' + HOA * 5_000).encode())

    assert accepted == ()
    assert refusal.reason.startswith("expected a CSV file")
