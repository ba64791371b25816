"""Files that nobody else on this machine may read: they open something, or tell of persons."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

OWN = 0o600


def own_file(path: Path) -> BinaryIO:
    """*path* to be written anew, whoever could read what stood there."""
    path.unlink(missing_ok=True)
    return new_file(path)


def new_file(path: Path) -> BinaryIO:
    """*path* to be written, where nothing stands.

    Raises:
        FileExistsError: something does.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN)
    return os.fdopen(descriptor, "wb")
