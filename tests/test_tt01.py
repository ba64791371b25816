"""`tt01.v1`: every row of the table of Thông tư 01/2018, its gaps, its classes and their edges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas import tt01
from sipas.tt01 import UNSCORED, Complaint, Level, Note, Pace, Points
from sipas.tt01_dossiers import Dossier, complaint_of, dossier_points
from sipas.tt01_totals import (
    OFFICIAL,
    UNIT,
    indicator,
    official_class,
    official_total,
    unit_class,
    unit_total,
)

TWO = dict.fromkeys(UNIT, Decimal(2))
POINTS = st.sampled_from([Points(0), Points(1), Points(2), UNSCORED])


@pytest.mark.parametrize(
    ("total", "band"),
    [
        ("18", "excellent"),
        ("15.0", "excellent"),
        ("14.9", "good"),
        ("12.0", "good"),
        ("11.9", "fair"),
        ("9.0", "fair"),
        ("8.9", "average"),
        ("6.0", "average"),
        ("5.9", "weak"),
        ("0", "weak"),
    ],
)
def test_a_units_class_begins_at_its_lower_bound(total: str, band: str) -> None:
    """Lower bounds are inclusive."""
    assert unit_class(Decimal(total)).value == band


@pytest.mark.parametrize(
    ("total", "band"),
    [("10", "full"), ("5.0", "full"), ("4.9", "most"), ("3.5", "most"), ("3.4", "little")],
)
def test_an_officials_band_begins_at_its_lower_bound(total: str, band: str) -> None:
    """So are those of officials."""
    assert official_class(Decimal(total)).value == band


def test_scores_that_add_up_to_the_edge_reach_it() -> None:
    """Nine scores that binary floats would add to 14.999999999999998 are excellent."""
    parts = ["1.9", "1.9", "1.9", "1.8", "1.7", "1.5", "1.5", "1.4", "1.4"]
    scores = dict(zip(UNIT, map(Decimal, parts), strict=True))
    total = unit_total(scores)

    assert (total.points, total.band, total.shown) == (Decimal("15.0"), "excellent", "15.0/18")
    assert unit_total({**scores, 9: Decimal("1.3")}).band == "good"


def test_the_score_of_an_indicator_is_rounded_half_up() -> None:
    """2, 2, 1, 0 make 1.25 and so 1.3; those unscored are no zeros."""
    made = indicator([Points(2), Points(2), Points(1), UNSCORED, Points(0)])

    assert (made.score, made.scored, made.dossiers) == (Decimal("1.3"), 4, 5)
    assert indicator([UNSCORED]).score is None
    assert indicator([]).dossiers == 0


@given(st.lists(POINTS, min_size=1))
def test_a_score_is_within_a_twentieth_of_the_mean(every: list[Points]) -> None:
    """And always from 0 to 2 with one decimal, as the totals ask."""
    made = indicator(every)
    values = [each.value for each in every if each.value is not None]

    if made.score is None:
        assert not values
    else:
        assert abs(made.score * len(values) - sum(values)) * 20 <= len(values)
        assert unit_total({1: made.score}).points == made.score


def test_without_an_indicator_there_is_no_class() -> None:
    """Eight that sum 12.4 are 12.4 of 16."""
    scores = {**dict.fromkeys(UNIT, Decimal("1.5")), 8: Decimal("1.9"), 9: None}
    total = unit_total(scores)

    assert (total.shown, total.band, total.missing) == ("12.4/16", None, (9,))
    assert official_total({1: Decimal(2)}).band is None


def test_an_officials_total_leaves_out_indicator_6() -> None:
    """1 to 7 all 2 make 10, not 12 or 14."""
    total = official_total({number: Decimal(2) for number in range(1, 8)})

    assert (total.points, total.highest, total.band) == (Decimal(10), 10, "full")
    assert 6 not in OFFICIAL


@pytest.mark.parametrize("score", ["2.1", "-0.1", "1.25", "NaN", "Infinity"])
def test_a_score_that_cannot_be_is_refused(score: str) -> None:
    """A score comes from `indicator`; anything else is a mistake of the caller."""
    with pytest.raises(ValueError, match=r"^indicator 3: expected 0 to 2 with one decimal"):
        unit_total({**TWO, 3: Decimal(score)})


def test_days_are_compared_with_the_day_due() -> None:
    """The day itself is on time."""
    due = date(2026, 11, 20)
    days = [date(2026, 11, day) for day in (19, 20, 21)]

    assert [tt01.pace(due, day) for day in days] == [Pace.EARLY, Pace.ON_TIME, Pace.LATE]


@pytest.mark.parametrize(
    ("answer", "points"), [("early", 2), ("on_time", 1), ("late", 0), ("pending", None), ("", None)]
)
def test_the_answer_about_lateness_is_worth_points(answer: str, points: int | None) -> None:
    """Who still waits is not scored."""
    assert dossier_points(Dossier(answers={"ev_late": answer}))[1].value == points


def test_the_slowest_body_decides() -> None:
    """Indicator 2 has no points while no body's time is known."""
    assert tt01.bodies_time([Pace.EARLY, Pace.EARLY]).value == 2
    assert tt01.bodies_time([Pace.EARLY, Pace.LATE, Pace.ON_TIME]).value == 0
    assert tt01.bodies_time([]) is UNSCORED


def test_contacts_the_applicant_caused_are_not_counted() -> None:
    """Two contacts, one of them the applicant's fault: one point, with a note."""
    assert [tt01.contacts(times).value for times in (0, 1, 2, 7)] == [2, 1, 0, 0]
    assert tt01.contacts(2, 1) == Points(1, (Note.BY_APPLICANT,))
    assert tt01.contacts(None, 1) is UNSCORED


@pytest.mark.parametrize(
    ("one_stop", "others", "required", "points"),
    [
        (False, 0, 0, 2),
        (True, 0, 0, 1),
        (True, 1, 1, 1),
        (True, 2, 2, 1),
        (True, 0, 1, 1),
        (False, 1, 1, 2),
        (True, 1, 0, 0),
        (False, 2, 0, 0),
        (None, 1, 0, None),
        (True, None, 0, None),
    ],
)
def test_bodies_to_be_contacted(
    one_stop: bool | None, others: int | None, required: int, points: int | None
) -> None:
    """Those required by law are free; they never take the one-stop itself off."""
    assert tt01.bodies(one_stop, others, required) == Points(points)


def test_one_body_that_is_not_the_one_stop_is_noted() -> None:
    """The text knows no such case."""
    assert tt01.bodies(False, 1) == Points(1, (Note.ONE_OTHER_BODY,))
    assert tt01.bodies(False, 2, 1) == Points(1, (Note.ONE_OTHER_BODY,))


@pytest.mark.parametrize(
    ("level", "approved", "points"),
    [
        (Level.MINISTRY, 20, 2),
        (Level.PROVINCE, 19, 1),
        (Level.DISTRICT, 50, 2),
        (Level.DISTRICT, 49, 1),
        (Level.COMMUNE, 100, 2),
        (Level.COMMUNE, 99, 1),
    ],
)
def test_a_one_stop_that_approves_enough_itself(level: Level, approved: int, points: int) -> None:
    """More is asked of those nearer to the people."""
    assert tt01.at_one_stop(level, 100, approved, 80, 80).value == points
    assert tt01.at_one_stop(level, 100, 0, 80, 79).value == 0
    assert tt01.at_one_stop(level, 0, 0, 0, 0) is UNSCORED


def test_procedures_made_public() -> None:
    """Posted and online is two, one of them one; what is not proper is nothing."""
    ways = [(True, True), (True, False), (False, True), (False, False)]

    assert [tt01.publicity(True, *way).value for way in ways] == [2, 1, 1, 0]
    assert [tt01.publicity(False, *way).value for way in ways] == [0, 0, 0, 0]
    assert tt01.publicity(None) is UNSCORED


def test_attitude_with_and_without_a_complaint() -> None:
    """A complaint found false counts as none; one being verified counts until then."""
    assert [tt01.attitude(each, Complaint.NONE).value for each in Pace] == [2, 1, 0]
    assert tt01.attitude(Pace.EARLY, Complaint.UNFOUNDED) == Points(2)
    assert tt01.attitude(Pace.EARLY, Complaint.UPHELD) == Points(0)
    assert tt01.attitude(Pace.EARLY, Complaint.PENDING) == Points(0, (Note.COMPLAINT_PENDING,))
    assert tt01.attitude(Pace.LATE, Complaint.NONE) == Points(0, (Note.LATE_WITHOUT_COMPLAINT,))
    assert tt01.attitude(None, Complaint.NONE) == UNSCORED
    assert tt01.attitude(None, Complaint.UPHELD).value == 0


@pytest.mark.parametrize(
    ("received", "on_time", "dragging", "points"),
    [(0, 0, 0, 2), (0, 0, 1, 0), (7, 7, 0, 2), (7, 7, 1, 0), (10, 9, 0, 1), (100, 89, 0, 0)],
)
def test_feedback(received: int, on_time: int, dragging: int, points: int) -> None:
    """None received is as good as all on time; ninety of a hundred is the edge."""
    assert tt01.feedback(received, on_time, dragging).value == points


@pytest.mark.parametrize(
    ("offered", "filed", "unresolved", "points"),
    [
        (20, 30, 0, 2),
        (20, 29, 0, 1),
        (20, 15, 0, 1),
        (20, 14, 0, 0),
        (20, 30, 1, 0),
        (0, 30, 0, 0),
        (1, 29, 0, 1),
    ],
)
def test_online(offered: int, filed: int, unresolved: int, points: int) -> None:
    """Of a hundred procedures and a hundred dossiers; the old levels are always noted."""
    assert tt01.online(100, offered, 100, filed, unresolved) == Points(points, (Note.ONLINE_TERMS,))


def test_online_where_the_text_has_a_gap_or_nothing_is_known() -> None:
    """Many dossiers with few procedures are one point; nothing eligible is not zero."""
    noted = (Note.ONLINE_TERMS, Note.MIXED_ONLINE)

    assert tt01.online(100, 19, 100, 30, 0) == Points(1, noted)
    assert tt01.online(0, 0, 100, 0, 0) is UNSCORED
    assert tt01.online(100, 20, 0, 0, 0) is UNSCORED
    assert tt01.online(100, 0, 0, 0, 0).value == 0


def test_dates_decide_before_answers() -> None:
    """What the system knows is better than what somebody remembers."""
    told = {"ev_late": "late", "ev_contacts": "0", "ev_agencies": "1", "ev_trouble": "no"}
    known = Dossier(reached=Pace.EARLY, bodies=(Pace.ON_TIME,), answers=told)
    points = dossier_points(known)

    assert {number: each.value for number, each in points.items()} == {1: 2, 2: 1, 3: 2, 4: 1, 7: 2}
    assert points[4].notes == (Note.ONE_OTHER_BODY,)
    assert dossier_points(Dossier(required=1, answers=told))[4].value == 2


def test_contacts_told_as_ones_own_fault() -> None:
    """ "Twice or more" because one's papers were incomplete costs the office nothing."""
    told = {"ev_contacts": "2+", "ev_contacts_cause": "mine"}

    assert dossier_points(Dossier(answers=told))[3] == Points(2, (Note.BY_APPLICANT,))
    assert dossier_points(Dossier(answers={**told, "ev_contacts_cause": "office"}))[3] == Points(0)


def test_nothing_known_scores_nothing() -> None:
    """A dossier of which nothing is known counts in no denominator."""
    assert all(each.value is None for each in dossier_points(Dossier()).values())


@pytest.mark.parametrize(
    ("trouble", "register", "counts_as"),
    [
        ("yes", None, Complaint.PENDING),
        ("yes", Complaint.UNFOUNDED, Complaint.UNFOUNDED),
        ("no", Complaint.UPHELD, Complaint.UPHELD),
        ("refused", None, Complaint.NONE),
        ("", None, Complaint.NONE),
    ],
)
def test_the_register_knows_better_than_the_answer(
    trouble: str, register: Complaint | None, counts_as: Complaint
) -> None:
    """And who preferred not to say has complained of nothing."""
    known = Dossier(complaint=register, answers={"ev_trouble": trouble})

    assert complaint_of(known) is counts_as


def test_notes_are_counted_over_dossiers() -> None:
    """So that a score says how often a gap was filled."""
    late = dossier_points(Dossier(answers={"ev_late": "late", "ev_contacts": "0"}))[7]

    assert indicator([late, late, Points(2)]).notes == {Note.LATE_WITHOUT_COMPLAINT: 2}
