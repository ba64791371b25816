"""Printing batches of paper forms: what stands on the paper, what is remembered of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.paper import told
from bot.forms.form import pdf, sheet
from handlers.privacy.notices import IN_FORCE
from sipas.paper import Check, read_batch
from sipas.paper import paper as form_of
from sipas.plan import plan
from storage.paper import Checked
from tests.databases import rows
from tests.poppler import poppler
from tests.server import COUNTER, MICRO, Server
from tests.test_transcripts import INSTRUMENTS, PLACES


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An installation with counters; nothing is served."""
    yield Server(tmp_path_factory.mktemp("print")).furnish()


def printed(office: Server, counter: str, forms: int, name: str) -> tuple[str, Path]:
    """The batch's number and the file."""
    file = office.folder / name
    done = office.command(
        "paper", "print", "--counter", counter, "--forms", str(forms), "--out", str(file)
    )
    found = re.fullmatch(rf"batch (P\d{{6}}): {forms} forms in .*\n", done.stdout)
    assert found, done
    return found[1], file


def pages(file: Path) -> list[str]:
    """The words of each page, with single spaces."""
    text = poppler("pdftotext", file, "-").replace("\u00a0", " ")
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]


def test_every_form_is_numbered_and_fits_on_one_a5_page(office: Server) -> None:
    """50 short forms are 50 pages of A5, each with the batch's number and its own."""
    batch, file = printed(office, COUNTER, 50, "short.pdf")
    told_pages = pages(file)

    assert len(told_pages) == 50
    assert re.search(r"Page size:\s+419\.5\d* x 595\.2\d* pts", poppler("pdfinfo", file))
    for number, page in enumerate(told_pages, 1):
        assert page.startswith(f"Phiếu {number} ")
        assert f"Tập {batch} · Phiếu {number}" in page


def test_a_form_says_what_it_must(office: Server) -> None:
    """Counter, every question in both languages, levels, the notice, and who marks."""
    _, file = printed(office, COUNTER, 1, "one.pdf")
    [page] = pages(file)
    place = PLACES["381207"]
    form = form_of(plan(INSTRUMENTS["short.1"]), place, "1")

    assert "Xã Định Hòa" in page
    assert "Vui lòng tự đánh dấu; cán bộ không đánh dấu thay." in page
    assert "Please mark it yourself; staff do not." in page
    assert "5 Rất hài lòng · 4 Hài lòng" in page
    assert "0 không áp dụng" in page
    assert "Ẩn danh, tự nguyện" in page
    assert "Anonymous, voluntary" in page
    for number, line in enumerate(form.lines, 1):
        assert f"{number}. {line.item.texts['vi']}" in page
        assert line.item.texts["en"] in page
    for option in ("Đã nhận kết quả", "Doanh nghiệp", "Trễ hẹn", "Đất đai", "không muốn trả lời"):
        assert option in page
    assert "SIPAS" not in page


def test_every_answer_has_a_box(office: Server) -> None:
    """Six scales of five levels, and a box for each key that a mark can be keyed as."""
    _, file = printed(office, COUNTER, 1, "boxes.pdf")
    word = r'<word xMin="(.*?)" .*?>(.*?)</word>'
    columns: dict[str, list[str]] = {}
    for left, box in re.findall(word, poppler("pdftotext", "-bbox", file, "-")):
        columns.setdefault(left, []).append(box)
    whole = sorted(boxes for boxes in columns.values() if len(boxes) > 4 and len(set(boxes)) == 1)

    assert whole == [
        ["0"] * (5 + 5),  # all scales but the first, and the five facts
        ["1"] * 6,
        ["1"] * 8,  # the first box of every choice
        *([level] * 6 for level in "2345"),
    ]


def test_a_long_form_begins_on_a_sheet_of_its_own(tmp_path: Path) -> None:
    """Printed on both sides, no sheet of paper carries two forms."""
    place = PLACES["100023"]
    file = tmp_path / "long.pdf"
    form = form_of(plan(INSTRUMENTS[place.instrument]), place, "1")
    file.write_bytes(pdf(sheet(form, "", "P381207", 2)))
    heads = [number for number, page in enumerate(pages(file), 1) if "Mã quầy" in page]

    assert len(heads) == 2
    assert all(number % 2 == 1 for number in heads)


def test_the_render_is_black_on_white(tmp_path: Path, office: Server) -> None:
    """What comes out of a printer is not an empty page and not a black one."""
    _, file = printed(office, MICRO, 1, "micro.pdf")
    poppler("pdftoppm", "-r", "60", "-gray", file, tmp_path / "page")
    [image] = tmp_path.glob("*.pgm")
    raw = image.read_bytes().split(b"\n255\n", 1)[1]
    dark = sum(value < 128 for value in raw) / len(raw)

    assert 0.002 < dark < 0.2


def test_a_batch_is_remembered_as_printed(office: Server) -> None:
    """Counter, questionnaire, fields, notice and number of forms; a line in the audit."""
    batch, _ = printed(office, COUNTER, 7, "kept.pdf")
    query = "select fields, consent, forms, state, round from paper_batches where code = ?"
    audit = "select act, detail from audit where subject = ?"

    assert read_batch(batch) == batch
    assert rows(office.database, query, batch) == [("land,civil_status", IN_FORCE, 7, "keying", 1)]
    assert rows(office.database, audit, batch) == [("paper printed", "7 forms, counter 381207")]


def test_list_and_report_name_a_batch(office: Server) -> None:
    """A line in the list; in the report how much of it is keyed and checked."""
    batch, _ = printed(office, COUNTER, 3, "listed.pdf")
    listed = office.command("paper", "list").stdout
    report = office.command("paper", "report", f" {batch.lower()}")

    assert re.search(rf"^{batch}\t381207\t\S+\t3 forms\t0 keyed\tkeying$", listed, re.MULTILINE)
    assert "3 forms printed, 0 keyed" in report.stdout
    assert "no spot check has ended yet" in report.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("print", "--counter", "999999", "--out", "x.pdf"), "no counter has the code '999999'"),
        (("print", "--counter", COUNTER, "--forms", "1000", "--out", "x.pdf"), "1<=x<=999"),
        (("print", "--counter", COUNTER, "--out", "motcua.key/x.pdf"), "cannot write"),
        (("report", "P381208"), "is no batch number"),
        (("report", "P381207"), "no batch has the number P381207"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    office: Server, words: tuple[str, ...], said: str
) -> None:
    """No batch is remembered whose file could not be written."""
    before = rows(office.database, "select count(*) from paper_batches")
    done = office.command("paper", *words)

    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert rows(office.database, "select count(*) from paper_batches") == before


def test_a_check_is_told_with_n_and_interval() -> None:
    """No error rate without the number of marks and the interval."""
    assert told(Checked(1, 50, 3, Check(42, 1))) == (
        "round 1: 3 of 50 forms keyed again, 1 of 42 marks differ: 2.4 % (95 %: 0.4-12.3), "
        "to be keyed again wholly"
    )
    assert told(Checked(2, 50, 3, Check(42, 0))).endswith("0.0 % (95 %: 0.0-8.4), passed")
