"""The whole OpenAPI document, tried by schemathesis against the real server.

MOTCUA_FUZZ says how many examples an operation gets (4 unless told otherwise; `make prove`: 40).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import Server

EXAMPLES = os.environ.get("MOTCUA_FUZZ", "4")


@pytest.mark.drill
def test_no_request_gets_a_server_error(tmp_path: Path) -> None:
    """Whatever the document allows or forbids: no 500, and answers as documented."""
    server = Server(tmp_path).furnish().start()
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "run",
        f"{server.url}/openapi.json",
        "--max-examples",
        EXAMPLES,
        "--checks",
        "not_a_server_error,content_type_conformance,response_schema_conformance",
        "--phases",
        "examples,coverage,fuzzing",
        "--suppress-health-check",
        "all",
        "--seed",
        "1",
    ]
    try:
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=3600, check=False
        )
        log = (tmp_path / "server.log").read_text(errors="replace")
    finally:
        server.stop()

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
    assert "Traceback" not in log
