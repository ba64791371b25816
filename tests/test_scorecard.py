"""The PAR INDEX scorecard: files that are refused, falls, and what only a person may compare."""

from __future__ import annotations

import io
from decimal import Decimal
from fractions import Fraction

import pytest
from openpyxl import Workbook

from handlers.plans.sheets import COLUMNS_MOST, as_csv
from sipas.scorecard import (
    COLUMNS,
    UNMAPPED,
    Criterion,
    Mapped,
    Way,
    leaves,
    lines,
    read_mappings,
    read_scorecard,
)

HEAD = ",".join((*COLUMNS, "unit"))


def read(*rows: str) -> tuple[tuple[Criterion, ...], list[tuple[int, str, str]]]:
    """What became of a file with these rows; refusals as line, column and reason."""
    criteria, refused = read_scorecard("\n".join((HEAD, *rows)).encode())
    return criteria, [(each.line, each.column, each.reason) for each in refused]


def row(year: int, code: str, name: str, maximum: str, appraised: str | None) -> Criterion:
    """A criterion of which only the appraisal matters."""
    points = None if appraised is None else Decimal(appraised)
    return Criterion(year, code, name, Decimal(maximum), None, points)


def test_a_tree_is_read() -> None:
    """Decimal marks of both kinds; points may be unknown; leaves are what has no parts."""
    criteria, refused = read(
        "2026,1,Chỉ đạo,2.5,2.5,2,",
        '2026,1.1,Kế hoạch,"1,5","1,5",1,vp_ubnd',
        "2026,1.2,Kiểm tra,1,1,1,so_noi_vu",
        "2026,2,Thể chế,3,,,",
    )

    assert refused == []
    assert [each.code for each in leaves(criteria)] == ["1.1", "1.2", "2"]
    assert [each.lost for each in criteria] == [Decimal("0.5"), Decimal("0.5"), Decimal(0), None]
    assert criteria[1].unit == "vp_ubnd"


@pytest.mark.parametrize(
    ("bad", "column", "reason"),
    [
        ("26,1,x,1,1,1,", "year", "expected a year like 2026"),
        ("2026,1.,x,1,1,1,", "code", "expected a code like 1.2.3"),
        ("2026,1.1.1.1.1.1,x,1,1,1,", "code", "expected a code like 1.2.3"),
        ("2026,1,,1,1,1,", "name", "expected a name of at most 300 letters"),
        ("2026,1,x,,1,1,", "maximum", "expected points above 0"),
        ("2026,1,x,0,,,", "maximum", "expected points above 0"),
        ("2026,1,x,1,-1,1,", "self", "begins like a spreadsheet formula"),
        ("2026,1,x,1,1.12345,1,", "self", "expected points with at most four decimals"),
        ("2026,1,x,1,1,1.1,", "appraised", "is more than the maximum"),
        ("2026,1,x,1,1,1,Sở", "unit", "expected a code of a-z, 0-9, - and _"),
        ("2026,9,x,1,1,1,", "code", "the same criterion twice"),
        ("2026,3.1,x,1,1,1,", "code", "there is no row 3 above it"),
    ],
)
def test_a_bad_row_is_refused_with_line_and_reason(bad: str, column: str, reason: str) -> None:
    """Beside a good one, which does not hide it."""
    assert read("2026,9,Tốt,1,1,1,", bad)[1] == [(3, column, reason)]


def test_a_whole_is_the_sum_of_its_parts() -> None:
    """Else a row is missing or mistyped; the line of the whole is named."""
    parts = ("2026,1.1,a,1,1,0.5,", "2026,1.2,b,1,1,,")

    assert read("2026,1,x,3,2,0.5,", *parts)[1] == [(2, "maximum", "its parts add up to 2")]
    assert read("2026,1,x,2,1,0.6,", *parts)[1] == [
        (2, "self", "its parts add up to 2"),
        (2, "appraised", "its parts add up to 0.5"),
    ]
    assert read("2026,1,x,2,,,", *parts)[1] == []


def test_a_unit_that_does_not_exist_is_refused() -> None:
    """Where it is known which there are."""
    raw = f"{HEAD}\n2026,1,x,1,1,1,nowhere\n".encode()

    assert read_scorecard(raw, {"38"})[1][0].reason == "there is no such unit"
    assert read_scorecard(raw, {"nowhere"})[1] == ()


def test_a_file_without_its_columns_is_refused() -> None:
    """And one that is no text."""
    assert read_scorecard(b"year,code\n")[1][0].column == "name"
    assert read_scorecard(b"\xff\xfe")[1][0].reason == "expected a file in UTF-8"


@pytest.mark.parametrize(
    ("now", "before", "way"),
    [
        (row(2026, "1", "Kế hoạch", "2", "1"), row(2025, "1", "Kế hoạch", "2", "1.5"), Way.FELL),
        (row(2026, "1", "Kế hoạch", "2", "1"), row(2025, "1", "kế  hoạch", "2", "1"), Way.SAME),
        (row(2026, "1", "Kế hoạch", "2", "2"), row(2025, "1", "Kế hoạch", "2", "1"), Way.ROSE),
        (row(2026, "1", "Kế hoạch", "2", None), row(2025, "1", "Kế hoạch", "2", "1"), Way.UNKNOWN),
        (row(2026, "1", "Kế hoạch", "2", "1"), row(2025, "1", "Kế hoạch", "2", None), Way.UNKNOWN),
        # Without a mapping these are no falls, though the points are fewer.
        (row(2026, "1", "Công khai", "2", "1"), row(2025, "1", "Kế hoạch", "2", "2"), Way.RENAMED),
        (row(2026, "1", "Kế hoạch", "1", "1"), row(2025, "1", "Kế hoạch", "2", "2"), Way.RESCORED),
        (row(2026, "2", "Kế hoạch", "2", "1"), row(2025, "1", "Kế hoạch", "2", "2"), Way.ADDED),
    ],
)
def test_only_the_same_criterion_can_fall(now: Criterion, before: Criterion, way: Way) -> None:
    """The same code, name and maximum; anything else waits for a person."""
    (found,) = lines([now], [before], {})

    assert found.way is way
    assert (found.share is None) is (way in (Way.UNKNOWN, *UNMAPPED))


def test_what_is_mapped_is_compared_as_the_person_says() -> None:
    """Another maximum by shares of it; not comparable and new ones not at all."""
    now = [row(2026, code, f"n{code}", "4", "3") for code in ("1", "2", "3")]
    before = [row(2025, code, f"o{code}", "2", "2") for code in ("1", "2", "7")]
    said = [
        Mapped(2026, "1", "7", True, "đổi mã"),
        Mapped(2026, "2", "2", False, "đổi cách chấm"),
        Mapped(2026, "3", "", False, "mới"),
    ]
    found = lines(now, before, {each.code: each for each in said})

    assert [each.way for each in found] == [Way.FELL, Way.APART, Way.APART]
    assert found[0].share == Fraction(-1, 4)
    assert found[0].points is None
    assert [each.before and each.before.code for each in found] == ["7", "2", None]


def test_the_first_year_has_no_falls() -> None:
    """Nothing is known of what was before."""
    assert [each.way for each in lines([row(2026, "1", "x", "1", "0")], [], {})] == [Way.UNKNOWN]


def test_mappings_are_read_with_their_reasons() -> None:
    """A criterion that is new can be comparable with nothing; without a reason none is taken."""
    text = (
        "year,code,earlier,comparable,reason\n2026,1,2,có,gộp\n2026,2,,yes,mới\n"
        "2026,3,x,yes,sai\n2026,4,1,maybe,sai\n2026,5,1,no,\n"
    )
    found, refused = read_mappings(text.encode())

    assert found == (Mapped(2026, "1", "2", True, "gộp"), Mapped(2026, "2", "", False, "mới"))
    assert [(each.line, each.column) for each in refused] == [
        (4, "earlier"),
        (5, "comparable"),
        (6, "reason"),
    ]


def test_a_cell_far_out_makes_no_wide_rows() -> None:
    """A workbook of some kilobytes becomes no table of millions of cells."""
    book, sink = Workbook(), io.BytesIO()
    for row in range(1, 40):
        book.worksheets[0].cell(row, 1, "x")
        book.worksheets[0].cell(row, 16_384, "far")
    book.save(sink)

    assert len(as_csv(sink.getvalue())) < 39 * 2 * COLUMNS_MOST
