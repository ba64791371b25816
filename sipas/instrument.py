"""Loading a versioned questionnaire from TOML; a wrong file is refused with key and reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sipas.checked import Checked
from sipas.items import (
    GIVEN,
    LETTERS,
    Condition,
    Factor,
    Instrument,
    InstrumentError,
    Item,
    Kind,
    Option,
    Texts,
)

__all__ = [
    "GIVEN",
    "LETTERS",
    "Condition",
    "Factor",
    "Instrument",
    "InstrumentError",
    "Item",
    "Kind",
    "Option",
    "Texts",
    "parse",
]

_CHOOSING = (Kind.EVENT, Kind.CONTEXT, Kind.REASONS)
_LEVELS = ("1", "2", "3", "4", "5")


def parse(text: str, name: str, shared: str = "") -> Instrument:
    """The instrument a TOML *text* describes; *shared* holds what instruments have in common.

    Args:
        text: the instrument's own TOML.
        name: the file's name, for messages.
        shared: TOML with the common questions, levels and words.

    Raises:
        InstrumentError: the file cannot be used; the message names file, key and reason.

    >>> parse("order = 3", "bad.toml")
    Traceback (most recent call last):
    sipas.items.InstrumentError: bad.toml: languages: expected a list of strings
    """
    table = _merged(_loaded(shared, f"{name} (shared part)"), _loaded(text, name))
    return _instrument(_checked(name, table), table)


def _loaded(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise InstrumentError(f"{name}: file: not TOML: {wrong}") from wrong


def _merged(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Both tables in one: own questions complete or replace shared ones."""
    questions = dict(shared.get("questions", {}))
    for key, fields in own.get("questions", {}).items():
        questions[key] = {**questions.get(key, {}), **fields}
    return {
        **shared,
        **own,
        "questions": questions,
        "own_questions": own.get("questions", {}),
        "factor_names": shared.get("factors", {}),
    }


def _checked(name: str, table: dict[str, Any]) -> Checked:
    bare = Checked(name)
    languages = bare.strings(table.get("languages"), "languages")
    bare.need(bool(languages), "languages", "needs at least one")
    plain = Checked(name, languages)
    words = plain.table(table.get("words"), "words")
    texts = {word: plain.texts(value, f"words.{word}") for word, value in words.items()}
    return Checked(name, languages, MappingProxyType(texts))


def _instrument(file: Checked, table: dict[str, Any]) -> Instrument:
    factors = _factors(file, table)
    questions = _questions(file, table, factors)
    asides = _asides(file, table)
    by_key = {item.key: item for item in (*questions, *asides)}
    index = file.strings(table.get("index"), "index")
    _need_scales(file, by_key, "index", index)
    return Instrument(
        id=file.code(table.get("id"), "id"),
        version=file.number(table.get("version"), "version"),
        names=file.texts(table.get("name"), "name"),
        source=str(table.get("source", "")),
        questions=questions,
        asides=asides,
        factors=factors,
        index_items=index,
        formulas=file.strings(table.get("formulas"), "formulas"),
        levels=_levels(file, table.get("levels")),
        words=file.words,
        items=tuple(item for item in questions if item.kind is not Kind.CONTEXT),
        by_key=MappingProxyType(by_key),
        certainty=str(table.get("certainty", "")),
    )


def _factors(file: Checked, table: dict[str, Any]) -> tuple[Factor, ...]:
    def factor(key: str, items: object) -> Factor:
        names = file.texts(table["factor_names"].get(key), f"factors.{key}")
        return Factor(key, names, file.strings(items, f"factors.{key}"))

    declared = file.table(table.get("factors"), "factors")
    return tuple(factor(key, items) for key, items in declared.items())


def _questions(file: Checked, table: dict[str, Any], factors: Iterable[Factor]) -> tuple[Item, ...]:
    order = file.strings(table.get("order"), "order")
    tables = _stemmed(file, table)
    for key in order:
        file.need(key in tables, f"order.{key}", "no such question")
    for key in table["own_questions"]:
        file.need(key in order, f"questions.{key}", "not in the order")
    factor_of = {item: factor.key for factor in factors for item in factor.items}
    questions = tuple(_item(file, key, tables[key], factor_of.get(key)) for key in order)
    _check_order(file, questions)
    for factor in factors:
        by_key = {item.key: item for item in questions}
        _need_scales(file, by_key, f"factors.{factor.key}", factor.items)
    return questions


def _stemmed(file: Checked, table: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The questions' tables; where one asks for it, its text is put after the common stem."""
    stem = file.texts(table["stem"], "stem") if "stem" in table else None

    def full(key: str, fields: dict[str, Any]) -> dict[str, Any]:
        if not file.flag(fields.get("stem"), f"questions.{key}.stem"):
            return fields
        file.need(stem is not None, f"questions.{key}.stem", "the file has no stem")
        text = file.texts(fields.get("text"), f"questions.{key}.text")
        joined = {language: f"{(stem or {})[language]} {text[language]}" for language in text}
        return {**fields, "text": joined}

    return {key: full(key, fields) for key, fields in table["questions"].items()}


def _asides(file: Checked, table: dict[str, Any]) -> tuple[Item, ...]:
    declared = file.table(table.get("asides"), "asides")
    return tuple(_item(file, key, fields, None) for key, fields in declared.items())


def _item(file: Checked, key: str, fields: dict[str, Any], factor: str | None) -> Item:
    place = f"questions.{key}"
    kind = _kind(file, place, fields.get("kind"))
    official = fields.get("official")
    return Item(
        key=file.code(key, place),
        kind=kind,
        factor=factor,
        texts=file.texts(fields.get("text"), f"{place}.text"),
        names=file.texts(fields.get("name"), f"{place}.name"),
        simple=file.texts(fields["simple"], f"{place}.simple") if "simple" in fields else {},
        options=_options(file, place, kind, fields.get("options", [])),
        official=None if official is None else str(official),
        when=_conditions(file, place, fields.get("when")),
        may_refuse=file.flag(fields.get("may_refuse"), f"{place}.may_refuse"),
    )


def _kind(file: Checked, place: str, value: object) -> Kind:
    kinds = [str(kind) for kind in Kind]
    file.need(value in kinds, f"{place}.kind", f"expected one of {kinds}, got {value!r}")
    return Kind(str(value))


def _options(file: Checked, place: str, kind: Kind, tables: Any) -> tuple[Option, ...]:
    place = f"{place}.options"
    file.need(isinstance(tables, list), place, "expected a list of tables")
    if kind in _CHOOSING:
        file.need(0 < len(tables) <= len(LETTERS), place, f"expected 1 to {len(LETTERS)}")
    else:
        file.need(not tables, place, f"a question of kind {kind} has none")
    options = tuple(
        _option(file, f"{place}.{number}", letter, file.table(fields, place))
        for number, (letter, fields) in enumerate(zip(LETTERS, tables, strict=False), 1)
    )
    file.strings([option.code for option in options], place)
    return options


def _option(file: Checked, place: str, letter: str, fields: dict[str, Any]) -> Option:
    about = str(fields.get("about", ""))
    return Option(file.code(fields.get("code"), place), letter, file.texts(fields, place), about)


def _conditions(file: Checked, place: str, value: Any) -> tuple[Condition, ...]:
    declared = file.table(value, f"{place}.when")
    return tuple(
        Condition(question, file.strings(values, f"{place}.when.{question}"))
        for question, values in declared.items()
    )


def _check_order(file: Checked, questions: tuple[Item, ...]) -> None:
    """The first screen is a scale, and conditions look back at answers that exist."""
    file.need(bool(questions), "order", "needs at least one question")
    first = questions[0]
    file.need(first.kind is Kind.SCALE, "order", f"{first.key!r} comes first and is no scale")
    earlier: dict[str, Item] = {}
    for item in questions:
        for condition in item.when:
            _check_condition(file, item.key, condition, earlier.get(condition.question))
        earlier[item.key] = item


def _check_condition(file: Checked, key: str, condition: Condition, asked: Item | None) -> None:
    place = f"questions.{key}.when.{condition.question}"
    file.need(asked is not None, place, "not asked before this question")
    unknown = [value for value in condition.values if value not in _answers(asked)]
    file.need(not unknown, place, f"no such answer: {unknown}")


def _answers(item: Item | None) -> tuple[str, ...]:
    """What a condition may compare the answer to *item* with."""
    if item is None or item.kind in (Kind.TEXT, Kind.REASONS):
        return (GIVEN,)
    return _LEVELS if item.kind is Kind.SCALE else tuple(o.code for o in item.options)


def _need_scales(
    file: Checked, by_key: Mapping[str, Item], place: str, keys: Iterable[str]
) -> None:
    for key in keys:
        fine = key in by_key and by_key[key].kind is Kind.SCALE
        file.need(fine, place, f"{key!r} is no scale question of this file")


def _levels(file: Checked, value: Any) -> Mapping[str, tuple[str, ...]]:
    table = file.table(value, "levels")
    labels = {
        language: file.strings(table.get(language), f"levels.{language}")
        for language in file.languages
    }
    for language, five in labels.items():
        file.need(len(five) == len(_LEVELS), f"levels.{language}", "expected five labels")
    return MappingProxyType(labels)
