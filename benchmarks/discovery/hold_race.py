"""A legal hold and the retention job, in processes of their own, race for recordings: each ends kept or the hold is refused."""

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from benchmarks.discovery.ledger import ledger
from benchmarks.registry import Outcome, bench, say
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.recordings.deletion.operations.destroying import destroy_recording
from shiftline.recordings.matters.errors import AllDestroyed
from shiftline.recordings.matters.model import HoldDraft, MatterDraft, Selection
from shiftline.recordings.matters.operations.opening import open_matter
from shiftline.recordings.matters.operations.placing import place_hold

TRIES = 10_000
LANES = 8
LATEST = {"hold": 0.002, "destroy": 0.05}
"""Seconds by which a side begins later than told at most: a hold reaches its recording later than the job does."""

ORGANIZATION = "org-1"
ASKED = {"recording:*:*": frozenset({"*"})}

# Sealed recordings whose deletion was approved and is due: all that lies between them and their destruction is a hold.
FILL = """
with made as (
  insert into recordings.recording
    (organization_id, id, conversation_id, participant_id, leg_id, direction, division_ids, reason, started_at, zone,
     utc_offset_seconds, tzdata_version, participants, codec, container, state, ended_at, ended_by, changed_at, changed_by, key_id,
     wrapped_key, offsets, duration_ms, packets, lost, sha256, size, object_key, stored_sha256, stored_size, revision)
  select 'org-1', 'r-' || n, 'c-' || n, 'p-' || n, 'l-' || n, 'inbound', array['d'], 'policy.record', now(), 'UTC', 0, '2026a', '[]',
         'opus', 'ogg', 'sealed', now(), 'call', now(), 'System', 'kek', decode(repeat('00', 60), 'hex'), '[0]', 1, 1, 0,
         decode(repeat('00', 32), 'hex'), 1, 'o-' || n, decode(repeat('00', 32), 'hex'), 1, 1
  from generate_series(0, {tries} - 1) n returning id
)
insert into recordings.deletion
  (organization_id, id, recording_id, cause, reason, marked_at, asked_by, due_at, state, approved_at, approved_by)
select 'org-1', 'd-' || id, id, 'retention', 'Its date came.', now() - interval '2 days', 'planner', now() - interval '1 day',
       'marked', now(), 'counsel' from made
"""
CHECK = """
select count(*) filter (where r.state = 'sealed' and r.held_by = 1 and t.recording_id is null and d.state = 'held')::int as kept,
       count(*) filter (where r.state = 'destroyed' and r.held_by = 0 and t.recording_id is not null
                              and d.state = 'destroyed' and r.wrapped_key is null)::int as destroyed,
       count(*) filter (where exists (select from recordings.held h where h.recording_id = r.id and h.released_at is null)
                              and t.recording_id is not null)::int as held_and_destroyed
from recordings.recording r
join recordings.deletion d on d.recording_id = r.id
left join recordings.tombstone t on t.recording_id = r.id
"""


async def _hold(context: Context, matters: list[str], number: int) -> bool:
    try:
        selection = Selection(recording_ids=[f"r-{number}"])
        await place_hold(context, matters[number % LANES], HoldDraft(selection, "Litigation"))
    except AllDestroyed:
        return False
    return True


async def _destroy(context: Context, matters: list[str], number: int) -> bool:
    del matters
    return await destroy_recording(context, f"r-{number}", f"d-r-{number}") is not None


Step = Callable[[Context, list[str], int], Awaitable[bool]]
STEPS: dict[str, Step] = {"hold": _hold, "destroy": _destroy}


def _work(url: str, name: str, matters: list[str], pipe: Connection) -> None:
    """A process that does its step for the numbers that it is sent, each a little later than now, until it is sent None."""
    asyncio.run(_serve(url, name, matters, pipe, Random(name)))


async def _serve(url: str, name: str, matters: list[str], pipe: Connection, random: Random) -> None:
    database = Database(url, size=LANES)
    await database.open()
    step, latest = STEPS[name], LATEST[name]
    context = Context(database, Clock(), Actor(ORGANIZATION, "person", person_id="counsel", grants=ASKED))

    async def late(number: int) -> bool:
        await asyncio.sleep(random.uniform(0, latest))
        return await step(context, matters, number)

    while (numbers := await asyncio.to_thread(pipe.recv)) is not None:
        pipe.send(await asyncio.gather(*map(late, numbers)))
    await database.close()


@bench(
    "hold-race",
    group="discovery",
    bar=f"{TRIES:,} races of a hold and a retention job: each recording is kept, or the hold was refused with the time of destruction",
)
def hold_race() -> Outcome:
    """Two processes, eight recordings at a time, each side late by up to some milliseconds."""
    return asyncio.run(_measure())


async def _measure() -> Outcome:
    async with ledger() as (system, _):
        url = system.database._vigil._url  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        context = system.acting_as(Actor(ORGANIZATION, "person", person_id="counsel", grants=ASKED))
        async with context.reader() as reader:
            await reader.connection.execute(FILL.format(tries=TRIES).encode())
        matters = [(await open_matter(context, MatterDraft(f"Matter {each}"))).id for each in range(LANES)]
        began = time.perf_counter()
        outcomes = await asyncio.to_thread(_race, url, matters)
        seconds = time.perf_counter() - began
        async with context.reader() as reader:
            checked = await reader.one(CHECK, {})
    assert checked is not None
    contradictions = outcomes[True, True] + outcomes[False, False] + checked["held_and_destroyed"]
    figures: dict[str, Any] = {
        "tries": sum(outcomes.values()),
        "kept": checked["kept"],
        "refused": checked["destroyed"],
        "contradictions": contradictions,
        "races_per_second": round(TRIES / seconds),
    }
    told = (outcomes[True, False], outcomes[False, True]) == (checked["kept"], checked["destroyed"])
    holds = told and not contradictions and figures["tries"] == TRIES == checked["kept"] + checked["destroyed"]
    return Outcome(figures, holds=holds and min(checked["kept"], checked["destroyed"]) > 0)


def _race(url: str, matters: list[str]) -> Counter[tuple[bool, bool]]:
    """How often (the hold was accepted, the recording destroyed)."""
    fresh, outcomes = multiprocessing.get_context("spawn"), Counter[tuple[bool, bool]]()
    ends = {name: fresh.Pipe() for name in STEPS}
    processes = [
        fresh.Process(target=_work, args=(url, name, matters, theirs), daemon=True)
        for name, (_, theirs) in ends.items()
    ]
    for process in processes:
        process.start()
    pipes = [ours for ours, _ in ends.values()]
    for start in range(0, TRIES, LANES):
        numbers = list(range(start, min(start + LANES, TRIES)))
        for pipe in pipes:
            pipe.send(numbers)
        outcomes.update(zip(*(pipe.recv() for pipe in pipes), strict=True))
        if start % 2000 == 0:
            say(f"{start} races")
    for pipe in pipes:
        pipe.send(None)
    for process in processes:
        process.join(10)
    return outcomes
