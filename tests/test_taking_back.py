"""Erasing and taking back by code: what goes, what stays, and that the log still verifies."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.instruments import shipped
from handlers.log import package
from handlers.log.statement import questionnaire
from handlers.log.verify import check
from storage import numbering, sealing, taking_back
from storage.recount import recount
from storage.store import Store, snapshot
from storage.taking_back import Done
from storage.transaction import Transaction
from tests import second_verifier
from tests.databases import ON_POSTGRESQL
from tests.second_verifier.package import Package
from tests.test_release import A_RESPONSE, NOVEMBER, add_counters, released
from tests.test_sealing import DAY, NEXT, SIGNER, WORDS, seal_with

pytestmark = pytest.mark.anyio

SHORT = shipped()["short.1"]
FILES = {
    "instruments.json": json.dumps({SHORT.ref: questionnaire(SHORT)}).encode(),
    "totals.jsonl": b"",
    "figures.jsonl": b"",
}
FIRST = numbering.row_id(NOVEMBER, 1000)


def hashed(which: int) -> int:
    """The number under which the code of a response is kept."""
    return numbering.code_row(NOVEMBER, 77 + which)


def close_five(tx: Transaction) -> None:
    """Five closed responses with codes, the first with a comment."""
    add_counters(tx, [(1, 1)])
    for k in range(5):
        number, code = numbering.row_id(NOVEMBER, 1000 + k), hashed(k)
        tx.close(replace(A_RESPONSE, response_id=number, code_hash=code))
        tx.arrive(1, NOVEMBER * 12)
    tx.comment(FIRST, WORDS, quote=True)


async def faults(store: Store, folder: Path) -> list[str]:
    """What the verifiers find in the audit package; figures are none of this test's business."""
    files = await store.look(package.audit, SIGNER.public)
    assert files is not None
    (folder / "a.zip").write_bytes(package.zipped({**files, **FILES}))
    found = check(str(folder / "a.zip"))

    assert bool(found) == bool(second_verifier.faults(Package.read(folder / "a.zip")))
    return found


async def kept(store: Store) -> tuple[int, int, int]:
    """How many comments, codes and responses are kept."""
    asked = (
        "select (select count(*) from comments), (select count(code_hash) from responses)"
        " + (select count(code_hash) from closed_responses), (select count(*) from responses)"
        " + (select count(*) from closed_responses)"
    )
    found: tuple[int, int, int] = await store.look(
        lambda tx: tx.connection.execute(asked).fetchone()
    )
    return found


async def test_before_the_release_all_of_it_goes(store: Store) -> None:
    """It is in no figure and in no log; the number received goes down by one."""
    await store.write(close_five)
    done = await store.write(taking_back.withdraw, hashed(0))
    again = await store.write(taking_back.withdraw, hashed(0))

    assert (done, again) == (Done.REMOVED, None)
    assert await kept(store) == (0, 4, 4)
    assert snapshot(store.address, recount, shipped()) == []


async def test_before_the_release_a_comment_can_go_alone(store: Store) -> None:
    """The levels are released with the others."""
    await store.write(close_five)
    done = await store.write(taking_back.erase, hashed(0))

    assert done is Done.ERASED
    assert await kept(store) == (0, 4, 5)
    assert await store.write(released) == 5


async def test_an_erased_comment_is_gone_and_the_log_still_verifies(
    store: Store, tmp_path: Path
) -> None:
    """Words, salt and code are nowhere in the file; the leaf keeps its commitment."""
    await store.write(close_five)
    await store.write(released)
    await seal_with(store, DAY, FILES)
    before = await store.look(sealed_words)
    done = await store.write(taking_back.erase, hashed(0))
    store.checkpoint()
    waiting = await faults(store, tmp_path)
    await seal_with(store, NEXT, FILES)
    after = await faults(store, tmp_path)
    file = b"" if ON_POSTGRESQL else store.path.read_bytes()

    assert done is Done.ERASED
    assert not any(part in file for part in before)
    assert await kept(store) == (0, 4, 5)
    assert (waiting, after) == ([], [])
    assert await store.write(taking_back.erase, hashed(0)) is None
    assert snapshot(store.address, recount, shipped()) == []


async def test_a_response_taken_back_is_noted_in_the_log(store: Store, tmp_path: Path) -> None:
    """Its entry names the leaf; figures and rollups stay as they were published."""
    await store.write(close_five)
    await store.write(released)
    await seal_with(store, DAY, FILES)
    done = await store.write(taking_back.withdraw, hashed(1))
    await seal_with(store, NEXT, FILES)
    acts = await store.look(sealing.acts)

    assert done is Done.WITHDRAWN
    assert sum("motcua.entry.withdrawn.1" in entry for _, entry in acts) == 1
    assert sum("motcua.entry.erased.1" in entry for _, entry in acts) == 0
    assert await faults(store, tmp_path) == []
    assert await store.write(taking_back.withdraw, hashed(1)) is None


async def test_a_comment_that_was_deleted_in_secret_is_found(store: Store, tmp_path: Path) -> None:
    """Only an erasure that the log tells is one."""
    await store.write(close_five)
    await store.write(released)
    await seal_with(store, DAY, FILES)
    await store.write(lambda tx: tx.connection.execute("delete from comments"))
    found = await faults(store, tmp_path)

    assert len(found) == 1
    assert "not as sealed" in found[0]


def sealed_words(tx: Transaction) -> tuple[bytes, ...]:
    """A comment as it is in the file, and its salt."""
    row: tuple[bytes, ...] = tx.connection.execute("select sealed, salt from comments").fetchone()
    return row
