"""What receiving an update needs from outside, for the server and for commands beside it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from bot.instruments import spoken
from bot.keys import Keys
from bot.metrics import count_verdict
from bot.period_keys import PeriodKeys
from handlers.privacy.notices import IN_FORCE
from handlers.receipts.using import NO_RECEIPTS, Receipts
from handlers.receive import Survey
from sipas.packs import Pack


def survey(
    keys: Keys,
    packs: Sequence[Pack] = (),
    periods: PeriodKeys | None = None,
    inspection: str = "",
) -> Survey:
    """What receiving an update needs from outside the transaction."""
    return Survey(
        instruments=spoken(packs),
        notice=IN_FORCE,
        chance=secrets.randbits,
        code_hash=keys.code_hash,
        count=count_verdict,
        receipts=Receipts(keys.receipt_mac, periods.key) if periods else NO_RECEIPTS,
        inspection=inspection,
    )
