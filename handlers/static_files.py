"""Static files: compressed once, and kept for a year by readers.

Their address changes with their content, so an old copy is never wrong.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class KeptFiles(StaticFiles):
    """Static files with a long life; the address carries a hash of the content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 404."""
        response = await super().get_response(path, scope)
        found = getattr(response, "path", None)
        if found and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            kind = {"Content-Type": response.headers["content-type"], "Content-Encoding": "gzip"}
            response = Response(_compressed(Path(found)), headers=kind)
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


@cache
def _compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)
