"""A response as one short text: one character per item, in the questionnaire's order.

| Character | Means |
|---|---|
| `1`-`5` | a level |
| `A`-`Z` | the choice declared first, second, …; for reasons and comments `A` means given |
| `n` | not applicable |
| `s` | skipped |
| `r` | refused to say |
| `o` | shown and never answered |
| `x` | invalid mark on paper |
| `-` | not shown |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone

from sipas.items import Instrument, Item, Kind

LEVELS = "12345"
NOT_APPLICABLE, SKIPPED, REFUSED, UNANSWERED, INVALID = NON_ANSWERS = "nsrox"
NOT_SHOWN = "-"
GIVEN = "A"
TAGS_MOST = 3

# Viet Nam has kept UTC+7 without summer time since 1975, so no time zone files are needed.
HANOI = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

_EPOCH = date(1970, 1, 1)


def alphabet(item: Item) -> str:
    """Every character that the answer to *item* can be, the item having been shown."""
    return _answers(item) + NON_ANSWERS


def _answers(item: Item) -> str:
    if item.kind is Kind.SCALE:
        return LEVELS
    if item.kind is Kind.EVENT:
        return "".join(option.letter for option in item.options)
    return GIVEN


def pack(instrument: Instrument, marks: Mapping[str, str]) -> str:
    """The `levels` of a response; an item without a mark was not shown.

    Raises:
        ValueError: a mark for no item of the questionnaire, or one that the item cannot hold.
    """
    unknown = marks.keys() - {item.key for item in instrument.items}
    if unknown:
        raise ValueError(f"{instrument.ref} has no items {sorted(unknown)}")
    return "".join(_mark(item, marks.get(item.key, NOT_SHOWN)) for item in instrument.items)


def unpack(instrument: Instrument, levels: str) -> dict[str, str]:
    """The mark of every item that was shown, by key; the reverse of `pack`.

    Raises:
        ValueError: *levels* is no response to this questionnaire.
    """
    if len(levels) != len(instrument.items):
        raise ValueError(f"{instrument.ref} has {len(instrument.items)} items, got {levels!r}")
    marks = {
        item.key: _mark(item, mark) for item, mark in zip(instrument.items, levels, strict=True)
    }
    return {key: mark for key, mark in marks.items() if mark != NOT_SHOWN}


def _mark(item: Item, mark: str) -> str:
    if len(mark) != 1 or mark not in alphabet(item) + NOT_SHOWN:
        raise ValueError(f"{item.key} holds one of {alphabet(item)}{NOT_SHOWN}, got {mark!r}")
    return mark


def pack_tags(chosen: Mapping[str, Iterable[str]]) -> str:
    """The `tags` of a response: sorted `item:code`, at most three an item.

    Raises:
        ValueError: an item has more than three.

    >>> pack_tags({"reasons": ["staff_polite", "no_seats"]})
    'reasons:no_seats,reasons:staff_polite'
    """
    tags = {item: sorted(set(codes)) for item, codes in chosen.items()}
    for item, codes in tags.items():
        if len(codes) > TAGS_MOST:
            raise ValueError(f"expected at most {TAGS_MOST} tags of {item}, got {len(codes)}")
    return ",".join(sorted(f"{item}:{code}" for item, codes in tags.items() for code in codes))


def unpack_tags(tags: str) -> dict[str, tuple[str, ...]]:
    """The tags by item, sorted; the reverse of `pack_tags`.

    >>> unpack_tags("reasons:no_seats,reasons:staff_polite")
    {'reasons': ('no_seats', 'staff_polite')}
    """
    by_item: dict[str, tuple[str, ...]] = {}
    for tag in tags.split(",") if tags else ():
        item, _, code = tag.partition(":")
        by_item[item] = (*by_item.get(item, ()), code)
    return by_item


def half_day(now: datetime) -> int:
    """The number of the half-day of *now* in Viet Nam; even before noon, odd from noon on.

    Raises:
        ValueError: *now* has no time zone.

    >>> half_day(datetime(1970, 1, 1, 12, tzinfo=HANOI))
    1
    """
    if now.utcoffset() is None:
        raise ValueError(f"expected a time with its zone, got {now.isoformat()}")
    local = now.astimezone(HANOI)
    return 2 * (local.date() - _EPOCH).days + (local.hour >= 12)


def day_of(half_day: int) -> date:
    """The day a half-day belongs to.

    >>> day_of(3)
    datetime.date(1970, 1, 2)
    """
    return _EPOCH + timedelta(days=half_day >> 1)


def together(half_days: Iterable[int], least: int) -> dict[int, int]:
    """By half-day the one that it is told as, so that none is told of fewer than *least*.

    Neighbours are told as the last of them; what is left at the end joins the last that suffice.

    >>> together([1, 1, 2, 4, 5, 5, 9], least=3)
    {1: 2, 2: 2, 4: 9, 5: 9, 9: 9}
    """
    groups: list[list[int]] = [[]]
    many = 0
    for half_day, n in sorted(Counter(half_days).items()):
        if many >= least:
            groups, many = [*groups, []], 0
        groups[-1].append(half_day)
        many += n
    if many < least and len(groups) > 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return {each: group[-1] for group in groups for each in group}
