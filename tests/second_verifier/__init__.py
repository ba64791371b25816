"""A second verifier, written from docs/log.md alone by somebody who had not read the first.

It shares no line with `verify.py` and none with the product, and is laid out otherwise: a package
is a set of claims, each a generator of what does not hold. Ed25519 is the library's here.

    python -m tests.second_verifier PACKAGE.zip [OLDER-ROOTS.json …]
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.second_verifier.audit import commitments, numbers, places, rollups, running_totals
from tests.second_verifier.log import acts, chain, kept, order, roots, signatures
from tests.second_verifier.package import Faults, Package, Row
from tests.second_verifier.published import figures, files

Claim = Callable[[Package], Faults]

PUBLIC: tuple[Claim, ...] = (signatures, chain, roots, acts, order, files, figures)
AUDIT: tuple[Claim, ...] = (commitments, places, numbers, rollups, running_totals)

_UNREADABLE = (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError, AttributeError)


def faults(package: Package, older: Sequence[Row] = ()) -> list[str]:
    """All that does not hold, as sentences; what cannot even be read is one."""
    claims = PUBLIC + (AUDIT if "responses.jsonl" in package.files else ())
    return [fault for claim in claims for fault in _held(claim, package)] + [
        fault for log in older for fault in _held(partial(kept, older=log), package)
    ]


def _held(claim: Claim, package: Package) -> list[str]:
    try:
        return list(claim(package))
    except _UNREADABLE as error:
        return [f"cannot be read ({type(error).__name__}: {error})"]


def main(arguments: Sequence[str]) -> int:
    package, *older = map(Path, arguments)
    found = faults(Package.read(package), [json.loads(path.read_bytes()) for path in older])
    print(*found[:20], f"{len(found)} faults", sep="\n")
    return bool(found)
