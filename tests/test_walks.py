"""Each role of the demo follows every link it meets, in real Chromium: nothing is refused, all of
it is accessible and in the language that was chosen. A drill of `make prove`."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from bot import demo, demo_cases, demo_people
from bot.clock import utc_now
from bot.keys import load_keys
from bot.surveys import survey
from handlers.rights import Role
from storage.store import Store
from tests.chromium import DESKTOP, browser
from tests.chromium import pytestmark as browsing
from tests.server import Server
from tests.test_filings_browser import accessible

__all__ = ["browser"]

pytestmark = [
    *browsing,
    pytest.mark.skipif("MOTCUA_WALK" not in os.environ, reason="a drill of `make prove`: minutes"),
]

RESPONSES = 60_000
PATIENCE_MS = 180_000  # just after a start the first looks wait for the tables of a release
FILE = re.compile(r"\.(pdf|docx|xlsx|csv|json|jsonld|ndjson|png|svg|atom|py|zip|txt|toml)$")
ONE_OF_MANY = re.compile(r"(?<=/)(\d+|\d{4}-\w+|[0-9a-f]{16,})(?=/|$|\.)")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """The demo with its accounts, and their password."""
    running = Server(tmp_path_factory.mktemp("walks"))
    keys = load_keys(running.folder / "motcua.key")

    async def load() -> str:
        store = await Store(running.address, keys).open()
        await demo.load(store, utc_now().date(), RESPONSES)
        await store.write(demo_cases.file_cases, survey(keys), utc_now())
        password = await demo_people.welcome(store)
        await store.close()
        return password

    with ThreadPoolExecutor(1) as thread:
        password = thread.submit(lambda: asyncio.run(load())).result()
    yield running.start(), password
    running.stop()


def shape(address: str) -> tuple[str, tuple[str, ...]]:
    """Addresses of one page with other units, periods or numbers are walked once."""
    parts = urlsplit(address)
    return ONE_OF_MANY.sub("N", parts.path), tuple(sorted(key for key, _ in parse_qsl(parts.query)))


def links(page: Page, base: str, language: str) -> Iterator[str]:
    """Where the page leads on this site, in this language."""
    for each in page.locator("a[href]").all():
        address = urljoin(page.url, each.get_attribute("href") or "").split("#")[0]
        if (
            address.startswith(base)
            and dict(parse_qsl(urlsplit(address).query)).get("lang", language) == language
        ):
            yield address


@pytest.fixture(scope="module")
def everybody_s() -> set[tuple[str, object]]:
    """Pages without the bar of staff, by language: they are the same for the next role."""
    return set()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", Role)
def test_no_link_of_a_role_leads_nowhere(
    role: Role,
    language: str,
    server: tuple[Server, str],
    browser: Browser,
    everybody_s: set[tuple[str, object]],
) -> None:
    """Every kind of page once; files are fetched, pages are looked at on a phone and a desk."""
    running, password = server
    prefers = "vi" if language == "en" else "en"  # so that a link without a language shows itself
    context = browser.new_context(viewport=DESKTOP, locale=prefers)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{running.url}/login?lang={language}")
    page.fill("[name=name]", demo_people.NAMES[role])
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    found, met = [page.url], {shape(page.url)}
    for address in found:
        if (language, shape(address)) in everybody_s:
            continue
        if FILE.search(urlsplit(address).path) or "/api/" in address:
            assert context.request.get(address).status == 200, address
            continue
        answer = page.goto(address)
        assert answer and answer.status == 200, address
        assert page.locator("html").get_attribute("lang") == language, address
        accessible(page)
        if not page.locator(".staff").count():
            everybody_s.add((language, shape(address)))
        for link in links(page, running.url, language):
            if shape(link) not in met:
                met.add(shape(link))
                found.append(link)
    context.close()

    assert len(found) > 10
