"""Every word a person reads, by key and language: gettext catalogues whose msgids are keys."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations
from pathlib import Path

LOCALES = Path(__file__).parent / "locales"
DOMAINS = ("chat", "paper", "web")
LANGUAGES = ("vi", "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    """All messages of a language by key; Vietnamese for a language we do not have."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    found: dict[str, str] = {}
    for domain in DOMAINS:
        path = LOCALES / known / "LC_MESSAGES" / f"{domain}.mo"
        with path.open("rb") as file:
            translations = GNUTranslations(file)
        found |= {key: translations.gettext(key) for key in _keys(translations)}
    return found


def _keys(translations: GNUTranslations) -> list[str]:
    # gettext keeps what it read in _catalog; the empty key is the file's header.
    return [key for key in translations._catalog if isinstance(key, str) and key]  # type: ignore[attr-defined]


def text(language: str, key: str, **params: object) -> str:
    """The message *key* in *language*, filled in.

    Raises:
        KeyError: no catalogue has the key; a test looks for every key that is used.

    >>> text("en", "chat.button.skip")
    'Skip'
    """
    message = catalogue(language)[key]
    return message.format(**params) if params else message
