"""The versions of the notice: what a response's `consent` number stands for, word for word."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import NamedTuple

from handlers.messages import LANGUAGES, text

PARTS = ("screen", "purpose", "data", "rights", "age", "complaint")


class Notice(NamedTuple):
    """A version and the digest of its words, which never change once somebody consented."""

    version: int
    since: date
    digest: str


NOTICES = {
    1: Notice(
        1, date(2026, 11, 24), "27351132ddf99bd04a81d0134fcbf23c521d2a10380a671ac67adc33434d61f2"
    ),
    2: Notice(
        2, date(2026, 11, 28), "4f84bf60be205881d1b1ee435a49281db22a37ca934c16a98ee53e020c177ec3"
    ),
    3: Notice(
        3, date(2026, 11, 28), "714fe594a71b87c485f656337ea08feaed91248ca2ff5a619833c067edeefdf9"
    ),
}
IN_FORCE = max(NOTICES)


def words(version: int, language: str) -> list[str]:
    """The notice's paragraphs; the first is the one on the first screen of a conversation."""
    return [text(language, f"privacy.notice.{version}.{part}") for part in PARTS]


def digest(version: int) -> str:
    """SHA-256 of a version's paragraphs in all languages, a line each."""
    lines = [line for language in LANGUAGES for line in words(version, language)]
    return sha256("\n".join(lines).encode()).hexdigest()
