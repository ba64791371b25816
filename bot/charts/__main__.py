"""The process that draws: a line of JSON in, a line with a length and the drawing out.

It ends when nobody has wanted a chart for a while, and with the process that has started it.
"""

from __future__ import annotations

import json
import select
import sys
from pathlib import Path

import vl_convert

FONTS = Path(__file__).parents[1] / "posters" / "fonts"
VERSION = "6.4"


def drawn(asked: dict[str, str]) -> bytes:
    """The drawing that a request asks for; a specification may fetch nothing from anywhere."""
    spec, scale = asked["spec"], int(asked["scale"])
    if asked["form"] == "png":
        made: bytes = vl_convert.vegalite_to_png(spec, VERSION, scale, allowed_base_urls=[])
        return made
    svg: str = vl_convert.vegalite_to_svg(spec, VERSION, allowed_base_urls=[])
    return svg.encode()


def main(idle_s: float) -> None:
    """Draw until the input ends or nobody has asked for *idle_s* seconds."""
    vl_convert.register_font_directory(str(FONTS))
    while select.select([sys.stdin], [], [], idle_s)[0] and (line := sys.stdin.buffer.readline()):
        try:
            made, outcome = drawn(json.loads(line)), "drawn"
        except ValueError as wrong:
            made, outcome = str(wrong).encode(), "refused"
        sys.stdout.buffer.write(f"{outcome} {len(made)}\n".encode() + made)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]))
