"""What axe finds on a page that somebody without a mouse, or without seeing it, could not use."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What is right need not be told element by element.
ONLY_WRONG = {"resultTypes": ["violations"]}


def axe_finds_nothing(page: Page, what: object = "") -> None:
    """No rule is broken, or the test fails with what is wrong at *what*."""
    page.wait_for_load_state()  # half a page breaks rules that the whole keeps
    found = Axe().run(page, options=ONLY_WRONG)
    assert found.violations_count == 0, f"{what} {found.generate_report()}"
