"""Proofs by the API, checked by the rules alone, as somebody would who has nothing but the answers."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.conftest import SettableClock
from tests.store.conftest import Api, Tenant, serve
from tests.store.ledger.conftest import Book

from shiftline.foundation.database import Database
from shiftline.ledger.endpoints import ROUTES
from shiftline.ledger.errors import EntryNotFound, EntryWaits, LedgerDamaged, SizeUnknown
from shiftline.ledger.operations.proving import prove_entries, prove_growth
from shiftline.ledger.rules import checkpoints, entries, tiles, tree
from shiftline.ledger.wire import LEDGER

ORIGIN = "localhost:8443/shiftline/ledger/org-1"


@pytest.fixture
async def api(book: Book, database: Database) -> AsyncIterator[Api]:
    clock: Any = book.context.clock
    assert isinstance(clock, SettableClock)
    async with serve(database, clock, ROUTES) as api:
        yield api


def unbase(texts: list[str]) -> list[bytes]:
    return [base64.b64decode(each) for each in texts]


async def ask(api: Api, book: Book, path: str, who: str = "admin-1") -> httpx.Response:
    return await api.call("GET", f"{LEDGER}{path}", book.tenant.tokens[who])


async def got(api: Api, book: Book, path: str) -> Any:
    answer = await ask(api, book, path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def grown(book: Book) -> list[str]:
    """A ledger that was signed at 3, 259, 300 and 1,300 leaves."""
    ids: list[str] = []
    for count in (3, 256, 41, 1000):
        ids += await book.enter(count)
        await book.sequence()
    return ids


async def test_every_answer_proves_its_entry(book: Book, api: Api) -> None:
    ids = await grown(book)
    keys = [checkpoints.parse_verifier(each) for each in (await got(api, book, "/key"))["verifierKeys"]]
    for index in (0, 2, 3, 255, 256, 258, 299, 300, 1299):
        answer = await got(api, book, f"/proofs?entryId={ids[index]}")
        opened = checkpoints.open_checkpoint(answer["checkpoint"]["note"], ORIGIN, keys)
        body = base64.b64decode(answer["entry"]["body"])
        assert entries.parse(body).id == ids[index]
        assert (answer["leafIndex"], answer["treeSize"], opened.size) == (index, 1300, 1300)
        assert tree.check_inclusion(tree.leaf_hash(body), index, 1300, unbase(answer["hashes"]), opened.root)
        place, hashes, note = checkpoints.parse_proof(answer["proof"])
        assert (place, list(hashes), note) == (index, unbase(answer["hashes"]), answer["checkpoint"]["note"])


async def test_a_proof_under_an_earlier_checkpoint(book: Book, api: Api) -> None:
    ids = await grown(book)
    answer = await got(api, book, f"/proofs?entryId={ids[2]}&size=259")
    root = base64.b64decode(answer["checkpoint"]["rootHash"])
    leaf = base64.b64decode(answer["entry"]["leafHash"])
    assert tree.check_inclusion(leaf, 2, 259, unbase(answer["hashes"]), root)
    for query, told in (("size=260", "never signed"), ("size=0", "size")):
        refused = await ask(api, book, f"/proofs?entryId={ids[2]}&{query}")
        assert refused.status_code == 400
        assert told in refused.text
    refused = await ask(api, book, f"/proofs?entryId={ids[299]}&size=259")
    assert refused.status_code == 400
    assert "do not hold the entry" in refused.text


async def test_the_log_only_grew(book: Book, api: Api) -> None:
    await grown(book)
    roots = {row["size"]: bytes(row["root"]) for row in await book.rows("select size, root from ledger.checkpoint")}
    sizes = sorted(roots)
    for earlier in sizes:
        for later in (size for size in sizes if size >= earlier):
            answer = await got(api, book, f"/consistency?from={earlier}&to={later}")
            hashes = unbase(answer["hashes"])
            assert tree.check_consistency(earlier, later, hashes, roots[earlier], roots[later])
            assert (answer["fromCheckpoint"]["size"], answer["toCheckpoint"]["size"]) == (earlier, later)
    unsigned = await got(api, book, "/consistency?from=7&to=1000")
    assert "fromCheckpoint" not in unsigned
    assert "toCheckpoint" not in unsigned
    for query, field in (("from=1&to=1301", "to"), ("from=8&to=7", "from"), ("from=0&to=7", "from"), ("to=7", "from")):
        refused = await ask(api, book, f"/consistency?{query}")
        assert refused.status_code == 400
        assert field in refused.text


async def test_tiles_give_the_root_that_was_signed(book: Book, api: Api) -> None:
    """What a client of C2SP tlog-tiles does: the checkpoint, the leaves' tiles, the entries behind them."""
    await grown(book)
    note = await ask(api, book, "/checkpoint")
    assert note.headers["content-type"].startswith("text/plain")
    checkpoint = checkpoints.read_unverified(note.text)
    leaves: list[bytes] = []
    for number in range(-(-checkpoint.size // 256)):
        width = tiles.width_of((0, number), checkpoint.size)
        tile = await ask(api, book, f"/{tiles.path_of((0, number), width)}")
        bundle = await ask(api, book, f"/{tiles.bundle_path_of(number, width)}")
        assert tile.headers["content-type"] == bundle.headers["content-type"] == "application/octet-stream"
        assert "immutable" in tile.headers["cache-control"]
        hashes = tiles.split(tile.content)
        assert [tree.leaf_hash(body) for body in bodies_of(bundle.content)] == hashes
        leaves += hashes
    assert tree.root_of(leaves) == checkpoint.root
    upper = await ask(api, book, "/tile/1/000.p/5")
    assert tiles.split(upper.content) == [tree.root_of(leaves[at : at + 256]) for at in range(0, 1280, 256)]
    assert (await ask(api, book, "/tile/0/001.p/3")).content == b"".join(leaves[256:259])


def bodies_of(bundle: bytes) -> list[bytes]:
    found: list[bytes] = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        found.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return found


@pytest.mark.parametrize(
    "path",
    ["0/005", "0/005.p/21", "0/006.p/1", "1/000", "1/000.p/6", "2/000.p/1", "64/000", "00/000", "x/000", "0/0", "0/000.p/0",
     "0/x000/000", "0/", "entries/005", "entries/005.p/21", "entries/x", "0/000.p/256"],
)  # fmt: skip
async def test_a_tile_that_is_not_there_is_404(book: Book, api: Api, path: str) -> None:
    await grown(book)
    assert (await ask(api, book, f"/tile/{path}")).status_code == 404


async def test_an_entry_that_waits_is_told_apart_from_one_that_never_was(book: Book, api: Api) -> None:
    await grown(book)
    (waits,) = await book.enter()
    answer = await ask(api, book, f"/proofs?entryId={waits}")
    assert answer.status_code == 503
    assert "waits for its place" in answer.text
    assert "retry-after" in answer.headers
    assert (await ask(api, book, "/proofs?entryId=none")).status_code == 404
    assert (await ask(api, book, "/proofs")).status_code == 400


async def test_entries_of_a_recording(book: Book, api: Api) -> None:
    await book.enter(3)
    await book.sequence()
    await book.enter(1, subject="s-1")
    answer = await got(api, book, "/entries?recordingId=s-1")
    first, second = answer["entities"]
    assert answer["total"] == 2
    assert (first["leafIndex"], first["facts"], first["subjectId"]) == (1, {"number": 1}, "s-1")
    assert "leafIndex" not in second
    assert (await got(api, book, "/entries?kind=test.happened&pageSize=2"))["pageCount"] == 2
    assert (await got(api, book, "/entries?kind=other.kind"))["total"] == 0


async def test_who_may_see_it_and_whose(book: Book, api: Api, other_tenant: Tenant) -> None:
    ids = await grown(book)
    nobody = await book.tenant.person("Nobody", "recording:recording:view")
    paths = ["", "/checkpoint", "/key", "/entries", f"/proofs?entryId={ids[0]}", "/consistency?from=1&to=2", "/tile/0/000.p/1",
             "/tile/entries/000.p/1"]  # fmt: skip
    for path in paths:
        refused = await ask(api, book, path, nobody.id)
        assert refused.status_code == 403, path
        assert "audits:audit:view" in refused.text
        theirs = await api.call("GET", f"{LEDGER}{path}", other_tenant.tokens["admin-2"])
        assert theirs.status_code == (200 if path == "/entries" else 404), path
        assert ids[0] not in theirs.text or "proofs" in path
    assert (await api.call("GET", f"{LEDGER}/entries", other_tenant.tokens["admin-2"])).json()["total"] == 0


async def test_an_empty_ledger_has_no_checkpoint(book: Book, api: Api) -> None:
    for path in ("", "/checkpoint", "/key", "/tile/0/000.p/1", "/consistency?from=1&to=1"):
        assert (await ask(api, book, path)).status_code == 404


async def test_many_proofs_are_read_together(book: Book) -> None:
    ids = await grown(book)
    async with book.context.reader() as reader:
        proofs = await prove_entries(reader, "org-1", [*ids[::-1], ids[4]])
        with pytest.raises(EntryNotFound):
            await prove_entries(reader, "org-1", [ids[0], "none"])
        with pytest.raises(SizeUnknown):
            await prove_growth(reader, "org-1", 0, 3)
    assert [each.index for each in proofs] == [*range(1299, -1, -1), 4]
    for each in proofs:
        leaf = tree.leaf_hash(each.kept.body)
        assert tree.check_inclusion(leaf, each.index, 1300, each.hashes, each.checkpoint.root)
    (waits,) = await book.enter()
    async with book.context.reader() as reader:
        with pytest.raises(EntryWaits):
            await prove_entries(reader, "org-1", [ids[0], waits])


async def test_nobody_is_handed_a_proof_that_is_none(unguarded: Book) -> None:
    ids = await grown(unguarded)
    await unguarded.tamper("update ledger.leaf set hash = sha256('x') where leaf_index = 1299")
    async with unguarded.context.reader() as reader:
        await prove_entries(reader, "org-1", [ids[0]], 300)
        with pytest.raises(LedgerDamaged, match="is not the leaf"):
            await prove_entries(reader, "org-1", [ids[1298]])
        await unguarded.tamper("delete from ledger.tile where number = 2")
        with pytest.raises(LedgerDamaged, match="missing"):
            await prove_entries(reader, "org-1", [ids[600]])
