"""Claims about the log: signatures, chain, roots, acts, order, and the roots that somebody kept."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.second_verifier.package import Faults, Package, Row, form, leaf_of, tree

BLANK = "motcua.entry.blank.1\n"
"""A leaf of nothing stands among those of responses."""


def root_form(root: Row) -> bytes:
    return form(
        "motcua.root.1", {key: root[key] for key in ("number", "day", "size", "root", "previous")}
    )


def signatures(package: Package) -> Faults:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(package.log["public_key"]))
    for root in package.log["roots"]:
        try:
            key.verify(bytes.fromhex(root["signature"]), root_form(root))
        except InvalidSignature:
            yield f"root {root['number']}: not signed by this key"


def chain(package: Package) -> Faults:
    previous, size, day = "0" * 64, 0, ""
    for number, root in enumerate(package.log["roots"], 1):
        if (
            (root["number"], root["previous"]) != (number, previous)
            or root["size"] <= size
            or root["day"] < day
        ):
            yield f"root {number}: does not follow the one before"
        previous, size, day = sha256(root_form(root)).hexdigest(), root["size"], root["day"]


def roots(package: Package) -> Faults:
    if len(package.files["leaves.bin"]) != 32 * package.log["roots"][-1]["size"]:
        yield "leaves.bin: not the leaves of the last root"
    for root in package.log["roots"]:
        if tree(package.leaves[: root["size"]]).hex() != root["root"]:
            yield f"root {root['number']}: not the root over its leaves"


def acts(package: Package) -> Faults:
    for act in package.acts:
        at = act["index"]
        if at is not None and (
            not 0 <= at < len(package.leaves)
            or leaf_of(act["entry"].encode()) != package.leaves[at]
        ):
            yield f"act {at}: not the leaf at its place"


def order(package: Package) -> Faults:
    """Within a day responses by their hashes, then acts, so that places tell no time."""
    places = {act["index"] for act in package.acts if not act["entry"].startswith(BLANK)}
    for before, root in pairwise([{"size": 0}, *package.log["roots"]]):
        days = [
            (at in places, b"" if at in places else package.leaves[at])
            for at in range(before["size"], root["size"])
        ]
        if days != sorted(days):
            yield f"root {root['number']}: its leaves are not in the order of a day"


def kept(package: Package, older: Row) -> Faults:
    if older["public_key"] != package.log["public_key"]:
        yield "another key than that of the kept roots"
    for root in older["roots"]:
        if root not in package.log["roots"]:
            yield f"kept root {root['number']}: not in this log"
