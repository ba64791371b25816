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


class Missing(Exception):
    """A rival cannot be installed here; without a network none can."""


@contextmanager
def python_with(requirement: str) -> Iterator[Path]:
    """A Python that has what is required, and nothing of ours.

    Raises:
        Missing: it cannot be installed.
    """
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        python = Path(folder) / "bin" / "python"
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        try:
            venv.create(folder, with_pip=True)
            subprocess.run([*install, requirement], check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as failed:
            raise Missing(f"{requirement}: {(failed.stderr or str(failed))[-200:]}") from failed
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
