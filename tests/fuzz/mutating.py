"""Strategies that begin with valid input and damage it, and the loop that keeps on trying."""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Law = Callable[[Any], object]
SECONDS = float(os.environ.get("MOTCUA_FUZZ_SECONDS", "0"))
EXAMPLES, EXAMPLES_A_ROUND = 25, 1_000
MOST = 1 << 16
"""Longer input is refused before any parser sees it, or has a cap of its own in the tests."""

# What has broken parsers of text before.
PIECES = (
    *(b"", b"\0", b"\r", b"\n", b'"', b"'", b",", b";", b"=", b"[", b"{", b"}", b"]", b"\\", b"%"),
    *(b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\\ud800", b"\xe2\x80\xae"),
    *(b"-1", b"0", b"1e999", b"NaN", b"null", b"true", b"99999999999999999999", b"9" * 5_000),
    *("\u0661".encode(), "\uff15".encode(), "ệ".encode(), "e\u0323\u0302".encode()),
    *(b"../../etc/passwd", b"{0.__class__}", b"%s%n", b"<script>", b"A" * 3_000, b"[" * 2_000),
)

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=40),
    st.sampled_from(["", "\ud800", "\0", "A" * 5_000, "9" * 5_000, "../..", "{x.y}"]),
    st.just([]),
    st.just({}),
)


@st.composite
def damaged(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """One of *seeds* with up to six pieces put in, cut out, doubled or written over."""
    text = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(text)))
        to = min(len(text), at + draw(st.integers(0, 40)))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=8) | st.just(bytes(text[at:to])))
        text[at : to if draw(st.booleans()) else at] = piece
    return bytes(text[:MOST])


def damaged_text(seeds: tuple[str, ...]) -> st.SearchStrategy[str]:
    """The same as text; what is no UTF-8 becomes half characters, as JSON can hold them."""
    raw = tuple(seed.encode() for seed in seeds)
    return damaged(raw).map(lambda text: text.decode("utf-8", "surrogateescape"))


@st.composite
def reshaped(draw: st.DrawFn, seeds: tuple[Any, ...]) -> Any:
    """One of *seeds*, JSON values, with some of its parts replaced, taken out or added."""
    value = json.loads(json.dumps(draw(st.sampled_from(seeds))))
    for _ in range(draw(st.integers(1, 4))):
        value = _reshaped(draw, value)
    return value


def _reshaped(draw: st.DrawFn, value: Any) -> Any:
    """Go down into the value by chance and change what is there."""
    if not isinstance(value, dict | list) or not value or draw(st.integers(0, 5)) == 0:
        return draw(LEAVES)
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = draw(st.sampled_from(keys))
    if draw(st.integers(0, 4)) == 0:
        del value[key]
    else:
        value[key] = _reshaped(draw, value[key])
    return value


def tried(law: Callable[[Any], object], inputs: st.SearchStrategy[Any]) -> int:
    """Try *law* on inputs, the same few ones, or new ones for `MOTCUA_FUZZ_SECONDS`.

    Returns how many were tried.
    """
    count = 0

    def counted(given_input: Any) -> None:
        nonlocal count
        count += 1
        law(given_input)

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    few = settings(
        max_examples=EXAMPLES_A_ROUND if SECONDS else EXAMPLES,
        derandomize=not SECONDS,
        database=None,
        deadline=None,
        suppress_health_check=checks,
    )
    until = time.monotonic() + SECONDS
    few(given(inputs)(counted))()
    while time.monotonic() < until:
        few(given(inputs)(counted))()
    return count


def refuses(parse: Callable[[Any], object], *named: type[Exception]) -> Law:
    """The parser returns, or raises what it says it raises; and does not make much of little."""

    def law(told: Any) -> None:
        try:
            found = repr(parse(told))
        except named as error:
            found = str(error)
        assert len(found) <= 200_000 + 200 * len(told if isinstance(told, bytes | str) else "")

    return law


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A small archive; not deflated, so that damage reaches the parsers."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return sink.getvalue()


def archives(files: Mapping[str, bytes]) -> st.SearchStrategy[bytes]:
    """An archive that is damaged, and one of a damaged file, whose sum is right."""
    inside = st.sampled_from(sorted(files)).flatmap(
        lambda name: damaged((files[name],)).map(lambda text: zipped({**files, name: text}))
    )
    return st.one_of(damaged((zipped(files),)), inside)
