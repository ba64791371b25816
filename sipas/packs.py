"""Content packs: one more language for the conversation, as one file.

A pack gives every message, every question and option of every questionnaire, the five levels, and
the words that people type. Pages about figures stay in Vietnamese and English.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sipas.items import Instrument, Item, Texts, Tongue
from sipas.reading import Command, read_command, read_scale
from sipas.spoken import Phrases, meant, phrases, typed
from sipas.vietnamese import fold

FIVE = 5
LABEL_MOST = 100  # characters that a button carries
OTHER = "en"  # what a pack does not tell is told in English
_LANGUAGE = re.compile("[a-z]{2}")


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
        spoken: what typed phrases wish.
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
    spoken: Phrases[Command]


def parse(text: str, name: str) -> Pack:
    """Read a pack; *name* is its file's, for messages.

    Raises:
        PackError: something is missing or of another kind.
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise PackError(f"{name}: not TOML: {error}") from None
    questions = _table(table, "questions", name)
    spoken = _spoken(_texts(_table(table, "spoken", name), "spoken", name), name)
    return Pack(
        file=name,
        language=_language(table, name),
        name=_text(table, "name", name),
        reviewed=table.get("reviewed") is True,
        messages=_texts(_table(table, "messages", name), "messages", name),
        levels=_levels(table.get("levels"), spoken, name),
        words=_texts(_table(table, "words", name), "words", name),
        questions={key: _text(fields, "text", name, key) for key, fields in questions.items()},
        options={
            (key, code): label
            for key, fields in questions.items()
            for code, label in _labels(fields, key, name).items()
        },
        spoken=spoken,
    )


def _language(table: Mapping[str, Any], name: str) -> str:
    language = _text(table, "language", name)
    _need(_LANGUAGE.fullmatch(language), f"{name}: language: expected two letters")
    _need(f"{language}.toml" == name, f"{name}: language: expected that of the file's name")
    return language


def _spoken(told: Texts, name: str) -> Phrases[Command]:
    """The wishes by what is typed for them; one phrase never stands for two."""
    wishes: list[tuple[Command, str]] = []
    for word, said in told.items():
        command = read_command(word)
        _need(command, f"{name}: spoken.{word}: is no word that everybody may type")
        wishes += [(command, said)] if command else []
    table = phrases(wishes)
    for alike in table.values():
        _need(len(dict(alike)) == len(set(alike)), f"{name}: spoken: {alike[0][0]!r} stands twice")
    return table


def _levels(labels: Any, spoken: Phrases[Command], name: str) -> tuple[str, ...]:
    """The five labels; each can be typed and is then that level and nothing else."""
    place = f"{name}: levels"
    fine = isinstance(labels, list) and all(isinstance(each, str) for each in labels)
    different = {fold(typed(each)) for each in labels} - {""} if fine else set()
    _need(
        fine and len(labels) == len(different) == FIVE, f"{place}: expected five different labels"
    )
    for level, label in enumerate(labels, 1):
        _need(read_scale(label) in (None, level), f"{place}: {label!r} reads as another level")
        wish = meant(spoken, typed(label)) or read_command(label)
        _need(not wish, f"{place}: {label!r} is typed for {wish}, too")
    return tuple(labels)


def _labels(fields: Mapping[str, Any], key: str, name: str) -> dict[str, str]:
    """A question's options by code, each unlike the others."""
    place = f"questions.{key}.options"
    labels = _texts(_table({"options": {}, **fields}, "options", name), place, name)
    for code, label in labels.items():
        _need(len(label) <= LABEL_MOST, f"{name}: {place}.{code}: over {LABEL_MOST} characters")
    different = {fold(typed(label)) for label in labels.values()}
    _need(len(different) == len(labels), f"{name}: {place}: two read the same")
    return labels


def check_messages(pack: Pack, known: Texts) -> None:
    """Compare the pack's messages with those of a complete catalogue.

    Raises:
        PackError: a key is missing or unknown, or its variables differ.
    """
    for key in known.keys() ^ pack.messages.keys():
        reason = "is missing" if key in known else "is not a message"
        raise PackError(f"{pack.file}: messages.{key}: {reason}")
    for key, text in known.items():
        place = f"{pack.file}: messages.{key}"
        theirs, ours = _variables(text, place), _variables(pack.messages[key], place)
        _need(theirs == ours, f"{place}: expected {theirs}, got {ours}")


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
    place = f"{pack.file}: questions.{item.key}"
    unknown = set(_variables(text, place)) - set(pack.words)
    _need(not unknown, f"{place}: unknown variable {sorted(unknown)}")
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


def _variables(text: str, place: str) -> list[str]:
    """The names in braces; a brace that names nothing would only fail before a respondent."""
    try:
        found = [part for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise PackError(f"{place}: {error}") from None
    _need(
        not any(spec or conversion for _, _, spec, conversion in found), f"{place}: bare names only"
    )
    return sorted(str(field) for _, field, _, _ in found)


def _need(fine: object, complaint: str) -> None:
    if not fine:
        raise PackError(complaint)


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
