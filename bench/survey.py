"""One survey as Telegram's updates: the same bytes for us and for every rival."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from bot.instruments import shipped
from handlers.rendering import Message, render
from handlers.screens import Shown
from sipas.conversation import step
from sipas.events import ANY_TAG, Event, Moment, Scanned, Typed, read_payload
from sipas.packing import half_day
from sipas.session import Place, Session

COUNTER = "381207"
PLACE = Place(COUNTER, "Quầy 1", "Xã Định Hòa", "short.1")
COMMENT = "Cán bộ hướng dẫn tận tình, chờ hơi lâu"
DATE = 1_795_000_000
MOST = 40


@dataclass(frozen=True, slots=True)
class Question:
    """One turn of the survey: what is shown, and what the respondent does then."""

    message: Message
    tap: str
    text: str


def questions() -> list[Question]:
    """The short survey from first question to thanks, every question given its first answer."""
    chance = Random(1)
    session, event = Session("vi"), Scanned(PLACE)
    turns: list[Question] = []
    answered: set[str] = set()
    current: Event = event
    for _ in range(MOST):
        moment = Moment(half_day(datetime.now(UTC)), f"{chance.getrandbits(40):010X}"[:8], "1", "X")
        result = step(shipped(), session, current, moment)
        session = result.session
        reference = session.place.instrument if session.place else PLACE.instrument
        shown = Shown("vi", reference, result.screen)
        message = render(shipped().get(shown.instrument), shown.screen, "vi")
        if not message.choices:
            return [*turns, Question(message, "", "")]
        turn = _turn(message, answered)
        turns.append(turn)
        tapped = read_payload(turn.tap)
        current = Typed(turn.text) if turn.text or tapped is None else tapped
    raise RuntimeError("the survey does not end")


def _turn(message: Message, answered: set[str]) -> Question:
    """Type the comment, give every other question its first answer, then go on."""
    fresh = message.key not in answered
    answered.add(message.key)
    if fresh and message.key == "comment":
        return Question(message, "", COMMENT)
    answers = [c for c in message.choices if not c.control] if fresh else []
    payload = (answers or [c for c in message.choices if c.control])[0].payload
    version, _, rest = payload.split("|", 2)
    return Question(message, f"{version}|{ANY_TAG}|{rest}", "")


@dataclass(frozen=True, slots=True)
class Script:
    """Everything one respondent sends: the scan, then an answer to each question."""

    turns: tuple[Question, ...]

    def updates(self, chat: int, first_id: int) -> Iterator[dict[str, Any]]:
        """The raw updates of one conversation."""
        yield _message(first_id, chat, f"/start c{COUNTER}")
        for number, turn in enumerate(self.turns[:-1], first_id + 1):
            if turn.text:
                yield _message(number, chat, turn.text)
            else:
                yield _tap(number, chat, turn)

    @property
    def length(self) -> int:
        """Updates in a conversation."""
        return len(self.turns)


def script() -> Script:
    """The short survey."""
    return Script(tuple(questions()))


def batches(survey: Script, people: int, size: int = 100) -> list[bytes]:
    """`getUpdates` bodies of *size*: all people's first update, then all second ones, and on."""
    length = survey.length
    own = [list(survey.updates(1000 + p, p * length + 1)) for p in range(people)]
    # Telegram numbers updates as they come, so a batch is in rising order.
    mixed = [dict(own[p][turn]) for turn in range(length) for p in range(people)]
    for number, update in enumerate(mixed, 1):
        update["update_id"] = number
    groups = (mixed[at : at + size] for at in range(0, len(mixed), size))
    return [json.dumps({"ok": True, "result": group}).encode() for group in groups]


def _person(chat: int) -> dict[str, Any]:
    return {
        "id": chat,
        "is_bot": False,
        "first_name": "Lan",
        "username": f"lan{chat}",
        "language_code": "vi",
    }


def _chat(chat: int) -> dict[str, Any]:
    return {"id": chat, "first_name": "Lan", "username": f"lan{chat}", "type": "private"}


def _message(number: int, chat: int, text: str) -> dict[str, Any]:
    command = text.startswith("/")
    entities = [{"offset": 0, "length": len(text.split()[0]), "type": "bot_command"}]
    message = {
        "message_id": number,
        "from": _person(chat),
        "chat": _chat(chat),
        "date": DATE,
        "text": text,
        **({"entities": entities} if command else {}),
    }
    return {"update_id": number, "message": message}


def _tap(number: int, chat: int, turn: Question) -> dict[str, Any]:
    keys = [[{"text": c.label, "callback_data": c.payload}] for c in turn.message.choices]
    message = {
        "message_id": 7,
        "from": {"id": 1, "is_bot": True, "first_name": "motcua", "username": "motcua_bot"},
        "chat": _chat(chat),
        "date": DATE,
        "text": turn.message.text,
        "reply_markup": {"inline_keyboard": keys},
    }
    query = {
        "id": f"{chat}{number}",
        "from": _person(chat),
        "message": message,
        "chat_instance": "-1",
        "data": turn.tap,
    }
    return {"update_id": number, "callback_query": query}
