"""What may be private in a comment, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Private(StrEnum):
    """A class of personal data."""

    PHONE = "phone"
    ID = "id"
    PLATE = "plate"
    ACCOUNT = "account"
    EMAIL = "email"
    DOSSIER = "dossier"
    ADDRESS = "address"
    NAME = "name"
    OFFICIAL = "official"
    EDITED = "edited"  # masked by an editor, whatever it is


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters *start* up to, not including, *end* of a comment."""

    start: int
    end: int
    private: Private

    def meets(self, other: Span) -> bool:
        """Whether both have a character in common.

        >>> Span(0, 3, Private.NAME).meets(Span(3, 5, Private.PHONE))
        False
        """
        return self.start < other.end and other.start < self.end


def apart(spans: Iterable[Span]) -> list[Span]:
    """The *spans* without those that meet an earlier one, in the order of the text.

    >>> [each.private for each in apart([Span(2, 9, Private.ID), Span(0, 4, Private.NAME)])]
    [<Private.ID: 'id'>]
    """
    kept: list[Span] = []
    for span in spans:
        if not any(span.meets(each) for each in kept):
            kept.append(span)
    return sorted(kept)
