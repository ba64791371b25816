"""The identity provider, asked by OpenID Connect: authorisation code with PKCE, state and nonce.

Authlib speaks the protocol; here is what it leaves to whoever uses it: how long the provider's
keys are believed, which signatures are accepted, and what a refusal is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from handlers.messages import LANGUAGES
from storage.staff import Grant, Vouched

Roles = Callable[[Sequence[str]], tuple[Grant, ...]]

TIMEOUT_S = 5
KEYS_FOR = timedelta(minutes=10)  # a key that the provider has dropped is believed no longer
# Anybody may send a token of a key that nobody knows: the provider is not asked each time.
ASKED_AGAIN = timedelta(seconds=10)
SLACK_S = 60
# Only signatures that nobody can make who merely knows the client's secret.
SIGNATURES = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
ENDED = "http://schemas.openid.net/event/backchannel-logout"


class SignOnError(Exception):
    """The provider's word was not good enough; says why, without anything secret."""


class ProviderDownError(SignOnError):
    """The provider could not be asked."""


class Begun(NamedTuple):
    """A sign-in that has gone to the provider, as the browser keeps it (sealed)."""

    state: str
    nonce: str
    code_verifier: str
    to: str
    until: int
    language: str = LANGUAGES[0]  # a note from before an update tells none


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says somebody is.

    Attributes:
        subject: issuer and subject, which are never given to somebody else.
        name: what the account would be called.
        groups: the values of the claim that the table of roles is about.
    """

    subject: str
    name: str
    full_name: str
    groups: tuple[str, ...]
    vouched: Vouched


class Ended(NamedTuple):
    """What the provider has ended: one of its sessions, or all of a subject."""

    session: str | None
    subject: str | None


@dataclass
class Provider:
    """One identity provider.

    Attributes:
        issuer: its address, as its tokens name it.
        scope: what is asked for; must hold openid.
        claim: which claim of the ID token names a person's groups.
        roles: what groups bring; None leaves roles to whoever looks after accounts.
        back: where it sends people back to.
        bye: where it sends people to who have signed out there.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    claim: str
    roles: Roles | None
    back: str
    bye: str
    _client: Any = field(default=None, repr=False)
    _until: datetime | None = field(default=None, repr=False)
    _asked: datetime | None = field(default=None, repr=False)

    async def begin(self, now: datetime) -> tuple[str, dict[str, str]]:
        """Where to send somebody who wants to sign in, and what to hold their return against."""
        client = await self._opened(now)
        made = await client.create_authorization_url(self.back)
        return made["url"], {key: made[key] for key in ("state", "nonce", "code_verifier")}

    async def finish(self, now: datetime, begun: Begun, code: str) -> Identity:
        """Who has come back with *code*.

        Raises:
            SignOnError: the code or the token for it is not good; ProviderDownError as it says.
        """
        client = await self._opened(now)
        with _told():
            token = await client.fetch_access_token(
                redirect_uri=self.back, code=code, code_verifier=begun.code_verifier
            )
        if "id_token" not in token:
            raise SignOnError("the provider sent no ID token")
        with _told():
            claims = await client.parse_id_token(
                token, nonce=begun.nonce, claims_options=self._options(), leeway=SLACK_S
            )
            if self.claim not in claims and client.server_metadata.get("userinfo_endpoint"):
                more = await client.userinfo(token=token)
                if more.get("sub") != claims["sub"]:
                    raise SignOnError("the provider told of somebody else")
                claims = {**more, **claims}
        return self._identity(claims, token["id_token"])

    async def goodbye(self, now: datetime, id_token: str) -> str | None:
        """Where to send somebody who has signed out here, if the provider wants to know."""
        client = await self._opened(now)
        if not client.server_metadata.get("end_session_endpoint"):
            return None
        made = await client.create_logout_url(self.bye, id_token, client_id=self.client_id)
        return str(made["url"])

    async def ended(self, now: datetime, logout_token: str) -> Ended:
        """What a logout token of the provider ends (OpenID Connect Back-Channel Logout 1.0, 2.6).

        Raises:
            SignOnError: it is not the provider's, not for us, too old or not a logout token.
        """
        from authlib.oauth2.claims import JWTClaims

        client = await self._opened(now)
        with _told():
            signed = await self._verified(now, client, logout_token)
            claims = JWTClaims(signed.claims, signed.header, self._options())
            claims.validate(leeway=SLACK_S)
        session, subject, events = (claims.get(name) for name in ("sid", "sub", "events"))
        if not isinstance(events, dict) or ENDED not in events or "nonce" in claims:
            raise SignOnError("not a logout token")
        if not {"iat", "exp", "jti"} <= claims.keys() or not (session or subject):
            raise SignOnError("the logout token lacks a claim")
        if not all(each is None or _is_text(each) for each in (session, subject)):
            raise SignOnError("a claim of the logout token is no text")
        return Ended(session, self._subject(subject) if subject else None)

    def _options(self) -> Mapping[str, Any]:
        return {
            "iss": {"essential": True, "values": [self.issuer]},
            "aud": {"essential": True, "values": [self.client_id]},
        }

    def _subject(self, sub: object) -> str:
        return f"{self.issuer} {sub}"

    def _identity(self, claims: Mapping[str, Any], id_token: str) -> Identity:
        groups = claims.get(self.claim, ())
        named = (groups,) if isinstance(groups, str) else groups
        name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
        sid = claims.get("sid")
        return Identity(
            subject=self._subject(claims["sub"]),
            name=name.strip().lower()[:100],
            full_name=_printable(str(claims.get("name") or name))[:200],
            groups=tuple(map(str, named)) if isinstance(named, Sequence) else (),
            vouched=Vouched(None if sid is None else str(sid), id_token),
        )

    async def _opened(self, now: datetime) -> Any:
        """A client that knows the provider's addresses and keys as they are, or were just now."""
        if self._client is None or self._until is None or now >= self._until:
            client = self._fresh()
            with _told():
                metadata = await client.load_server_metadata()
            if metadata.get("issuer") != self.issuer:
                raise SignOnError(f"the provider calls itself {metadata.get('issuer')!r}")
            metadata["id_token_signing_alg_values_supported"] = list(SIGNATURES)
            self._client, self._until = client, now + KEYS_FOR
        return self._client

    async def _verified(self, now: datetime, client: Any, token: str) -> Any:
        """A token whose signature is the provider's; its keys are fetched again for a new one."""
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError
        from joserfc.jwk import KeySet

        known = KeySet.import_key_set(await client.fetch_jwk_set())
        try:
            return jwt.decode(token, known, algorithms=list(SIGNATURES))
        except InvalidKeyIdError:
            if self._asked is not None and now < self._asked + ASKED_AGAIN:
                raise
            self._asked = now
            known = KeySet.import_key_set(await client.fetch_jwk_set(force=True))
            return jwt.decode(token, known, algorithms=list(SIGNATURES))

    def _fresh(self) -> Any:
        # 0.7 s, which only an installation with single sign-on should pay for.
        from authlib.integrations.starlette_client import OAuth

        return OAuth().register(
            "provider",
            client_id=self.client_id,
            client_secret=self.client_secret,
            server_metadata_url=f"{self.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": self.scope,
                "code_challenge_method": "S256",
                "timeout": TIMEOUT_S,
            },
        )


@contextmanager
def _told() -> Iterator[None]:
    """Turns what the libraries raise into our two errors."""
    from authlib.common.errors import AuthlibBaseError
    from httpx2 import HTTPError
    from joserfc.errors import JoseError

    try:
        yield
    except HTTPError as error:
        raise ProviderDownError(f"no answer: {type(error).__name__}") from error
    except (AuthlibBaseError, JoseError, ValueError) as error:
        raise SignOnError(f"{type(error).__name__}: {error}"[:200]) from error


def _is_text(told: object) -> bool:
    return isinstance(told, str) and told.isprintable()


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text)).strip()
