"""Passwords and second factors: argon2id (RFC 9106) and TOTP (RFC 6238)."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
STEP_S = 30
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """What is stored of a password."""
    return _hasher.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Whether *password* is the one stored; takes 50 ms whatever the answer."""
    nobody = (
        _nobody()
    )  # always, so that the first time takes no longer for a name that is not there
    try:
        _hasher.verify(stored or nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobody() -> str:
    """Checked for names that nobody has, so that an answer takes as long as for others."""
    return _hasher.hash(secrets.token_hex(16))


def one_time_password() -> str:
    """A first password for a printed sheet: 80 bits, no characters that look alike."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    return "-".join(drawn[at : at + 4] for at in range(0, 16, 4))


def fault(password: str, name: str) -> str:
    """The message key of what is wrong with a new password, or nothing.

    >>> fault("short", "lan"), fault("ba con meo den", "lan"), fault("lan lan lan lan", "lan")
    ('password.short', '', 'password.name')
    """
    if len(password) < SHORTEST:
        return "password.short"
    return "password.name" if name.lower() in password.lower() else ""


def new_totp() -> str:
    """A secret for an authenticator app."""
    return pyotp.random_base32()


def totp_address(secret: str, name: str) -> str:
    """What the app's QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="motcua")


def totp_step(secret: str, code: str, now: datetime, last: int) -> int | None:
    """The time step that *code* belongs to, one step of slack each way; None for a wrong one.

    A step that was used, or one before it, is refused: a code seen over a shoulder opens nothing.
    """
    current = int(now.timestamp()) // STEP_S
    totp, typed = pyotp.TOTP(secret), code.strip().encode()
    for step in (current - 1, current, current + 1):
        if step > last and secrets.compare_digest(totp.generate_otp(step).encode(), typed):
            return step
    return None
