"""A package's files as rows, canonical forms and the tree, as docs/log.md tells them."""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Faults = Iterator[str]


@dataclass(frozen=True)
class Package:
    files: dict[str, bytes]

    @classmethod
    def read(cls, path: Path) -> Package:
        with zipfile.ZipFile(path) as archive:
            return cls({name: archive.read(name) for name in archive.namelist()})

    def rows(self, name: str) -> list[Row]:
        return [json.loads(line) for line in self.files[name].splitlines()]

    @cached_property
    def log(self) -> Row:
        content: Row = json.loads(self.files["roots.json"])
        return content

    @cached_property
    def leaves(self) -> list[bytes]:
        content = self.files["leaves.bin"]
        return [content[at : at + 32] for at in range(0, len(content), 32)]

    @cached_property
    def acts(self) -> list[Row]:
        return self.rows("entries.jsonl")

    @cached_property
    def published(self) -> list[tuple[int, dict[str, str]]]:
        """Place and lines of the acts of figures that have a place, oldest first."""
        return sorted(
            (act["index"], fields(act["entry"]))
            for act in self.acts
            if act["index"] is not None and act["entry"].startswith("motcua.entry.figures.1\n")
        )

    @cached_property
    def left(self) -> dict[str, int | None]:
        """By leaf the place of the act by which a response, taken back before, has left."""
        named = {kind: self._named(kind) for kind in ("left", "withdrawn")}
        return {leaf: at for leaf, at in named["left"].items() if leaf in named["withdrawn"]}

    def _named(self, kind: str) -> dict[str, int | None]:
        name = f"motcua.entry.{kind}.1\n"
        acts = [act for act in self.acts if act["entry"].startswith(name)]
        return {fields(act["entry"])["leaf"]: act["index"] for act in acts}

    @cached_property
    def instruments(self) -> dict[str, Row]:
        content: dict[str, Row] = json.loads(self.files["instruments.json"])
        return content

    @cached_property
    def totals(self) -> dict[tuple[str, str], list[Row]]:
        found = defaultdict(list)
        for row in self.rows("totals.jsonl"):
            found[row["unit"], row["instrument"]].append(row)
        return found

    @cached_property
    def responses(self) -> list[Row]:
        return self.rows("responses.jsonl")


def form(name: str, values: dict[str, Any]) -> bytes:
    """A canonical form: its name, then a line for each value, of printable ASCII."""
    text = "".join(f"{key}={value}\n" for key, value in values.items())
    if any(not " " <= character <= "~" for value in values.values() for character in str(value)):
        raise ValueError(f"{name}: more than printable ASCII")
    return f"{name}\n{text}".encode("ascii")


def fields(entry: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in entry.splitlines()[1:])


def leaf_of(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def tree(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree hash of RFC 6962, 2.1, by folding neighbours: an odd one goes up as it is."""
    level = list(leaves)
    while len(level) > 1:
        paired = [
            sha256(b"\1" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[len(paired) * 2 :]
    return level[0] if level else sha256().digest()
