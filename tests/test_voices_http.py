"""The editor's pages on the real application, and a search for texts that nobody released."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import httpx
import pytest

from bot.redacting import redact
from handlers.rights import Role
from handlers.voices.quotes import released_quotes
from sipas.periods import parse_period
from sipas.quotes import State
from storage import registry, voices
from tests.server import COUNTER
from tests.test_filings_http import become
from tests.test_staff import Office, office
from tests.test_voices import UNIT, freed, told

__all__ = ["office"]  # a fixture

pytestmark = pytest.mark.anyio

WORDS = [f"hoasen{n}" for n in range(6)]
PLACES = {
    "code": UNIT,
    "period": "2026-Q4",
    "unit": UNIT,
    "number": "1",
    "index": "0",
    "filing": "1",
    "plan": "1",
    "person": "1",
    "receipt": "x",
    "version": "1",
    "figure": "0" * 20,
    "language": "vi",
    "question": "overall",
}


async def day(office: Office) -> None:
    """Forty responses of a day, six with words, released and masked."""
    await office.store.write(told, [f"Nhà {each} gọi 0912345678" for each in WORDS])
    await office.store.write(told, [""] * 34)
    assert await office.store.write(freed) == 40
    await redact(office.store)


async def numbers(office: Office) -> dict[str, int]:
    """The number of each comment by its own word."""
    waiting = await office.store.look(voices.voices, UNIT, State.WAITING, 50)
    return {each.text.split()[1]: each.number for each in waiting}


async def send(office: Office, number: int, **form: str | list[str]) -> httpx.Response:
    """Send the form of a comment's page, with what the page gave."""
    shown = (await office.client.get(f"/voices/{number}")).text
    hidden = dict(re.findall(r'type="hidden" name="(csrf|seen)" value="(\w+)"', shown))
    return await office.client.post(f"/voices/{number}", data={**hidden, **form})


async def test_an_editor_masks_releases_and_refuses(office: Office) -> None:
    """Word by word; each act leads on to what waits next; no page shows an original."""
    await day(office)
    await become(office, Role.MEDIA_EDITOR, UNIT)
    known = await numbers(office)
    one, other, *_ = (known[each] for each in WORDS)

    shown = (await office.client.get(f"/voices?unit={UNIT}&lang=en")).text
    assert all(each in shown for each in WORDS)
    assert "0912345678" not in shown and "[số điện thoại]" in shown
    assert f"unit={UNIT}" in (await office.client.get("/voices")).text

    refused = await send(office, one, act="mask")
    assert refused.status_code == 409 and "Hãy chọn ít nhất một từ" in refused.text
    assert (await send(office, one, act="release", piece=["1"])).status_code == 409
    assert (await send(office, one, act="refuse", reason="")).status_code == 409
    assert (await send(office, one, act="mask", piece=["0"])).headers["location"] == (
        f"/voices/{one}?lang=vi"
    )
    assert "[…] hoasen0 gọi [số điện thoại]" in _text(await office.client.get(f"/voices/{one}"))
    assert (await send(office, one, act="release", seen="0")).status_code == 409
    onward = await send(office, one, act="release")
    assert onward.headers["location"].startswith("/voices/")
    assert (await send(office, other, act="refuse", reason="abuse")).status_code == 303
    assert (await send(office, other, act="release")).status_code == 409
    assert (await send(office, one, act="refuse", reason="personal")).status_code == 303

    lines = await registry.audit_lines(office.store.reader, 2**62, 4)
    acts = ["comment refuse", "comment refuse", "comment release", "comment mask"]
    assert [line.act for line in lines] == acts


async def test_units_are_found_by_name_those_first_where_comments_wait(office: Office) -> None:
    """With or without tones, in the order of names; what is done is folded away."""
    await day(office)
    await become(office, Role.MEDIA_EDITOR, UNIT)
    directory = (await office.app.state.service.state()).directory
    unit = directory.unit(UNIT)
    assert unit

    async def shown(q: str = "") -> str:
        return (await office.client.get("/voices", params={"q": q, "lang": "en"})).text

    link = f"/voices?unit={UNIT}&lang=en"
    assert link in await shown(unit.search_key[:5]) and link in await shown(unit.name[:5])
    assert link not in await shown("khong co ten nay")
    assert "Units with comments that wait: 1" in await shown()
    for number in (await numbers(office)).values():
        await send(office, number, act="refuse", reason="unclear")
    assert "Units where nothing waits: 1" in await shown() and link in await shown()


def _text(answer: httpx.Response) -> str:
    """What stands in the boxes of the page, as one line."""
    words = re.findall(r'<span class="mask">([^<]+)|<span>([^<]+)</span></label>', answer.text)
    return " ".join(mask or word for mask, word in words)


def _readable(body: bytes) -> bytes:
    """The bytes, and those of every file in it where it is an archive."""
    file = io.BytesIO(body)
    if not is_zipfile(file):
        return body
    with ZipFile(file) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def _filled(path: str) -> str:
    """A path of the document with everything that it names."""
    code = COUNTER if path.startswith(("/c/", "/counters")) else UNIT
    return path.format_map(defaultdict(lambda: "1", {**PLACES, "code": code}))


async def _read(office: Office) -> tuple[bytes, int]:
    """All that the routes of no comment give, and how many gave something."""
    found, answered = [], 0
    paths = office.app.openapi()["paths"]
    for path in (each for each, methods in paths.items() if "get" in methods):
        if not path.startswith("/voices"):
            asked = {"unit": UNIT, "period": "2026-Q4"}
            answer = await office.client.get(_filled(path), params=asked)
            answered += answer.status_code == 200
            found.append(_readable(answer.content))
    return b"\n".join(found), answered


def _files(folder: Path) -> bytes:
    """Every byte in a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_no_route_file_or_log_shows_what_nobody_released(
    office: Office, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One release and one refusal, then every byte is searched, of strangers and of a role."""
    await day(office)
    await become(office, Role.MEDIA_EDITOR, UNIT)
    known = await numbers(office)
    assert (await send(office, known[WORDS[0]], act="release")).status_code == 303
    assert (await send(office, known[WORDS[1]], act="refuse", reason="abuse")).status_code == 303
    service = office.app.state.service
    unit = (await service.state()).directory.unit(UNIT)
    assert unit
    quotes = await released_quotes(service, unit, parse_period("2026-Q4"), 50)
    assert [text.split()[1] for text in quotes.texts] == [WORDS[0]]

    office.client = office.browser()
    reads = [await _read(office)]
    await become(office, Role.HOME_AFFAIRS)
    reads.append(await _read(office))
    logged = "".join(capfd.readouterr()).encode()

    assert min(answered for _, answered in reads) > 20
    everything = b"\n".join([*(body for body, _ in reads), _files(tmp_path), logged])
    assert len(everything) > 100_000
    assert [word for word in WORDS[1:] if word.encode() in everything] == []
    assert b"0912345678" not in everything
