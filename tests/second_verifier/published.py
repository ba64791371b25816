"""Claims about what was published: the sealed files, and every figure from the running totals."""

from __future__ import annotations

from hashlib import sha256
from math import isclose, sqrt
from statistics import fmean
from typing import Any

from tests.second_verifier.package import Faults, Package, Row

SEALED = {"instruments.json", "totals.jsonl", "figures.jsonl"}
Z = 1.959963984540054


def files(package: Package) -> Faults:
    named = {
        name: digest
        for _, lines in package.published
        for name, digest in lines.items()
        if "." in name
    }
    for name, digest in named.items():
        if name not in package.files or sha256(package.files[name]).hexdigest() != digest:
            yield f"{name}: not the file that was sealed"
    filings = {name for name in package.files if name.startswith("filing-")}
    yield from (f"{name}: never sealed" for name in sorted((SEALED | filings) - set(named)))


def counts_until(package: Package, figure: Row, day: str, *, within: bool) -> Row:
    rows = package.totals[figure["unit"], figure["instrument"]]
    reached = [row for row in rows if row["until"] < day or (within and row["until"] == day)]
    return (
        max(reached, key=lambda row: str(row["until"]))
        if reached
        else {"responses": 0, "items": {}}
    )


def pooled(package: Package, figure: Row) -> list[list[int]]:
    """Level counts of the items of a figure, with those not applicable last."""
    whole = counts_until(package, figure, figure["last"], within=True)["items"]
    before = counts_until(package, figure, figure["first"], within=False)
    names = figure.get("items") or [
        "overall" if figure["key"] == "overall_direct" else figure["key"]
    ]
    return [
        [
            now - then
            for now, then in zip(
                whole[name], before["items"][name] if before["responses"] else [0] * 6, strict=True
            )
        ]
        for name in names
    ]


def wilson(share: float, n: float) -> tuple[float, float]:
    centre, half = share + Z * Z / (2 * n), Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return (centre - half) / (1 + Z * Z / n), (centre + half) / (1 + Z * Z / n)


def student(freedom: float) -> float:
    """Upper 2.5 % point of Student's distribution, Abramowitz and Stegun 26.7.5."""
    x, v = Z, freedom
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
    )
    return x + sum(term / v**power for power, term in enumerate(terms, 1))


def bounds(figure: Row, value: float, shares: list[float], sizes: list[int]) -> tuple[float, float]:
    if "design_effect" not in figure:
        lows, highs = zip(*map(wilson, shares, sizes), strict=True)
        return fmean(lows), fmean(highs)
    error = fmean(sqrt(share * (1 - share) / n) for share, n in zip(shares, sizes, strict=True))
    t = student(figure["freedom"]) if figure.get("freedom") is not None else Z
    variance = error**2 * figure["design_effect"] * (t / Z) ** 2
    return wilson(value, value * (1 - value) / variance)


def recomputed(package: Package, figure: Row) -> Row:
    levels = pooled(package, figure)
    sizes = [sum(item[:5]) for item in levels]
    shares = [(item[3] + item[4]) / n for item, n in zip(levels, sizes, strict=True)]
    value = fmean(shares)
    low, high = bounds(figure, value, shares, sizes)
    return {
        "value": value,
        "low": low,
        "high": high,
        "n": min(sizes),
        "n_min": min(sizes),
        "n_max": max(sizes),
    } | ({"levels": levels[0][:5], "not_applicable": levels[0][5]} if "levels" in figure else {})


def same(told: Any, ours: Any) -> bool:
    return isclose(told, ours, rel_tol=0, abs_tol=1e-9) if isinstance(ours, float) else told == ours


def figure_id(figure: Row) -> str:
    query = [
        figure["unit"],
        "",
        figure["period"],
        "receiving",
        "",
        figure["instrument"],
        figure["part"],
        figure["key"],
    ]
    text = "\n".join(["\t".join(query), str(figure["release"]), figure["formula"]])
    return sha256(text.encode()).hexdigest()[:20]


def figures(package: Package) -> Faults:
    for figure in package.rows("figures.jsonl"):
        if figure["id"] != figure_id(figure):
            yield f"figure {figure['id']}: not its id"
        if figure["value"] is not None:
            yield from (
                f"figure {figure['id']}: {key} is {figure[key]}, its totals make {ours}"
                for key, ours in recomputed(package, figure).items()
                if key in figure and not same(figure[key], ours)
            )
