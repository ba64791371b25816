"""A webhook that keeps what it is sent: what the fakes' own tests post to."""

from __future__ import annotations

from starlette.requests import Request

from tests.peers.zalo.host import Call, Host, Reply
from tests.peers.zalo.rules import Table


class Catcher(Host):
    """Answers 200 to everything, unless a test makes it `fail`, `drop` or `delay` ("hook")."""

    def name(self, request: Request) -> str:
        """One name for every path."""
        return "hook"

    def answer(self, call: Call) -> Reply:
        """Accept."""
        return Reply({})

    def refusal(self, rule: Table, status: int | None = None) -> Reply:
        """Fail with the rule's HTTP status."""
        return Reply({}, status or rule.value.status, refused=rule)
