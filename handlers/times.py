"""Moments as a person in Viet Nam reads them."""

from __future__ import annotations

from datetime import datetime

from handlers.service import VIETNAM


def moment(seconds: int) -> str:
    """A time in seconds since 1970, to the minute.

    >>> moment(0)
    '01-01-1970 08:00'
    """
    return _told(datetime.fromtimestamp(seconds, VIETNAM))


def told_at(at: str) -> str:
    """A kept time; one without a zone is Viet Nam's, and what is no time stays as it is.

    >>> told_at("2026-11-28T12:21:52+00:00"), told_at("2026-11-28T08:00:00"), told_at("?")
    ('28-11-2026 19:21', '28-11-2026 08:00', '?')
    """
    try:
        read = datetime.fromisoformat(at)
    except ValueError:
        return at
    return _told(read.astimezone(VIETNAM) if read.tzinfo else read)


def _told(local: datetime) -> str:
    return local.strftime("%d-%m-%Y %H:%M")
