"""The ledger: entering beside the bare inserts of the same rows, giving places, proofs from a large tree."""

import asyncio
import resource
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.registry import Outcome, bench, say
from shiftline.apps.engines import postgres
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.ids import new_id
from shiftline.foundation.migrations import migrate
from shiftline.ledger.keys import SigningKeys, create_key_file
from shiftline.ledger.model import EntryDraft
from shiftline.ledger.operations.appending import append_in
from shiftline.ledger.operations.checking import check_ledger
from shiftline.ledger.operations.proving import prove_entries, prove_growth
from shiftline.ledger.operations.sequencing import Notary, sequence
from shiftline.ledger.rules import tree

CONNECTIONS = 8
TRANSACTIONS = 1600
REPEATS = 5
LARGE = 1_000_000
PROOFS = 10_000
RATIO = 0.5
PROOF_MS = 50.0
MEMORY_MB = 150.0

# The rows that an access has without a ledger, and of the size that an entry has.
BARE = """
create schema bare;
create table bare.access (id text primary key, subject_id text not null, at timestamptz not null, content bytea not null, facts bytea not null);
create index access_by_subject on bare.access (subject_id, at);
"""
INSERT = "insert into bare.access (id, subject_id, at, content, facts) values (%(id)s, %(subject)s, %(at)s, %(body)s, %(facts)s)"
FACTS = {
    "access_id": "",
    "what": "media",
    "allowed": True,
    "code": "permission.held",
    "first_byte": 0,
    "last_byte": 65535,
}
# 1,000,000 entries as append_in would make them, but by the server itself: only their places are measured.
FILL = """
with made as (
  select n, lpad(to_hex(n), 32, '0') as id from generate_series(1, {count}) as n
), entered as (
  insert into ledger.entry (organization_id, id, kind, subject_id, conversation_id, at, body, facts)
  select '{organization}', id, 'bench.entered', 's-' || n % 5000, null, timestamptz '2023-10-27 11:00+00',
         convert_to('{{"actorId":"System","actorKind":"system","at":"2023-10-27T11:00:00.000000Z","conversationId":null,"digest":"'
           || encode(sha256('{{}}'), 'hex') || '","id":"' || id || '","kind":"bench.entered","organizationId":"{organization}","subjectId":"s-'
           || n % 5000 || '","version":1}}', 'UTF8'),
         '{{}}'
  from made returning id
)
insert into ledger.pending (organization_id, entry_id) select '{organization}', id from entered order by id
"""


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="shiftline-bench-"))
    folder.chmod(0o755)
    return folder


@asynccontextmanager
async def ledger() -> AsyncGenerator[tuple[Context, Notary]]:
    """A migrated database with the tuning of an installation, and keys."""
    folder = _folder()
    running = postgres.start(folder / "data")
    database = Database(running.server.url, size=CONNECTIONS)
    try:
        await migrate(running.server.url)
        await database.open()
        create_key_file(folder / "ledger-keys.json", datetime.now(UTC))
        yield (
            Context(database, Clock(), Actor("org-1", "system")),
            Notary(SigningKeys(folder / "ledger-keys.json"), "bench"),
        )
    finally:
        await database.close()
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@bench(
    "ledger-append",
    group="discovery",
    bar=f"entries entered and given their places at least {RATIO:g}x as fast as bare inserts of such rows; a proof of {LARGE:,} leaves under "
    f"{PROOF_MS:g} ms, its memory and the check's under {MEMORY_MB:g} MB more",
)
def ledger_append() -> Outcome:
    """Bare, entered and entered while places are given, turn by turn, medians of five; then a large tree."""
    return asyncio.run(_measure())


async def _measure() -> Outcome:
    async with ledger() as (context, notary):
        async with context.reader() as reader:
            await reader.connection.execute(BARE.encode())
        runs = [await _turn(context, notary, number) for number in range(REPEATS)]
        rates = {name: round(median(run[name] for run in runs)) for name in runs[0]}
        large = await _large(context.acting_as(Actor("org-2", "system")), notary)
    ratio = round(median(run["placed_per_second"] / run["bare_per_second"] for run in runs), 2)
    holds = ratio >= RATIO and large["proof_ms"] <= PROOF_MS and large["memory_mb"] <= MEMORY_MB
    figures = {
        "ratio": ratio,
        "entered_per_second": rates["entered_per_second"],
        "placed_per_second": rates["placed_per_second"],
        **large,
    }
    return Outcome(figures, {"name": "bare inserts", "per_second": rates["bare_per_second"]}, holds=holds)


async def _turn(context: Context, notary: Notary, number: int) -> dict[str, float]:
    async def insert() -> None:
        async with context.transaction() as tx:
            values = {"id": new_id(), "subject": "s-1", "at": context.now(), "body": bytes(340), "facts": bytes(140)}
            await tx.execute(INSERT, values)

    async def enter() -> None:
        async with context.transaction() as tx:
            await append_in(tx, EntryDraft("bench.entered", "s-1", FACTS))

    bare = await _rate(insert)
    entered = await _rate(enter)
    await _place(context, notary)
    over = asyncio.Event()
    placing = asyncio.create_task(_place_until(context, notary, over))
    began = time.perf_counter()
    await _rate(enter)
    over.set()
    await placing
    placed = TRANSACTIONS / (time.perf_counter() - began)
    say(f"run {number + 1}: bare {bare:.0f}/s, entered {entered:.0f}/s, entered and placed {placed:.0f}/s")
    return {"bare_per_second": bare, "entered_per_second": entered, "placed_per_second": placed}


async def _rate(work: Callable[[], Awaitable[None]]) -> float:
    """Transactions a second, over a few connections."""

    async def one() -> None:
        for _ in range(TRANSACTIONS // CONNECTIONS):
            await work()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return TRANSACTIONS / (time.perf_counter() - began)


async def _place_until(context: Context, notary: Notary, over: asyncio.Event) -> None:
    """As the worker does, and to the end once nobody enters any more."""
    while not over.is_set():
        await sequence(context, notary)
        await asyncio.sleep(0.5)
    await _place(context, notary)


async def _place(context: Context, notary: Notary) -> None:
    while await sequence(context, notary):
        pass


async def _large(context: Context, notary: Notary) -> dict[str, Any]:
    say(f"entering {LARGE:,}")
    organization = context.organization_id
    async with context.reader() as reader:
        await reader.connection.execute(b"set statement_timeout = 0")
        await reader.connection.execute(FILL.format(count=LARGE, organization=organization).encode())
        await reader.connection.execute(b"reset statement_timeout")
        await reader.connection.execute(b"analyze")
    before = _peak_mb()
    began = time.perf_counter()
    await _place(context, notary)
    placing = LARGE / (time.perf_counter() - began)
    say(f"places given: {placing:.0f}/s; proving")
    proofs = await _proofs(context)
    say(f"{proofs['proof_ms']} ms a proof; checking")
    began = time.perf_counter()
    report = await check_ledger(context)
    checking = time.perf_counter() - began
    if report.problem is not None or report.leaves != LARGE:
        raise RuntimeError(f"the ledger is not whole: {report}")
    return {
        "leaves": LARGE,
        "places_per_second": round(placing),
        **proofs,
        "check_seconds": round(checking, 1),
        "memory_mb": round(_peak_mb() - before, 1),
    }


async def _proofs(context: Context) -> dict[str, Any]:
    """One proof at a time, then many together; each is checked."""
    random = Random(7)
    ids = [f"{random.randrange(LARGE) + 1:032x}" for _ in range(PROOFS)]
    single: list[float] = []
    most = 0
    async with context.reader() as reader:
        for entry_id in ids[:200]:
            began = time.perf_counter()
            (found,) = await prove_entries(reader, context.organization_id, [entry_id])
            single.append((time.perf_counter() - began) * 1000)
            leaf = tree.leaf_hash(found.kept.body)
            if not tree.check_inclusion(leaf, found.index, LARGE, found.hashes, found.checkpoint.root):
                raise RuntimeError("a proof is none")
            most = max(most, len(found.hashes))
        began = time.perf_counter()
        await prove_entries(reader, context.organization_id, ids)
        many = PROOFS / (time.perf_counter() - began)
        began = time.perf_counter()
        grown = await prove_growth(reader, context.organization_id, LARGE // 3, LARGE)
        growth = (time.perf_counter() - began) * 1000
    ordered = sorted(single)
    return {
        "proof_ms": round(ordered[len(ordered) // 2], 2),
        "proof_p99_ms": round(ordered[int(len(ordered) * 0.99)], 2),
        "proof_hashes": most,
        "proofs_per_second": round(many),
        "consistency_ms": round(growth, 2),
        "consistency_hashes": len(grown.hashes),
    }


def _peak_mb() -> float:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
