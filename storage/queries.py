"""The SQL files, loaded once for the writer and once for the readers.

The queries in ``sql/postgresql`` stand there in the place of those of the same name: where two
engines differ, both ways are written down, and nowhere else.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aiosql

_FILES = Path(__file__).parent / "sql"

# Any: the functions are named by the SQL files. A test checks that every name used exists there.
write: Any = aiosql.from_path(_FILES, "sqlite3")
read: Any = aiosql.from_path(_FILES, "aiosqlite")


def by_place(query: Any) -> str:
    """A query for many rows, by place: a dict for every row would take longer than the row."""
    return re.sub(r":\w+", "?", query.sql)


def instead() -> dict[str, str]:
    """What PostgreSQL runs, by what SQLite runs under the same name."""
    own = write.postgresql
    return {
        getattr(write, name).sql: getattr(own, name).sql
        for name in own.available_queries
        if name in write.available_queries
    }
