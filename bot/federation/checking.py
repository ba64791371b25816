"""Whether an aggregate is the province's own, the newest, and of a log that only grew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from handlers.log.told import RootOut
from handlers.nation.aggregate import FILE, MOST, Aggregate, Sealed, Told
from sipas.merkle import is_consistent, is_included, leaf_hash
from storage.nation import Place, Province, Reason, Row, Taken
from storage.sealing import Root

ENTRY = "motcua.entry.figures.1"


class Disbelieved(Exception):
    """What came is refused, for a reason that everybody may read."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Proven:
    """An aggregate under a root that the province's key has signed, whatever is kept."""

    root: Root
    aggregate: Aggregate
    digest: bytes


def proven(province: Province, body: bytes) -> Proven:
    """What *body* tells, if the province's key vouches for it.

    Raises:
        Disbelieved: it does not, or it is no aggregate of this province.
    """
    sealed = _read(body)
    if sealed.public_key != province.public_key.hex():
        raise Disbelieved(Reason.KEY)
    root = _signed(province, sealed.root)
    digest = sha256(sealed.aggregate.encode()).digest()
    if not _names(sealed, root, digest):
        raise Disbelieved(Reason.CONTENT)
    try:
        told = Aggregate.model_validate_json(sealed.aggregate)
    except (ValidationError, RecursionError) as error:
        raise Disbelieved(Reason.FORM) from error
    if told.province != province.code:
        raise Disbelieved(Reason.PROVINCE)
    return Proven(root, told, digest)


def follows(kept: Root | None, new: Root) -> bool:
    """Whether *new* is to be taken; False where it is the one that is kept.

    Raises:
        Disbelieved: it is older than what is kept, or another one in its place.
    """
    if kept is None or new.number > kept.number:
        if kept is not None and (new.size <= kept.size or new.day <= kept.day):
            raise Disbelieved(Reason.REWRITTEN)
        return True
    if new.number < kept.number:
        raise Disbelieved(Reason.OLDER)
    if new.form() != kept.form():
        raise Disbelieved(Reason.REWRITTEN)
    return False


def grown(kept: Root, new: Root, path: list[bytes]) -> None:
    """Nothing, if the log of *new* begins with that of *kept*.

    Raises:
        Disbelieved: something before was changed.
    """
    if not is_consistent(kept.size, new.size, path, kept.root, new.root):
        raise Disbelieved(Reason.REWRITTEN)


def taken(found: Proven, etag: str) -> Taken:
    """A believed aggregate, as it is kept."""
    units = [Place(each.code, each.kind, each.name, each.name_en) for each in found.aggregate.units]
    code = found.aggregate.province
    own = next((each for each in units if each.code == code), Place(code, "", code, ""))
    return Taken(
        found.root, found.digest, etag, own, units, [_row(each) for each in found.aggregate.figures]
    )


def _row(told: Told) -> Row:
    return Row(
        told.period, told.instrument, told.unit, told.id, told.counted, told.first, told.last
    )


def _read(body: bytes) -> Sealed:
    try:
        return Sealed.model_validate_json(body)
    except (ValidationError, RecursionError) as error:
        raise Disbelieved(Reason.FORM) from error


def _signed(province: Province, told: RootOut) -> Root:
    """The root, if the province's key has signed it and it can be one."""
    try:
        date.fromisoformat(told.day)
        hashes = map(bytes.fromhex, (told.root, told.previous, told.signature))
        root = Root(told.number, told.day, told.size, *hashes)
        key = Ed25519PublicKey.from_public_bytes(province.public_key)
        key.verify(root.signature, root.form())
    except (InvalidSignature, ValueError) as error:
        raise Disbelieved(Reason.SIGNATURE) from error
    if not (0 < root.number <= MOST and 0 < root.size <= MOST):
        raise Disbelieved(Reason.FORM)
    return root


def _names(sealed: Sealed, root: Root, digest: bytes) -> bool:
    """Whether the last leaf below the root names the aggregate."""
    lines = sealed.entry.splitlines()
    try:
        path = list(map(bytes.fromhex, sealed.path))
    except ValueError:
        return False
    leaf = leaf_hash(sealed.entry.encode())
    return (
        lines[:1] == [ENTRY]
        and lines.count(f"{FILE}={digest.hex()}") == 1
        and is_included(leaf, root.size - 1, root.size, path, root.root)
    )
