"""The registry for people, `qd766.v1`, and the lines of `motcua formula`."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.commands.formula import FILE, registry
from sipas.described import IDS, parse
from sipas.items import InstrumentError
from sipas.lines import evaluated
from sipas.qd766 import Happened, NothingOccurred, RealTimePoints, real_time
from sipas.scoring import LevelCounts
from tests.questionnaires import FOLDER

TEXT = (FOLDER.parent / FILE).read_text("utf-8")


def run(*arguments: str, stdin: str = "") -> Result:
    """The command, with this on standard input."""
    return CliRunner().invoke(main, ["formula", *arguments], input=stdin)


def test_every_formula_is_listed_with_all_that_it_rests_on() -> None:
    """Id, meaning in both languages, range, source and status."""
    listed = [line.split("\t") for line in run().stdout.splitlines()]

    assert [line[0] for line in listed] == list(IDS)
    assert {len(line) for line in listed} == {6}
    assert all(field for line in listed for field in line)


def test_no_formula_is_called_official() -> None:
    """The computing article has not been seen."""
    for each in registry().formulas.values():
        assert "official" not in each.meaning["en"].lower()
        assert "SIPAS" not in f"{each.meaning['vi']} {each.meaning['en']}"


@pytest.mark.parametrize("formula_id", IDS)
def test_one_formula_is_explained(formula_id: str) -> None:
    """Where nothing was read; standard output stays empty for an empty file."""
    told = run(formula_id)

    assert told.stdout == ""
    assert registry().formulas[formula_id].meaning["vi"] in told.stderr
    assert told.exit_code == 0


def test_the_classes_of_thong_tu_01_are_named() -> None:
    """In the words of the text, with English beside."""
    told = run("tt01.v1").stderr

    assert "excellent\tXuất sắc | Excellent" in told
    assert "gap_ind7_late\t" in told


def test_lines_are_read_from_arguments_or_standard_input() -> None:
    """One line of values for each; nothing else on standard output."""
    asked = run("t2b.v1", "2,3,10,20,15", "0,0,0,0,0")

    assert asked.stdout == "70.0000,56.2496,80.8964\n,,\n"
    assert run("t2b.v1", stdin="2,3,10,20,15\n0,0,0,0,0\n").stdout == asked.stdout


def test_a_bad_line_and_an_unknown_formula_are_one_clear_line() -> None:
    """With what was needed and what came."""
    assert "Error: expected n1,n2,n3,n4,n5, got 'x'" in run("m5.v1", "x").stderr
    unknown = run("sipas", "1,1,1,1,1")

    assert unknown.exit_code == 1
    assert f"expected one of {', '.join(IDS)}, got 'sipas'" in unknown.stderr
    with pytest.raises(ValueError, match="expected one of"):
        evaluated("1,1,1,1,1", "sipas")


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("2,2,2,2,2,2,2,2,2", "18.0,18,excellent,10.0,10,full"),
        ("2, 2, 2, 2, 2, 2, 2, 1.0, 0", "15.0,18,excellent,10.0,10,full"),
        ("2,2,2,2,2,2,2,0.9,0", "14.9,18,good,10.0,10,full"),
        ("0.9,1,1,1,0,0,1,0,0", "4.9,18,weak,4.9,10,most"),
        ('{"1": 2, "7": null, "2": 1.5}', "3.5,4,,3.5,4,"),
        (",,,,,,,,", "0.0,0,,0.0,0,"),
    ],
)
def test_a_line_of_indicators_becomes_both_totals(line: str, printed: str) -> None:
    """Points, highest and class of the unit, then of the official."""
    assert evaluated(line, "tt01.v1") == printed


@pytest.mark.parametrize(
    "line",
    [
        "",
        "2,2",
        "2,2,2,2,2,2,2,2,x",
        "1.25,2,2,2,2,2,2,2,2",
        '{"1": true}',
        '{"1": 1e-999999999}',
        '{"10": 1}',
        '{"1": "two"}',
        "{",
        '{"1": NaN}',
        '{"1": ' + "[" * 50_000,
    ],
)
def test_a_bad_line_of_indicators_is_refused(line: str) -> None:
    """Nothing is guessed, and no number takes all memory."""
    with pytest.raises(ValueError, match=r"^expected .* got "):
        evaluated(line, "tt01.v1")


def test_a_score_above_two_is_refused_by_its_indicator() -> None:
    """Wherever it comes from."""
    for line in ("2,2,2.9,2,2,2,2,2,2", '{"3": 2.9}'):
        with pytest.raises(ValueError, match=r"^indicator 3: expected 0 to 2"):
            evaluated(line, "tt01.v1")


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("10,9,2,100,5", "15.9000,90.0000,80.0000,95.0000"),
        ("10,10,0,100,0", "18.0000,100.0000,100.0000,100.0000"),
        ("0,0,0,100,5", ",nothing occurred: r1 r2"),
        ("10,9,2,0,0", ",nothing occurred: r3"),
        ("0,0,0,0,0", ",nothing occurred: r1 r2 r3"),
    ],
)
def test_what_happened_becomes_points_of_eighteen(line: str, printed: str) -> None:
    """Nothing to divide by gives no points and no total."""
    assert evaluated(line, "qd766.v1") == printed


@pytest.mark.parametrize("line", ["", "1,2,3,4", "1,1,1,1,x", "10,11,0,1,0", "1,1,1,1,2"])
def test_what_cannot_have_happened_is_refused(line: str) -> None:
    """A part is never larger than its whole."""
    with pytest.raises(ValueError, match=r"^expected "):
        evaluated(line, "qd766.v1")


@given(*[st.integers(0, 50)] * 5)
def test_the_points_lie_within_eighteen(f: int, on_time: int, amiss: int, d: int, bad: int) -> None:
    """Or nothing occurred; 18 only where nobody complained and nothing was late."""
    happened = Happened(f, min(on_time, f), min(amiss, f), d, min(bad, d))
    made = real_time(happened)

    if isinstance(made, NothingOccurred):
        assert f == 0 or d == 0
    else:
        assert 0 <= made.points <= 18
        perfect = happened.on_time == f and happened.amiss == 0 and happened.marked == 0
        assert (made.points == 18) is perfect


def test_points_of_the_real_time_index_are_no_figure() -> None:
    """Their type adds to nothing and is no number, so that nobody averages them with ours."""
    made = RealTimePoints(Fraction(1), Fraction(1), Fraction(1))

    with pytest.raises(TypeError):
        made + LevelCounts((0, 0, 0, 0, 1))  # type: ignore[operator]
    with pytest.raises(TypeError):
        float(made)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[formulas.", "[", "formulas.t2b.v1: missing"),
        ('[formulas."m5.v1"]', '[formulas."m9.v1"]', "formulas.m5.v1: missing"),
        ("excellent =", "superb =", "classes.excellent: missing"),
        ("[classes]", "[classes]\nsuperb = 1", "classes.superb: the code has none"),
        ('status = "headline"', 'status = ""', "formulas.t2b.v1.status: expected a text"),
        ("meaning.en", "meaning.fr", "formulas.t2b.v1.meaning: no text in 'en'"),
        ("[notes]", "[notes", "file: not TOML"),
    ],
)
def test_an_incomplete_registry_is_refused(old: str, new: str, reason: str) -> None:
    """File, key and reason, like every file of texts."""
    with pytest.raises(InstrumentError, match=re.escape(f"bad.toml: {reason}")):
        parse(TEXT.replace(old, new), "bad.toml")
