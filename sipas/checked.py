"""Reading a table whose author may have erred: every complaint names file, key and reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sipas.items import InstrumentError, Texts

_KEY = re.compile(r"[a-z0-9][a-z0-9_+-]{0,23}")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file being read: its *name*, the languages texts must have, the variables they may use."""

    name: str
    languages: tuple[str, ...] = ()
    words: Mapping[str, Texts] = field(default_factory=dict)

    def need(self, fine: bool, key: str, reason: str) -> None:
        """Raise InstrumentError unless *fine*."""
        if not fine:
            raise InstrumentError(f"{self.name}: {key}: {reason}")

    def table(self, value: Any, key: str) -> dict[str, Any]:
        """A table; one that is missing is empty."""
        self.need(value is None or isinstance(value, dict), key, "expected a table")
        return value or {}

    def code(self, value: Any, key: str) -> str:
        """A short name that fits a button's payload."""
        fine = isinstance(value, str) and _KEY.fullmatch(value) is not None
        self.need(fine, key, f"expected at most 24 of a-z 0-9 _ + -, got {value!r}")
        return str(value)

    def number(self, value: Any, key: str) -> int:
        """A whole number from 1 on."""
        fine = isinstance(value, int) and not isinstance(value, bool) and value > 0
        self.need(fine, key, f"expected 1, 2, …, got {value!r}")
        return int(value)

    def flag(self, value: Any, key: str) -> bool:
        """True or false; a missing one is false."""
        self.need(value is None or isinstance(value, bool), key, "expected true or false")
        return bool(value)

    def strings(self, value: Any, key: str) -> tuple[str, ...]:
        """A list of strings without repetition."""
        fine = isinstance(value, list) and all(isinstance(part, str) for part in value)
        self.need(fine, key, "expected a list of strings")
        self.need(len(set(value)) == len(value), key, "the same entry twice")
        return tuple(value)

    def texts(self, value: Any, key: str) -> Texts:
        """A text in every language, using no variable but the known ones."""
        by_language = self.table(value, key)
        for language in self.languages:
            text = by_language.get(language)
            self.need(isinstance(text, str) and bool(text), key, f"no text in {language!r}")
            self._check_variables(str(text), key)
        return MappingProxyType({language: by_language[language] for language in self.languages})

    def _check_variables(self, text: str, key: str) -> None:
        unknown = set(re.findall(r"\{([^}]*)\}?", text)) - set(self.words)
        self.need(not unknown, key, f"unknown variable {sorted(unknown)} in {text!r}")
