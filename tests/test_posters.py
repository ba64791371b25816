"""Counter posters: what is printed is what a phone reads and a person can type."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
import segno
import zxingcpp
from click.testing import CliRunner, Result

from bot.cli import main
from bot.keys import load_keys
from bot.posters.poster import Poster, Size, page, pdf
from sipas.units import CounterRow, UnitRow
from storage import registry
from storage.store import Store
from storage.transaction import Transaction
from tests.databases import database as address
from tests.poppler import poppler, words

FIRST, LAST = date(2025, 7, 1), date(2026, 6, 30)
ADDRESS = "https://motcua.thanhhoa.gov.vn"
QUAY = Poster("381207", "Quầy số 1", "Xã Định Hòa", "Định Hòa Commune", f"{ADDRESS}/c/381207")
LETTERS = "ơ ư ạ ả ấ ậ ệ ỗ ử ỹ đ Ơ Ư Ạ Ả Ấ Ậ Ệ Ỗ Ử Ỹ Đ ắ ằ ẵ ợ ụ ị ọ ế ề ể ễ ố ồ ổ ộ ớ ờ ở ỡ ứ ừ ữ"


def printed(folder: Path, made: Iterable[Poster], size: Size = Size.A4) -> Path:
    """The posters as a PDF file."""
    file = folder / f"{size}.pdf"
    file.write_bytes(pdf([page(each) for each in made], size))
    return file


def scanned(file: Path) -> list[str]:
    """What a phone reads from each page of a print in greys, by a decoder that is not ours."""
    return [_decoded(each.read_bytes()) for each in _print(file)]


def _print(file: Path) -> list[Path]:
    poppler("pdftoppm", "-r", "150", "-gray", file, file.with_suffix(""))
    return sorted(file.parent.glob(f"{file.stem}-*.pgm"))


def _decoded(pgm: bytes) -> str:
    return _found(_image(pgm)).text


def _image(pgm: bytes) -> memoryview[int]:
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", pgm)
    assert head is not None
    return memoryview(pgm)[head.end() :].cast("B", (int(head[2]), int(head[1])))


def _found(image: memoryview[int]) -> zxingcpp.Barcode:
    [found] = zxingcpp.read_barcodes(image)
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return found


def boxes(file: Path) -> list[tuple[str, float, float, float, float]]:
    """Every word with its left, top, right and bottom in points."""
    word = r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>'
    found = re.findall(word, poppler("pdftotext", "-bbox", file, "-"))
    return [(w, float(x0), float(y0), float(x1), float(y1)) for x0, y0, x1, y1, w in found]


@pytest.mark.parametrize("size", Size)
def test_a_phone_reads_the_address_of_the_counter(tmp_path: Path, size: Size) -> None:
    """At every size an independent decoder finds one QR code on each page, with the right link."""
    other = Poster("100009", "Quầy số 2", "Xã Bá Thước", "", f"{ADDRESS}/c/100009")

    assert scanned(printed(tmp_path, [QUAY, other], size)) == [QUAY.address, other.address]


def test_a_quiet_zone_of_four_modules_is_left(tmp_path: Path) -> None:
    """Nothing is printed within four modules of the QR code, as ISO/IEC 18004 asks."""
    image = _image(_print(printed(tmp_path, [QUAY]))[0].read_bytes())
    corners = _found(image).position
    left, top, right = corners.top_left.x, corners.top_left.y, corners.top_right.x
    modules = 29  # of the smallest QR code that holds this address at level M: version 3
    zone = int(4 * (right - left) / modules) - 2  # two pixels of blur
    above = {image[y, x] for y in range(top - zone, top - 2) for x in range(left, right)}
    aside = range(left - zone, left - 2)
    beside = {image[y, x] for y in range(top, top + right - left) for x in aside}

    assert segno.make(QUAY.address, error="m").symbol_size(border=0) == (modules, modules)
    assert above == beside == {255}


@pytest.mark.parametrize("size", Size)
def test_a_poster_says_what_it_must(tmp_path: Path, size: Size) -> None:
    """Names, code, address, steps and the promise, in Vietnamese and in English, on one page."""
    file = printed(tmp_path, [QUAY], size)
    said = words(file)

    assert "Xã Định Hòa Quầy số 1 Định Hòa Commune" in said
    assert "Xin chấm điểm phục vụ tại quầy này Please rate this counter" in said
    assert "381 207" in said
    assert "motcua.thanhhoa.gov.vn/c/381207" in said
    for step in ("Quét mã", "Chạm một mức", "Xong", "Scan the code", "Tap one level", "Done"):
        assert step in said
    assert "Cán bộ không biết ai đã chấm. Staff cannot see who rated." in said
    assert "Zalo" not in said
    assert re.search(r"Pages:\s+1\n", poppler("pdfinfo", file))


def test_zalo_is_named_only_with_an_account(tmp_path: Path) -> None:
    """The code to send and the account, its name taken as text and never as markup."""
    named = Poster(**{**_fields(QUAY), "zalo": "Một cửa #1 *Định Hòa*"})
    said = words(printed(tmp_path, [named]))

    assert "Trên Zalo: gửi #381207 tới Official Account Một cửa #1 *Định Hòa*" in said
    assert "On Zalo: send #381207 to the Official Account Một cửa #1 *Định Hòa*" in said


def _fields(of: Poster) -> dict[str, str]:
    return {name: value for name, value in page(of).items() if name != "qr"}


def test_the_shipped_fonts_have_every_letter(tmp_path: Path) -> None:
    """No font of the machine and no stand-in is used, or posters would differ between machines."""
    file = printed(tmp_path, [Poster("381207", LETTERS, LETTERS, "", QUAY.address)])
    fonts = {row.split()[0] for row in poppler("pdffonts", file).splitlines()[2:]}

    assert LETTERS.replace(" ", "") in words(file).replace(" ", "")
    assert fonts
    assert all("BeVietnamPro" in font for font in fonts)


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("times", [1, 3, 20])
def test_long_names_stay_in_their_place(tmp_path: Path, size: Size, times: int) -> None:
    """However long the names: one page, and no word leaves it or meets the headline."""
    name = "Trung tâm Phục vụ hành chính công và Hỗ trợ doanh nghiệp tỉnh Thanh Hóa " * times
    host = f"{'mot-ten-mien-rat-dai.' * min(times, 4)}gov.vn"
    address = f"https://{host}/c/381207"
    file = printed(tmp_path, [Poster("381207", name, name, name, address, name)], size)
    words = boxes(file)
    width, height = map(float, re.findall(r"([\d.]+) x ([\d.]+) pts", poppler("pdfinfo", file))[0])
    headline = next(top for word, _, top, _, _ in words if word == "Xin")
    promise = next(top for word, _, top, _, _ in words if word == "Cán")
    names = [each for each in words if each[2] < headline]

    assert re.search(r"Pages:\s+1\n", poppler("pdfinfo", file))
    assert scanned(file) == [address]
    assert max(bottom for *_, bottom in words) < height * 0.97
    assert min(left for _, left, *_ in words) > width * 0.03
    assert max(right for *_, right, _ in words) < width * 0.97
    assert promise > height * 0.85
    # What is cut off at the end is in the file, below the edge of the cut; nobody sees it.
    assert times == 20 or max(bottom for *_, bottom in names) < headline


def test_the_pdf_is_accessible_and_repeatable(tmp_path: Path) -> None:
    """Tagged PDF/UA-1 with title and language; the same posters give the same bytes."""
    file = printed(tmp_path, [QUAY])
    tags = poppler("pdfinfo", "-struct-text", file)

    assert re.search(r"Tagged:\s+yes", poppler("pdfinfo", file))
    assert re.search(r"Title:\s+Áp phích của quầy", poppler("pdfinfo", file))
    assert re.search(r"pdfuaid:part>1<", poppler("pdfinfo", "-meta", file))
    assert b"/Lang(vi-VN)" in file.read_bytes().replace(b"/Lang (", b"/Lang(")
    assert [tags.count(kind) for kind in ("H1", "H2", "Figure")] == [1, 1, 1]
    assert file.read_bytes() == pdf([page(QUAY)], Size.A4)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two communes, three open counters and a closed one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", ADDRESS)
    monkeypatch.setenv("MOTCUA_DATABASE", address(tmp_path / "motcua.db"))
    asyncio.run(_furnish(tmp_path / "motcua.db", tmp_path / "motcua.key"))
    return tmp_path


async def _furnish(database: Path, key_file: Path) -> None:
    store = await Store(address(database), load_keys(key_file)).open()
    try:
        await store.write(_province)
    finally:
        await store.close()


def _province(tx: Transaction) -> None:
    units = (
        ("38", "province", "Tỉnh Thanh Hóa", None),
        ("15448", "xa", "Xã Định Hòa", "38"),
        ("14923", "xa", "Xã Bá Thước", "38"),
        ("14812", "phuong", "Phường Bỉm Sơn", "38"),  # without a counter
    )
    registry.add_units(tx, [UnitRow(c, k, n, "", p, FIRST, None) for c, k, n, p in units])
    counters = (
        ("381207", "15448", "Quầy số 1", None),
        ("100009", "15448", "Quầy số 2", None),
        ("100014", "14923", "Quầy số 3", None),
        ("100023", "14923", "Quầy cũ", LAST),
    )
    rows = [CounterRow(c, u, n, "micro.1", 3, True, (), FIRST, e) for c, u, n, e in counters]
    registry.add_counters(tx, rows)


def posters(*arguments: str) -> Result:
    """`motcua posters` with these arguments."""
    return CliRunner().invoke(main, ["posters", *arguments])


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        (["--counter", "381207"], ["381207"]),
        (["--counter", "381 207", "--counter", "100014"], ["100014", "381207"]),
        (["--unit", "15448"], ["100009", "381207"]),
        (["--unit", "38"], ["100009", "100014", "381207"]),
        (["--unit", "15448", "--counter", "381207"], ["100009", "381207"]),
        (["--all"], ["100009", "100014", "381207"]),
    ],
)
def test_one_page_for_each_chosen_counter(
    installation: Path, chosen: list[str], codes: list[str]
) -> None:
    """Counters, a unit with all below it, or all; each once, closed ones never."""
    result = posters(*chosen, "--size", "a6")

    assert result.exit_code == 0, result.output
    assert "posters-a6.pdf" in result.stdout
    assert scanned(installation / "posters-a6.pdf") == [f"{ADDRESS}/c/{code}" for code in codes]
    assert not list(installation.glob("*.part"))


def test_a_file_for_each_counter(installation: Path) -> None:
    """`--separate` makes the folder and names each file by code and size."""
    result = posters("--all", "--separate", "--output", "in/an", "--zalo", "Một cửa")
    files = sorted((installation / "in" / "an").iterdir())

    assert result.stdout == "3 posters: 3 files in in/an\n"
    assert [file.name for file in files] == [
        f"poster-{code}-a4.pdf" for code in ("100009", "100014", "381207")
    ]
    assert "#100009 tới Official Account Một cửa" in words(files[0])


def test_a_file_may_be_named(installation: Path) -> None:
    """What ends in .pdf is the file, not a folder."""
    result = posters("--counter", "381207", "--output", "quay.pdf")

    assert result.stdout == "1 poster: quay.pdf\n"
    assert scanned(installation / "quay.pdf") == [QUAY.address]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ([], "which counters? Choose with --counter, --unit or --all"),
        (["--counter", "381208"], "no counter has the code '381208'"),
        (["--counter", "100023"], "counter 100023 was closed on 2026-06-30"),
        (["--unit", "99999"], "no unit has the code '99999'"),
        (["--unit", "14812"], "no open counter in unit '14812'"),
        (
            ["--all", "--output", "a.file/here"],
            "cannot write a.file/here/posters-a4.pdf (Not a directory)",
        ),
        (["--all", "--output", "taken.pdf"], "cannot write taken.pdf (Is a directory)"),
        (
            ["--all", "--separate", "--output", "one.pdf"],
            "--separate writes many files: one.pdf must be a folder",
        ),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    installation: Path, asked: list[str], message: str
) -> None:
    """The reason on standard error, exit 1, and nothing half-made."""
    (installation / "taken.pdf").mkdir()
    (installation / "a.file").touch()
    before = sorted(installation.rglob("*"))
    result = posters(*asked)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == f"Error: {message}"
    assert "Traceback" not in result.output
    assert sorted(installation.rglob("*")) == before


def test_what_stood_there_stays_until_the_new_is_whole(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that breaks off leaves yesterday's posters as they were."""
    (installation / "posters-a4.pdf").write_bytes(b"yesterday's")

    def broken(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.commands.posters.pdf", broken)
    result = posters("--all")

    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert (installation / "posters-a4.pdf").read_bytes() == b"yesterday's"
    assert not list(installation.glob("*.part"))
