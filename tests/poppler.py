"""What a PDF says and how it prints, read by poppler's tools, which are not ours."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def poppler(tool: str, *words: str | Path) -> str:
    """What a tool of poppler prints; a test that asks for one it does not find is skipped."""
    if shutil.which(tool) is None:
        pytest.skip(f"needs {tool} (Debian package poppler-utils)")
    done = subprocess.run([tool, *words], capture_output=True, check=True, timeout=60)
    return done.stdout.decode(errors="replace")  # some titles are in UTF-16


def words(file: Path) -> str:
    """A file's words in reading order, with single spaces."""
    return " ".join(poppler("pdftotext", file, "-").replace("\u00a0", " ").split())
