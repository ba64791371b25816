"""How well redaction does on marked comments: `python -m tests.redaction_corpus`."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sipas.redaction import Private, Span, spans

CORPUS = Path(__file__).parent / "data" / "redaction"
FILES = ("toned.txt", "toneless.txt")
LATER = ("later.txt", "unseen.txt")
NUMBER_LIKE = (
    Private.PHONE,
    Private.ID,
    Private.PLATE,
    Private.ACCOUNT,
    Private.EMAIL,
    Private.DOSSIER,
)
NAMES = (Private.NAME, Private.OFFICIAL)
_MARK = re.compile(r"\{(\w+):([^}]*)\}")


@dataclass
class Measured:
    """Per class: what is marked and of it masked whole, what is masked and of it marked."""

    marked: Counter[Private] = field(default_factory=Counter)
    caught: Counter[Private] = field(default_factory=Counter)
    masked: Counter[Private] = field(default_factory=Counter)
    right: Counter[Private] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def recall(self, kinds: Iterable[Private]) -> float:
        """The share of marked data of which no letter or digit stays."""
        return _share(self.caught, self.marked, kinds)

    def precision(self, kinds: Iterable[Private]) -> float:
        """The share of masks that lie, by half at least, on marked data of whatever class."""
        return _share(self.right, self.masked, kinds)


def _share(part: Counter[Private], whole: Counter[Private], kinds: Iterable[Private]) -> float:
    chosen = list(kinds)
    n = sum(whole[each] for each in chosen)
    return sum(part[each] for each in chosen) / n if n else 1.0


def read(name: str) -> Iterator[tuple[str, list[Span]]]:
    """Each comment without its marks, and the marks."""
    for line in (CORPUS / name).read_text(encoding="utf-8").splitlines():
        yield unmarked(line)


def unmarked(line: str) -> tuple[str, list[Span]]:
    """A line's comment and marks."""
    text, found, last = "", list[Span](), 0
    for mark in _MARK.finditer(line):
        text += line[last : mark.start()]
        found.append(Span(len(text), len(text) + len(mark[2]), Private(mark[1])))
        text, last = text + mark[2], mark.end()
    return text + line[last:], found


def measure(comments: Iterable[tuple[str, list[Span]]]) -> Measured:
    """Count what redaction catches in *comments*."""
    measured = Measured()
    for text, marks in comments:
        found = spans(text)
        for mark in marks:
            whole = not _letters(text, mark) - _covered(found)
            _count(measured.marked, measured.caught, mark, whole)
            measured.faults += (
                [] if whole else [f"missed {mark.private} {text[mark.start : mark.end]!r}: {text}"]
            )
        for span in found:
            right = 2 * len(_letters(text, span) & _covered(marks)) >= len(_letters(text, span))
            _count(measured.masked, measured.right, span, right)
            measured.faults += (
                [] if right else [f"wrong {span.private} {text[span.start : span.end]!r}: {text}"]
            )
    return measured


def _count(whole: Counter[Private], part: Counter[Private], span: Span, good: bool) -> None:
    whole[span.private] += 1
    part[span.private] += good


def _covered(found: list[Span]) -> set[int]:
    return {place for span in found for place in range(span.start, span.end)}


def _letters(text: str, span: Span) -> set[int]:
    return {place for place in range(span.start, span.end) if text[place].isalnum()}


def table(measured: Measured) -> str:
    """Recall and precision per class, as documents show them."""
    groups = [(kind.value, [kind]) for kind in (*NUMBER_LIKE, Private.ADDRESS, *NAMES)]
    groups += [("number-like", list(NUMBER_LIKE)), ("names", list(NAMES)), ("all", list(Private))]
    lines = ["| Class | Marked | Recall | Masked | Precision |", "|---|---|---|---|---|"]
    for name, kinds in groups:
        marked, masked = (
            sum(each[kind] for kind in kinds) for each in (measured.marked, measured.masked)
        )
        recall, precision = measured.recall(kinds), measured.precision(kinds)
        lines.append(f"| {name} | {marked} | {recall:.3f} | {masked} | {precision:.3f} |")
    return "\n".join(lines)


def main(names: list[str]) -> None:
    """Print a table of each file and of both, then the faults if `--faults` is asked."""
    files = [each for each in names if not each.startswith("--")] or list(FILES)
    for name in files:
        print(f"{name}\n\n{table(measure(read(name)))}\n")
    whole = measure(comment for name in files for comment in read(name))
    print(f"together\n\n{table(whole)}")
    if "--faults" in names:
        print("\n".join(whole.faults))


if __name__ == "__main__":
    main(sys.argv[1:])
