"""What answers say about the public address: over https, at the root or under a path."""

from __future__ import annotations

import httpx
import pytest

from handlers.outside import Outside
from handlers.web import build
from tests.channels import _no_lifespan

pytestmark = pytest.mark.anyio

HSTS = "strict-transport-security"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://motcua.example", True),
        ("http://127.0.0.1:8000", False),
        ("https://shared.example/danhgia", False),  # whose host is not ours to speak for
    ],
)
async def test_only_a_host_of_our_own_is_for_https_alone(address: str, told: bool) -> None:
    """Browsers are told for a year where the whole host is motcua's and is on https."""
    app = build(_no_lifespan, outside=Outside(address))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=address) as client:
        answer = await client.get("static/motcua.css")

    assert answer.status_code == 200
    assert (HSTS in answer.headers) == told
