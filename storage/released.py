"""A response as it is released, and what counting needs of it."""

from __future__ import annotations

from typing import NamedTuple

# What counting needs of a response: response_id, unit_id, counter_id, instrument_id, levels, stage,
# kind, field_id, channel, stratum, resolving unit or 0. A plain tuple, as millions are counted.
Counted = tuple[int, int, int, int, str, int, int, int, int, int, int]


class Released(NamedTuple):
    """A response as it goes from `closed_responses` to `responses`, column by column."""

    response_id: int
    counter_id: int
    unit_id: int
    instrument_id: int
    levels: str
    tags: str
    stage: int
    stratum: int
    channel: int
    kind: int
    field_id: int
    consent: int
    code_hash: int | None
    resolving_unit_id: int | None = None

    def counted(self) -> Counted:
        """What counting needs of it."""
        return (
            self.response_id,
            self.unit_id,
            self.counter_id,
            self.instrument_id,
            self.levels,
            self.stage,
            self.kind,
            self.field_id,
            self.channel,
            self.stratum,
            self.resolving_unit_id or 0,
        )
