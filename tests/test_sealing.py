"""The sealed log as stored: a leaf with every release, and a signed root for every day."""

from __future__ import annotations

import random
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot import sealing as bot_sealing
from bot.instruments import shipped
from bot.sealing import Signer
from sipas import merkle
from sipas.canonical import canonical, comment_form, committed, response_entry
from sipas.merkle import Frontier, extended, leaf_hash
from storage import leaves, numbering, sealing
from storage.queries import write as sql
from storage.recount import recount
from storage.release import release
from storage.released import Released
from storage.sealing import Root, Statement
from storage.store import Store, snapshot
from storage.transaction import Transaction, comment_context
from tests.test_release import (
    DECEMBER,
    NOVEMBER,
    add_counters,
    close_some,
    released,
)

pytestmark = pytest.mark.anyio

SIGNER = Signer(b"a key for tests, of 32 bytes ...")
DAY, NEXT = "2026-11-28", "2026-11-29"
WORDS = "Cán bộ rất nhiệt tình"


async def seal(store: Store, day: str, signer: Signer, blanks: int = 0) -> Root | None:
    """Seal with a statement of nothing."""
    return await seal_with(store, day, {}, signer, blanks)


async def seal_with(
    store: Store, day: str, files: dict[str, bytes], signer: Signer = SIGNER, blanks: int = 0
) -> Root | None:
    """Seal with a statement of these files, at whatever release there is."""

    async def stated() -> Statement:
        return Statement(await store.look(lambda tx: sql.last_release_id(tx.connection)), files)

    return await bot_sealing.seal(store, day, signer, stated, lambda: blanks)


def five_with_a_comment(tx: Transaction) -> None:
    """Five released responses, one of which left words that may be quoted."""
    add_counters(tx, [(1, 1), (2, 1)])
    close_some(tx, 5)
    tx.comment(numbering.row_id(NOVEMBER, 1000), WORDS, quote=True)
    released(tx)


def stored(tx: Transaction) -> list[Released]:
    columns = ", ".join(Released._fields)
    rows = tx.connection.execute(f"select {columns} from responses order by response_id")  # noqa: S608
    return [Released(*row) for row in rows]


def told_leaves(tx: Transaction) -> dict[int, tuple[bytes, bytes, bytes | None, int | None]]:
    asked = "select response_id, leaf, salt, comment_hash, leaf_index from log_leaves"
    return {row[0]: row[1:] for row in tx.connection.execute(asked)}


async def test_every_released_response_has_a_leaf_of_its_canonical_form(store: Store) -> None:
    """Leaf, salt and row belong together; two equal responses have nothing in common."""
    await store.write(five_with_a_comment)
    rows, found = await store.write(stored), await store.write(told_leaves)
    forms = await store.write(lambda tx: [leaves.Forms(tx).of(row) for row in stored(tx)])

    assert len({leaf for leaf, *_ in found.values()}) == len(rows) == 5
    for row, form in zip(rows, forms, strict=True):
        leaf, salt, comment, _ = found[row.response_id]
        assert leaf == leaf_hash(response_entry(committed(canonical(form), salt), comment))
    assert forms[0].unit == "u1"
    assert forms[0].counter == "000001"


async def test_a_comment_is_committed_to_with_a_salt_of_its_own(store: Store) -> None:
    """Its salt is kept beside the comment, so that it can go with it."""
    await store.write(five_with_a_comment)
    number = numbering.row_id(NOVEMBER, 1000)
    sealed, quote, salt = await store.write(
        lambda tx: sql.comment_of(tx.connection, response_id=number)
    )
    *_, comment, _ = (await store.write(told_leaves))[number]

    assert store.cipher.open(sealed, comment_context(number)) == WORDS
    assert comment == committed(comment_form(WORDS, bool(quote)), salt)


async def test_a_comment_goes_along_when_its_response_is_carried(store: Store) -> None:
    """What could not be released in its half-month gets another number; the words stay legible."""
    await store.write(add_counters, [(1, 1)])
    await store.write(close_some, 3)
    await store.write(lambda tx: tx.comment(numbering.row_id(NOVEMBER, 1000), WORDS, quote=False))
    await store.write(close_some, 2, 1, 1, DECEMBER)
    await store.write(released, DECEMBER + 10)  # November is settled: three are carried
    carried = await store.write(lambda tx: list(tx.untagged_comments(9)))
    committed_to = await store.write(told_leaves)

    assert [words for _, words in carried] == [WORDS]
    assert committed_to[carried[0][0]][2] is not None


async def test_a_comment_that_nobody_can_read_holds_up_no_release(store: Store) -> None:
    """Sealed with a lost key, it says nothing any more."""
    await store.write(add_counters, [(1, 1)])
    await store.write(close_some, 5)
    number = numbering.row_id(NOVEMBER, 1000)
    await store.write(
        lambda tx: sql.add_comment(tx.connection, response_id=number, quote=0, sealed=b"noise" * 9)
    )

    assert await store.write(released) == 5
    assert (await store.write(told_leaves))[number][2] is None


async def test_a_day_is_sealed_once_in_an_order_that_tells_nothing(store: Store) -> None:
    """Within a day leaves stand in the order of their own hashes, which salts have made chance."""
    await store.write(five_with_a_comment)
    first = await seal(store, DAY, SIGNER)
    again = await seal(store, DAY, SIGNER)
    found = await store.write(told_leaves)
    in_order = [leaf for leaf, *_ in sorted(found.values(), key=lambda each: each[3] or 0)]

    assert first is not None
    assert again is None
    assert in_order == sorted(in_order)
    act = await store.look(sealing.act_at, 5)
    assert act is not None
    everything = [*in_order, leaf_hash(act.encode())]
    assert first.root == merkle.root(extended(Frontier(), everything)[0])
    assert (first.number, first.size, first.previous) == (1, 6, bytes(32))


async def test_the_size_of_the_log_does_not_tell_how_many_responses_it_has(store: Store) -> None:
    """Leaves of nothing stand among them, and only who sees every response is told which."""
    await store.write(five_with_a_comment)
    root = await seal(store, DAY, SIGNER, blanks=7)
    found = await store.write(told_leaves)
    nothing = await store.look(lambda tx: dict(leaves.blanks(tx)))
    in_order = [leaf for leaf, *_ in sorted(found.values(), key=lambda each: each[3] or 0)]

    assert root is not None
    assert (root.size, len(found), len(nothing)) == (5 + 7 + 1, 12, 7)
    assert in_order == sorted(in_order)
    for index, entry in nothing.items():
        assert index is not None
        assert leaf_hash(entry.encode()) == in_order[index]
        assert await store.look(sealing.act_at, index) is None
    assert len({bot_sealing.draw_blanks() for _ in range(100)}) > 20


async def test_roots_are_signed_and_chained(store: Store) -> None:
    """Each root names the one before; a day on which nothing was released has none."""
    await store.write(five_with_a_comment)
    first = await seal(store, DAY, SIGNER)
    idle = await seal(store, NEXT, SIGNER)
    await store.write(close_some, 6, 2)
    await store.write(released)
    second = await seal(store, NEXT, SIGNER)
    key = Ed25519PublicKey.from_public_bytes(SIGNER.public)

    assert first is not None
    assert idle is None
    assert second is not None
    assert (second.number, second.size) == (2, 13)
    assert second.previous == sha256(first.form()).digest()
    for root in await store.look(sealing.roots):
        key.verify(root.signature, root.form())


async def test_proofs_are_made_from_what_is_stored(store: Store) -> None:
    """Any leaf, and any two roots."""
    await store.write(five_with_a_comment)
    first = await seal(store, DAY, SIGNER)
    await store.write(close_some, 6, 2)
    await store.write(released)
    await store.write(sealing.add_act, b"motcua.entry.test.1\n")
    second = await seal(store, NEXT, SIGNER)
    assert first
    assert second

    def proofs(tx: Transaction) -> list[bool]:
        lookup = sealing.looked_up(tx)
        path = merkle.consistency(first.size, second.size, lookup)
        included = [
            merkle.is_included(
                sealing.leaf_at(tx, at),
                at,
                second.size,
                merkle.inclusion(at, second.size, lookup),
                second.root,
            )
            for at in range(second.size)
        ]
        consistent = merkle.is_consistent(6, second.size, path, first.root, second.root)
        return [*included, consistent]

    assert second.size == 14
    assert all(await store.look(proofs))


async def test_what_was_released_before_there_was_a_log_gets_its_leaves(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In portions, once, and as if it had been there from the beginning."""
    monkeypatch.setattr(sealing, "AT_ONCE", 2)
    await store.write(five_with_a_comment)
    await store.write(lambda tx: tx.connection.execute("delete from log_leaves"))
    root = await seal(store, DAY, SIGNER)
    found = await store.write(told_leaves)

    assert root is not None
    assert (root.size, len(found)) == (6, 5)
    assert sum(comment is not None for _, _, comment, _ in found.values()) == 1
    assert await store.write(sealing.commit_old) == 0


async def test_the_log_changes_no_count(store: Store) -> None:
    """A recount says the same with a log as without."""
    await store.write(five_with_a_comment)
    await seal(store, DAY, SIGNER)

    assert snapshot(store.address, recount, shipped()) == []


async def test_leaves_come_and_go_with_their_release(store: Store) -> None:
    """A release that is interrupted has left no leaf behind."""

    def interrupted(tx: Transaction) -> None:
        release(tx, shipped(), NOVEMBER, random.Random(7))
        raise KeyboardInterrupt("as good as a kill")

    await store.write(close_some, 9)
    with pytest.raises(KeyboardInterrupt):
        await store.write(interrupted)

    assert await store.write(told_leaves) == {}


async def test_a_place_without_leaf_is_named(store: Store) -> None:
    """Nothing is proved about what is not there."""
    with pytest.raises(LookupError, match="the log has no leaf 3"):
        await store.look(sealing.leaf_at, 3)
