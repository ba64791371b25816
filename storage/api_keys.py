"""API keys: another system's leave to do one thing; only the hash of a token is kept."""

from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple

from storage import registry
from storage.engine import Reader
from storage.queries import read
from storage.queries import write as sql
from storage.transaction import Transaction

PREFIX = "motcua"
NAME_MOST = 60
DOSSIER_EVENTS = "dossier-events"
SCOPES = (DOSSIER_EVENTS,)


class ApiKey(NamedTuple):
    """A key as kept; *scope* is the one thing it opens."""

    key_id: int
    name: str
    scope: str
    token_hash: bytes
    created_on: str
    revoked_on: str | None


class Act(NamedTuple):
    """Who does it, and when, as the audit writes it."""

    at: str
    actor: str


def add_key(tx: Transaction, name: str, scope: str, secret: str, act: Act) -> str:
    """Add a key that *secret* opens, with a line in the audit; return the token to hand over."""
    key_id = int(
        sql.add_api_key(
            tx.connection,
            name=name,
            scope=scope,
            token_hash=hashed(secret),
            created_on=act.at[:10],
        )
    )
    registry.audit(tx, act.at, act.actor, "api key added", str(key_id), f"{scope} {name}")
    return f"{PREFIX}_{key_id}_{secret}"


def revoke_key(tx: Transaction, key_id: int, act: Act) -> bool:
    """End a key at once; False when there is none to end."""
    if not sql.revoke_api_key(tx.connection, key_id=key_id, day=act.at[:10]):
        return False
    registry.audit(tx, act.at, act.actor, "api key revoked", str(key_id))
    return True


async def key_of(connection: Reader, token: str) -> ApiKey | None:
    """The key that *token* opens, unless it is revoked."""
    prefix, _, rest = token.partition("_")
    number, _, secret = rest.partition("_")
    if prefix != PREFIX or not (number.isdecimal() and number.isascii() and len(number) < 10):
        return None
    row = await read.api_key(connection, key_id=int(number))
    known = ApiKey(*row) if row else None
    # The number finds the row; the secret is compared in constant time.
    if known is None or not hmac.compare_digest(known.token_hash, hashed(secret)):
        return None
    return None if known.revoked_on else known


async def all_keys(connection: Reader) -> list[ApiKey]:
    """Every key, revoked ones too."""
    return [ApiKey(*row) async for row in read.all_api_keys(connection)]


def hashed(secret: str) -> bytes:
    """What is kept of a token: it is 256 random bits, so no salt is needed."""
    return hashlib.sha256(secret.encode()).digest()
