"""What nobody can read, or sees, in what people write: taken out before it is kept or judged."""

from __future__ import annotations

import re
import unicodedata

# Also what XML cannot hold, and what turns the direction of everything after it.
_UNREADABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
# Drawn as nothing, or as a frame around the sign before, beside all that Unicode calls a format.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u20dd-\u20e4\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0000-\U000e0fff]"
)


def plain(text: str) -> str:
    """*text* without control characters and halves of characters, which no one can read.

    >>> plain(" tốt\\x00 "), plain("\\u202etốt\\uffff")
    ('tốt', 'tốt')
    """
    return _UNREADABLE.sub("", text).strip()


def seen(text: str) -> str:
    """*text* as the eye takes it: no number and no name is parted by what is not drawn.

    >>> seen("09\\u200b12\\u00ad34\\ufe0f"), seen("4️⃣")
    ('091234', '4')
    """
    kept = (each for each in _UNSEEN.sub("", text) if unicodedata.category(each) != "Cf")
    return "".join(kept)
