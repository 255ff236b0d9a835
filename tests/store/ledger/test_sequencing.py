"""Entries get their places: all of them, once, without gaps, whoever dies and however many come at once."""

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from tests.store.conftest import Tenant
from tests.store.ledger.conftest import START, Book
from tests.store.ledger.dying import STEPS

from shiftline.foundation.context import Actor
from shiftline.foundation.database import Database
from shiftline.foundation.errors import Conflict
from shiftline.ledger.errors import LedgerDamaged, NoteError, SigningUnavailable
from shiftline.ledger.keys import SigningKeys, rotate_key_file
from shiftline.ledger.model import EntryDraft, EntryFilter
from shiftline.ledger.operations.appending import append_in
from shiftline.ledger.operations.checking import check_ledger
from shiftline.ledger.operations.reading import count_entries, find_entries, find_identity, find_placed
from shiftline.ledger.operations.sequencing import Notary, sequence
from shiftline.ledger.rules import checkpoints, entries, tree

ORIGIN = "localhost:8443/shiftline/ledger/org-1"
TAMPERED = "update ledger.{} where organization_id = 'org-1' and {}"


async def test_an_entry_waits_gets_a_place_and_is_signed(book: Book) -> None:
    (entry_id,) = await book.enter(subject="r-1")
    (waiting,) = await book.rows("select entry_id from ledger.pending")
    assert waiting["entry_id"] == entry_id
    assert await book.sequence() == 1
    assert await book.sequence() == 0
    assert await book.rows("select 1 from ledger.pending") == []
    async with book.context.reader() as reader:
        (kept,) = await find_entries(reader, "org-1", EntryFilter(subject_ids=("r-1",)))
        identity = await find_identity(reader, "org-1")
    assert (kept.entry.id, kept.entry.at, kept.entry.actor_id, kept.index) == (entry_id, START, "admin-1", 0)
    assert kept.entry.digest == entries.digest_facts(kept.facts)
    assert kept.facts == b'{"number":0}'
    (row,) = await book.rows("select note, size, root, at from ledger.checkpoint")
    opened = checkpoints.open_checkpoint(row["note"], ORIGIN, identity.keys)
    assert (opened.size, opened.root, row["at"]) == (1, tree.leaf_hash(kept.body), START)


async def test_what_is_rolled_back_was_not_entered(book: Book) -> None:
    async def fail() -> None:
        async with book.context.transaction() as tx:
            await append_in(tx, EntryDraft("test.happened", "s", {}))
            raise RuntimeError

    with suppress(RuntimeError):
        await fail()
    assert await book.rows("select 1 from ledger.entry") == []
    assert await book.rows("select 1 from ledger.pending") == []


async def test_facts_with_fractions_are_a_mistake(book: Book) -> None:
    with pytest.raises(NoteError):
        async with book.context.transaction() as tx:
            await append_in(tx, EntryDraft("test.happened", "s", {"share": 0.5}))


async def test_one_that_commits_late_loses_nothing_and_hinders_nobody(book: Book) -> None:
    async with book.context.transaction() as late:
        await append_in(late, EntryDraft("test.happened", "late", {}))
        await book.enter(subject="early")
        assert await book.sequence() == 1
    assert await book.sequence() == 1
    placed = await book.rows(
        "select e.subject_id, l.leaf_index from ledger.leaf l join ledger.entry e on e.id = l.entry_id order by 2"
    )
    assert [(row["subject_id"], row["leaf_index"]) for row in placed] == [("early", 0), ("late", 1)]
    assert (await book.check()).problem is None


async def test_many_who_enter_and_several_who_give_places(book: Book, database_url: str) -> None:
    """Ten enter 40 times each, while three give places at once."""
    over = asyncio.Event()
    pools = [Database(database_url, size=2) for _ in range(3)]

    async def give(pool: Database) -> None:
        await pool.open()
        mine = Book(book.tenant, book.notary)
        context = mine.context.acting_as(Actor("org-1", "system"))
        context.database = pool
        while not over.is_set():
            await sequence(context, book.notary, 16)
        while await sequence(context, book.notary, 16):
            pass
        await pool.close()

    giving = [asyncio.create_task(give(pool)) for pool in pools]
    await asyncio.gather(*(enter_often(book, 40) for _ in range(10)))
    over.set()
    await asyncio.gather(*giving)
    report = await book.check()
    assert (report.leaves, report.waiting, report.problem) == (400, 0, None)
    (row,) = await book.rows(
        "select count(distinct entry_id)::int as entries, max(leaf_index)::int as last from ledger.leaf"
    )
    assert (row["entries"], row["last"]) == (400, 399)


async def enter_often(book: Book, times: int) -> None:
    for _ in range(times):
        await book.enter()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_worker_that_dies_leaves_nothing_half_done(
    book: Book, tmp_path: Path, database_url: str, step: str, when: str
) -> None:
    await book.enter(200)
    await book.sequence()
    await book.enter(300)
    script = Path(__file__).with_name("dying.py")
    keys = str(tmp_path / "ledger-keys.json")
    process = await asyncio.create_subprocess_exec(sys.executable, str(script), database_url, keys, step, when)
    assert await process.wait() == -signal.SIGKILL
    report = await book.check()
    committed = step == "sequence" and when == "after"
    assert (report.leaves, report.waiting, report.problem) == ((500, 0, None) if committed else (200, 300, None))
    await book.sequence()
    report = await book.check()
    assert (report.leaves, report.waiting, report.checkpoints, report.problem) == (500, 0, 2, None)


async def test_organizations_have_logs_of_their_own(book: Book, other_tenant: Tenant) -> None:
    await book.enter(3)
    other = Book(other_tenant, book.notary)
    await other.enter(2)
    assert await book.sequence() == 5
    ours, theirs = await book.check(), await check_ledger(other.context)
    assert (ours.leaves, theirs.leaves) == (3, 2)
    assert ours.origin == ORIGIN
    assert theirs.origin == "localhost:8443/shiftline/ledger/org-2"


async def test_without_keys_entries_wait_and_lose_nothing(book: Book, tmp_path: Path) -> None:
    await book.enter(2)
    for path in (None, tmp_path / "none.json"):
        book_without = Book(book.tenant, Notary(SigningKeys(path), "localhost:8443"))
        with pytest.raises(SigningUnavailable):
            await book_without.sequence()
    assert (await book.check()).waiting == 2
    assert await book.sequence() == 2


async def test_a_log_keeps_its_name_when_the_installation_has_another(book: Book) -> None:
    await book.enter()
    await book.sequence()
    await book.enter()
    await Book(book.tenant, Notary(book.notary.keys, "elsewhere.example")).sequence()
    report = await book.check()
    assert (report.origin, report.leaves, report.problem) == (ORIGIN, 2, None)


async def test_a_new_key_signs_beside_the_old(book: Book, tmp_path: Path) -> None:
    await book.enter()
    await book.sequence()
    rotate_key_file(tmp_path / "ledger-keys.json", START)
    await book.enter()
    await book.sequence()
    async with book.context.reader() as reader:
        old, new = (await find_identity(reader, "org-1")).keys
    notes = [row["note"] for row in await book.rows("select note from ledger.checkpoint order by size")]
    assert checkpoints.open_checkpoint(notes[1], ORIGIN, [new]) == checkpoints.open_checkpoint(notes[1], ORIGIN, [old])
    assert (await book.check()).problem is None


async def test_entries_below_a_signed_size_are_found_in_order_and_stay_the_same(book: Book) -> None:
    await book.enter(5)
    await book.sequence()
    await book.enter(2)
    await book.sequence()
    wanted = EntryFilter(kinds=("test.happened",))
    async with book.context.reader() as reader:
        first = await find_placed(reader, "org-1", wanted, below=5, limit=3)
        second = await find_placed(reader, "org-1", wanted, below=5, after=2, limit=3)
        other = await find_placed(reader, "org-1", EntryFilter(subject_ids=("s-1",)), below=7)
        theirs = await find_placed(reader, "org-2", wanted, below=7)
    assert [each.index for each in (*first, *second)] == [0, 1, 2, 3, 4]
    assert [each.index for each in other] == [1, 6]
    assert theirs == []


async def test_entries_are_counted_whoever_selects_among_them(book: Book) -> None:
    await book.enter(5)
    wanted = EntryFilter(kinds=("test.happened",), since=START)
    async with book.context.reader() as reader:
        assert await count_entries(reader, "org-1", wanted) == 5
        assert await count_entries(reader, "org-1", EntryFilter(until=START)) == 0
        assert await count_entries(reader, "org-1", EntryFilter(kinds=("other.kind",))) == 0


@pytest.mark.parametrize("table", ["log", "verifier_key", "entry", "leaf", "tile", "checkpoint"])
@pytest.mark.parametrize("verb", ["update ledger.{} set organization_id = 'x'", "delete from ledger.{}"])
async def test_postgresql_refuses_to_change_what_is_kept(book: Book, table: str, verb: str) -> None:
    await book.enter(257)
    await book.sequence()
    async with book.context.reader() as reader:
        with pytest.raises(psycopg.errors.RaiseException, match="evidence"):
            await reader.connection.execute(verb.format(table).encode())


async def test_postgresql_refuses_a_place_that_leaves_a_gap(book: Book) -> None:
    ids = await book.enter(2)
    statement = "insert into ledger.leaf (organization_id, leaf_index, entry_id, hash) values ('org-1', {}, '{}', '{}')"
    with pytest.raises(Conflict, match="leaf_without_gap"):
        async with book.context.reader() as reader:
            await reader.connection.execute(statement.format(1, ids[0], "\\x" + "00" * 32).encode())


# What somebody does who may do everything with the database, and what the check says of it.
TAMPERING = {
    "an entry's body": (
        ["update ledger.entry set body = overlay(body placing 'X'::bytea from 20) where id = (select entry_id from ledger.leaf where leaf_index = 270)"],
        270, "is not what the leaf 270 was made of",
    ),
    "an entry's facts": (
        ["update ledger.entry set facts = '{}' where id = (select entry_id from ledger.leaf where leaf_index = 3)"],
        3, "facts of the entry",
    ),
    "an entry's instant": (
        ["update ledger.entry set at = at + interval '1 microsecond' where id = (select entry_id from ledger.leaf where leaf_index = 3)"],
        3, "says at",
    ),
    "an entry's subject": (
        ["update ledger.entry set subject_id = 'other' where id = (select entry_id from ledger.leaf where leaf_index = 3)"],
        3, "says subject_id",
    ),
    "an entry removed": (
        ["delete from ledger.entry where id = (select entry_id from ledger.leaf where leaf_index = 299)"],
        299, "is missing",
    ),
    "an entry and its leaf removed": (
        ["delete from ledger.entry where id = (select entry_id from ledger.leaf where leaf_index = 7)", "delete from ledger.leaf where leaf_index = 7"],
        7, "the leaf 7 is missing; the next one is 8",
    ),
    "the last leaves removed": (
        ["delete from ledger.leaf where leaf_index >= 290"],
        290, "the leaf 290 is missing",
    ),
    "an entry and its leaf rewritten": (
        ["update ledger.entry set body = overlay(body placing 'X'::bytea from 20), id = 'X' || id where id = (select entry_id from ledger.leaf where leaf_index = 2)",
         "update ledger.leaf set entry_id = 'X' || entry_id, hash = (select sha256('\\x00'::bytea || e.body) from ledger.entry e where e.id = 'X' || ledger.leaf.entry_id) where leaf_index = 2"],
        2, None,
    ),
    "two entries swapped": (
        ["update ledger.leaf set leaf_index = -1 where leaf_index = 5", "update ledger.leaf set leaf_index = 5 where leaf_index = 6", "update ledger.leaf set leaf_index = 6 where leaf_index = -1"],
        99, "do not have the root that was signed",
    ),
    "a leaf's hash": (
        ["update ledger.leaf set hash = sha256('x') where leaf_index = 100"], 100, "is not what the leaf 100 was made of",
    ),
    "a tile's hashes": (
        ["update ledger.tile set hashes = overlay(hashes placing '\\xff00ff'::bytea from 100)"], 0, "the stored tile/0/000",
    ),
    "a tile's root": (["update ledger.tile set root = sha256('x')"], 0, "the stored tile/0/000"),
    "a tile removed": (["delete from ledger.tile"], 0, "the stored tile/0/000"),
    "a tile added": (
        ["insert into ledger.tile (organization_id, level, number, hashes, root) select organization_id, 1, -1, hashes, root from ledger.tile"],
        None, "other tiles",
    ),
    "a checkpoint's root": (
        ["update ledger.checkpoint set root = sha256('x') where size = 100"], 99, "do not have the root that was signed",
    ),
    "a checkpoint's note": (
        ["update ledger.checkpoint set note = replace(note, '100', '200') where size = 100"], 99, "signature",
    ),
    "a checkpoint of another size": (
        ["update ledger.checkpoint c set note = o.note from ledger.checkpoint o where c.size = 100 and o.size = 300"], 99, "signs something else",
    ),
    "a foreign key": (
        ["delete from ledger.verifier_key"], 99, "none of the known keys",
    ),
    "an entry that does not wait any more": (
        ["delete from ledger.pending"], None, "neither has a place nor waits",
    ),
    "all that was signed removed": (
        ["delete from ledger.checkpoint"], 0, "never signed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
async def test_whatever_is_changed_is_found_and_where(unguarded: Book, what: str) -> None:
    book = unguarded
    await book.enter(100)
    await book.sequence()
    await book.enter(200)
    await book.sequence()
    await book.enter()
    before = await book.check()
    assert (before.leaves, before.checkpoints, before.waiting, before.problem) == (300, 2, 1, None)
    statements, index, sentence = TAMPERING[what]
    await book.tamper(*statements)
    report = await book.check()
    assert report.problem is not None, what
    if sentence is not None:
        assert sentence in report.problem
    assert report.index == index


async def test_nothing_is_signed_on_top_of_what_was_changed(unguarded: Book) -> None:
    book = unguarded
    await book.enter(10)
    await book.sequence()
    await book.tamper("update ledger.leaf set hash = sha256('x') where leaf_index = 9")
    await book.enter()
    assert await book.sequence() == 0
    with pytest.raises(LedgerDamaged, match="10 leaves do not have the root"):
        await sequence(book.context.acting_as(Actor("org-1", "system")), book.notary)
    report = await book.check()
    assert (report.waiting, report.index) == (1, 9)


async def test_an_entry_that_vanished_while_it_waited_is_told(unguarded: Book) -> None:
    book = unguarded
    (entry_id,) = await book.enter()
    await book.tamper("delete from ledger.entry")
    with pytest.raises(LedgerDamaged, match=entry_id):
        await sequence(book.context.acting_as(Actor("org-1", "system")), book.notary)


async def test_a_ledger_that_was_rewritten_as_a_whole_shows_against_a_checkpoint_kept_elsewhere(
    unguarded: Book,
) -> None:
    book = unguarded
    await book.enter(5)
    await book.sequence()
    (kept,) = await book.rows("select note from ledger.checkpoint")
    assert (await book.check([kept["note"]])).problem is None
    await book.tamper(*(f"delete from ledger.{each}" for each in ("checkpoint", "leaf", "entry", "pending")))
    await book.enter(4)
    await book.sequence()
    assert (await book.check()).problem is None
    assert "has 5 leaves, and only 4 are there" in ((await book.check([kept["note"]])).problem or "")
    await book.enter(2)
    await book.sequence()
    # 4 and 6 were signed, 5 was not: the roots are compared all the same.
    assert "not those of the checkpoint that was kept elsewhere" in ((await book.check([kept["note"]])).problem or "")
    assert "not of this log" in ((await book.check(["x"])).problem or "")
