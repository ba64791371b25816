"""What is looked for every few seconds costs the same however many responses there are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from storage.queries import write as sql
from tests.databases import changing, only_sqlite
from tests.prepared import simulated

RESPONSES = 3000
MOST = RESPONSES // 3
"""Steps: whoever reads every row takes more than one for each."""
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "log_size": {},
    "last_act": {},
    "last_release_id": {},
    "waiting_leaves": {"most": 1},
    "waiting_acts": {},
    "untagged_comments": {"most": 100},
    "comments_without_topics": {"most": 100},
    "unit_with_new_comments": {"least": 5},
    "last_comment_number": {},
    "counters_with_closed": {"least": 5},
}


@only_sqlite("counts the steps of its program, which PostgreSQL does not tell")
@pytest.mark.parametrize("name", LOOKS)
def test_no_look_reads_every_row(tmp_path: Path, name: str) -> None:
    """Not of responses, nor of leaves that have a place, nor of comments that are done."""
    simulated(path := tmp_path / "m.db", 5, 3, RESPONSES)
    steps: list[int] = []
    connection: Any  # of SQLite's own, which tells its steps
    with changing(path) as connection:
        connection.execute("update log_leaves set leaf_index = response_id")
        connection.execute(
            "insert into comments (response_id, quote, language, redaction, sealed, masked, topics)"
            " select response_id, 0, 'vi', 'kept', x'00', x'00', '1' from responses"
        )
        connection.set_progress_handler(lambda: steps.append(1), 1)
        connection.execute(getattr(sql, name).sql, LOOKS[name]).fetchall()
        connection.set_progress_handler(None, 1)

    assert len(steps) < MOST
