"""Signed events on their way to the app's webhook, with Zalo's repeats."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from tests.peers.zalo.clock import Clock
from tests.peers.zalo.oa_events import encoded, mac
from tests.peers.zalo.oa_state import App, Json
from tests.peers.zalo.posting import Delivery, post


class Webhook:
    """The callback address of one app; without one, events are only made."""

    def __init__(self, app: App, clock: Clock) -> None:
        self.url = ""
        self.switched_off = False
        self.deliveries: list[Delivery] = []
        self.waiting: list[Json] = []
        self._app = app
        self._clock = clock
        self._repeats: list[tuple[datetime, Delivery]] = []

    def signature(self, body: bytes) -> dict[str, str]:
        """The headers of *body*, signed as the switches say."""
        event, doubts = json.loads(body), self._app.unconfirmed
        oa_id = self._oa_of(event)
        account = self._app.accounts.get(oa_id)
        own = account.secret if account is not None else self._app.secret
        secret = own if doubts.mac_secret == "oa" else self._app.secret
        first = self._app.app_id if doubts.mac_first == "app_id" else oa_id
        signed = mac(first, body, event["timestamp"], secret)
        headers = {"X-ZEvent-Signature": f"{doubts.mac_prefix}{signed}"}
        if doubts.timestamp_header is not None:
            headers[doubts.timestamp_header] = event["timestamp"]
        return headers

    def deliver(self, event: Json) -> Delivery:
        """Sign and post *event* now."""
        body = encoded(event)
        return self.post(body, self.signature(body))

    def post(self, body: bytes, headers: dict[str, str], retries: int = 0) -> Delivery:
        """Post any bytes with any headers, and plan the repeat if they are not accepted."""
        if not self.url or self.switched_off:
            return self._noted(Delivery(body, headers))
        numbered = headers | ({"num_retry": str(retries)} if retries else {})
        delivery = self._noted(post(self.url, body, numbered, retries))
        if not delivery.accepted or delivery.took_s > self._app.unconfirmed.answer_within_s:
            self._plan(delivery)
        return delivery

    def redeliver(self, delivery: Delivery) -> Delivery:
        """The same bytes once more, now."""
        return self.post(delivery.body, dict(delivery.headers), delivery.retries + 1)

    def flush(self) -> list[Delivery]:
        """Post the echoes that our own messages caused."""
        waiting, self.waiting = self.waiting, []
        return [self.deliver(event) for event in waiting]

    def repeat(self) -> list[Delivery]:
        """Post every repeat that is due by the clock."""
        now = self._clock.now()
        due = [delivery for at, delivery in self._repeats if at <= now]
        self._repeats = [(at, delivery) for at, delivery in self._repeats if at > now]
        return [self.redeliver(delivery) for delivery in due]

    def _noted(self, delivery: Delivery) -> Delivery:
        self.deliveries.append(delivery)
        return delivery

    def _plan(self, delivery: Delivery) -> None:
        delays = self._app.unconfirmed.repeats_after_s
        if delivery.retries >= len(delays):
            self.switched_off = True
            return
        at = self._clock.now() + timedelta(seconds=delays[delivery.retries])
        self._repeats.append((at, delivery))

    def _oa_of(self, event: Json) -> str:
        sides = (event.get("sender", {}).get("id"), event.get("recipient", {}).get("id"))
        named = (event.get("oa_id"), *sides)
        return next((str(one) for one in named if one in self._app.accounts), "")
