"""Branch coverage of `sipas`, which must be whole: the tests of the pure domain, measured.

With `--rest` it only prints how pytest is told to leave these out, for who has just run them here;
with `--above`, to leave out those that reach nothing above `sipas`, and so no store.
"""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

WORKERS = "4"
_IMPORTED = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)
_ABOVE = re.compile(r"(bot|handlers|storage)\b")


def tests() -> list[str]:
    """The files that reach nothing above `sipas`, and those named after one of its modules."""
    files = Path("tests").glob("test_*.py")
    modules = {f"test_{path.stem}.py" for path in Path("sipas").glob("*.py")}
    return sorted({*pure(), *(str(path) for path in files if path.name in modules)})


def pure() -> list[str]:
    """The files that reach nothing above `sipas`."""
    return [str(path) for path in sorted(Path("tests").glob("test_*.py")) if not _above(path)]


@cache
def _above(path: Path) -> bool:
    """Whether it imports what stands above, or what other tests have that do."""
    imported = _IMPORTED.findall(path.read_text("utf-8"))
    ours = (Path(*name.split(".")).with_suffix(".py") for name in imported)
    beside = [each for each in ours if each.parts[0] == "tests" and each.exists()]
    return any(_ABOVE.match(name) for name in imported) or any(map(_above, beside))


def main(words: list[str]) -> int:
    """Run them under coverage; 1 when a branch of `sipas` was never taken."""
    if words:
        left_out = {"--rest": tests, "--above": pure}[words[0]]()
        print(*(f"--ignore={each}" for each in ("sipas", *left_out)))
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
