"""The packages that `verify.py` checks: one for everybody, one for who may see every response."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from handlers.log.statement import refiled
from handlers.log.told import log_out
from storage import audit as rows
from storage import leaves, sealing
from storage.transaction import Transaction

HERE = Path(__file__).parent
VERIFIER = HERE / "verify.py"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same files make the same archive, whenever it is made

Files = dict[str, bytes]
Make = Callable[[Transaction, bytes], Files | None]


def public(tx: Transaction, key: bytes) -> Files | None:
    """What was sealed last, for everybody; None while nothing is.

    Args:
        key: the public key of the log.
    """
    last, stated = sealing.last_root(tx), sealing.statement(tx)
    if last is None or stated is None:
        return None
    return {
        "README.md": (HERE / "package.md").read_bytes(),
        "verify.py": VERIFIER.read_bytes(),
        "roots.json": log_out(key, sealing.roots(tx)).model_dump_json().encode(),
        "leaves.bin": rows.leaves(tx, last.size),
        "entries.jsonl": _entries(sealing.acts(tx)),
        **stated.files,
    }


def audit(tx: Transaction, key: bytes) -> Files | None:
    """The public package with every response and rollup, and filings as they are stored now."""
    found = public(tx, key)
    if found is None:
        return None
    return found | {
        **refiled(tx, found),
        "entries.jsonl": found["entries.jsonl"] + _entries(leaves.blanks(tx)),
        "responses.jsonl": _lines(rows.responses(tx)),
        "rollups.jsonl": _lines(rows.rollups(tx)),
    }


def zipped(files: Files) -> bytes:
    """The files as one archive."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), text, zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def _entries(found: Iterable[tuple[int | None, str]]) -> bytes:
    return _lines({"index": index, "entry": entry} for index, entry in found)


def _lines(found: Iterable[Mapping[str, object]]) -> bytes:
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in found).encode()
