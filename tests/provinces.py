"""Provinces as a centre meets them: at the edge of the network, each with a log and a key."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from bot.sealing import Signer
from handlers.log.told import root_out
from handlers.nation.aggregate import FILE, FORM, Sealed
from sipas import merkle
from sipas.canonical import lines
from sipas.figures import figure_id
from sipas.merkle import Frontier, extended, leaf_hash
from sipas.scoring import LevelCounts
from storage.sealing import Root

PERIODS = ("2026", "2026-Q4")
Levels = tuple[int, int, int, int, int]


@dataclass
class Edge:
    """A province's server, as far as a centre asks it; what it answers may be bent by a test.

    Attributes:
        told: levels by unit and period; the province's own are the sum.
        bent: changes the document before it is sent.
    """

    code: str
    told: dict[tuple[str, str], Levels]
    instrument: str = "short.1"
    signer: Signer = field(init=False)
    roots: list[Root] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    entry: str = ""
    text: str = ""
    bent: Callable[[Sealed], Sealed] = lambda document: document
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.signer = Signer(sha256(f"key of {self.code}".encode()).digest())

    def seal(self, day: str) -> None:
        """A day's root over some leaves and what is told."""
        self.text = json.dumps(self._aggregate(), ensure_ascii=False)
        digest = sha256(self.text.encode()).hexdigest()
        self.entry = lines("motcua.entry.figures.1", {"release": 1, FILE: digest}).decode()
        blank = sha256(f"{self.code} {day}".encode()).digest()
        self.leaves += [blank, leaf_hash(self.entry.encode())]
        last = self.roots[-1] if self.roots else None
        previous = sha256(last.form()).digest() if last else bytes(32)
        size, top = len(self.leaves), merkle.root(extended(Frontier(), self.leaves)[0])
        unsigned = Root(len(self.roots) + 1, day, size, top, previous, b"")
        self.roots.append(unsigned._replace(signature=self.signer.sign(unsigned.form())))

    def forget(self) -> None:
        """Begin the log anew, with the same key."""
        self.roots.clear()
        self.leaves.clear()

    def document(self) -> bytes:
        """What `/data/aggregate.json` answers."""
        size = self.roots[-1].size
        path = merkle.inclusion(size - 1, size, self._lookup)
        sealed = Sealed(
            public_key=self.signer.public.hex(),
            root=root_out(self.roots[-1]),
            entry=self.entry,
            path=[each.hex() for each in path],
            aggregate=self.text,
        )
        return self.bent(sealed).model_dump_json().encode()

    def answer(self, path: str, etag: str) -> tuple[int, str, bytes]:
        """Status, validator and body."""
        self.asked.append(path)
        if path.startswith("/api/v1/log/consistency"):
            query = parse_qs(urlsplit(path).query)
            old, size = int(query["old"][0]), int(query["size"][0])
            proof = [each.hex() for each in merkle.consistency(old, size, self._lookup)]
            return 200, "", json.dumps({"old": old, "size": size, "path": proof}).encode()
        body = self.document()
        tag = f'"{sha256(body).hexdigest()[:20]}"'
        return (304, tag, b"") if etag == tag else (200, tag, body)

    def total(self, period: str) -> Levels:
        """The levels of all units together."""
        return added(levels for (_, of), levels in self.told.items() if of == period)

    def _aggregate(self) -> dict[str, object]:
        units = sorted({unit for unit, _ in self.told})
        named = [{"code": self.code, "kind": "province", "name": f"Tỉnh {self.code}"}]
        named += [{"code": each, "kind": "xa", "name": f"Xã {each}"} for each in units]
        own = {(self.code, period): self.total(period) for period in PERIODS}
        figures = [self._figure(*asked, levels) for asked, levels in (own | self.told).items()]
        return {"form": FORM, "province": self.code, "units": named, "figures": figures}

    def _figure(self, unit: str, period: str, levels: Levels) -> dict[str, object]:
        return {
            "id": figure_id(f"{unit}\t{period}", 1, "t2b.v1"),
            "unit": unit,
            "period": period,
            "instrument": self.instrument,
            "formula": "t2b.v1",
            "n": sum(levels),
            "levels": list(levels),
            "value": float(LevelCounts(levels).top2box),
            "design_effect": 1.7,
            "freedom": 40.0,
        }

    def _lookup(self, level: int, position: int) -> bytes:
        below = self.leaves[position << level : (position + 1) << level]
        return merkle.root(extended(Frontier(), below)[0])


def added(many: Iterator[Levels]) -> Levels:
    """Counts of several units together."""
    one, two, three, four, five = map(sum, zip(*many, strict=True))
    return one, two, three, four, five


def drawn(codes: list[str], units: list[int], seed: int = 7) -> list[Edge]:
    """Provinces with so many units each, their answers by chance."""
    chance, found = random.Random(seed), list[Edge]()
    for code, many in zip(codes, units, strict=True):
        mood = chance.uniform(0.6, 0.95)
        told = {
            (f"{code}-{number}", period): _levels(chance, mood)
            for number in range(many)
            for period in PERIODS
        }
        found.append(Edge(code, told))
    return found


def _levels(chance: random.Random, mood: float) -> Levels:
    n = chance.randrange(30, 3000)
    good = round(n * min(1.0, max(0.0, chance.gauss(mood, 0.05))))
    five, one = good // 3, (n - good) // 5
    return one, (n - good - one) // 2, n - good - one - (n - good - one) // 2, good - five, five


Answers = Callable[[str, str], tuple[int, str, bytes]]


@contextmanager
def listening(answers: dict[str, Answers]) -> Iterator[str]:
    """One server that plays many provinces, each below its code; tells "host:port"."""

    class Call(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, _, rest = self.path.removeprefix("/").partition("/")
            if code not in answers:
                self.send_error(404)
                return
            status, tag, body = answers[code](f"/{rest}", self.headers.get("If-None-Match", ""))
            self.send_response(status)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Call)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
