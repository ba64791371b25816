"""A screen written down: kept for a repeat on channels that pull, queued on channels that push."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from sipas.events import Ask, Say, Screen

_UNKNOWN = ("rights.unknown", "cases.chat.unknown")


class Shown(NamedTuple):
    """What is to be shown, rendered only when it is sent.

    Attributes:
        language: vi or en.
        instrument: reference of the questionnaire, empty while none is open.
        screen: the engine's messages and question.
        reference: the platform's token of the update being answered, or empty.
        edit: the update was a tap, so the living message may be replaced.
    """

    language: str
    instrument: str
    screen: Screen
    reference: str = ""
    edit: bool = False


def dump_shown(shown: Shown) -> str:
    """*shown* as compact JSON."""
    parts = [_listed(part) for part in shown.screen]
    told = (shown.language, shown.instrument, parts, shown.reference, shown.edit)
    return orjson.dumps(told).decode()


def load_shown(text: str) -> Shown:
    """What `dump_shown` wrote."""
    language, instrument, parts, reference, edit = orjson.loads(text)
    screen = tuple(_part(*part) for part in parts)
    return Shown(language, instrument, screen, reference, edit)


def is_unknown(screen: Screen) -> bool:
    """Whether a screen says that a response code is nobody's."""
    return any(isinstance(part, Say) and part.key in _UNKNOWN for part in screen)


def _listed(part: Say | Ask) -> tuple[Any, ...]:
    if isinstance(part, Say):
        return (part.key, part.params)
    return (
        part.question,
        part.tag,
        part.number,
        part.of,
        part.chosen,
        part.back,
        part.fields,
        part.kept,
    )


def _part(key: str, *rest: Any) -> Say | Ask:
    if len(rest) == 1:
        return Say(key, tuple((name, value) for name, value in rest[0]))
    tag, number, of, chosen, back, fields, kept = rest
    places = tuple((code, name, name_en) for code, name, name_en in fields)
    return Ask(key, tag, number, of, tuple(chosen), back, places, kept)
