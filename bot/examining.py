"""What is wrong with an installation, and what to do: for `motcua doctor`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.channels.presence import SILENT_S
from bot.channels.status import WELL
from bot.keys import BACKUP, beside
from bot.settings import Settings
from handlers.nation.shown import is_stale
from sipas.packing import day_of, half_day
from storage.examining import Account, State
from storage.nation import Province, Reason

LATE = timedelta(minutes=15)
ROOM = 1 << 30  # bytes
WORK = "workers"
OTHERS = 0o077  # what group and others may do with a file


class Fault(NamedTuple):
    """One thing that is wrong, and what to do."""

    what: str
    do: str

    def __str__(self) -> str:
        """As a line of the terminal."""
        return f"{self.what}: {self.do}"


def faults(settings: Settings, shared: bool, found: State, now: datetime) -> Iterator[Fault]:
    """Everything that somebody should see to; *shared* is whether processes share the database."""
    yield from files(settings)
    yield from room(settings)
    if shared:
        yield from _idle(found, now)
    for account in found.accounts:
        yield from _account(account, now)
    yield from _outbox(found)
    yield from _log(found, now)
    for province in found.provinces:
        yield from _province(province, now)


def files(settings: Settings) -> Iterator[Fault]:
    """Keys and the database are their owner's alone."""
    key = settings.secret_key_file
    keys = [key, *(beside(key, kind) for kind in ("log", BACKUP))]
    for file in [*keys, *([settings.database_path] if settings.on_sqlite else [])]:
        if file.exists() and file.stat().st_mode & OTHERS:
            yield Fault(f"{file.name} can be read by others on this machine", "chmod 600")


def room(settings: Settings) -> Iterator[Fault]:
    """A backup needs twice the database beside it, and a full disk stops everything."""
    path = settings.database_path
    size = path.stat().st_size if path.exists() else 0
    free = shutil.disk_usage(_folder(path)).free
    if free < max(ROOM, 2 * size):
        yield Fault(f"{free >> 20} MB are free where {path.name} is", "free space")


def _folder(path: Path) -> Path:
    return path.absolute().parent


def _idle(found: State, now: datetime) -> Iterator[Fault]:
    if found.leases.get(WORK, 0) < now.timestamp():
        yield Fault("no process expires, releases and seals", "start one with --role worker")


def _account(account: Account, now: datetime) -> Iterator[Fault]:
    told, name = account.told, f"{account.channel} {account.name}"
    if told is None or now.timestamp() - told.told_at > SILENT_S:
        yield Fault(f"no process polls and sends for {name}", "start one with --role sender")
    elif told.state != WELL:
        yield Fault(f"{name} is {told.state}", "see docs/operations.md#when-something-is-wrong")


def _outbox(found: State) -> Iterator[Fault]:
    if found.late:
        yield Fault(f"{found.late} messages should have gone 15 minutes ago", "see /readyz")
    for channel, reason, many in found.letters:
        yield Fault(f"{many} of {channel} not used or not sent in 7 days", reason)


def _log(found: State, now: datetime) -> Iterator[Fault]:
    """A root of a day that is still to come says that a clock is, or was, wrong."""
    today = day_of(half_day(now)).isoformat()
    if found.sealed is not None and found.sealed > today:
        yield Fault(f"the log is sealed for {found.sealed}, and today is {today}", "set the clock")


def _province(province: Province, now: datetime) -> Iterator[Fault]:
    if province.trouble in set(Reason):
        yield Fault(f"province {province.code} is not believed ({province.trouble})", "ask it why")
    elif is_stale(province, now):
        heard = province.heard_at or "never"
        host = urlsplit(province.address).netloc
        yield Fault(
            f"province {province.code} was heard {heard}, then: {province.trouble or 'silence'}",
            f"see whether {host} answers",
        )
