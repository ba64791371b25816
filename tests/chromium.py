"""Chromium, in which tests look at pages: as people have it, and without windows.

Debian builds both from one source. Windows that nobody sees take half of the processor's time; so
what people see at a counter is looked at in the one that they have (`tests.test_browser`), and all
else in the one without, where it is installed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.patience import patient

CHROMIUM = shutil.which("chromium")
WITHOUT_WINDOWS = shutil.which("chromium-headless-shell") or CHROMIUM
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
"""What `make pictures` keeps."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian package chromium)"),
]


@contextmanager
def chromium(program: str | None = WITHOUT_WINDOWS) -> Iterator[Browser]:
    """A Chromium that is patient."""
    with sync_playwright() as playwright:
        opened = patient(playwright.chromium.launch(executable_path=program, args=ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the module."""
    with chromium() as opened:
        yield opened
