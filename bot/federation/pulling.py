"""Asks every province of a centre for its aggregate; nobody is told anything by asking."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import NamedTuple

import aiohttp
import structlog

from bot.federation.checking import Disbelieved, Proven, follows, grown, proven, taken
from bot.metrics import HEARD, REFUSED
from bot.outgoing.guarding import Refused, Resolve, checked, resolve
from storage import nation
from storage.nation import Province, Reason
from storage.sealing import Root
from storage.store import Store

log = structlog.get_logger()

AGGREGATE = "/data/aggregate.json"
CONSISTENCY = "/api/v1/log/consistency?old={old}&size={size}"
ANSWER_S = aiohttp.ClientTimeout(total=60, sock_connect=10, sock_read=20)
BODY_MOST = 32 << 20
PIECE = 1 << 16
AT_ONCE = 4


class Unheard(Exception):
    """Nothing came, or too much; the message is one word for whoever operates the centre."""


class Answer(NamedTuple):
    """What a province answered; no body where what is kept is still current."""

    body: bytes | None
    etag: str


@dataclass(frozen=True)
class Pulling:
    """What asks the provinces.

    Attributes:
        inside: each "host:port" that may be http and inside, apart by commas.
    """

    store: Store
    clock: Callable[[], datetime]
    inside: str = ""
    look_up: Resolve = resolve
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def pull(self) -> list[str]:
        """Ask every province once; a line for each that brought nothing new to believe."""
        found = await self.store.look(nation.provinces)
        went = await asyncio.gather(*map(self._in_turn, found))
        measure(await self.store.look(nation.provinces))
        return [f"{each.code}: {word}" for each, word in zip(found, went, strict=True) if word]

    async def _in_turn(self, province: Province) -> str:
        async with self._turns:
            return await self._pulled(province)

    async def _pulled(self, province: Province) -> str:
        """Nothing where it was heard, or in a word why not."""
        body = b""
        try:
            answer = await self._asked(province, AGGREGATE, province.etag)
            if answer.body is None:
                await self.store.write(nation.heard, province.province_id, self._now())
                return ""
            body = answer.body
            await self._judged(province, answer.etag, body)
        except Disbelieved as refused:
            return await self._refused(province, refused.reason, body)
        except Unheard as error:
            log.warning("province not heard", province=province.code, trouble=str(error))
            await self.store.write(nation.silent, province.province_id, str(error))
            return str(error)
        return ""

    async def _judged(self, province: Province, etag: str, body: bytes) -> None:
        # Megabytes may be read here: whoever is being served goes first.
        found = await asyncio.to_thread(proven, province, body)
        if not follows(province.root, found.root):
            await self.store.write(nation.heard, province.province_id, self._now())
            return
        if province.root is not None:
            await self._compared(province, province.root, found)
        kept = await asyncio.to_thread(taken, found, etag)
        await self.store.write(nation.take, province.province_id, kept, self._now())

    async def _compared(self, province: Province, kept: Root, found: Proven) -> None:
        """Nothing, if the province proves that its log only grew."""
        asked = CONSISTENCY.format(old=kept.size, size=found.root.size)
        answer = await self._asked(province, asked)
        try:
            path = [bytes.fromhex(each) for each in json.loads(answer.body or b"")["path"]]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise Disbelieved(Reason.REWRITTEN) from error
        grown(kept, found.root, path)

    async def _refused(self, province: Province, reason: Reason, body: bytes) -> str:
        digest = sha256(body).digest()
        log.error("aggregate refused", province=province.code, reason=reason, sha256=digest.hex())
        await self.store.write(nation.refuse, province.province_id, reason, digest, self._now())
        return f"refused: {reason}"

    async def _asked(self, province: Province, path: str, etag: str = "") -> Answer:
        """What the province answers.

        Raises:
            Unheard: nothing that could be judged.
        """
        try:
            target = await checked(f"{province.address}{path}", self.inside, self.look_up)
            headers = {"Host": target.parts.netloc, "Accept": "application/json"}
            headers |= {"If-None-Match": etag} if etag else {}
            # The numbers that were checked are connected to; the certificate must be the name's.
            async with (
                aiohttp.ClientSession(timeout=ANSWER_S, trust_env=False) as session,
                session.get(
                    target.url,
                    headers=headers,
                    allow_redirects=False,
                    server_hostname=target.certified,
                ) as answer,
            ):
                return Answer(await _body(answer, etag), _etag(answer.headers))
        except Refused as error:
            raise Unheard(str(error)) from error
        except (OSError, TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise Unheard(type(error).__name__) from error

    def _now(self) -> str:
        return self.clock().isoformat(timespec="seconds")


def measure(provinces: Iterable[Province]) -> None:
    """Show in the metrics how every province stands, and none that is gone."""
    HEARD.clear()
    REFUSED.clear()
    for each in provinces:
        # Who was never heard is silent since it was added.
        heard = datetime.fromisoformat(each.heard_at or f"{each.added_on}T00:00:00+00:00")
        HEARD.labels(each.code).set(heard.timestamp())
        REFUSED.labels(each.code).set(each.trouble in set(Reason))


async def _body(answer: aiohttp.ClientResponse, etag: str) -> bytes | None:
    if answer.status == HTTPStatus.NOT_MODIFIED and etag:
        return None
    if answer.status != HTTPStatus.OK:
        raise Unheard(str(answer.status))
    found = bytearray()
    async for piece in answer.content.iter_chunked(PIECE):  # as it is unpacked
        found += piece
        if len(found) > BODY_MOST:
            raise Unheard("too large")
    return bytes(found)


def _etag(headers: Mapping[str, str]) -> str:
    """The validator, as far as it is worth keeping."""
    given = headers.get("ETag", "")
    return given if len(given) <= 100 and given.isascii() and given.isprintable() else ""
