"""Rivals whose packages do not go with ours: each in an environment made for one run."""

from __future__ import annotations

import json
import subprocess
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.survey import Script

AIOGRAM = "aiogram==3.31.0"
"""It wants pydantic before 2.14, and the product has that."""
_PROGRAM = Path(__file__).with_name("aiogram_bot.py")


@contextmanager
def python_with(requirement: str) -> Iterator[Path]:
    """A Python that has what is required, and nothing of ours.

    Raises:
        OSError: it cannot be installed; without a network it cannot.
    """
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        words = [
            str(python),
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            requirement,
        ]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            raise OSError(f"{requirement} cannot be installed: {done.stderr.strip()[-200:]}")
        yield python


def aiogram(python: Path, survey: Script, bodies: list[bytes]) -> dict[str, Any]:
    """The seconds that an aiogram bot took, and how many surveys it finished."""
    shown = [
        {
            "key": turn.message.key,
            "text": turn.message.text,
            "typed": bool(turn.text),
            "choices": [(each.label, each.payload) for each in turn.message.choices],
        }
        for turn in survey.turns
    ]
    told = json.dumps({"shown": shown, "bodies": [each.decode() for each in bodies]})
    words = [str(python), "-I", str(_PROGRAM)]
    done = subprocess.run(words, input=told, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
