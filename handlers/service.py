"""What every route needs, put together by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastapi import Request

from handlers.receive import Survey
from storage.directory import Directory, load_directory
from storage.queries import read as sql
from storage.reads import Release, instrument_refs, last_release
from storage.store import Store

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class State:
    """The installation as of one request: tree, last release, whether its data are simulated."""

    directory: Directory
    release: Release | None
    instruments: dict[int, str]
    demo: bool


@dataclass
class Service:
    """The open store and the facts of this installation."""

    store: Store
    survey: Survey
    clock: Callable[[], datetime]
    public_url: str
    web_account: int
    telegram_bot: Callable[[], str] = lambda: ""
    _directory: tuple[str, Directory] | None = field(default=None, repr=False)

    def today(self) -> date:
        """The day in Viet Nam, where every period begins and ends."""
        return self.clock().astimezone(VIETNAM).date()

    async def state(self) -> State:
        """Read the installation's state; the directory only when it has changed."""
        reader = self.store.reader
        version = await sql.installation(reader, key="directory") or ""
        if self._directory is None or self._directory[0] != version:
            self._directory = version, await load_directory(reader)
        return State(
            directory=self._directory[1],
            release=await last_release(reader),
            instruments=await instrument_refs(reader),
            demo=await sql.installation(reader, key="demo") is not None,
        )


def service(request: Request) -> Service:
    """The service of the app that got this request (a FastAPI dependency)."""
    found: Service = request.app.state.service
    return found
