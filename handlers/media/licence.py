"""Under which licence everything published may be used, and how it is cited."""

from __future__ import annotations

from typing import NamedTuple

from handlers.messages import text
from handlers.service import Service


class Licence(NamedTuple):
    """A licence as people and as programs know it."""

    name: str
    id: str
    address: str


LICENCE = Licence("CC BY 4.0", "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/")


def citation(asked: Service, language: str, place: str, period: str, path: str) -> str:
    """How figures of a place in a period are cited."""
    address = f"{asked.public_url}{path}"
    return text(language, "media.citation", place=place, period=period, address=address)
