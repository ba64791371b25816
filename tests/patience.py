"""How long a test waits for what must come: no test may fail because the machine is busy.

Nor because of what was drawn: examples are the same in every run, but for `make prove`, whose
MOTCUA_EXAMPLES asks for others.
"""

from __future__ import annotations

import inspect
import os

import httpx
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect

PATIENCE_S = 120.0


def be_patient() -> None:
    """Let whoever waits for an example, an answer or a page wait as long as that."""
    settings.register_profile(
        "patient",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        derandomize="MOTCUA_EXAMPLES" not in os.environ,
    )
    settings.load_profile("patient")
    expect.set_options(timeout=PATIENCE_S * 1000)
    unless_told = inspect.signature(httpx.Client).parameters["timeout"].default
    unless_told.connect = unless_told.read = unless_told.write = unless_told.pool = PATIENCE_S


def patient(browser: Browser) -> Browser:
    """Let every page of *browser* wait as long as that for what is clicked or loaded."""
    browser.on("context", lambda context: context.set_default_timeout(PATIENCE_S * 1000))
    return browser
