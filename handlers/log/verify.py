"""Recomputes what a motcua installation has published, and names what was changed afterwards.

    python3 verify.py PACKAGE.zip [OLDER-ROOTS.json ...]

On a public package: all roots, also those kept from earlier; that its files are those in the log;
every figure. On an audit package also every leaf, rollup and total. Formats: docs/log.md.
"""

import json
import math
import sys
import zipfile
from collections import Counter, defaultdict
from datetime import date
from functools import reduce
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, TWIST = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
Z, MASK = 1.959963984540054, (1 << 32) - 1
RESPONSE = "instrument levels tags unit resolving counter half_day stage stratum channel kind field"
Row = dict[str, Any]


def plus(one: tuple[int, int], two: tuple[int, int]) -> tuple[int, int]:  # Ed25519, RFC 8032, 5.1
    (a, b), (c, d) = one, two
    e = D * a * b * c * d
    return (a * d + c * b) * pow(1 + e, -1, P) % P, (b * d + a * c) * pow(1 - e, -1, P) % P


def times(number: int, point: tuple[int, int]) -> tuple[int, int]:
    total = (0, 1)
    while number:
        total = plus(total, point) if number & 1 else total
        point, number = plus(point, point), number >> 1
    return total


def point(code: bytes) -> tuple[int, int] | None:
    sign, y = divmod(int.from_bytes(code, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * TWIST % P
    none = (x * x - square) % P or y >= P or (sign and not x)
    return None if none else ((x if x & 1 == sign else P - x), y)


def signed(key: bytes, text: bytes, signature: bytes) -> bool:
    second = int.from_bytes(signature[32:], "little")
    challenge = int.from_bytes(sha512(signature[:32] + key + text).digest(), "little") % ORDER
    owner, first, base = map(point, (key, signature[:32], bytes([88] + [102] * 31)))
    if not (owner and first and base) or len(signature) != 64 or second >= ORDER:
        return False
    return times(second, base) == plus(first, times(challenge, owner))


def form(name: str, row: Row, names: str) -> bytes:
    return "".join([name + "\n", *(f"{each}={row[each]}\n" for each in names.split())]).encode()


def leaf(entry: bytes) -> bytes:  # RFC 6962, 2.1
    return sha256(b"\x00" + entry).digest()


def roots_at(leaves: list[bytes], sizes: set[int]) -> dict[int, str]:
    def node(right: bytes, left: bytes) -> bytes:
        return sha256(b"\x01" + left + right).digest()

    peaks, found = list[bytes](), dict[int, str]()
    for size, each in enumerate(leaves, 1):
        peaks.append(each)
        for _ in range((size & -size).bit_length() - 1):
            peaks.append(node(peaks.pop(), peaks.pop()))
        if size in sizes:
            found[size] = reduce(node, peaks[::-1]).hex()
    return found


def check_roots(files: Row) -> list[str]:
    """Every root is over these leaves, signed, and names the root before it; none is lost."""
    told, leaves, wrong = files["roots.json"], files["leaves"], list[str]()
    previous, last, key = "0" * 64, 0, bytes.fromhex(told["public_key"])
    tops = roots_at(leaves, {root["size"] for root in told["roots"]})
    for number, root in enumerate(told["roots"], 1):
        text, where = form("motcua.root.1", root, "number day size root previous"), root["number"]
        if not signed(key, text, bytes.fromhex(root["signature"])):
            wrong.append(f"root {where}: the signature is not by the log's key")
        if (where, root["previous"]) != (number, previous) or root["size"] <= last:
            wrong.append(f"root {where}: it does not follow the root before it")
        if tops.get(root["size"]) != root["root"]:
            wrong.append(f"root {where}: the leaves have another root, {tops.get(root['size'])}")
        previous, last = sha256(text).hexdigest(), root["size"]
    for old in files["kept"]:
        lost = [each["number"] for each in old["roots"] if each not in told["roots"]]
        wrong += [f"kept root {number}: the log has another, or none" for number in lost]
        wrong += ["kept roots: of another key"] * (old["public_key"] != told["public_key"])
    return wrong + ["roots: the last one is not over all leaves"] * (len(leaves) != last)


def check_entries(files: Row) -> list[str]:
    """Acts are the leaves they say, and every file is as it was sealed last."""
    wrong, sealed, leaves, raw = list[str](), Row(), files["leaves"], files["raw"]
    for act in (each for each in files["entries.jsonl"] if each["index"] is not None):
        if leaves[act["index"] : act["index"] + 1] != [leaf(act["entry"].encode())]:
            wrong.append(f"entry {act['index']}: the log has another leaf there")
        told = dict(line.split("=") for line in act["entry"].splitlines()[1:])
        sealed |= {name: value for name, value in told.items() if "." in name}
    off = [name for name in sealed if sha256(raw.get(name, b"")).hexdigest() != sealed[name]]
    return wrong + [f"{name}: not as sealed" for name in off or ["figures.jsonl"] * (not sealed)]


def wilson(share: float, n: float) -> tuple[float, float]:
    half = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    middle, scale = share + Z * Z / (2 * n), 1 + Z * Z / n
    return (middle - half) / scale, (middle + half) / scale


def student(freedom: float) -> float:  # Abramowitz and Stegun, 26.7.5
    terms = ((4, 1, 1), (96, 3, 16, 5), (384, -15, 17, 19, 3), (92160, -945, -1920, 1482, 776, 79))
    sums = (sum(c * Z ** (2 * at + 1) for at, c in enumerate(term[1:])) / term[0] for term in terms)
    return Z + sum(each / freedom**power for power, each in enumerate(sums, 1))


def recomputed(figure: Row, items: list[list[int]]) -> Row:
    """n, value (t2b.v1) and interval over one or more items, each weighing the same."""
    parts = [(sum(levels[3:]) / sum(levels), sum(levels)) for levels in items]
    value = math.fsum(share for share, _ in parts) / len(parts)
    low, high = (math.fsum(each) / len(parts) for each in zip(*(wilson(*each) for each in parts)))
    if (effect := figure.get("design_effect")) is not None:
        together = math.fsum(math.sqrt(share * (1 - share) / n) for share, n in parts) / len(parts)
        wide = together**2 * effect * (student(figure.get("freedom", math.inf)) / Z) ** 2
        low, high = wilson(value, value * (1 - value) / wide)
    return {"n": min(n for _, n in parts), "value": value, "low": low, "high": high}


def between(totals: list[Row], figure: Row, key: str) -> list[int]:  # levels of an item
    before = [row["items"].get(key) for row in totals if row["until"] < figure["first"]]
    until = [row["items"].get(key) for row in totals if row["until"] <= figure["last"]]
    return [b - a for a, b in zip((before or [[0] * 5])[-1], until[-1])][:5]


def check_figures(files: Row) -> list[str]:
    """Every figure: its id from its question, its numbers from the running totals."""
    wrong, totals = list[str](), defaultdict(list)
    for row in files["totals.jsonl"]:
        totals[row["unit"], row["instrument"]].append(row)
    for figure in files["figures.jsonl"]:
        where = f"figure {figure['id']} ({figure['unit']} {figure['period']} {figure['key']})"
        asked = figure["unit"], "", figure["period"], "receiving", "", figure["instrument"]
        text = "\t".join((*asked, figure["part"], figure["key"]))
        own = sha256(f"{text}\n{figure['release']}\n{figure['formula']}".encode()).hexdigest()[:20]
        wrong += [f"{where}: its id should be {own}"] * (own != figure["id"])
        if figure["value"] is not None:
            keys = figure.get("items") or [figure["key"].replace("overall_direct", "overall")]
            items = [between(totals[asked[0], asked[-1]], figure, key) for key in keys]
            for name, number in recomputed(figure, items).items():
                if not math.isclose(figure[name], number, abs_tol=1e-9):
                    wrong.append(f"{where}: {name} {figure[name]}, recomputed {number}")
    return wrong


def check_responses(files: Row) -> list[str]:
    """Every leaf is a response or an act, and every response is its leaf."""
    wrong, leaves = list[str](), files["leaves"]
    left = set(range(len(leaves))) - {act["index"] for act in files["entries.jsonl"]}
    for row in files["responses.jsonl"]:
        salted = bytes.fromhex(row["salt"]) + form("motcua.response.1", row, f"{RESPONSE} consent")
        entry = {"answered": sha256(salted).hexdigest(), "comment": row["comment"]}
        own, at = leaf(form("motcua.entry.response.1", entry, "answered comment")), row["leaf"]
        if own.hex() != row["hash"] or (at is not None and not (at in left and leaves[at] == own)):
            wrong.append(f"response {at} ({row['unit']} {row['half_day']}): not as sealed")
        left.discard(at)
    return wrong + [f"response {at}: it is gone" for at in sorted(left)]


def check_counts(files: Row) -> list[str]:
    """Every rollup and every running total, counted again from the responses."""
    asked = {ref: each["items"] for ref, each in files["instruments.json"].items()}
    sums, came = Counter[tuple[Any, ...]](), defaultdict[tuple[int, str], Counter[int]](Counter)
    acts = defaultdict[str, Row](Row)
    for act in files["entries.jsonl"]:
        acts[act["entry"].split(".")[2]][act["entry"][-65:-1]] = act["index"]
    sealed, back = max(acts["figures"].values()), acts["withdrawn"]
    left = {each: at or math.inf for each, at in acts["left"].items() if each in back}
    for row in files["responses.jsonl"]:
        unit, counter, version, stage, kind, field, channel, stratum, solver = row["ids"]
        marks = [each for each in zip(asked[row["instrument"]], row["levels"]) if each[1] != "-"]
        many = 1 + sum(1 << 32 * (at + own.index(mark)) for (_, own, at), mark in marks)
        half = half_month(date.fromordinal(719163 + (day := row["half_day"] // 2)))
        if row["leaf"] is not None and row["leaf"] < sealed <= left.get(row["hash"], sealed):
            came[unit, row["instrument"]][half] += many
        many *= row["hash"] not in left
        sums["rollups", unit, counter, day, version, stage] += many
        sums["rollup_cube", unit, half // 2, version, field, channel, stratum] += many
        for dimension, value in enumerate((0, field, channel, stratum, kind, stage, solver)):
            sums["rollup_margins", unit, half, version, dimension, value] += many
    for row in files["rollups.jsonl"]:
        sums[row["table"], *row["key"]] -= sum(n << 32 * at for at, n in enumerate(row["counts"]))
    wrong = [f"{name} {key}: not what its responses make" for (name, *key), n in sums.items() if n]
    for total in files["totals.jsonl"]:
        ref, until = total["instrument"], half_month(date.fromisoformat(total["until"]))
        parts = (came[unit, ref].items() for unit in total["of"])
        many = sum(n for part in parts for half, n in part if half <= until)
        for key, _, start in asked[ref]:
            own = [many >> 32 * (start + at) & MASK for at in range(6)]
            told = total["items"].get(key, own)
            if told not in (own, sum(own[:5])) or total["responses"] != many & MASK:
                wrong.append(f"total {total['unit']} {total['until']} {key}: {told}, counted {own}")
    return wrong


def half_month(day: date) -> int:
    return (day.year * 12 + day.month - 1) * 2 + (day.day > 14)


def read(path: str) -> Row:
    with zipfile.ZipFile(path) as zipped:  # it reads no more of a file than is stated
        if sum(each.file_size for each in zipped.infolist()) > 50 * Path(path).stat().st_size:
            raise ValueError("it states more than 50 times its size, which packages never do")
        raw = {name: zipped.read(name) for name in zipped.namelist()}
    leaves = [raw["leaves.bin"][at : at + 32] for at in range(0, len(raw["leaves.bin"]), 32)]
    files: Row = {name: json.loads(raw[name]) for name in ("roots.json", "instruments.json")}
    rows = {name: text.splitlines() for name, text in raw.items() if name.endswith(".jsonl")}
    files |= {name: [json.loads(line) for line in lines] for name, lines in rows.items()}
    return files | {"raw": raw, "leaves": leaves}


def check(path: str, *kept: str) -> list[str]:
    """Everything that does not match, one line each."""
    wrong, checks = list[str](), [check_roots, check_entries, check_figures]
    try:
        files = read(path) | {"kept": [json.loads(Path(each).read_bytes()) for each in kept]}
        checks += [check_responses, check_counts] * ("responses.jsonl" in files)
    except Exception as error:  # a damaged package may fail in any way
        return [f"no whole package: {error!r}"]
    for each in checks:
        try:
            wrong += each(files)
        except Exception as error:  # the other checks may still name what is wrong
            wrong.append(f"{each.__name__} cannot go on: {error!r}")
    return wrong


if __name__ == "__main__":
    faults = check(*sys.argv[1:])
    print(*faults, f"{len(faults)} faults" if faults else "ok: everything matches", sep="\n")
    sys.exit(1 if faults else 0)
