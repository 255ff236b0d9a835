"""Asking for many recordings at once, settling what was asked for, and reading what came of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from shiftline.discovery.batches import rules, store
from shiftline.discovery.batches.errors import BatchNotFound
from shiftline.discovery.batches.events import BatchCompleted, BatchRequested
from shiftline.discovery.batches.model import Asked, Batch, Result, Settled
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.recordings.model import Recording, RecordingFilter, State
from shiftline.recordings.operations.reading import list_recordings, permitted_divisions
from shiftline.recordings.operations.vault import Vault

AT_ONCE = 200
"""Results that are settled in one transaction."""
BATCHES = 20
LOOKERS = 16
MANY = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """A result as it is for one reader: with a problem, or to be fetched."""

    result: Result
    problem: str | None


async def request_batch(context: Context, asked: Sequence[Asked]) -> str:
    """Ask for recordings, as many as there are; the batch's id. The worker settles them. Raises PermissionMissing."""
    divisions = permitted_divisions(context)
    batch_id = new_id()
    async with context.transaction() as tx:
        expected = await store.insert_batch(tx, batch_id, asked, divisions)
        tx.record(
            BatchRequested(
                organization_id=context.organization_id, batch_id=batch_id, asked=len(asked), expected=expected
            )
        )
    return batch_id


async def get_batch(context: Context, batch_id: str) -> tuple[Batch, list[Told]]:
    """A batch, whoever asked for it, with what is settled of it as the caller may know it.

    Raises BatchNotFound, PermissionMissing.
    """
    divisions = permitted_divisions(context)
    async with context.reader() as reader:
        batch = await store.find_batch(reader, context.organization_id, batch_id)
        if batch is None:
            raise BatchNotFound(batch_id)
        results = await store.list_results(reader, batch)
    return batch, [Told(each, rules.tell(each, divisions)) for each in results]


async def list_batches(context: Context, page: Page) -> tuple[list[Batch], int]:
    """The organization's batches, latest first; and how many there are. Raises PermissionMissing."""
    permitted_divisions(context)
    async with context.reader() as reader:
        return await store.list_batches(reader, context.organization_id, page.size, page.offset)


async def settle_some(context: Context, vault: Vault) -> bool:
    """Settle some results of each unfinished batch, of every organization; whether more can be settled at once."""
    async with context.reader() as reader:
        batches = await store.list_unfinished(reader, BATCHES)
    more = [await _settle_some_of(context, vault, batch) for batch in batches]
    return any(more)


async def _settle_some_of(context: Context, vault: Vault, batch: Batch) -> bool:
    actor = Actor(batch.organization_id, "system", person_id=batch.requested_by)
    acting, after = context.acting_as(actor), 0
    settled: list[Settled] | None = []
    while not settled:
        async with context.reader() as reader:
            results = await store.list_waiting(reader, batch, after, AT_ONCE)
        settled = await _look_at(acting, vault, results)
        if not results or settled is None:
            return False
        after = results[-1].position
    async with acting.transaction() as tx:
        now = await store.settle_results(tx, batch, settled)
        if now is not None and now.done:
            tx.record(
                BatchCompleted(
                    organization_id=batch.organization_id, batch_id=batch.id, results=now.results, errors=now.errors
                )
            )
    return now is not None and not now.done


async def _look_at(context: Context, vault: Vault, results: Sequence[Result]) -> list[Settled] | None:
    """What becomes of results; those whose file is being sealed right now are left for the next time.

    None while the objects cannot be reached: nothing is said of any recording until they can.
    """
    found = await _find(context, [each.conversation_id for each in results if each.known])
    turns = asyncio.Semaphore(LOOKERS)

    async def look(result: Result) -> Settled | None:
        recording = found.get(result.recording_id or "")
        if rules.waits(recording):
            return None
        size = None
        if recording is not None and recording.state is State.SEALED:
            async with turns:
                size = await vault.objects.size(recording.object_key or "")
        return Settled(result.position, rules.settle(result, recording, size))

    try:
        settled = await asyncio.gather(*map(look, results))
    except Unavailable:
        return None
    return [each for each in settled if each is not None]


async def _find(context: Context, conversation_ids: Sequence[str]) -> dict[str, Recording]:
    wanted = RecordingFilter(conversation_ids=list(dict.fromkeys(conversation_ids)))
    found: dict[str, Recording] = {}
    page = Page(MANY, 1)
    while wanted.conversation_ids:
        recordings, total = await list_recordings(context, wanted, page)
        found |= {each.id: each for each in recordings}
        if page.offset + len(recordings) >= total or not recordings:
            break
        page = Page(MANY, page.number + 1)
    return found
