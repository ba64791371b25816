"""What the log shows: roots, a leaf under a root, an older tree within a later one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sipas import merkle
from sipas.canonical import canonical, committed, response_entry
from sipas.codes import begun_on
from storage import leaves, sealing
from storage.numbering import code_row
from storage.sealing import Root
from storage.transaction import Transaction


class Leaf(NamedTuple):
    """A leaf with its path to the newest root; *entry* only where it hides nothing."""

    place: int
    leaf: bytes
    entry: str | None
    path: list[bytes]
    root: Root


class Own(NamedTuple):
    """A response as its owner may see it; *sealed* is None until its day is sealed.

    Attributes:
        form: the canonical form of what was answered.
        salt: that hides it from everybody else.
        entry: what the leaf is the hash of.
        commented: whether a comment is still there.
    """

    response_id: int
    form: str
    salt: bytes
    entry: str
    commented: bool
    sealed: Leaf | None


def leaf(tx: Transaction, index: int) -> Leaf | None:
    """The leaf with this number, or None where no root covers it."""
    root = sealing.last_root(tx)
    if root is None or not 0 <= index < root.size:
        return None
    path = merkle.inclusion(index, root.size, sealing.looked_up(tx))
    return Leaf(index, sealing.leaf_at(tx, index), sealing.act_at(tx, index), path, root)


def consistency(tx: Transaction, old: int, size: int) -> list[bytes] | None:
    """The proof between two sizes that have roots, or None."""
    signed = {root.size for root in sealing.roots(tx)}
    if not ({old, size} <= signed and old <= size):
        return None
    return merkle.consistency(old, size, sealing.looked_up(tx))


def own(tx: Transaction, code: str, today: int, hashed: Callable[[str], int]) -> Own | None:
    """The released response with this code, or None.

    Args:
        today: number of the present day, since a code tells its own only within some years.
        hashed: keyed hash of a code.
    """
    found = leaves.by_code(tx, code_hash_of(code, today, hashed))
    if found is None:
        return None
    form = canonical(leaves.Forms(tx).of(found.row))
    entry = response_entry(committed(form, found.salt), found.comment_hash).decode()
    placed = None if found.leaf_index is None else leaf(tx, found.leaf_index)
    return Own(found.row.response_id, form.decode(), found.salt, entry, found.commented, placed)


def code_hash_of(code: str, today: int, hashed: Callable[[str], int]) -> int:
    """The number under which a response with this code is kept."""
    return code_row(2 * begun_on(code, today), hashed(code))
