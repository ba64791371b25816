"""The mutation run over the numbers of `sipas`: what survives is explained in docs/proofs.md."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MUTMUT = Path(sys.executable).parent / "mutmut"


def main() -> int:
    """Run mutmut as configured in pyproject.toml and print the survivors."""
    ran = subprocess.call([str(MUTMUT), "run"])  # noqa: S603 - our own command
    return ran or subprocess.call([str(MUTMUT), "results"])  # noqa: S603 - our own command


if __name__ == "__main__":
    sys.exit(main())
