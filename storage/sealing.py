"""The sealed log's order and its signed roots: what was released on a day is sealed together.

Inside a day the order is that of the leaves themselves, which their salts have made chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import NamedTuple

from sipas import merkle
from sipas.canonical import root_form
from sipas.merkle import extended, frontier_of, leaf_hash
from storage import leaves, registry
from storage.queries import write as sql
from storage.released import Released
from storage.transaction import Transaction

AT_ONCE = 10_000
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


def sign(tx: Transaction, day: str, signer: Sign) -> Root | None:
    """Sign the root over everything that has a place; None where nothing is new."""
    size, last = int(sql.log_size(tx.connection)), last_root(tx)
    if size == (last.size if last else 0):
        return None
    previous = sha256(last.form()).digest() if last else bytes(32)
    top = merkle.root(frontier_of(size, looked_up(tx)))
    unsigned = Root((last.number if last else 0) + 1, day, size, top, previous, b"")
    made = unsigned._replace(signature=signer(unsigned.form()))
    sql.add_root(tx.connection, **made._asdict())
    return made


def add_act(tx: Transaction, entry: bytes) -> None:
    """Let *entry*, a canonical form of its own, be sealed with the next root."""
    sql.add_act(tx.connection, entry=entry.decode())


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
