"""A tally: many responses counted as one integer, so that adding tallies is `+`.

The integer is a vector of 32-bit counts. Slot 0 is the number of responses; then every item of the
questionnaire has one slot for each character its answer can be (`sipas.packing.alphabet`). What was
not shown is not counted: it is what is missing to the number of responses. Vectors of different
questionnaires mean different things and must not be added.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sipas.items import Instrument, Item, Kind
from sipas.packing import NON_ANSWERS, NOT_SHOWN, alphabet
from sipas.scoring import FIVE, LevelCounts

BITS = 32
_BYTES = BITS // 8
_MASK = (1 << BITS) - 1
# Five answers at a time: few enough combinations to remember, few enough sums to be fast.
_CHUNK = 5
_CHUNKS = 1 << 14
_WHOLE = 1 << 12  # 700 bytes each; four times as many make a recount 1 % faster


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """How one item was answered; *levels* only where it is a scale, *options* by code elsewhere."""

    levels: LevelCounts | None
    options: Mapping[str, int]
    not_applicable: int
    skipped: int
    refused: int
    unanswered: int
    invalid: int


class _Chunk(dict[str, int]):
    """From the answers to a few neighbouring items to their tally; fills itself as they come."""

    def __init__(self, bits: list[dict[str, int]]) -> None:
        """*bits*: per item, what each of its characters adds."""
        self._bits = bits

    def __missing__(self, marks: str) -> int:
        try:
            counted = sum(table[mark] for table, mark in zip(self._bits, marks, strict=True))
        except KeyError:
            raise ValueError(f"expected answers to the items, got {marks!r}") from None
        if len(self) >= _CHUNKS:
            self.clear()
        self[marks] = counted
        return counted


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the counts of a questionnaire's items begin, and its tables of a few items each."""

    starts: Mapping[str, int]
    scales: tuple[tuple[str, int], ...]
    slots: int
    length: int
    chunks: tuple[tuple[slice, _Chunk], ...]


@lru_cache(maxsize=_WHOLE)
def tally(instrument: Instrument, levels: str) -> int:
    """The tally of one response; people answer alike, so most are remembered.

    Raises:
        ValueError: *levels* is no response to this questionnaire.
    """
    layout = _layout(instrument)
    if len(levels) != layout.length:
        raise ValueError(f"{instrument.ref} has {layout.length} items, got {levels!r}")
    total = 1
    for where, chunk in layout.chunks:
        total += chunk[levels[where]]
    return total


def responses(tally: int) -> int:
    """How many responses were counted.

    >>> responses(3)
    3
    """
    return tally & _MASK


def covers(many: int, few: int) -> bool:
    """Whether no count of *few* is above that of *many*, so that it can be taken away unseen.

    >>> covers((5 << 32) + 9, (1 << 32) + 1), covers((5 << 32) + 9, (1 << 64) + 1)
    (True, False)
    """
    slots = -(-max(many, few).bit_length() // BITS)
    pairs = zip(_counts(many, slots), _counts(few, slots), strict=True)
    return all(count >= other for count, other in pairs)


def item_counts(instrument: Instrument, tally: int, key: str) -> ItemCounts:
    """How the item *key* was answered.

    Raises:
        KeyError: the questionnaire packs no such item.
    """
    start, item = _layout(instrument).starts[key], instrument.item(key)
    answers = len(alphabet(item)) - len(NON_ANSWERS)
    counts = _counts(tally >> BITS * start, answers + len(NON_ANSWERS))
    given = counts[:answers]
    if item.kind is Kind.SCALE:
        return ItemCounts(LevelCounts(given), {}, *counts[answers:])
    return ItemCounts(None, dict(zip(_codes(item), given, strict=True)), *counts[answers:])


def level_counts(instrument: Instrument, tally: int) -> dict[str, tuple[LevelCounts, int]]:
    """Level counts and not-applicable count of every scale item: one pass, for whole provinces."""
    layout = _layout(instrument)
    counts = _counts(tally, layout.slots)
    return {
        key: (LevelCounts(counts[start : start + FIVE]), counts[start + FIVE])
        for key, start in layout.scales
    }


def level_columns(
    instrument: Instrument, tallies: Sequence[int]
) -> dict[str, tuple[tuple[int, ...], ...]]:
    """For every scale item five columns, one a level, with a count for each of *tallies*."""
    layout = _layout(instrument)
    columns = tuple(zip(*(_counts(each, layout.slots) for each in tallies), strict=True))
    return {key: columns[start : start + FIVE] for key, start in layout.scales}


def counts(tally: int, slots: int) -> tuple[int, ...]:
    """The vector of counts as it is told: responses first, then every item's answers.

    >>> counts(3, 2)
    (3, 0)
    """
    return _counts(tally, slots)


def starts(instrument: Instrument) -> Mapping[str, int]:
    """The slot of every item's first count."""
    return _layout(instrument).starts


def to_bytes(tally: int) -> bytes:
    """A tally to be stored: the lowest byte of every count, then the next bytes if any is needed.

    Most rows count few responses, so this is a quarter of the vector; it is read back as fast.
    No count is above the number of responses, so that number says how many bytes are needed.

    >>> to_bytes(2), to_bytes(300)
    (b'\\x01\\x02', b'\\x02,\\x01')
    """
    slots = (tally.bit_length() + BITS - 1) // BITS
    vector = tally.to_bytes(slots * _BYTES, "little")
    planes = (responses(tally).bit_length() + 7) // 8
    return bytes((planes,)) + b"".join([vector[plane::_BYTES] for plane in range(planes)])


def from_bytes(stored: bytes) -> int:
    """The tally that `to_bytes` stored.

    Raises:
        ValueError: these bytes are no stored tally.

    >>> from_bytes(to_bytes(300))
    300
    """
    count = stored[0] if stored else _BYTES + 1
    slots, left = divmod(len(stored) - 1, count or len(stored))
    if count > _BYTES or left:
        raise ValueError(f"expected a stored tally, got {len(stored)} bytes: {stored[:8].hex()}…")
    vector = bytearray(slots * _BYTES)
    for plane in range(count):
        vector[plane::_BYTES] = stored[1 + plane * slots : 1 + (plane + 1) * slots]
    return int.from_bytes(vector, "little")


def _counts(vector: int, slots: int) -> tuple[int, ...]:
    """The first *slots* counts."""
    first = vector & ((1 << BITS * slots) - 1)
    return struct.unpack(f"<{slots}I", first.to_bytes(slots * _BYTES, "little"))


def _codes(item: Item) -> list[str]:
    if item.kind is Kind.EVENT:
        return [option.code for option in item.options]
    return ["given"]


@lru_cache(maxsize=64)
def _layout(instrument: Instrument) -> _Layout:
    starts = dict(_starts(instrument))
    bits = [
        {mark: 1 << BITS * (starts[item.key] + slot) for slot, mark in enumerate(alphabet(item))}
        | {NOT_SHOWN: 0}
        for item in instrument.items
    ]
    edges = range(0, len(bits), _CHUNK)
    return _Layout(
        starts=starts,
        scales=tuple((i.key, starts[i.key]) for i in instrument.items if i.kind is Kind.SCALE),
        slots=1 + sum(len(alphabet(item)) for item in instrument.items),
        length=len(bits),
        chunks=tuple((slice(at, at + _CHUNK), _Chunk(bits[at : at + _CHUNK])) for at in edges),
    )


def _starts(instrument: Instrument) -> Iterator[tuple[str, int]]:
    start = 1
    for item in instrument.items:
        yield item.key, start
        start += len(alphabet(item))
