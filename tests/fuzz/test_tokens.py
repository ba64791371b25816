"""Tokens of an identity provider are used, or refused by name, whatever their claims are."""

from __future__ import annotations

import asyncio
import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey

from handlers.people.provider import ENDED, SIGNATURES, Begun, Provider, SignOnError
from tests.fuzz.mutating import Law, damaged_text, refuses, reshaped, tried

NOW = datetime(2026, 11, 28, tzinfo=UTC)
KEY = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(bytes(32)), {"kid": "1"})
CLAIMS = {
    "iss": "https://id",
    "aud": "motcua",
    "iat": 1_795_824_000,
    "exp": 4_102_444_800,
    "jti": "1",
    "sub": "lan",
    "sid": "s",
    "events": {ENDED: {}},
}
PERSON_CLAIMS = {
    **CLAIMS,
    "nonce": "nonce",
    "name": "Nguyễn Vân Lan",
    "preferred_username": "lan.nv",
    "groups": ["motcua-head-15448"],
}


METADATA = {
    "issuer": "https://id",
    "token_endpoint": "https://id/token",
    "jwks": {"keys": [KEY.as_dict(private=False)]},
    "id_token_signing_alg_values_supported": list(SIGNATURES),
    "_loaded_at": math.inf,
}


def provider(token: str) -> Provider:
    """One whose addresses and keys are known, and that answers a code with *token*."""
    made = Provider(
        *("https://id", "motcua", "secret", "openid", "groups", None, "https://m/b", "https://m/"),
        _until=NOW + timedelta(days=1),
    )
    made._client = made._fresh()
    made._client.server_metadata.update(METADATA)
    told = {"access_token": "a", "token_type": "Bearer", "id_token": token}
    answer = httpx2.MockTransport(lambda request: httpx2.Response(200, json=told))
    made._client.client_kwargs["transport"] = answer
    return made


def ended(token: str) -> object:
    """A back-channel logout token."""
    return asyncio.run(provider(token).ended(NOW, token))


def arrived(token: str) -> object:
    """An ID token, for which the browser's code was changed."""
    begun = Begun("state", "nonce", "v" * 43, "/work", 0)
    return asyncio.run(provider(token).finish(NOW, begun, "code"))


def _token(claims: Any) -> str:
    # As bytes, because the library writes no half characters, which a provider might.
    head = {"alg": "Ed25519", "kid": "1", "typ": "JWT"}
    return jws.serialize_compact(head, json.dumps(claims), KEY, algorithms=["Ed25519"])


@pytest.mark.parametrize(
    ("name", "read", "claims"),
    [("logout token", ended, CLAIMS), ("ID token", arrived, PERSON_CLAIMS)],
)
def test_a_token_is_used_or_refused(name: str, read: Law, claims: dict[str, Any]) -> None:
    """Of whatever claims, signed by the provider, and damaged after it was signed."""
    good = _token(claims)
    shaped = reshaped((claims,)).map(_token)
    law = refuses(read, SignOnError)
    print(f"{name}:", tried(law, st.one_of(damaged_text((good,)), shaped)), "tried")

    assert read(good) is not None


def test_tokens_of_unknown_keys_ask_the_provider_seldom() -> None:
    """Anybody may send them; a key that is new is known after ten seconds at the latest."""
    made, asked = provider(""), list[str]()
    head = {"alg": "Ed25519", "kid": "2", "typ": "JWT"}
    stranger = jws.serialize_compact(head, json.dumps(CLAIMS), KEY, algorithms=["Ed25519"])

    def keys(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return httpx2.Response(200, json={"keys": [KEY.as_dict(private=False)]})

    made._client.server_metadata["jwks_uri"] = "https://id/keys"
    made._client.client_kwargs["transport"] = httpx2.MockTransport(keys)
    for seconds in (0, 0, 1, 9, 11, 12):
        with pytest.raises(SignOnError, match="InvalidKeyId"):
            asyncio.run(made.ended(NOW + timedelta(seconds=seconds), stranger))

    assert asked == ["/keys"] * 2
