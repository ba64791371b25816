"""Figures: ids, visibility, and what each part of a questionnaire shows."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction

import pytest

from sipas import figures as module
from sipas import tally
from sipas.computed import figures
from sipas.figures import Figure, Part, Query, Visibility, figure_id, record, visible
from sipas.formulas import formula, top2box
from sipas.items import Instrument
from sipas.scoring import LevelCounts
from tests.questionnaires import instrument, shipped

QUERY = Query("15448", "2026-Q4")
DIRECT = instrument(("a", "b"), {"a": ("a",), "b": ("b",)})  # as the short form: factors asked for
GROUPED = instrument(("a", "b", "c"), {"f": ("a", "b"), "g": ("c",)})
# Levels a, b of DIRECT: 50 answers at 70 %, and 30 at 90 % with 20 not applicable.
ROWS = [
    "".join(("4", a, b, "---"))
    for a, b in zip("1" * 15 + "5" * 35, "111" + "4" * 27 + "n" * 20, strict=True)
]


def counted(questionnaire: Instrument, rows: list[str]) -> int:
    """The tally of *rows*."""
    return sum(tally.tally(questionnaire, levels) for levels in rows)


def by_key(
    questionnaire: Instrument, rows: list[str], formula_id: str = "t2b.v1"
) -> dict[tuple[str, str], Figure]:
    """All figures of *rows* by part and key."""
    made = figures(questionnaire, counted(questionnaire, rows), QUERY, 7, formula_id)
    return {(figure.part, figure.key): figure for figure in made}


def by_key_parts(questionnaire: Instrument) -> list[tuple[Part, str]]:
    """Part and key of every figure, in order."""
    return [(f.part, f.key) for f in figures(questionnaire, 0, QUERY, 7, "t2b.v1")]


@pytest.mark.parametrize(
    ("n", "what"),
    [
        (0, Visibility.NOTHING),
        (9, Visibility.NOTHING),
        (10, Visibility.N_ONLY),
        (29, Visibility.N_ONLY),
        (30, Visibility.ALL),
        (10**9, Visibility.ALL),
    ],
)
def test_one_table_says_what_may_be_shown(n: int, what: Visibility) -> None:
    """Nothing below 10, n only below 30, everything from 30 on."""
    assert visible(n) is what


def test_an_item_shows_everything_about_itself() -> None:
    """n, value, interval, the five levels and how many it did not apply to."""
    figure, estimate = by_key(DIRECT, ROWS)[Part.ITEM, "b"], top2box(LevelCounts((3, 0, 0, 27, 0)))

    assert figure == Figure(
        id=figure.id,
        unit="15448",
        counter="",
        key="b",
        part=Part.ITEM,
        source="direct",
        period="2026-Q4",
        formula="t2b.v1",
        instrument="small.1",
        n=30,
        value=Fraction(9, 10),
        low=estimate.low,
        high=estimate.high,
        not_applicable=20,
        levels=(3, 0, 0, 27, 0),
    )


def test_the_index_averages_items_and_says_on_what_it_rests() -> None:
    """Equal weights (80 %, not 77.5 pooled), range of n, number of responses, no levels."""
    figure = by_key(DIRECT, ROWS)[Part.INDEX, "index"]
    a, b = top2box(LevelCounts((15, 0, 0, 0, 35))), top2box(LevelCounts((3, 0, 0, 27, 0)))

    assert figure == Figure(
        id=figure.id,
        unit="15448",
        counter="",
        key="index",
        part=Part.INDEX,
        source="items",
        period="2026-Q4",
        formula="t2b.v1",
        instrument="small.1",
        n=30,
        value=Fraction(4, 5),
        low=pytest.approx((a.low + b.low) / 2),  # type: ignore[arg-type]
        high=pytest.approx((a.high + b.high) / 2),  # type: ignore[arg-type]
        items=("a", "b"),
        missing=(),
        n_min=30,
        n_max=50,
        responses=50,
    )


def test_figures_come_in_a_fixed_order() -> None:
    """Index, overall, factors, items; the overall item is in no index but is an item too."""
    assert [(part.value, key) for part, key in by_key_parts(DIRECT)] == [
        ("index", "index"),
        ("overall", "overall_direct"),
        ("factor", "a"),
        ("factor", "b"),
        ("item", "overall"),
        ("item", "a"),
        ("item", "b"),
    ]


def test_direct_and_averaged_factors_are_told_apart() -> None:
    """One item of the factor's own name is direct; anything else is averaged from items."""
    rows = ["4" + a + b + a + "---" for a, b in zip("1" * 20 + "5" * 20, "5" * 40, strict=True)]
    direct, grouped = by_key(DIRECT, ROWS), by_key(GROUPED, rows)

    assert direct[Part.FACTOR, "a"].source == "direct"
    assert direct[Part.FACTOR, "a"].levels == (15, 0, 0, 0, 35)
    assert grouped[Part.FACTOR, "f"].source == grouped[Part.FACTOR, "g"].source == "items"
    assert grouped[Part.FACTOR, "f"].value == Fraction(3, 4)
    assert grouped[Part.FACTOR, "g"].value == Fraction(1, 2)
    assert grouped[Part.FACTOR, "g"].items == ("c",)


def test_overall_is_never_part_of_the_index() -> None:
    """Everybody content overall changes no index."""
    content = by_key(DIRECT, ["5" + row[1:] for row in ROWS])
    angry = by_key(DIRECT, ["1" + row[1:] for row in ROWS])

    assert content[Part.INDEX, "index"] == angry[Part.INDEX, "index"]
    assert content[Part.OVERALL, "overall_direct"].value == 1
    assert angry[Part.OVERALL, "overall_direct"].value == 0


def test_events_change_no_figure() -> None:
    """Facts are counted apart: late or not, money or not, every figure stays."""
    other = [row[:3] + "B" + row[4:] for row in ROWS]

    assert by_key(DIRECT, ROWS) == by_key(DIRECT, other)


@pytest.mark.parametrize(
    ("count", "n"),
    [(0, None), (9, None), (10, 10), (29, 29)],
)
def test_too_few_answers_show_no_value(count: int, n: int | None) -> None:
    """Below 30 no value, levels or non-answers anywhere; below 10 not even n."""
    figure = by_key(DIRECT, ["44n---"] * 20 + ["455---"] * count)[Part.ITEM, "b"]

    assert (figure.n, figure.too_few) == (n, True)
    assert (figure.not_applicable, figure.levels) == (None, None)
    assert (figure.value, figure.low, figure.high) == (None, None, None)


@pytest.mark.parametrize(("count", "n"), [(9, None), (10, 10), (29, 29)])
def test_a_composite_without_items_is_too_few(count: int, n: int | None) -> None:
    """It shows as much as the best of its items may."""
    index = by_key(DIRECT, ["444---"] * count)[Part.INDEX, "index"]

    assert (index.n, index.too_few, index.partial) == (n, True, False)
    assert (index.value, index.responses, index.items, index.n_max) == (None, None, None, None)


def test_thirty_answers_are_shown() -> None:
    """The thirtieth answer makes the figure."""
    index = by_key(DIRECT, ["444---"] * 30)[Part.INDEX, "index"]

    assert (index.n, index.value, index.too_few) == (30, Fraction(1), False)


def test_an_item_nobody_could_answer_makes_its_factor_partial() -> None:
    """Item 39 all not applicable: factor from 37-38, index from 15 items, both say so."""
    form = shipped("sipas-g2-2026-service16")
    marks = dict.fromkeys(form.index_items, "4") | {"pakn_told": "n"}
    row = "".join(marks.get(item.key, "-") for item in form.items)
    shown = by_key(form, [row] * 30)

    assert shown[Part.ITEM, "pakn_told"].too_few
    factor, index = shown[Part.FACTOR, "f_pakn"], shown[Part.INDEX, "index"]
    assert (factor.items, factor.missing) == (("pakn_channel", "pakn_handled"), ("pakn_told",))
    assert factor.partial and index.partial
    assert index.items is not None and len(index.items) == 15
    assert not shown[Part.FACTOR, "f_staff"].partial


def test_a_form_without_index_has_none() -> None:
    """The micro form asks one scale: an overall figure and an item, no index, no factors."""
    assert by_key_parts(shipped("micro")) == [
        (Part.OVERALL, "overall_direct"),
        (Part.ITEM, "overall"),
    ]


def test_a_form_without_overall_has_no_overall_figure() -> None:
    """Nothing is made up for a question that was not asked."""
    bare = replace(DIRECT, items=DIRECT.items[1:])

    assert Part.OVERALL not in {part for part, _ in by_key_parts(bare)}


def test_only_the_parts_asked_for_are_made() -> None:
    """The same figures as among all, in the order asked for."""
    total, every = counted(DIRECT, ROWS), by_key(DIRECT, ROWS)
    some = figures(DIRECT, total, QUERY, 7, "t2b.v1", parts=(Part.OVERALL, Part.INDEX))

    assert some == (every[Part.OVERALL, "overall_direct"], every[Part.INDEX, "index"])


@pytest.mark.parametrize("formula_id", ["m5.v1", "m0.v1"])
def test_another_formula_is_another_figure(formula_id: str) -> None:
    """Value and bounds are the formula's, and so is the id."""
    one = by_key(DIRECT, ROWS)[Part.ITEM, "a"]
    other = by_key(DIRECT, ROWS, formula_id)[Part.ITEM, "a"]
    estimate = formula(formula_id)(LevelCounts((15, 0, 0, 0, 35)))

    assert (other.formula, other.value) == (formula_id, estimate.value)
    assert (other.low, other.high) == (estimate.low, estimate.high)
    assert one.id != other.id


def test_an_unknown_formula_is_refused() -> None:
    """Before anything is computed."""
    with pytest.raises(ValueError, match=r"expected one of t2b\.v1"):
        figures(DIRECT, 0, QUERY, 7, "t2b.v9")


def test_the_order_of_rows_changes_no_figure() -> None:
    """Not a digit, not an id."""
    shuffled = random.Random(5).sample(ROWS, len(ROWS))

    assert by_key(DIRECT, ROWS) == by_key(DIRECT, shuffled)


def test_every_part_of_the_question_changes_the_id() -> None:
    """Unit, counter, period, role, selection, release, formula, part and key are all in it."""
    queries = [
        QUERY,
        *(
            replace(QUERY, **{name: "other"})
            for name in ("unit", "period", "counter", "role", "only")
        ),
    ]
    made = [figures(DIRECT, 0, query, 7, "t2b.v1") for query in queries]
    made.append(figures(DIRECT, 0, QUERY, 8, "t2b.v1"))
    made.append(figures(DIRECT, 0, QUERY, 7, "m5.v1"))
    ids = [figure.id for some in made for figure in some]

    assert len(set(ids)) == len(ids)
    assert {figure.id for figure in figures(DIRECT, 0, QUERY, 7, "t2b.v1")} == set(ids[:7])


def test_an_id_is_fixed_for_ever() -> None:
    """Published figures are cited by it."""
    assert figure_id("q", 1, "t2b.v1") == "adbe46de0eeedd4ad484"
    assert by_key(DIRECT, ROWS)[Part.INDEX, "index"].id == figure_id(
        "15448\t\t2026-Q4\treceiving\t\tsmall.1\tindex\tindex", 7, "t2b.v1"
    )


def test_a_suppressed_figure_keeps_its_place_and_no_number() -> None:
    """Id, key and query stay; everything that was counted goes."""
    figure = by_key(DIRECT, ROWS)[Part.INDEX, "index"]
    hidden = module.suppressed(figure._replace(partial=True))

    assert hidden[:9] == figure[:9]
    assert hidden[9:] == (None,) * 14 + (False, False, True, False, "", "")


def test_an_item_record_is_what_interfaces_promise() -> None:
    """Plain values only, floats in [0, 1], levels, and no field without meaning."""
    figure = by_key(DIRECT, ROWS)[Part.ITEM, "b"]

    assert json.loads(json.dumps(record(figure))) == {
        "id": figure.id,
        "unit": "15448",
        "key": "b",
        "part": "item",
        "source": "direct",
        "period": "2026-Q4",
        "formula": "t2b.v1",
        "instrument": "small.1",
        "n": 30,
        "value": 0.9,
        "low": figure.low,
        "high": figure.high,
        "not_applicable": 20,
        "levels": [3, 0, 0, 27, 0],
    }


def test_a_composite_record_says_on_what_it_rests() -> None:
    """Items, missing ones, the range of n, responses; a counter only where there is one."""
    total = counted(DIRECT, ROWS)
    index = figures(DIRECT, total, replace(QUERY, counter="381207"), 7, "t2b.v1")[0]
    told = record(index)

    assert told["counter"] == "381207"
    assert (told["items"], told["missing"]) == (["a", "b"], [])
    assert (told["n_min"], told["n_max"], told["responses"]) == (30, 50, 50)
    assert told["not_applicable"] is None
    assert "levels" not in told and "partial" not in told and "too_few" not in told


def test_a_record_of_too_few_has_empty_numbers_and_says_why() -> None:
    """The fields every reader expects are there, and empty; nought is never left out."""
    told = record(by_key(DIRECT, [])[Part.INDEX, "index"])
    shown = record(by_key(DIRECT, ["111---"] * 30)[Part.ITEM, "a"])

    assert told["too_few"] is True
    assert (told["n"], told["value"], told["low"], told["high"]) == (None, None, None, None)
    assert (shown["value"], shown["low"], shown["not_applicable"]) == (0, 0, 0)
