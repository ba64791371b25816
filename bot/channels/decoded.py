"""What an adapter makes of one raw update, whatever the channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.inbound import Inbound
from handlers.invited import Rated


class Undecodable(Exception):
    """The update is not what the platform promises; the message names the field only."""


@dataclass(frozen=True, slots=True)
class Account:
    """A channel account, and how its chats become conversation keys."""

    account_id: int
    pseudonym: Callable[[int, str], bytes]

    def conversation(self, address: str) -> bytes:
        """The key of the conversation with who has this address."""
        return self.pseudonym(self.account_id, address)


@dataclass(frozen=True, slots=True)
class Group:
    """Somebody called the bot in a group: it answers with one link, and stores nothing."""

    chat: str
    counter: str
    language: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """An update that asks nothing of the survey."""

    update_id: str
    reason: str


Decoded = Inbound | Rated | Group | Ignored
Decode = Callable[[object, Account], Decoded]
