"""The types of reports that this installation knows."""

from __future__ import annotations

from pathlib import Path

import sipas
from sipas.filing_types import parse

_FILE = Path(sipas.__file__).parent / "filings.toml"
TYPES = parse(_FILE.read_text("utf-8"), _FILE.name)
