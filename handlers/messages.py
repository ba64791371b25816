"""Every word a person reads, by key and language: gettext catalogues whose msgids are keys."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

from sipas.packs import Pack, check_messages

LOCALES = Path(__file__).parent / "locales"
# One for each theme: what lies there is what there is.
DOMAINS = tuple(sorted(path.stem for path in (LOCALES / "vi" / "LC_MESSAGES").glob("*.mo")))
LANGUAGES = ("vi", "en")
PACKED = "chat."


# Content packs that the operator has switched on, by language; a process serves one installation.
_packs: dict[str, Pack] = {}


def install(packs: Iterable[Pack]) -> None:
    """Speak these further languages from now on, and no others.

    Raises:
        PackError: a pack lacks a message, or has one with other variables.
    """
    chosen = {pack.language: pack for pack in packs}
    for pack in chosen.values():
        check_messages(pack, told_by_packs())
    _packs.clear()
    _packs.update(chosen)
    catalogue.cache_clear()


def languages() -> tuple[str, ...]:
    """Codes of every language that a conversation can be held in."""
    return (*LANGUAGES, *_packs)


def is_draft(language: str) -> bool:
    """Whether no native speaker has reviewed the language's texts yet."""
    return language in _packs and not _packs[language].reviewed


def told_by_packs() -> dict[str, str]:
    """The messages that a pack must bring, without their common beginning."""
    ours = catalogue(LANGUAGES[1])
    return {
        key.removeprefix(PACKED): words for key, words in ours.items() if key.startswith(PACKED)
    }


@cache
def catalogue(language: str) -> dict[str, str]:
    """All messages of a language by key; Vietnamese for a language we do not have.

    What a content pack does not bring is told in English.
    """
    if pack := _packs.get(language):
        own = {PACKED + key: words for key, words in pack.messages.items()}
        return catalogue(LANGUAGES[1]) | own
    return _shipped(language if language in LANGUAGES else LANGUAGES[0])


@cache
def _shipped(language: str) -> dict[str, str]:
    """Read once, whatever packs come and go."""
    found: dict[str, str] = {}
    for domain in DOMAINS:
        path = LOCALES / language / "LC_MESSAGES" / f"{domain}.mo"
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
