"""`make bench`: every claim about speed, as a ratio measured in one run."""

from __future__ import annotations

import sys
from importlib import import_module

from bench.measure import HEAD

PARTS = ("receiving", "webhook", "sending", "scoring", "reading", "receipts", "several")


def main() -> None:
    """Run all parts, or those named on the command line, and print the table as it grows."""
    print(HEAD, flush=True)
    for part in sys.argv[1:] or PARTS:
        for finding in import_module(f"bench.{part}").findings():
            print(finding, flush=True)


if __name__ == "__main__":
    main()
