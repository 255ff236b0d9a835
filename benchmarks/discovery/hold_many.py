"""A legal hold over very many recordings, taken by a worker of its own while somebody looks how far it is."""

import asyncio
import sys
import time
from datetime import UTC, datetime
from typing import Any

from benchmarks.discovery.hold_race import ASKED, FILL, ORGANIZATION
from benchmarks.discovery.ledger import ledger
from benchmarks.registry import Outcome, bench, say
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.time import Interval
from shiftline.recordings.matters.model import Hold, HoldDraft, HoldState, MatterDraft, Selection
from shiftline.recordings.matters.operations.opening import open_matter
from shiftline.recordings.matters.operations.placing import get_hold, place_hold

MANY = 100_000
MORE_MB = 64.0
PLACING_SECONDS = 5.0
SEEN = 20
LOOK_EVERY = 1.0
EVER = Interval(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))

CHECK = """
select (select count(*) from recordings.held h where h.hold_id = %(hold)s and h.released_at is null)::int as held,
       (select count(*) from recordings.recording r where r.held_by = 1)::int as marked,
       (select count(*) from ledger.entry e where e.kind = 'recording.held')::int as entries,
       (select count(distinct e.subject_id) from ledger.entry e where e.kind = 'recording.held')::int as entered,
       (select count(*) from ledger.entry e where e.kind = 'deletion.stopped')::int as stopped,
       (select count(distinct h.xmin::text) from recordings.held h where h.hold_id = %(hold)s)::int as transactions
"""


@bench(
    "hold-many",
    group="discovery",
    bar=f"a hold takes {MANY:,} recordings, each entered once and without a cap; it is answered within {PLACING_SECONDS:g} s, how far it is "
    f"is seen at least {SEEN} times, and the worker takes at most {MORE_MB:g} MB more",
)
def hold_many() -> Outcome:
    """A matter holds all recordings of an organization, each with an approved deletion that is due."""
    return asyncio.run(_measure())


async def _measure() -> Outcome:
    async with ledger() as (system, _):
        url = system.database._vigil._url  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        context = system.acting_as(Actor(ORGANIZATION, "person", person_id="counsel", grants=ASKED))
        async with context.reader() as reader:
            await reader.connection.execute(FILL.format(tries=MANY).encode())
            await reader.connection.execute(b"analyze")
        matter = await open_matter(context, MatterDraft("Doe v. Northwind"))
        began = time.perf_counter()
        hold = await place_hold(context, matter.id, HoldDraft(Selection(started=EVER), "Litigation"))
        placing = time.perf_counter() - began
        say(f"placed in {placing:.2f} s: {hold.state}, {hold.total} recordings")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.discovery._holding", url, stdout=asyncio.subprocess.PIPE
        )
        seen = await _look(context, hold, process)
        out, _ = await process.communicate()
        peak, before, seconds = map(float, out.split())
        done = await get_hold(context, matter.id, hold.id)
        async with context.reader() as reader:
            found = await reader.one(CHECK, {"hold": hold.id})
    assert found is not None
    figures: dict[str, Any] = {
        "recordings": found["held"],
        "seconds": seconds,
        "recordings_per_second": round(found["held"] / seconds),
        "placing_seconds": round(placing, 2),
        "transactions": found["transactions"],
        "progress_seen": len(seen),
        "worker_mb": peak,
        "worker_mb_more": round(peak - before, 1),
        "deletions_stopped": found["stopped"],
    }
    whole = {found[each] for each in ("held", "marked", "entries", "entered")} == {MANY} == {done.taken, hold.total}
    holds = whole and done.state is HoldState.DONE and len(seen) >= SEEN
    return Outcome(figures, holds=holds and placing <= PLACING_SECONDS and peak - before <= MORE_MB)


async def _look(context: Context, hold: Hold, process: asyncio.subprocess.Process) -> set[int]:
    """How far it was, as whoever asks by the API sees it."""
    seen: set[int] = set()
    while process.returncode is None:
        found = await get_hold(context, hold.matter_id, hold.id)
        if found.done not in seen:
            seen.add(found.done)
            say(f"{found.done} of {found.total}")
        await asyncio.sleep(LOOK_EVERY)
    return seen
