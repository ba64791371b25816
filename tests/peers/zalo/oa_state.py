"""What the Official Account's hosts remember: accounts, their tokens, and the people they know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.peers.zalo.rules import Oa
from tests.peers.zalo.unconfirmed import Unconfirmed

Json = dict[str, Any]

FREE_FOR = timedelta(hours=48)
BILLED_FOR = timedelta(days=7)
ACCESS_FOR = timedelta(seconds=90000)
REFRESH_FOR = timedelta(days=90)
CODE_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Tokens:
    """A pair as the token endpoint answers it."""

    access: str
    refresh: str


@dataclass(frozen=True)
class Code:
    """An authorization code of the console's consent link."""

    verifier: str
    until: datetime


@dataclass
class Grant:
    """What one OA gave the app: every pair ever issued, and whether it still counts."""

    access: dict[str, datetime] = field(default_factory=dict)
    refresh: dict[str, datetime] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    codes: dict[str, Code] = field(default_factory=dict)
    killed: bool = False


@dataclass(frozen=True)
class Button:
    """One button as the respondent sees it."""

    title: str
    type: str
    payload: object


@dataclass(frozen=True)
class Sent:
    """One message an OA sent: `kind` is text, reaction or template."""

    kind: str
    text: str
    message_id: str
    buttons: tuple[Button, ...]
    body: Mapping[str, object]
    billed: bool = False


@dataclass
class Person:
    """A user of one OA."""

    user_id: str
    by_app: str
    interacted: datetime | None = None
    follows: bool = False
    left: bool = False
    free_used: int = 0
    refusal: Oa | None = None
    wrote: set[str] = field(default_factory=set)
    sent: list[Sent] = field(default_factory=list)
    seen: int = 0

    def interact(self, now: datetime, message_id: str | None = None) -> None:
        """A message, tap, follow or "Nhắn tin": the window opens and replies are free again."""
        self.interacted, self.left, self.free_used = now, False, 0
        if message_id is not None:
            self.wrote.add(message_id)

    def free_left(self, now: datetime, limit: int | None) -> int | None:
        """How many free replies remain; None is without limit."""
        if self.interacted is None or now - self.interacted > FREE_FOR:
            return 0
        return None if limit is None else max(0, limit - self.free_used)


@dataclass
class Template:
    """A template message as the console knows it."""

    id: str
    approved: bool = True
    disabled: bool = False


@dataclass(frozen=True)
class Invitation:
    """A template message sent to a phone number."""

    tracking_id: str
    phone: str
    message_id: str
    template_id: str
    data: Mapping[str, object]


@dataclass
class Account:
    """One OA; a test may change any field while holding the fake's lock."""

    oa_id: str
    secret: str
    name: str = "Bộ phận một cửa"
    verified: bool = True
    paid: bool = True
    package_name: str = "Nâng cao"
    refusal: Oa | None = None
    cloud_account: bool = True
    balance: int | None = None  # billed messages that can be paid for; None is without limit
    quota: int | None = None  # messages of any kind that may still go out
    templates_a_day: int | None = None
    requests_a_minute: int | None = None
    issued: int = 0
    grant: Grant = field(default_factory=Grant)
    people: dict[str, Person] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)
    invitations: dict[str, Invitation] = field(default_factory=dict)
    template_days: Counter[str] = field(default_factory=Counter)
    answers: dict[str, list[Json]] = field(default_factory=dict)
    requests: list[datetime] = field(default_factory=list)


@dataclass
class Phone:
    """A number that template messages can be sent to."""

    number: str
    refusal: Oa | None = None
    administrator: bool = False


@dataclass
class App:
    """The application that the OAs gave their permission to."""

    app_id: str
    secret: str
    unconfirmed: Unconfirmed
    active: bool = True
    proof: bool = False
    requests_a_minute: int = 4000
    accounts: dict[str, Account] = field(default_factory=dict)
    requests: list[datetime] = field(default_factory=list)
