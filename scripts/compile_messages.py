"""Compile every .po catalogue into the .mo file that gettext reads."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

# The same messages must give the same bytes, on whatever day they are compiled.
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
LOCALES = Path(__file__).parent.parent / "handlers" / "locales"


def compiled(po: Path) -> bytes:
    """The .mo bytes of a .po file."""
    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parent.parent.name, abort_invalid=True)
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    sink = io.BytesIO()
    write_mo(sink, catalogue)
    return sink.getvalue()


def main() -> None:
    """Write a .mo beside every .po."""
    for po in sorted(LOCALES.rglob("*.po")):
        po.with_suffix(".mo").write_bytes(compiled(po))


if __name__ == "__main__":
    main()
