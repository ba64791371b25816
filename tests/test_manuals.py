"""The manuals of docs/vi, printed: each fits on two pages of A4, and its pictures exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from tests.chromium import browser, pytestmark
from tests.poppler import poppler

__all__ = ["browser", "pytestmark"]

FOLDER = Path(__file__).parents[1] / "docs" / "vi"
MANUALS = ("quan-tri", "quay", "so-noi-vu", "toa-soan", "trung-tam")
PAPER = """
@page { size: A4; margin: 14mm 15mm }
body { font: 9.5pt/1.3 "Liberation Sans", sans-serif; margin: 0 }
h1 { font-size: 17pt; margin: 0 } h2 { font-size: 12pt; margin: 7pt 0 2pt }
p, ul, ol, table { margin: 3pt 0 } table { border-collapse: collapse; width: 100% }
td, th { border: .5pt solid #999; padding: 1.5pt 4pt; text-align: left; vertical-align: top }
img { max-width: 100%; max-height: 62mm; display: block; margin: auto }
"""


@pytest.mark.parametrize("name", MANUALS)
def test_a_manual_is_two_printed_pages(name: str, browser: Browser, tmp_path: Path) -> None:
    """Who works at a counter reads what fits on both sides of one sheet."""
    manual = FOLDER / f"{name}.md"
    told = MarkdownIt("commonmark").enable("table").render(manual.read_text("utf-8"))
    page = browser.new_page()
    page.goto(manual.as_uri())  # pictures are found beside it
    page.set_content(f"<style>{PAPER}</style>{told}".replace('src="', f'src="{FOLDER.as_uri()}/'))
    page.pdf(path=tmp_path / "manual.pdf", prefer_css_page_size=True)
    page.close()
    pages = re.search(r"^Pages: +(\d+)", poppler("pdfinfo", tmp_path / "manual.pdf"), re.MULTILINE)

    assert pages and int(pages[1]) <= 2
