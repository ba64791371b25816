"""Small integers inside, text codes outside: the numbering is part of the schema and never changes.

Index 0 means "not known". New codes are appended, never inserted.
"""

from datetime import date

from sipas.packing import day_of
from sipas.periods import atom, half_month

STAGES = ("", "waiting", "result", "supplement", "rejected")
STRATA = ("", "receipt", "open", "kiosk", "assisted")
CHANNELS = ("", "web", "telegram", "zalo_bot", "zalo_oa")
KINDS = ("", "citizen", "business", "organisation", "representative")

# The dimensions of rollup_margins, one at a time.
DIMENSIONS = ("total", "field", "channel", "stratum", "kind", "stage", "resolving")

CHECKS = ("", "form", "speed", "straight", "rate", "burst", "text", "contest")
REASONS = (
    "",
    "malformed",
    "under_a_second_each",
    "all_equal",
    "many_in_a_day",
    "busy_hour",
    "same_text",
    "disputed",
)
DECISIONS = ("", "keep", "set-aside")

ALARMS = ("", "drop", "stuffing")
ALARM_DECISIONS = ("", "real", "explained")

RANDOM_BITS = 43
_EPOCH = date(1970, 1, 1)


def row_id(half_day: int, chance: int) -> int:
    """Half-day number ‖ 43 random bits: inserts stay local, order inside a half-day is chance.

    >>> row_id(2, 5) == 2 * 2**43 + 5
    True
    """
    return half_day << RANDOM_BITS | chance & (1 << RANDOM_BITS) - 1


def code_row(half_day: int, hashed: int) -> int:
    """Number of a response code: the half-month's first half-day ‖ 43 bits of its keyed hash.

    The code tells its day; beside a response that is told with others, its number must not.

    >>> half_day_of(code_row(41_000, 7)), half_day_of(code_row(41_011, 7))
    (40998, 40998)
    """
    first = half_month(atom(day_of(half_day))).first
    return row_id(2 * (first - _EPOCH).days, hashed)


def half_day_of(row_id: int) -> int:
    """The half-day a response id or a code hash begins with.

    >>> half_day_of(row_id(41_000, 7))
    41000
    """
    return row_id >> RANDOM_BITS
