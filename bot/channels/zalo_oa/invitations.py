"""Invitations by template message: after a dossier's result is given back, outside the night.

A phone number comes from the operator's file, goes to Zalo and is kept nowhere. What ties an
answer to its counter is a chance id, recorded before the message goes out.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from bot.channels.channel import Surroundings
from bot.channels.outcomes import Later, Outcome, Refused, Unreachable
from bot.channels.zalo_oa.calls import Calls
from bot.channels.zalo_oa.errors import Flaky, Night, NoReceiver
from handlers.invited import invite
from sipas.codes import is_code
from sipas.csv_rows import Refusal, Row, Wrong, read_csv
from sipas.packing import HANOI
from storage import invitations
from storage.invitations import Invitation

MORNING, EVENING = 6, 22
OWN_COLUMNS = ("phone", "counter")

_PHONE = re.compile(r"84\d{9}", re.ASCII)
_SEPARATORS = re.compile(r"[\s.()+-]")


@dataclass(frozen=True, slots=True)
class Invitee:
    """One line of the operator's file; the number is never printed.

    Attributes:
        line: its number in the file, from 2.
        data: the template's own fields.
    """

    line: int
    phone: str = field(repr=False)
    counter: str
    data: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to everybody.

    Attributes:
        hashed: send the SHA-256 of the number instead of the number.
        trial: Zalo delivers to the account's administrators only.
    """

    template: str
    hashed: bool = False
    trial: bool = False

    def told(self, invitee: Invitee, tracking: str) -> dict[str, object]:
        """The body of the call, without the receiver."""
        body: dict[str, object] = {
            "template_id": self.template,
            "template_data": invitee.data,
            "tracking_id": tracking,
        }
        return {**body, "mode": "development"} if self.trial else body

    def receiver(self, invitee: Invitee) -> dict[str, str]:
        """Who receives it."""
        if self.hashed:
            return {"hash_phone": hashlib.sha256(invitee.phone.encode()).hexdigest()}
        return {"phone": invitee.phone}


def read_invitees(raw: bytes) -> tuple[list[Invitee], list[str]]:
    """The file's lines, and why others cannot be used, by number and never by their words.

    >>> read_invitees(b"phone,counter\\n0900 000 001,381207\\n12,381207\\n")[1]
    ['line 3: phone: expected a number of Viet Nam']
    """
    read, refused = read_csv(raw, OWN_COLUMNS, _invited, formulas=True)
    good = [Invitee(line, *told) for line, told in read]
    return good, [f"line {each.line}: {_why(each)}" for each in refused]


def _why(refusal: Refusal) -> str:
    return ": ".join(filter(None, (refusal.column, refusal.reason)))


def _invited(row: Row) -> tuple[str, str, dict[str, str]]:
    """Number, counter and the template's own fields of a line; what is wrong is masked."""
    phone, counter = _phone(row["phone"]), row["counter"]
    if phone is None:
        raise Wrong("phone", "", "expected a number of Viet Nam")
    if not is_code(counter):
        raise Wrong("counter", "", "expected a counter's six digits")
    data = {name: value for name, value in row.items() if name and name not in OWN_COLUMNS}
    return phone, counter, data


def _phone(given: str) -> str | None:
    """The number as Zalo writes it.

    >>> _phone("0900.000.001"), _phone("+84 900 000 001"), _phone("900000001")
    ('84900000001', '84900000001', None)
    """
    digits = _SEPARATORS.sub("", given)
    digits = "84" + digits[1:] if digits.startswith("0") else digits
    return digits if _PHONE.fullmatch(digits) else None


def is_night(now: datetime) -> bool:
    """Whether template messages must wait: from 22:00 to 06:00 in Viet Nam."""
    return not MORNING <= now.astimezone(HANOI).hour < EVENING


def new_tracking() -> str:
    """An id that nobody can guess, of letters and digits."""
    return secrets.token_hex(16)


@dataclass
class Campaign:
    """Sends one template to many, each with an id of its own.

    Attributes:
        account_id: the channel account's number.
    """

    around: Surroundings
    account_id: int
    calls: Calls
    message: Message

    async def issue(self, counter: str) -> str:
        """Record a new invitation to rate *counter* and return its tracking id.

        Raises:
            LookupError: there is no such counter.
        """
        tracking = new_tracking()
        invitation = Invitation(tracking, counter, self.message.template)
        now = self.around.clock()
        await self.around.store.write(invite, self.around.survey, self.account_id, invitation, now)
        return tracking

    async def send(self, invitee: Invitee) -> str:
        """Invite one person and return what became of it: `sent`, `unknown` or `failed: …`.

        Raises:
            Outcome: nobody can be invited now; this invitation did not go out.
        """
        while True:
            if is_night(self.around.clock()):
                raise Night("not between 22:00 and 06:00")
            tracking = await self.issue(invitee.counter)
            try:
                return await self._sent(invitee, tracking)
            except Unreachable:
                return "unknown"  # it may have gone out, and nobody is invited twice
            except Outcome as error:
                await self.around.store.write(invitations.withdraw, self.account_id, tracking)
                if isinstance(error, NoReceiver | Refused | Flaky):
                    return f"failed: {error}"
                if not isinstance(error, Later):
                    raise
                await asyncio.sleep(error.seconds)

    async def _sent(self, invitee: Invitee, tracking: str) -> str:
        told = self.message.told(invitee, tracking)
        await self.calls.invite(self.message.receiver(invitee), told)
        return "sent"
