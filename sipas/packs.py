"""Content packs: one more language for the conversation, as one file.

A pack gives every message, every question and option of every questionnaire, the five levels, and
the words that people type. Pages about figures stay in Vietnamese and English.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sipas.items import Instrument, Item, Texts, Tongue
from sipas.spoken import Phrases, phrases

FIVE = 5
OTHER = "en"  # what a pack does not tell is told in English
_VARIABLE = re.compile(r"\{(\w+)\}")


class PackError(ValueError):
    """A pack is not complete or not well formed; the message names file, key and reason."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One language.

    Attributes:
        language: its code, as in `?lang=`.
        name: what its speakers call it.
        reviewed: a native speaker has gone through the checklist of docs/content-packs.md.
        messages: by key of the chat catalogue.
        levels: the five labels, level 1 first.
        words: template variables.
        questions: by key.
        options: by question and code.
        spoken: what typed phrases mean, as the words or digits that everybody may type.
    """

    file: str
    language: str
    name: str
    reviewed: bool
    messages: Texts
    levels: tuple[str, ...]
    words: Texts
    questions: Texts
    options: Mapping[tuple[str, str], str]
    spoken: Phrases[str]


def parse(text: str, name: str) -> Pack:
    """Read a pack; *name* is its file's, for messages.

    Raises:
        PackError: something is missing or of another kind.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{name}: not TOML: {error}") from None
    levels = table.get("levels")
    if not isinstance(levels, list) or len(set(levels)) != FIVE:
        raise PackError(f"{name}: levels: expected five different labels")
    questions = _table(table, "questions", name)
    spoken = [(str(level), label) for level, label in enumerate(levels, 1)]
    spoken += _texts(_table(table, "spoken", name), "spoken", name).items()
    return Pack(
        file=name,
        language=_text(table, "language", name),
        name=_text(table, "name", name),
        reviewed=table.get("reviewed") is True,
        messages=_texts(_table(table, "messages", name), "messages", name),
        levels=tuple(levels),
        words=_texts(_table(table, "words", name), "words", name),
        questions={key: _text(fields, "text", name, key) for key, fields in questions.items()},
        options={
            (key, code): label
            for key, fields in questions.items()
            for code, label in _texts(fields.get("options", {}), key, name).items()
        },
        spoken=phrases(spoken),
    )


def check_messages(pack: Pack, known: Texts) -> None:
    """Compare the pack's messages with those of a complete catalogue.

    Raises:
        PackError: a key is missing or unknown, or its variables differ.
    """
    for key in known.keys() ^ pack.messages.keys():
        reason = "is missing" if key in known else "is not a message"
        raise PackError(f"{pack.file}: messages.{key}: {reason}")
    for key, text in known.items():
        theirs, ours = _variables(text), _variables(pack.messages[key])
        if theirs != ours:
            raise PackError(f"{pack.file}: messages.{key}: expected {theirs}, got {ours}")


def with_pack(instrument: Instrument, pack: Pack) -> Instrument:
    """The questionnaire with one more language.

    Raises:
        PackError: a question, option or variable of the questionnaire is not in the pack.
    """
    language = pack.language
    words = {
        word: {**texts, language: _known(pack, "words", pack.words, word)}
        for word, texts in instrument.words.items()
    }
    items = {key: _item(item, pack) for key, item in instrument.by_key.items()}
    return replace(
        instrument,
        names=_more(instrument.names, language),
        questions=_kept(instrument.questions, items),
        asides=_kept(instrument.asides, items),
        items=_kept(instrument.items, items),
        by_key=items,
        factors=tuple(replace(f, names=_more(f.names, language)) for f in instrument.factors),
        levels={**instrument.levels, language: pack.levels},
        words=words,
        tongues={**instrument.tongues, language: Tongue(pack.name, pack.spoken)},
    )


def _item(item: Item, pack: Pack) -> Item:
    text = _known(pack, "questions", pack.questions, item.key)
    options = tuple(
        replace(option, texts={**option.texts, pack.language: _option(pack, item, option.code)})
        for option in item.options
    )
    return replace(
        item,
        texts={**item.texts, pack.language: text},
        names=_more(item.names, pack.language),
        options=options,
    )


def _option(pack: Pack, item: Item, code: str) -> str:
    label = pack.options.get((item.key, code))
    if label is None:
        raise PackError(f"{pack.file}: questions.{item.key}.options.{code}: is missing")
    return label


def _known(pack: Pack, place: str, texts: Texts, key: str) -> str:
    if key not in texts:
        raise PackError(f"{pack.file}: {place}.{key}: is missing")
    return texts[key]


def _kept(these: Iterable[Item], items: Mapping[str, Item]) -> tuple[Item, ...]:
    return tuple(items[item.key] for item in these)


def _more(texts: Texts, language: str) -> Texts:
    return {**texts, language: texts[OTHER]}


def _variables(text: str) -> list[str]:
    return sorted(_VARIABLE.findall(text))


def _table(table: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    found = table.get(key)
    if not isinstance(found, dict):
        raise PackError(f"{name}: {key}: expected a table")
    return found


def _texts(table: Mapping[str, Any], place: str, name: str) -> dict[str, str]:
    return {key: _text(table, key, name, place) for key in table}


def _text(table: Any, key: str, name: str, place: str = "") -> str:
    found = table.get(key) if isinstance(table, dict) else None
    if not isinstance(found, str) or not found.strip():
        where = ".".join(part for part in (place, key) if part)
        raise PackError(f"{name}: {where}: expected a text")
    return found
