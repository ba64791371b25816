"""Breaks in a series: where a unit or a questionnaire changes, and where nothing does."""

from __future__ import annotations

from datetime import date

import pytest

from bot.seeds import seed_lineage
from handlers.breaks import reason
from sipas.breaks import (
    Asking,
    Break,
    Cause,
    Span,
    boundary_breaks,
    instrument_breaks,
    split_breaks,
    within,
)
from sipas.periods import parse_period
from sipas.units import LineageRow
from storage.directory import Directory, Unit

MERGER = date(2025, 7, 1)
DINH_HOA = Span("15448", MERGER, None)
FORMER = (
    "cu-xa-dinh-binh",
    "cu-xa-dinh-cong",
    "cu-xa-dinh-hoa",
    "cu-xa-dinh-thanh",
    "cu-xa-thieu-long",
)


@pytest.mark.parametrize(
    ("code", "broken"),
    [
        ("2025", True),
        ("2025-06..2025-07", True),
        ("2025-R3", True),  # 15 June to 14 September
        ("2025-W27", True),  # 30 June to 6 July
        ("2025-06-30..2025-07-01", True),
        ("2025-H1", False),  # ends the day before
        ("2025-H2", False),  # begins with the new unit
        ("2026-Q4", False),
    ],
)
def test_a_period_over_the_merger_has_one_break(code: str, broken: bool) -> None:
    """On 1 July 2025, with every former commune; a period on one side of it has none."""
    found = boundary_breaks([DINH_HOA], seed_lineage(), parse_period(code))

    assert found == ((Break(MERGER, Cause.BOUNDARY, FORMER, ("15448",)),) if broken else ())


def test_a_former_unit_breaks_off_at_its_split() -> None:
    """Thị trấn Thiệu Hóa went to three communes."""
    town = Span("cu-thi-tran-thieu-hoa", date(2004, 1, 1), date(2025, 6, 30))
    (found,) = boundary_breaks([town], seed_lineage(), parse_period("2025"))

    assert (found.on, found.old) == (MERGER, ("cu-thi-tran-thieu-hoa",))
    assert found.new == ("15772", "15796", "15835")


def test_beginnings_ends_and_renamings_are_breaks_too() -> None:
    """Without any lineage: a unit's rows say when it began, ended, or was another."""
    members = [
        Span("press", date(2025, 6, 1), date(2025, 12, 7)),
        Span("press", date(2025, 12, 8), None),
        Span("gone", date(2004, 1, 1), date(2026, 3, 31)),
    ]
    found = boundary_breaks(members, [], parse_period("2025-01..2026-12"))

    assert found == (
        Break(date(2025, 6, 1), Cause.BOUNDARY, (), ("press",)),
        Break(date(2025, 12, 8), Cause.BOUNDARY, ("press",), ("press",)),
        Break(date(2026, 4, 1), Cause.BOUNDARY, ("gone",), ()),
    )


def test_mergers_of_other_units_are_no_break() -> None:
    """Only lineage that touches the series counts."""
    rows = [LineageRow("a", "b", MERGER)]

    assert boundary_breaks([Span("c", date(2004, 1, 1), None)], rows, parse_period("2025")) == ()


def test_a_change_of_questionnaire_breaks_a_series_of_months() -> None:
    """At the first month with the new one, months without responses or not; back again too."""
    used = {
        date(2026, 5, 1): "short.2",
        date(2026, 1, 1): "short.1",
        date(2026, 2, 1): "short.1",
        date(2026, 6, 1): "short.1",
    }
    found = instrument_breaks(used, parse_period("2026"))

    assert [(each.on, each.old, each.new) for each in found] == [
        (date(2026, 5, 1), ("short.1",), ("short.2",)),
        (date(2026, 6, 1), ("short.2",), ("short.1",)),
    ]
    assert {each.cause for each in found} == {Cause.INSTRUMENT}
    assert instrument_breaks({}, parse_period("2026")) == ()


def test_counters_that_turn_on_one_day_are_one_break() -> None:
    """Whatever each turned from and to; one that is told the same again turns to nothing."""
    turned, again = date(2026, 3, 1), date(2026, 6, 1)
    askings = [Asking(1, turned, 2), Asking(2, turned, 10), Asking(1, again, 2)]

    assert split_breaks(askings, parse_period("2026")) == (
        Break(turned, Cause.SPLIT, ("0",), ("2", "10")),
    )
    assert split_breaks(askings, parse_period("2026-H2")) == ()


def test_a_break_lies_between_two_days_of_the_period() -> None:
    """The first day of a period has no day before it; its last may be the first of the new."""
    month = parse_period("2025-07")

    assert not within(date(2025, 7, 1), month)
    assert within(date(2025, 7, 2), month)
    assert within(date(2025, 7, 31), month)
    assert not within(date(2025, 8, 1), month)


def unit(code: str, name: str, first: str, last: str | None = None, english: str = "") -> Unit:
    return Unit(0, code, "xa", name, english, "", "", None, first, last, None)


DIRECTORY = Directory(
    units=(
        unit("press", "Báo và Đài", "2025-06-01", "2025-12-07"),
        unit("press", "Báo và Phát thanh, truyền hình", "2025-12-08", None, "Press and TV"),
        unit("gone", "Đài huyện", "2004-01-01", "2026-03-31"),
    ),
    counters=(),
    fields=(),
    successors={},
)
RENAMED = Break(date(2025, 12, 8), Cause.BOUNDARY, ("press",), ("press",))


@pytest.mark.parametrize(
    ("found", "vietnamese", "english"),
    [
        (RENAMED, "Báo và Đài → Báo và Phát thanh", "Báo và Đài → Press and TV"),
        (RENAMED, "Từ 8/12/2025,", "From 2025-12-08 the unit is another one"),
        (RENAMED, "Không so sánh", "Do not compare"),
        (
            Break(date(2026, 4, 1), Cause.BOUNDARY, ("gone",), ()),
            "Từ 1/4/2026, không còn: Đài huyện.",
            "From 2026-04-01, gone: Đài huyện.",
        ),
        (
            Break(date(2025, 12, 8), Cause.BOUNDARY, (), ("press",)),
            "bắt đầu hoặc đổi tên: Báo và Phát thanh",
            "begun or renamed: Press and TV",
        ),
        (
            Break(date(2026, 5, 1), Cause.INSTRUMENT, ("short.1",), ("short.2",)),
            "phiếu hỏi đổi từ short.1 sang short.2",
            "the questionnaire is short.2, before it was short.1",
        ),
        (
            Break(MERGER, Cause.BOUNDARY, tuple("abcdefg"), ("unknown",)),
            "7 đơn vị → unknown",
            "7 units → unknown",
        ),
    ],
)
def test_a_reason_is_one_sentence_with_the_names_of_its_day(
    found: Break, vietnamese: str, english: str
) -> None:
    """A unit that was renamed has two names; many units are told by their number."""
    assert vietnamese in reason(DIRECTORY, found, "vi")
    assert english in reason(DIRECTORY, found, "en")
