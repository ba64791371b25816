"""The one form of everything that is sealed: what is hashed can be read in one way only.

A response is committed to in two parts, each hidden by a salt of its own: what was answered, and
the comment. So a comment can be destroyed with its salt, and what was answered still verifies.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

SALT_BYTES = 32


class Response(NamedTuple):
    """What a response carries, in the order of its canonical form; codes are texts, "" unknown.

    Attributes:
        instrument: questionnaire and version, for example ``short.1``.
        levels: one character per item, see `sipas.packing`.
        tags: `item:code` of the reasons, sorted and joined by commas.
        unit: whose counter it was given at.
        resolving: the unit that resolves its field's dossiers, where there is but one.
        counter: six digits, "" where the response joined its unit's half-month.
        half_day: number of the half-day of the first answer.
        field: of procedure.
        consent: version of the notice that the first answer consented to.
    """

    instrument: str
    levels: str
    tags: str
    unit: str
    resolving: str
    counter: str
    half_day: int
    stage: str
    stratum: str
    channel: str
    kind: str
    field: str
    consent: int


def canonical(response: Response) -> bytes:
    """The bytes that stand for *response* wherever it is hashed: one `name=value` line a field.

    The first line names the form, so that a later one can never be mistaken for it.

    Raises:
        ValueError: a field is not printable ASCII, so the lines could be read in two ways.
    """
    return lines("motcua.response.1", response._asdict())


def lines(form: str, values: dict[str, str | int]) -> bytes:
    """A name for the form, then one `name=value` line each.

    Raises:
        ValueError: a value is not printable ASCII.

    >>> lines("motcua.entry.erased.1", {"index": 7})
    b'motcua.entry.erased.1\\nindex=7\\n'
    """
    told = "".join(f"{name}={value}\n" for name, value in values.items())
    if told.count("\n") > len(values) or not (
        told.isascii() and told.replace("\n", "").isprintable()
    ):
        raise ValueError(f"expected printable ASCII, got {list(values.values())!r}")
    return f"{form}\n{told}".encode("ascii")


def comment_form(text: str, quote: bool) -> bytes:
    """The bytes that stand for a comment and whether it may be quoted.

    >>> comment_form("Tốt", True).decode()
    'motcua.comment.1\\nquote=1\\nTốt'
    """
    return lines("motcua.comment.1", {"quote": int(quote)}) + text.encode()


def committed(form: bytes, salt: bytes) -> bytes:
    """The commitment to a canonical form: nobody without the salt can guess what it is of.

    Raises:
        ValueError: the salt is too short to hide anything.

    >>> committed(b"form", bytes(32)).hex()[:8]
    'e1572da5'
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"expected a salt of {SALT_BYTES} bytes, got {len(salt)}")
    return sha256(salt + form).digest()


def response_entry(answered: bytes, comment: bytes | None) -> bytes:
    """The log's entry of a response: both commitments; a response without a comment has one.

    >>> response_entry(b"\\x01", None)
    b'motcua.entry.response.1\\nanswered=01\\ncomment=\\n'
    """
    told: dict[str, str | int] = {"answered": answered.hex(), "comment": (comment or b"").hex()}
    return lines("motcua.entry.response.1", told)


def blank_entry(salt: bytes) -> bytes:
    """The log's entry of nothing, which nobody without the salt can tell from a response's.

    >>> blank_entry(b"\\x01")
    b'motcua.entry.blank.1\\nsalt=01\\n'
    """
    return lines("motcua.entry.blank.1", {"salt": salt.hex()})


def root_form(number: int, day: str, size: int, root: bytes, previous: bytes) -> bytes:
    """What is signed every day: the log's size and root, and the hash of what was signed before.

    >>> root_form(1, "2026-11-28", 0, b"\\x01", b"\\x02").decode().splitlines()[3:]
    ['size=0', 'root=01', 'previous=02']
    """
    told: dict[str, str | int] = {"number": number, "day": day, "size": size, "root": root.hex()}
    return lines("motcua.root.1", {**told, "previous": previous.hex()})
