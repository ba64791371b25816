"""Grading: right statements are counted right, and the short form of `motcua grade` runs."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.grading.afternoons import OTHERS, added, afternoons
from bot.grading.coverage import HELD, Hits, graded, pooled, share_of
from bot.grading.flags import Found
from bot.grading.quarters import of_items, quarter, world
from bot.grading.table import of_coverage, of_flags, of_weights
from bot.grading.weights import APART, RAW, REPAIRED, UNREPAIRED, WEIGHTED, weights_graded
from sipas.tally import level_counts, responses


def test_a_quarter_is_drawn_around_its_truth() -> None:
    """What the product's tallies say of a whole province lies near what is expected of it."""
    units = quarter(world("quiet", 3))
    found = [level_counts(unit.instrument, sum(unit.days.values()))["overall"][0] for unit in units]
    wanted = sum(unit.truth.among_answers("overall").satisfied for unit in units)

    assert sum(counts.top2 for counts in found) == pytest.approx(wanted, rel=0.05)
    assert all(len(unit.days) > 10 for unit in units)


def test_the_same_truth_can_be_drawn_again() -> None:
    """Two draws differ, and what is true of them does not."""
    once, again = quarter(world("clustered", 3)), quarter(world("clustered", 3), again=1)

    assert [unit.days for unit in once] != [unit.days for unit in again]
    assert [of_items(unit.truth, ("overall",)) for unit in once] == [
        of_items(unit.truth, ("overall",)) for unit in again
    ]
    assert all(responses(sum(unit.days.values())) > 0 for unit in once)


def test_answers_one_by_one_are_covered_as_promised() -> None:
    """Wilson's interval holds where nothing is broken: 12 quiet provinces, 480 units."""
    covered = pooled(graded("quiet", seed) for seed in range(1, 13))
    shares = [found for (_, kind, _), found in covered.items() if kind == "share"]
    right = sum(found.share * found.n for found in shares) / sum(found.n for found in shares)

    assert right == pytest.approx(0.95, abs=0.02)
    assert all(found.low <= found.share <= found.high for found in shares)


def test_answers_that_go_together_are_covered_too() -> None:
    """The days of a counter tell how much; nothing is said to have changed, and ranks hold."""
    covered = pooled(graded("clustered", seed) for seed in range(3, 6))
    large = covered["clustered", "share", "> 200"]

    assert large.share > 0.92
    assert covered["clustered", "rank", ""].share > 0.98
    assert covered["clustered", "unchanged", "share"].share > 0.97


def test_informative_response_is_told_as_bias_and_not_as_error() -> None:
    """Intervals hold what is true of who answers, and miss what all visitors would say."""
    covered = pooled(graded("nonresponse", seed) for seed in range(1, 4))
    found = covered["nonresponse", "share", "50-200"]

    assert found.bias < -0.03
    assert found.share > found.share_of_all + 0.2


def test_weights_repair_who_answers_by_field_and_nothing_else() -> None:
    """Where fields alone decide who answers the bias goes; where moods do too, it stays."""
    kept, broken = (
        pooled(weights_graded(each, seed) for seed in (1, 2)) for each in (REPAIRED, UNREPAIRED)
    )
    raw, repaired = kept[REPAIRED, RAW, APART], kept[REPAIRED, WEIGHTED, APART]
    told = {row.what: row.target for row in of_weights(kept | broken)}

    assert raw.bias > 0.02
    assert abs(repaired.bias) < raw.bias / 2
    assert repaired.share > raw.share + 0.1
    assert broken[UNREPAIRED, WEIGHTED, APART].bias < -0.03
    assert [what for what, target in told.items() if target] == [
        "fields: weighted share holds what all visitors would say, every field shown"
    ]


def test_a_monte_carlo_interval_takes_a_province_as_one_draw() -> None:
    """Ten provinces of which five are right throughout tell no more than ten coins."""
    found = share_of([Hits(40, 40), Hits(0, 40)] * 5)

    assert found.share == 0.5
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.5 / 3, rel=0.01)


def test_only_what_is_promised_can_be_missed() -> None:
    """A broken assumption is shown without a target; honest counters have one."""
    bad = share_of([Hits(80, 100), Hits(81, 100)])
    rows = list(of_coverage({(HELD, "share", "30-50"): bad, ("drift", "share", "30-50"): bad}))
    flags = list(of_flags([Found("campaign of 80", 4, 4), Found("stuffing of 12", 0, 4)], "here"))

    assert [row.held for row in rows + flags] == [False, None, False, None]
    assert str(rows[0]).endswith("| 93.5-96.5 | **no** |")


@pytest.mark.sqlite
def test_the_short_form_of_the_command_grades_everything() -> None:
    """Intervals in every scenario, the year tap by tap, its recount and its flags."""
    done = CliRunner().invoke(main, ["grade", "--quarters", "6", "--received", "150"])
    lines = done.output.splitlines()

    assert lines[2].startswith("| received tap by tap: differences of a recount |")
    assert "| 0 | 0 | yes |" in lines[2]
    assert any(line.startswith("| flagged in memory: stuffing of 24 |") for line in lines)
    assert any(line.startswith("| officials: share") for line in lines)
    assert any(line.startswith("| split: standard error of the index") for line in lines)
    assert done.exit_code == int(not lines[-1].startswith("0 of"))


def test_honest_afternoons_are_left_alone_and_stuffing_is_not() -> None:
    """Three provinces of five months: twelve campaigns, and as many of each size of stuffing."""
    found = {each.what: each for each in added(afternoons(seed) for seed in (1, 2, 3))}

    assert found["campaign of 80"].n == 12
    assert found["campaign of 80"].flagged == 0
    assert found[OTHERS].flagged <= 1
    assert found["stuffing of 60"].flagged >= 3
