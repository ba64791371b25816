"""Webhook requests to the software under test."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

SLOWEST_S = 10.0
# Read once: a client of its own for every request would read every certificate each time.
TLS = httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True)
class Delivery:
    """One event on its way: the exact body, and what came back (None: nobody answered).

    An event that waits for `getUpdates` has no status either; its `url` is empty.
    """

    body: bytes
    headers: Mapping[str, str]
    url: str = ""
    status: int | None = None
    took_s: float = 0
    retries: int = 0

    @property
    def accepted(self) -> bool:
        """Whether the webhook answered 200."""
        return self.status == 200


def post(url: str, body: bytes, headers: Mapping[str, str], retries: int = 0) -> Delivery:
    """Post *body* as it is."""
    sent = {"content-type": "application/json", **headers}
    started = time.monotonic()
    try:
        answer = httpx.post(
            url, content=body, headers=sent, timeout=SLOWEST_S, trust_env=False, verify=TLS
        )
        status: int | None = answer.status_code
    except httpx.TransportError:
        status = None
    return Delivery(body, headers, url, status, time.monotonic() - started, retries)
