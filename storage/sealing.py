"""The sealed log's order and its signed roots: what was released on a day is sealed together.

Inside a day the order is that of the leaves themselves, which their salts have made chance.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

from sipas import merkle
from sipas.canonical import lines, root_form
from sipas.merkle import extended, frontier_of, leaf_hash
from storage import leaves, registry
from storage.queries import write as sql
from storage.released import Released
from storage.transaction import Transaction

AT_ONCE = 200
"""Of leaves, in one transaction: a chat that comes meanwhile waits some hundredths of a second."""
BEGUN = "every response has a leaf up to"
WHOLE = str(1 << 63)  # above every number of a response

Sign = Callable[[bytes], bytes]
"""The Ed25519 signature of some bytes."""


class Root(NamedTuple):
    """A day's root, signed; *previous* is the hash of what was signed before, or noughts."""

    number: int
    day: str
    size: int
    root: bytes
    previous: bytes
    signature: bytes

    def form(self) -> bytes:
        """What is signed."""
        return root_form(*self[:-1])


class Statement(NamedTuple):
    """What is published of one release: files, of which the log holds the hashes."""

    release: int
    files: Mapping[str, bytes]

    def entry(self) -> bytes:
        """The log's entry of it."""
        hashes = {name: sha256(text).hexdigest() for name, text in self.files.items()}
        return lines("motcua.entry.figures.1", {"release": self.release, **hashes})


def commit_old(tx: Transaction) -> int:
    """Make leaves for some responses that were released before there was a log; return how many."""
    after = registry.fact(tx, BEGUN) or "0"
    if after == WHOLE:
        return 0
    found = sql.unsealed_responses(tx.connection, after_response=int(after), most=AT_ONCE)
    rows = [Released(*row) for row in found]
    leaves.commit(tx, rows)
    registry.mark(tx, BEGUN, str(rows[-1].response_id) if rows else WHOLE)
    return len(rows)


def place(tx: Transaction) -> int:
    """Give some waiting leaves their place in the log and return how many got one; acts last."""
    waiting = list(sql.waiting_leaves(tx.connection, most=AT_ONCE))
    if waiting:
        first = _append(tx, [leaf for _, leaf in waiting])
        for at, (response_id, _) in enumerate(waiting, first):
            sql.place_leaf(tx.connection, response_id=response_id, leaf_index=at)
        return len(waiting)
    acts = list(sql.waiting_acts(tx.connection))
    first = _append(tx, [leaf_hash(entry.encode()) for _, entry in acts])
    for at, (act_id, _) in enumerate(acts, first):
        sql.place_act(tx.connection, act_id=act_id, leaf_index=at)
    return len(acts)


def _append(tx: Transaction, new: Iterable[bytes]) -> int:
    """Grow the stored tree; return the index of the first new leaf."""
    size = int(sql.log_size(tx.connection))
    _, made = extended(frontier_of(size, looked_up(tx)), new)
    for level, position, hashed in made:
        sql.add_node(tx.connection, level=level, position=position, hash=hashed)
    return size


def is_due(tx: Transaction, day: str) -> bool:
    """Whether anything waits for a root, and the *day* has none yet."""
    last, size = last_root(tx), int(sql.log_size(tx.connection))
    if last is not None and last.day >= day:
        return False
    waits = next(iter(sql.waiting_leaves(tx.connection, most=1)), None) is not None
    return waits or size > (last.size if last else 0) or bool(list(sql.waiting_acts(tx.connection)))


def sign(tx: Transaction, day: str, signer: Sign) -> Root:
    """Sign the root over everything that has a place."""
    size, last = int(sql.log_size(tx.connection)), last_root(tx)
    previous = sha256(last.form()).digest() if last else bytes(32)
    top = merkle.root(frontier_of(size, looked_up(tx)))
    unsigned = Root((last.number if last else 0) + 1, day, size, top, previous, b"")
    made = unsigned._replace(signature=signer(unsigned.form()))
    sql.add_root(tx.connection, **made._asdict())
    return made


def close(tx: Transaction, stated: Statement, day: str, signer: Sign) -> Root | None:
    """Seal everything that waits with what is published, or None if more was released since."""
    if int(sql.last_release_id(tx.connection)) != stated.release:
        return None
    while place(tx):
        pass  # what was released since the last portion
    add_act(tx, stated.entry())
    place(tx)
    sql.drop_statements(tx.connection)
    sql.add_statement(
        tx.connection,
        act_id=sql.last_act(tx.connection),
        release_id=stated.release,
        files=packed(stated.files),
    )
    return sign(tx, day, signer)


def add_act(tx: Transaction, entry: bytes) -> None:
    """Let *entry*, a canonical form of its own, be sealed with the next root."""
    sql.add_act(tx.connection, entry=entry.decode())


def acts(tx: Transaction) -> list[tuple[int | None, str]]:
    """Every act with its place, None as long as it waits for one."""
    return [(index, entry) for index, entry in sql.all_acts(tx.connection)]


def statement(tx: Transaction) -> Statement | None:
    """What was published when the newest root was signed."""
    row = sql.statement(tx.connection)
    return Statement(row[0], unpacked(row[1])) if row else None


def packed(files: Mapping[str, bytes]) -> bytes:
    """Files as they are stored."""
    return zlib.compress(json.dumps({name: text.decode() for name, text in files.items()}).encode())


def unpacked(stored: bytes) -> dict[str, bytes]:
    """The files that `packed` stored; none where somebody has tampered with them."""
    try:
        found: dict[str, str] = json.loads(zlib.decompress(stored))
    except (zlib.error, ValueError):
        return {}
    return {name: text.encode() for name, text in found.items()}


def roots(tx: Transaction) -> list[Root]:
    """Every root, oldest first."""
    return [Root(*row) for row in sql.roots(tx.connection)]


def last_root(tx: Transaction) -> Root | None:
    """The newest root."""
    row = sql.last_root(tx.connection)
    return Root(*row) if row else None


def looked_up(tx: Transaction) -> merkle.Lookup:
    """The stored tree, for `sipas.merkle`."""

    def lookup(level: int, position: int) -> bytes:
        if level:
            return bytes(sql.node(tx.connection, level=level, position=position))
        return leaf_at(tx, position)

    return lookup


def leaf_at(tx: Transaction, index: int) -> bytes:
    """The leaf hash at a place.

    Raises:
        LookupError: there is none.
    """
    if (leaf := sql.leaf_at(tx.connection, leaf_index=index)) is not None:
        return bytes(leaf)
    if (entry := act_at(tx, index)) is not None:
        return leaf_hash(entry.encode())
    raise LookupError(f"the log has no leaf {index}")


def act_at(tx: Transaction, index: int) -> str | None:
    """The entry of an act at a place; a response's is never told."""
    found: str | None = sql.act_at(tx.connection, leaf_index=index)
    return found
