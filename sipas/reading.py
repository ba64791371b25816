"""Reading what people type: levels, choices, commands and counter codes; never a guess.

What is read is folded (no case, no tones), because half of what is typed on a phone has no tones.
Source of the cases: everyday spelling in Vietnamese chats.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from sipas.vietnamese import fold


class Command(StrEnum):
    """A wish about the conversation itself, given as the whole text."""

    START = "start"
    HELP = "help"
    LANGUAGE = "language"
    LANGUAGE_VI = "language_vi"
    LANGUAGE_EN = "language_en"
    PRIVACY = "privacy"
    DELETE = "delete"
    STOP = "stop"
    SKIP = "skip"
    BACK = "back"
    NOT_APPLICABLE = "not_applicable"
    REFUSE = "refuse"
    STATUS = "status"
    DONE = "done"
    YES = "yes"
    NO = "no"
    PERSON = "person"


_WORDS = {
    Command.START: "/start|bat dau|start|begin",
    Command.HELP: "/help|tro giup|huong dan|giup toi|help|?",
    Command.LANGUAGE: "/language|ngon ngu|doi ngon ngu|language",
    Command.LANGUAGE_VI: "tieng viet|vietnamese|vi",
    Command.LANGUAGE_EN: "tieng anh|english|en",
    Command.PRIVACY: "/privacy|rieng tu|quyen rieng tu|bao mat|privacy",
    Command.DELETE: "/delete|xoa|xoa du lieu|xoa het|delete|delete my data",
    Command.STOP: "/cancel|/stop|dung|dung lai|thoat|huy|ket thuc|stop|cancel|quit",
    Command.SKIP: "bo qua|skip|qua|cau khac|tiep|next",
    Command.BACK: "quay lai|tro lai|lui|back",
    Command.NOT_APPLICABLE: "khong ap dung|khong biet|khong co|n/a|na|not applicable",
    Command.REFUSE: "khong muon tra loi|khong tra loi|prefer not to say",
    Command.STATUS: "/status|trang thai|status",
    Command.DONE: "xong|xong roi|het|done",
    Command.YES: "co|dong y|duoc|u|uh|vang|da|yes|y|ok|oke",
    Command.NO: "khong|ko|k|hok|hong|khong co gi|thoi|no|n",
    Command.PERSON: "0|gap nguoi|gap can bo|person",
}
_COMMANDS = {word: command for command, words in _WORDS.items() for word in words.split("|")}

_LABELS = {
    "rat khong hai long": 1,
    "very dissatisfied": 1,
    "khong hai long": 2,
    "chua hai long": 2,
    "dissatisfied": 2,
    "binh thuong": 3,
    "neither": 3,
    "hai long": 4,
    "satisfied": 4,
    "rat hai long": 5,
    "very satisfied": 5,
}
_NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5}
_NOT = re.compile(r"\b(ko|k|hok|hong|kg|khg)\b")
_POLITE = re.compile(r"( (nhe|nha|a|ah|ne|luon|thoi|ban|em|roi))+$")
_NUMBER = re.compile(
    r"(?:(?:cau nay|chon|muc|so|cho|danh gia) )?\(?([0-9]{1,2})\)?(?:/5)?"
    r"(?:[.)*]| ?sao| ?diem| ?stars?)?"
)
_STARS = re.compile("(?:\u2b50\ufe0f?){1,5}")
_COUNTER = re.compile(r"(?:(?:ma|quay|ma quay|counter|code) ?)?#? ?([0-9]{6})")


def _typed(text: str) -> str:
    """Folded, with digits of any script as 0-9 and the end's punctuation gone."""
    return fold(unicodedata.normalize("NFKC", text)).strip(" .!,;:~…") if text else ""


def read_scale(text: str) -> int | None:
    """The level 1-5 meant by *text*; None when it is not plainly one.

    >>> read_scale("５"), read_scale("rất ko hài lòng"), read_scale("8/10"), read_scale("quầy số 3")
    (5, 1, None, None)
    """
    stars = text.strip().replace(" ", "")
    if _STARS.fullmatch(stars):
        return stars.count("\u2b50")
    typed = _POLITE.sub("", _typed(text))
    number = _NUMBER.fullmatch(typed)
    if number:
        level = int(number[1])
        return level if 1 <= level <= 5 else None
    words = _NOT.sub("khong", typed)
    return _LABELS.get(words) or _NUMBERS.get(words)


def read_choice(text: str, count: int, labels: Sequence[str]) -> int | None:
    """The choice 1-*count* meant by *text*: its number, or its label with or without tones.

    >>> labels = ["Sớm hơn hẹn", "Đúng hẹn", "Trễ hẹn"]
    >>> read_choice("3", 3, labels), read_choice("dung hen", 3, labels)
    (3, 2)
    """
    typed = _POLITE.sub("", _typed(text))
    number = _NUMBER.fullmatch(typed)
    if number:
        return int(number[1]) if 1 <= int(number[1]) <= count else None
    found = [place for place, label in enumerate(labels, 1) if fold(label) == typed]
    return found[0] if found else None


def read_choices(text: str, count: int) -> tuple[int, ...] | None:
    """Several choices typed as numbers, in the order typed; None when anything else is there.

    >>> read_choices("1, 3 và 4", 15), read_choices("1 16", 15)
    ((1, 3, 4), None)
    """
    parts = re.split(r"[\s,;+&]+|va|and", _typed(text))
    numbers = [part for part in parts if part]
    if not numbers or not all(part.isdecimal() and len(part) <= 2 for part in numbers):
        return None
    chosen = tuple(int(part) for part in numbers)
    return chosen if all(1 <= number <= count for number in chosen) else None


def read_command(text: str) -> Command | None:
    """The command that is the whole of *text*, with or without tones or a slash.

    >>> read_command("Bỏ qua"), read_command("bỏ qua câu hỏi của tôi") is None
    (<Command.SKIP: 'skip'>, True)
    """
    return _COMMANDS.get(_typed(text))


def read_counter(text: str) -> str | None:
    """The six digits of a counter code; whether the code exists is not known here.

    >>> read_counter("mã 381207"), read_counter("#381207"), read_counter("0912345678") is None
    ('381207', '381207', True)
    """
    found = _COUNTER.fullmatch(_typed(text))
    return found[1] if found else None
