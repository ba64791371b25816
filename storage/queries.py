"""The SQL files, loaded once for the writer and once for the readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiosql

_FILES = Path(__file__).parent / "sql"

# Any: the functions are named by the SQL files. A test checks that every name used exists there.
write: Any = aiosql.from_path(_FILES, "sqlite3")
read: Any = aiosql.from_path(_FILES, "aiosqlite")
