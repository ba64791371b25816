"""Personal data in comments is masked: figures on frozen comments, and laws on any text."""

from __future__ import annotations

import hashlib
import re
import sys
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.redaction import MASKS, Private, masked, spans
from sipas.redaction.numbers import unexplained
from sipas.vietnamese import fold_each
from tests.redaction_corpus import CORPUS, FILES, LATER, NAMES, NUMBER_LIKE, Measured, measure, read

PIECES = st.sampled_from(
    [
        *"0123456789 .,-/@:aođn\n",
        *("0912 345 678", "căn cước ", "chị Lan ", "ong nguyen van an ", "29A-123.45", "hs "),
        *(
            "so 12 ngo 3 duong Lê Lợi ",
            "cán bộ ",
            "không chín một ",
            "1.500.000 đồng",
            "12/03/2026",
        ),
        *(
            "[tên người]",
            "[số",
            "stk ",
            "a.b@gmail.com",
            "19001234",
            "381207",
            "H23.45-260301-0012",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join))


def test_the_frozen_comments_are_the_ones_of_before_the_rules() -> None:
    """Their hashes stand in their README and are right."""
    told = (CORPUS / "README.md").read_text(encoding="utf-8")

    for name in (*FILES, LATER[-1]):
        digest = hashlib.sha256((CORPUS / name).read_bytes()).hexdigest()
        assert f"{digest}  {name}" in told


def test_redaction_keeps_what_it_promises_on_the_frozen_comments() -> None:
    """Recall of numbers 0.98, of names with honorific 0.90; precision 0.95."""
    measured = measure(comment for name in FILES for comment in read(name))

    assert sum(measured.marked.values()) == 183
    _keeps_what_it_promises(measured)


@pytest.mark.parametrize("name", LATER)
def test_redaction_keeps_it_on_comments_written_later(name: str) -> None:
    """Once mended by what their first run missed, the rules keep the same on them."""
    measured = measure(read(name))

    assert sum(measured.marked.values()) > 30
    _keeps_what_it_promises(measured)


def _keeps_what_it_promises(measured: Measured) -> None:
    assert measured.recall(NUMBER_LIKE) >= 0.98, measured.faults
    assert measured.recall(NAMES) >= 0.90, measured.faults
    assert measured.precision(Private) >= 0.95, measured.faults


@given(TEXTS)
def test_what_is_masked_stays_as_it_is(text: str) -> None:
    """Masking again changes nothing, as nothing personal is left."""
    once = masked(text)

    assert masked(once) == once
    assert not spans(once)


@given(TEXTS, st.sampled_from("\u200b\u200d\u2060\xad\ufeff\u200e\u034f\ufe0f\u3164\U000e0041"))
def test_what_nobody_sees_hides_nothing(text: str, unseen: str) -> None:
    """A number or a name with signs in it that are not drawn reads the same, so it is masked."""
    assert masked(unseen.join(text)) == masked(text)


def test_the_work_grows_with_the_words() -> None:
    """Twice as many words cost about twice as much, whatever somebody repeats to hold us up."""
    few, many = (_calls("a." * times) for times in (300, 600))

    assert many < 3 * few


def _calls(text: str) -> int:
    """How many functions it takes to mask *text*: the same on every machine."""
    counted = 0

    def count(frame: FrameType, event: str, about: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        masked(text)
    finally:
        sys.setprofile(None)
    return counted


@given(TEXTS)
def test_spans_lie_in_the_text_and_apart(text: str) -> None:
    """Each holds a letter or a digit, and begins where the one before has ended."""
    place = 0
    for span in spans(text):
        assert place <= span.start < span.end <= len(text)
        assert any(each.isalnum() for each in text[span.start : span.end])
        place = span.end


@given(TEXTS)
def test_no_long_number_is_left_without_a_reason(text: str) -> None:
    """Eight digits in a row are masked, or a date, a sum, a law or a hotline."""
    assert not re.search("[0-9]{8}", unexplained(fold_each(masked(text))))


@pytest.mark.parametrize(
    "text",
    [
        "Lệ phí 1.500.000 đồng, photo 50k, đặt cọc 25000000 đ",
        "Hẹn ngày 12/03/2026 lúc 8h30 mà 2026-03-25 mới trả, năm 2025-2026 vẫn vậy",
        "Quầy 381207 và quầy số 3, bàn số 5",
        "Nghị định 61/2018/NĐ-CP, Quyết định 766/QĐ-TTg",
        "Tổng đài 1900 9095, 18001096 hay 1022 không ai nghe",
        "Ở đường Nguyễn Trãi, phố Hàng Đồng",
        "Trụ sở UBND số 5 Lê Lợi dễ tìm",
        "Cảm ơn anh chị, cô chú ở đây, bà con ai cũng khen Bác Hồ",
        "can bo huong dan nhiet tinh, co thai do tot, doi ba ngay, di lai nhieu lan",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    """Sums, dates, counters, laws, hotlines, streets and mere honorifics are left as they are."""
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("gọi 0912 345 678 - 0987 654 321", "gọi [số điện thoại] - [số điện thoại]"),
        ("qua 09baba nhe, o98 233 71 o9", "qua [số điện thoại] nhe, [số điện thoại]"),
        ("sdt 0225 3 747 880 k ai nghe", "sdt [số điện thoại] k ai nghe"),
        ("xe 14 c 33 456 chan cua", "xe [biển số xe] chan cua"),
        ("Nhà số 5 hẻm 41/12 Lạc Long Quân xa", "[địa chỉ] xa"),
        ("Bà Chủ tịch Hoa họp", "[cán bộ] họp"),
        ("Con Wave của tôi", "Con Wave của tôi"),
        ("cam on can bo huyen quay 3, can bo huyen", "cam on [cán bộ] quay 3, can bo huyen"),
        ("quầy 3, o9i2.345.678", "quầy 3, [số điện thoại]"),
        ("ko chin mot hai ba bon nam sau bay tam", "[số điện thoại]"),
        (
            "CMND cũ 123456789, căn cước 0380 9012 3456",
            "CMND cũ [số giấy tờ], căn cước [số giấy tờ]",
        ),
        ("ck vcb 0011004567890", "ck [số tài khoản]"),
        ("CHỊ LAN Ở QUẦY 2 RẤT TỐT", "[cán bộ] Ở QUẦY 2 RẤT TỐT"),
        ("đồng chí chủ tịch Vũ Đình Thắng", "[cán bộ]"),
        ("chị Anh Thư và chị Rất vui", "[tên người] và chị Rất vui"),
        ("Nhà số 5 đường Lê Hồng Phong Nam Trung Bộ", "[địa chỉ] Trung Bộ"),
        ("nha so 12, phuong la noi toi o", "[địa chỉ], phuong la noi toi o"),
        ("hs cua chi mai nop sau", "hs cua [tên người] nop sau"),
    ],
)
def test_what_is_personal_is_named_by_its_class(text: str, shown: str) -> None:
    """Spelled, spaced, toneless or shouted."""
    assert masked(text) == shown


def test_no_mask_holds_a_mask() -> None:
    """Otherwise what stands in a mask could be masked again."""
    assert all(
        mask[0] == "[" and mask[-1] == "]" and "[" not in mask[1:] for mask in MASKS.values()
    )
