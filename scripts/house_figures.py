"""Print the figures of conventions.md: how long functions and files are. Fails on the hard ones."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from statistics import median, quantiles

PACKAGES = ("sipas", "storage", "handlers", "bot")
FUNCTION_MOST = 40
FILE_MOST = 300


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body, its docstring left out."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def functions(path: Path) -> list[tuple[str, int]]:
    """Every function of a file with the length of its body."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (f"{path}:{node.lineno} {node.name}", body_lines(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def main() -> int:
    """Print the figures; 1 when a function or file is longer than the house allows."""
    files = sorted(path for package in PACKAGES for path in Path(package).rglob("*.py"))
    found = [each for path in files for each in functions(path)]
    lengths = [length for _, length in found]
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    print(f"functions: {len(found)}, median {median(lengths):.0f} lines,", end=" ")
    print(f"90 % within {quantiles(lengths, n=10)[-1]:.0f}, longest {max(lengths)}")
    print(f"files: {len(files)}, median {median(sizes.values()):.0f} lines,", end=" ")
    print(f"longest {max(sizes.values())}")
    long = [f"{name}: {length} lines" for name, length in found if length > FUNCTION_MOST]
    long += [f"{path}: {size} lines" for path, size in sizes.items() if size > FILE_MOST]
    print("\n".join(long), end="\n" if long else "")
    return bool(long)


if __name__ == "__main__":
    sys.exit(main())
