"""A chart to be drawn, and what makes a drawing fit to be shown to everybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from html import escape


class Form(StrEnum):
    """What a drawing is."""

    SVG = "svg"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A Vega-Lite specification as JSON, and the form it is wanted in.

    Attributes:
        scale: pixels of a PNG for each of the specification's.
    """

    spec: str
    form: Form = Form.SVG
    scale: int = 1


class Undrawn(Exception):
    """The chart could not be drawn just now; the table beside it says the same."""


Draw = Callable[[Drawing], Awaitable[bytes]]


async def undrawn(drawing: Drawing) -> bytes:
    """Draws nothing: of commands, which show no pages."""
    raise Undrawn(f"expected a process that draws, got none for {len(drawing.spec)} characters")


def told(svg: bytes, title: str, description: str) -> bytes:
    """*svg* as one picture with a title and a description, which screen readers read out.

    >>> told(b'<svg class="marks" width="1">&lt;</svg>', "a & b", "c").decode()
    '<svg role="img" aria-labelledby="t d" class="marks" width="1"><title id="t">a &amp; b</title><desc id="d">c</desc>&lt;</svg>'
    """  # noqa: E501 - one line of SVG
    begin, rest = svg.removeprefix(b"<svg").split(b">", 1)
    named = f'<title id="t">{escape(title)}</title><desc id="d">{escape(description)}</desc>'
    return b'<svg role="img" aria-labelledby="t d"' + begin + b">" + named.encode() + rest
