"""What a comment is about, by phrases that anybody can read: no weights, nothing learned.

Phrases are compared without tones, as half of all comments are typed. At each word the longest
phrase that fits counts and its words count for nothing else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sipas.vietnamese import fold

NOTHING = "nothing"
_WORD = re.compile(r"\w+")


class TopicError(ValueError):
    """A file of phrases that cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The phrases of all topics, as folded words, in the order in which topics are told."""

    version: int
    names: tuple[str, ...]
    phrases: Mapping[tuple[str, ...], str]
    longest: int


def parse(text: str, name: str) -> Topics:
    """The topics of a TOML file.

    Raises:
        TopicError: a phrase is empty or under two topics.

    >>> parse('version = 1\\n[phrases]\\nwait = ["chờ lâu"]', "t.toml").phrases
    {('cho', 'lau'): 'wait'}
    """
    told = tomllib.loads(text)
    found: dict[tuple[str, ...], str] = {}
    for topic, phrases in told["phrases"].items():
        for phrase in phrases:
            words = tuple(_words(phrase))
            if not words or found.get(words, topic) != topic:
                raise TopicError(f"{name}: {topic}: {phrase!r} is empty or under another topic")
            found[words] = topic
    names = tuple(each for each in told["phrases"] if each != NOTHING)
    return Topics(told["version"], names, found, max(map(len, found)))


def topics_of(topics: Topics, comment: str) -> tuple[str, ...]:
    """What *comment* is about, in the order of the file.

    >>> model = parse('version = 1\\n[phrases]\\nwait = ["chờ lâu"]\\nfee = ["phí"]', "t.toml")
    >>> topics_of(model, "thu phi cao, CHO LAU qua"), topics_of(model, "cho con")
    (('wait', 'fee'), ())
    """
    found = set(_found(topics, _words(comment)))
    return tuple(each for each in topics.names if each in found)


def _found(topics: Topics, words: list[str]) -> Iterator[str]:
    at = 0
    while at < len(words):
        longest = range(topics.longest, 0, -1)
        fits = (n for n in longest if tuple(words[at : at + n]) in topics.phrases)
        n = next(fits, 0)
        if n:
            yield topics.phrases[tuple(words[at : at + n])]
        at += n or 1


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
