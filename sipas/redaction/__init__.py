"""Personal data in comments: where it stands, and the text without it.

A text is read again until nothing more is found, so that masking what is masked changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from sipas.legible import seen
from sipas.redaction.homes import homes
from sipas.redaction.names import names
from sipas.redaction.numbers import numbers, unexplained
from sipas.redaction.spans import Private, Span, apart
from sipas.vietnamese import fold_each

__all__ = ["MASKS", "Private", "Span", "edited", "masked", "pieces", "spans"]

MASKS = {
    Private.PHONE: "[số điện thoại]",
    Private.ID: "[số giấy tờ]",
    Private.PLATE: "[biển số xe]",
    Private.ACCOUNT: "[số tài khoản]",
    Private.EMAIL: "[thư điện tử]",
    Private.DOSSIER: "[mã hồ sơ]",
    Private.ADDRESS: "[địa chỉ]",
    Private.NAME: "[tên người]",
    Private.OFFICIAL: "[cán bộ]",
    Private.EDITED: "[…]",
}
_MASK = re.compile("|".join(map(re.escape, MASKS.values())))
_PIECE = re.compile(rf"{_MASK.pattern}|[^\s\[]+|\[")
_EDITED = re.escape(MASKS[Private.EDITED])
_SEVERAL = re.compile(rf"{_EDITED}(?:\s*{_EDITED})+")


def spans(text: str) -> list[Span]:
    """Where personal data stands in *text* (composed, NFC), in order; masks are passed over.

    >>> [(each.private.value, each.start, each.end) for each in spans("gọi 0912 345 678 nhé")]
    [('phone', 4, 16)]
    """
    own = _MASK.sub(lambda mask: "\0" * len(mask[0]), text)
    plain = fold_each(own)
    return apart([*numbers(plain), *homes(own, unexplained(plain)), *names(own)])


def masked(text: str) -> str:
    """*text* with a word in brackets for everything that is personal.

    >>> masked("Chị Lan ở quầy 3 xin số 0912.345.678 của ông Nguyễn Văn An")
    '[cán bộ] ở quầy 3 xin số [số điện thoại] của [tên người]'
    >>> masked("09\\u200b12 34\\u00ad5 678, chị Nguyễn Thị L\\u2060an")
    '[số điện thoại], [tên người]'
    """
    text = unicodedata.normalize("NFC", seen(text))
    while found := spans(text):
        text = replaced(text, found)
    return text


def replaced(text: str, found: list[Span]) -> str:
    """*text* with the mask of each span in its place.

    >>> replaced("a 0912345678", [Span(2, 12, Private.PHONE)])
    'a [số điện thoại]'
    """
    for span in reversed(found):
        text = text[: span.start] + MASKS[span.private] + text[span.end :]
    return text


def pieces(text: str) -> list[str]:
    """The words and masks of *text*, as an editor chooses from them.

    >>> pieces("hỏi [tên người], nhé")
    ['hỏi', '[tên người]', ',', 'nhé']
    """
    return _PIECE.findall(text)


def edited(text: str, chosen: Collection[int]) -> str:
    """*text* with the *chosen* of its pieces masked too; what is masked already stays as it is.

    >>> edited("nhà có cổng xanh cuối ngõ", {2, 3})
    'nhà có […] cuối ngõ'
    """
    places = [each.span() for each in _PIECE.finditer(text)]
    wanted = [each for at, each in enumerate(places) if at in chosen]
    more = [Span(*each, Private.EDITED) for each in wanted if not _MASK.match(text, *each)]
    return _SEVERAL.sub(MASKS[Private.EDITED], replaced(text, more))
