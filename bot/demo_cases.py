"""Three visitors of the demo who were badly served: cases to work on for those who try it out."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from handlers.inbound import Happening, Inbound, Start, Text
from handlers.receive import Survey, receive
from storage.transaction import Transaction

SKIP = "bỏ qua"
# From the overall level to the field's question; access is skipped, no feedback was given.
_BEFORE = ("1", "có", "2", SKIP, "2", "1", "2", "2", SKIP)
_NOT_QUOTED, _CITIZEN, _WISH = "2", "1", "2"
# Days ago, counter, trouble and money as options of their questions, and what was written.
VISITS = (
    (4, "381207", "2", "1", "Bảo thiếu giấy mãi, đến khi nhờ người quen mới xong."),
    (2, "382214", "1", "1", "Đi lại bốn lần vì mỗi lần hướng dẫn một khác."),
    (0, "382238", "1", "2", "Phải đưa thêm tiền mới được nhận hồ sơ."),
)


def file_cases(tx: Transaction, known: Survey, now: datetime) -> None:
    """Let each of them talk to the web chat as anybody could."""
    account = tx.account_id("web", "web")
    for days, counter, trouble, money, words in VISITS:
        hand = secrets.token_bytes(16)
        said = (*_BEFORE, trouble, money, "1", SKIP, words, _NOT_QUOTED, _CITIZEN, _WISH)
        happenings: tuple[Happening, ...] = (Start(counter), *map(Text, said))
        inbound = Inbound(account, "web", f"{hand.hex()} 1", hand, happenings)
        receive(tx, known, inbound, now - timedelta(days=days, minutes=20))
