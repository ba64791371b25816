"""Tells other systems what happened, as Standard Webhooks says: signed, and tried again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import structlog
from standardwebhooks import Webhook

from bot.outgoing.guarding import Refused, Resolve, Target, checked, resolve
from storage import hooks
from storage.hooks import Message
from storage.store import Store

log = structlog.get_logger()

AT_ONCE = 20
ANSWER_S = aiohttp.ClientTimeout(total=10)
BODY_MOST = 64_000


@dataclass(frozen=True)
class Outgoing:
    """What tells other systems.

    Attributes:
        test_host: "host:port" that may be spoken to in the clear, and inside.
    """

    store: Store
    clock: Callable[[], datetime]
    public_url: str
    test_host: str = ""
    look_up: Resolve = resolve

    async def deliver(self) -> int:
        """Try what is due once, side by side; how many were taken."""
        now = int(self.clock().timestamp())
        if not await self.store.look(hooks.is_due, now):
            return 0
        due = await self.store.write(hooks.claim, now, AT_ONCE)
        return sum(await asyncio.gather(*map(self._told, due)))

    async def _told(self, message: Message) -> bool:
        answer = await self._answer(message)
        took = answer.isdecimal() and answer.startswith("2")
        if await self.store.write(hooks.settle, message, answer, took):
            # Never the address: its path may be a secret of the other system.
            log.warning("webhook given up", webhook=message.hook_id, event_id=message.event_id)
        return took

    async def _answer(self, message: Message) -> str:
        """The status that came back, or in a word why none did."""
        try:
            target = await checked(message.address, self.test_host, self.look_up)
            return str(await self._sent(message, target))
        except Refused as error:
            return str(error)
        except (OSError, TimeoutError, aiohttp.ClientError, ValueError) as error:
            return type(error).__name__

    async def _sent(self, message: Message, target: Target) -> int:
        now = self.clock().astimezone(UTC)
        body = self._body(message, now)
        signed = Webhook(message.secret).sign(message.event_id, now, body)
        headers = {
            "Host": target.parts.netloc,
            "Content-Type": "application/json",
            "webhook-id": message.event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signed,
        }
        # The numbers that were checked are connected to; the certificate must be the name's.
        async with (
            aiohttp.ClientSession(timeout=ANSWER_S, trust_env=False) as session,
            session.post(
                target.url,
                data=body.encode(),
                headers=headers,
                allow_redirects=False,
                server_hostname=target.certified,
            ) as answer,
        ):
            return answer.status

    def _body(self, message: Message, now: datetime) -> str:
        told = json.loads(message.told)
        told["page"] = f"{self.public_url}{told['page']}"
        at = message.at or now.isoformat(timespec="seconds")
        body = json.dumps({"type": message.event, "timestamp": at, "data": told})
        if len(body) > BODY_MOST:
            raise ValueError(f"expected at most {BODY_MOST} bytes, got {len(body)}")
        return body
