"""Who sits at a desk: somebody who is signed in, in one state of the installation."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.rights import Signed
from handlers.service import Service, State
from storage.directory import Directory


@dataclass(frozen=True, slots=True)
class Seat:
    """What every desk (filings, plans, cases) decides by."""

    asked: Service
    state: State
    signed: Signed

    @property
    def directory(self) -> Directory:
        """The tree of units."""
        return self.state.directory
