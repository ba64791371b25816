"""Branch coverage of `sipas`, which must be whole: the tests of the pure domain, measured.

With `--rest` it only prints how pytest is told to leave these out, for who has just run them here.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WORKERS = "4"


def tests() -> list[str]:
    """The files that import nothing above `sipas`, and those named after one of its modules."""
    named = {f"test_{path.stem}.py" for path in Path("sipas").glob("*.py")}
    above = ("from bot", "from handlers", "from storage", "import bot", "import storage")
    return [
        str(path)
        for path in sorted(Path("tests").glob("test_*.py"))
        if path.name in named
        or not any(line.startswith(above) for line in path.read_text("utf-8").splitlines())
    ]


def main(words: list[str]) -> int:
    """Run them under coverage; 1 when a branch of `sipas` was never taken."""
    if words == ["--rest"]:
        print(*(f"--ignore={each}" for each in ("sipas", *tests())))
        return 0
    spread = ["-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder"]
    pytest = ["-m", "pytest", *spread, "sipas", *tests()]
    steps = (["erase"], ["run", *pytest], ["combine", "-q"], ["report"])
    for step in steps:
        if failed := subprocess.call([sys.executable, "-m", "coverage", *step]):  # noqa: S603
            return failed
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
