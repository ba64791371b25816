"""The process that draws: a request as JSON in, the drawing out (`bot.beside`)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import vl_convert

from bot.beside import work

FONTS = Path(__file__).parents[1] / "posters" / "fonts"
VERSION = "6.4"


def drawn(told: bytes) -> bytes:
    """The drawing that a request asks for; a specification may fetch nothing from anywhere."""
    asked: dict[str, str] = json.loads(told)
    spec, scale = asked["spec"], int(asked["scale"])
    if asked["form"] == "png":
        made: bytes = vl_convert.vegalite_to_png(spec, VERSION, scale, allowed_base_urls=[])
        return made
    svg: str = vl_convert.vegalite_to_svg(spec, VERSION, allowed_base_urls=[])
    return svg.encode()


if __name__ == "__main__":
    vl_convert.register_font_directory(str(FONTS))
    work(drawn, idle_s=float(sys.argv[1]))
