"""Weekly digests by mail: to unit heads who want them, each week and unit once."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog

from bot.mail import Letter, Post
from handlers.dashboard.asking import Seen
from handlers.dashboard.digest import digest, last_week
from handlers.dashboard.telling import plain, told
from handlers.messages import LANGUAGES
from handlers.rights import Right, Role, Signed
from handlers.service import Service
from sipas.periods import Period
from storage import digests, staff
from storage.digests import Issue
from storage.directory import Unit
from storage.staff import Staff

log = structlog.get_logger()


@dataclass(frozen=True)
class Digests:
    """What mails digests, if the operator has given a mail server."""

    service: Service
    post: Post

    async def mail(self) -> int:
        """Mail what has not been mailed of the last week, and return how much that was."""
        week = last_week(self.service.today())
        sent = 0
        async for reader, code in self._readers():
            issue = Issue(week.code, code, reader.person_id)
            if await self.service.store.write(digests.claim, issue):
                sent += await self._handed(reader, issue, week)
        return sent

    async def _readers(self) -> AsyncIterator[tuple[Staff, str]]:
        """Unit heads who want digests, with each unit that they head."""
        for name in await self.service.store.look(digests.readers):
            reader = await staff.by_name(self.service.store.reader, name)
            for grant in reader.grants if reader else ():
                if reader and grant.role == Role.UNIT_HEAD:
                    yield reader, grant.unit

    async def _handed(self, reader: Staff, issue: Issue, week: Period) -> bool:
        """Whether the mail server took it; what it may take later is given back."""
        state = await self.service.state()
        unit = state.directory.unit(issue.unit_code)
        if unit is None:
            return False
        known = Seen(self.service, state, Signed(reader, "", Right.SEE), week)
        try:
            letter = await self._letter(known, unit)
            await asyncio.to_thread(self.post.send, letter)
        except smtplib.SMTPRecipientsRefused:
            log.warning("digest refused", unit=issue.unit_code, week=issue.week)  # for good
            return False
        except OSError as error:  # its words may hold the address
            await self.service.store.write(digests.give_back, issue)
            log.warning("digest not sent", unit=issue.unit_code, error=type(error).__name__)
            return False
        except Exception:  # one bad digest must not keep back the others
            await self.service.store.write(digests.give_back, issue)
            log.exception("digest not made", unit=issue.unit_code)
            return False
        return True

    async def _letter(self, known: Seen, unit: Unit) -> Letter:
        from handlers.documents.pdf import pdf_of  # typst is loaded when there is a mail to send

        of = told(known.asked, known.state, await digest(known, unit), LANGUAGES[0])
        address = await known.asked.store.look(digests.address, known.signed.staff.person_id)
        asked = f"unit={unit.code}&week={known.period.code}"
        return Letter(
            to=address,
            subject=f"{of.title} · {of.unit}",
            text=plain(of, f"{known.asked.outside.url}/dashboard/digest?{asked}"),
            name=f"ban-tin-{known.period.code}.pdf",
            pdf=await asyncio.to_thread(pdf_of, "digest", of),
        )
