"""Corrective plans: which criteria are listed, the table of states, and who is late."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.comparison import Difference
from sipas.declining import Declining, Pair, Sign, declining
from sipas.earlier import Against, earlier, later
from sipas.figures import Figure, Part
from sipas.periods import Period, parse_period
from sipas.plans import (
    SOON,
    Act,
    Entered,
    Refusal,
    Standing,
    State,
    faults,
    possible,
    presses,
    standing,
    step,
)

FULL = Entered("thiếu người", "thêm một quầy", "2027-03-31", "Phó Chủ tịch UBND xã")
TODAY = date(2027, 1, 10)


def figure(part: Part, key: str, value: Fraction | None, instrument: str = "short.1") -> Figure:
    """A figure of one unit and quarter."""
    made = ("id", "15448", "", key, part, "direct", "2026-Q4", "t2b.v1", instrument)
    return Figure(*made, value=value)


def pair(now: Figure, low: float, value: float, high: float) -> Pair:
    """A figure beside an earlier one, so far apart."""
    return Pair(now, now._replace(id="before"), Difference(value, low, high))


def signs(found: tuple[Declining, ...]) -> dict[str, list[Sign]]:
    """The signs by key."""
    return {each.figure.key: list(each.signs) for each in found}


def test_only_what_is_clearly_lower_has_fallen() -> None:
    """An interval that touches nought is no fall; what rose or stayed is on no list."""
    made = {key: figure(Part.ITEM, key, Fraction(7, 10)) for key in "abcde"}
    pairs = [
        pair(made["a"], -0.2, -0.1, -0.001),
        pair(made["b"], -0.2, -0.1, 0.0),
        pair(made["c"], -0.1, 0.0, 0.1),
        pair(made["d"], 0.1, 0.2, 0.3),
    ]
    found = declining(list(made.values()), pairs)

    assert signs(found) == {"a": [Sign.FELL], "b": [Sign.LOWER]}
    assert [each.asks for each in found] == [True, False]
    assert found[0].pair == pairs[0]


def test_nothing_stands_on_a_list_without_a_shown_value() -> None:
    """Neither as the lowest nor by what it was before."""
    hidden = figure(Part.FACTOR, "f_staff", None)

    assert declining([hidden], [pair(hidden, -0.3, -0.2, -0.1)], behind="short.1") == ()


def test_the_lowest_are_the_unit_s_factors_that_have_not_clearly_risen() -> None:
    """With ties, of the questionnaire most used, and none when nobody asks for them."""
    low = [
        figure(Part.FACTOR, key, Fraction(n, 10))
        for key, n in zip("abcd", (5, 6, 6, 9), strict=True)
    ]
    other = figure(Part.FACTOR, "z", Fraction(1, 10), "micro.1")
    made = [*low, other, figure(Part.INDEX, "index", Fraction(1, 10))]

    assert signs(declining(made, [], lowest=2)) == {key: [Sign.LOW] for key in "abc"}
    assert signs(declining(made, [pair(low[0], 0.1, 0.2, 0.3)], lowest=1)) == {}
    assert signs(declining(made, [pair(low[0], -0.3, -0.2, 0.1)], lowest=1)) == {
        "a": [Sign.LOW, Sign.LOWER]
    }
    assert declining(made, [], lowest=0) == ()


def test_a_unit_behind_the_others_is_told_by_its_overall_level() -> None:
    """Of the questionnaire in which it was ranked."""
    made = [
        figure(Part.OVERALL, "overall_direct", Fraction(7, 10), each) for each in ("short.1", "x.1")
    ]

    assert [each.signs for each in declining(made, [], behind="x.1")] == [(Sign.BEHIND,)]


def test_one_answer_is_one_criterion() -> None:
    """An item that is told as a factor or as the overall level is not listed again."""
    both = [
        (Part.OVERALL, "overall_direct"),
        (Part.FACTOR, "f_staff"),
        (Part.ITEM, "overall"),
        (Part.ITEM, "f_staff"),
        (Part.ITEM, "staff_manner"),
    ]
    made = [figure(part, key, Fraction(1, 2)) for part, key in both]
    found = declining(made, [pair(each, -0.3, -0.2, -0.1) for each in made])

    assert [(each.figure.part, each.figure.key) for each in found] == [*both[:2], both[4]]


@pytest.mark.parametrize(
    ("code", "year", "before"),
    [
        ("2026-Q1", "2025-Q1", "2025-Q4"),
        ("2026-R1", "2025-R1", "2025-R4"),
        ("2026-H2", "2025-H2", "2026-H1"),
        ("2026-01", "2025-01", "2025-12"),
        ("2026", "2025", "2025"),
        ("2026-RY", "2025-RY", "2025-RY"),
        ("2026-R6M", "2025-R6M", None),  # its year has no second half to report on
        ("2025-11..2026-10", "2024-11..2025-10", None),
        ("2026-W10", None, None),
        ("2026-11-01..2026-11-14", None, None),
        ("2000-Q1", None, None),
    ],
)
def test_each_period_has_its_earlier_one(code: str, year: str | None, before: str | None) -> None:
    """The same code one year earlier, and the one before of the same kind, or none."""
    found = [earlier(parse_period(code), against) for against in Against]

    assert [each and each.code for each in found] == [year, before]


@given(
    st.sampled_from(["-Q1", "-Q3", "-R1", "-R4", "-H2", "", "-RY", "-01", "-12"]),
    st.integers(2002, 2090),
)
def test_the_period_before_ends_where_the_next_begins(kind: str, year: int) -> None:
    """No day between them; and the later ones are those for which this is an earlier one."""
    period = parse_period(f"{year}{kind}")
    before = earlier(period, Against.BEFORE)

    assert before is not None
    assert before.last + timedelta(days=1) == period.first
    assert later(before, period.first)[0] == period
    assert later(before, before.last) == ()


def test_a_kind_without_order_has_no_later_one() -> None:
    """Nobody can say what follows a range of months."""
    assert later(parse_period("2025-11..2026-10"), TODAY) == ()


def test_a_plan_goes_its_way() -> None:
    """Entered, noted, done, returned, entered again, done, verified; then nothing moves it."""
    state = State.LISTED
    way = "write note finish note return note write finish verify"
    for act in map(Act, way.split()):
        after = step(state, act, "x")
        assert isinstance(after, State), (state, act)
        state = after

    assert state is State.VERIFIED
    assert possible(state) == ()


@given(st.sampled_from(State), st.sampled_from(Act), st.sampled_from(["", "  ", "x"]))
def test_every_act_in_every_state_has_an_answer(state: State, act: Act, words: str) -> None:
    """A state or a refusal; an act that says something needs words."""
    found = step(state, act, words)
    silent = act in (Act.NOTE, Act.FINISH, Act.RETURN) and not words.strip()

    assert isinstance(found, State | Refusal)
    assert not (silent and isinstance(found, State))
    assert isinstance(step(state, act, "x"), State) is (act in possible(state))


@pytest.mark.parametrize(
    ("field", "told", "refusal"),
    [
        ("causes", " ", Refusal.NO_CAUSES),
        ("measures", "", Refusal.NO_MEASURES),
        ("deadline", "", Refusal.NO_DEADLINE),
        ("deadline", "31/3/2027", Refusal.NO_DEADLINE),
        ("deadline", "2027-01-09", Refusal.PAST_DEADLINE),
        ("post", "", Refusal.NO_POST),
        ("post", "lan@thanhhoa.gov.vn", Refusal.NOT_A_POST),
        ("post", "Bà Lan, 0912.345.678", Refusal.NOT_A_POST),
        ("post", "x" * 121, Refusal.NOT_A_POST),
    ],
)
def test_what_is_entered_is_looked_at(field: str, told: str, refusal: Refusal) -> None:
    """All four are needed; the deadline lies ahead, and the post is nobody's telephone."""
    named = {"causes": FULL.causes, "measures": FULL.measures}
    entered = Entered(**{**named, "deadline": FULL.deadline, "post": FULL.post, field: told})

    assert faults(entered, TODAY) == (refusal,)
    assert faults(FULL, TODAY) == ()


def test_how_a_plan_stands_and_whether_its_unit_is_reminded() -> None:
    """Missing after the day it was due, overdue after its own deadline, urgent a week before."""
    due, deadline = date(2027, 1, 10), date(2027, 3, 31)
    day = timedelta(days=1)

    assert standing(State.LISTED, due, None, due) is Standing.AWAITED
    assert standing(State.LISTED, due, None, due + day) is Standing.MISSING
    for state in State:
        if state is not State.LISTED:
            late = standing(state, due, deadline, deadline + day)
            open_still = state in (State.OPEN, State.RETURNED)
            assert (late is Standing.OVERDUE) is open_still
            assert standing(state, due, deadline, deadline).value == state.value
    assert presses(Standing.OPEN, due, deadline, deadline - SOON * day)
    assert not presses(Standing.OPEN, due, deadline, deadline - (SOON + 1) * day)
    for stands, urgent in product((Standing.MISSING, Standing.OVERDUE, Standing.RETURNED), [True]):
        assert presses(stands, due, deadline, TODAY) is urgent
    assert not presses(Standing.VERIFIED, due, deadline, TODAY)


def test_a_period_is_what_its_code_says() -> None:
    """Earlier periods are real ones: code and days agree."""
    found = earlier(parse_period("2024-02"), Against.YEAR)

    assert found == Period(date(2023, 2, 1), date(2023, 2, 28), "2023-02")
