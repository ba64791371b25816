"""What one Official Account asks of Zalo, with its own tokens: messages, quota, who it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.channels.outcomes import Down
from bot.channels.zalo_oa.client import Client, number
from bot.channels.zalo_oa.errors import REAUTHORISE, TokenRefused
from bot.channels.zalo_oa.tokens import Tokens


@dataclass(frozen=True)
class Calls:
    """Each raises an `Outcome` when it was not done, or nobody knows."""

    client: Client
    tokens: Tokens

    async def consult(self, user: str, message: dict[str, Any]) -> str:
        """Send a consultation message and return its id."""
        told = {"recipient": {"user_id": user}, "message": message}
        return _id(await self._openapi("/v3.0/oa/message/cs", told), "message_id")

    async def quota(self, user: str) -> tuple[int, int | None]:
        """The respondent's last interaction (ms; 0 for none), and free replies that remain."""
        return window(await self._openapi("/v3.0/oa/quota/message", {"user_id": user}))

    async def whoami(self) -> dict[str, Any]:
        """The account's name, whether it is verified, and its package."""
        data = await self._openapi("/v2.0/oa/getoa")
        return data if isinstance(data, dict) else {}

    async def invite(self, hash_or_phone: dict[str, str], told: dict[str, Any]) -> str:
        """Send a template message to a phone number and return its id."""
        hashed = "/hashphone" if "hash_phone" in hash_or_phone else ""
        url = f"{self.client.hosts.business}/message/template{hashed}"
        return _id(await self._call(url, {**hash_or_phone, **told}), "msg_id")

    async def close(self) -> None:
        """Let a pair that is on its way reach the disk, then close the connections."""
        await self.tokens.settle()
        await self.client.close()

    async def _openapi(self, path: str, told: dict[str, Any] | None = None) -> Any:
        return await self._call(self.client.hosts.openapi + path, told)

    async def _call(self, url: str, told: dict[str, Any] | None) -> Any:
        """Once with the token at hand, and if that is refused once more with a fresh one."""
        grant = await self.tokens.current()
        try:
            return await self.client.call(url, grant.pair.access, told)
        except TokenRefused:
            fresh = await self.tokens.renewed(grant.generation)
        try:
            return await self.client.call(url, fresh.pair.access, told)
        except TokenRefused:
            self.tokens.useless(fresh.generation)
            raise Down(REAUTHORISE) from None


def window(data: object) -> tuple[int, int | None]:
    """What `Calls.quota` tells, as far as Zalo does."""
    told = data if isinstance(data, dict) else {}
    replies = told.get("cs_reply")
    remain = replies.get("remain") if isinstance(replies, dict) else None
    return number(told.get("last_interaction")) or 0, number(remain)


def _id(data: object, name: str) -> str:
    return str(data.get(name, "")) if isinstance(data, dict) else ""
