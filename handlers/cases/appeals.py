"""What the rated unit may say in a case about it: that a finding is wrong, once."""

from __future__ import annotations

from handlers.rights import Right, Signed
from sipas.cases import Act
from storage import cases
from storage.cases import Wish
from storage.directory import Directory
from storage.filing_rows import By
from storage.transaction import Transaction


def appeal(
    tx: Transaction, directory: Directory, signed: Signed, number: int, words: str, by: By
) -> None:
    """Appeal in a case about the person's own unit; about any other nothing happens.

    What comes of it is told by whoever works on the case. Here nothing is: who tried one number
    after another would learn when the unit got a case.
    """
    known = cases.case(tx, number)
    if known and signed.covers(directory, Right.DRAFT, (known.unit,)):
        cases.move(tx, number, Wish(Act.APPEAL, words), by)
