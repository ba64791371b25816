"""Peers that npm brings, each installed once under the system's temporary folder."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

_INSTALL = ["npm", "install", "--omit=dev", "--no-audit", "--no-fund", "--no-package-lock"]


class PeerError(RuntimeError):
    """The peer server could not be installed, started or reached."""


def installed(package: str, manifest: Path) -> Path:
    """The folder of *package* in the version of *manifest*, which is asked for at the first time.

    Workers of the tests ask at the same time, so it is made elsewhere and moved here whole.

    Raises:
        PeerError: npm could not bring it.
    """
    version = json.loads(manifest.read_text("utf-8"))["dependencies"][package]
    home = Path(tempfile.gettempdir()) / f"{package}-{version}"
    if not home.exists():
        fresh = Path(tempfile.mkdtemp(prefix=f"{package}-"))
        shutil.copy(manifest, fresh / "package.json")
        done = subprocess.run(_INSTALL, cwd=fresh, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise PeerError(f"npm install failed in {fresh}: {done.stderr[-2000:]}")
        with contextlib.suppress(OSError):  # another worker was first
            fresh.rename(home)
        shutil.rmtree(fresh, ignore_errors=True)
    return home
