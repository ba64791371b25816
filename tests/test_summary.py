"""A filing on one page: what it says is the interface's, and one page it stays."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import anyio
import pytest

from handlers.rights import Role
from tests.test_documents import fetched
from tests.test_filings_http import PERIOD, UNIT, become, desk, office, opened, play
from tests.test_sheets import FULL, score
from tests.test_staff import Office

__all__ = ["desk", "office"]  # fixtures

pytestmark = pytest.mark.anyio


async def published(desk: Office) -> str:
    """A filing that everybody may read, with appraised points; its number."""
    await become(desk, Role.HOME_AFFAIRS)
    path = await opened(desk)
    await play(desk, path, "freeze submit")
    assert await score(desk, path, "appraisal", points=FULL) == 303
    await play(desk, path, "accept publish")
    return path.rsplit("/", 1)[1]


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_number_has_its_id(desk: Office, language: str) -> None:
    """Each row stands on a figure of the interface, with its value; sums and class stand above."""
    number = await published(desk)
    asked = {"unit": UNIT, "period": PERIOD}
    answer = await desk.client.get("/api/v1/scores", params=asked)
    known = {each["id"]: each for each in answer.json()["figures"]}
    page = (await desk.browser().get(f"/reports/{number}/summary?lang={language}")).text
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page)
    mark = "," if language == "vi" else "."

    assert len(rows) > 3
    for row in rows:
        found = re.search(r">([0-9a-f]{20})<", row)
        assert found
        shown = f"{100 * known[found[1]]['value']:.1f}".replace(".", mark)
        assert f">{shown} %<" in row
    assert "14,4" in page
    assert f"/reports/{number}" in page


async def test_only_what_is_published_has_an_address(desk: Office) -> None:
    """A draft's page leads nowhere; before freezing there is none, for strangers never."""
    await become(desk, Role.UNIT_HEAD, UNIT)
    path = await opened(desk)
    early = await desk.client.get(f"{path}/summary")
    await play(desk, path, "freeze")
    draft = (await desk.client.get(f"{path}/summary?lang=vi")).text
    outside = await desk.browser().get("/reports/1/summary")
    file = await desk.browser().get("/reports/1/summary.pdf")

    assert early.status_code == 409
    assert "chưa ban hành" in draft
    assert "/reports/1" not in draft
    assert (outside.status_code, file.status_code) == (404, 404)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
async def test_the_file_is_one_page(desk: Office, tmp_path: Path) -> None:
    """And the address can be read as text too."""
    number = await published(desk)
    file = tmp_path / "s.pdf"
    file.write_bytes(await fetched(desk, f"/filings/{number}/summary.pdf?lang=vi"))
    told = (await anyio.run_process(["pdfinfo", str(file)])).stdout.decode()
    read = (await anyio.run_process(["pdftotext", str(file), "-"])).stdout.decode()

    assert re.search(r"Pages: +1\n", told)
    assert f"/reports/{number}" in read
    assert "không phải Chỉ số SIPAS" in re.sub(r"\s+", " ", read)
