"""Matters are opened and closed, recordings released from them."""

from collections.abc import Sequence

import psycopg

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.recordings.matters import store
from shiftline.recordings.matters.errors import (
    MatterClosed,
    MatterIsProtection,
    MatterNameTaken,
    MatterNotFound,
    NotHeld,
)
from shiftline.recordings.matters.events import HoldReleased, MatterOpened
from shiftline.recordings.matters.events import MatterClosed as Closed
from shiftline.recordings.matters.model import HeldRecording, Kind, Matter, MatterDraft, MatterState
from shiftline.recordings.matters.operations.entering import CLOSED, OPENED, RELEASED, enter_event_in
from shiftline.recordings.matters.operations.taking import BATCH, release_batch_in, release_in

VIEW = "recording:matter:view"
ADD = "recording:matter:add"
CLOSE = "recording:matter:close"
RELEASE = "recording:hold:release"


async def open_matter(context: Context, draft: MatterDraft) -> Matter:
    """A new matter. Raises MatterNameTaken, PermissionMissing."""
    require(context, ADD)
    async with context.transaction() as tx:
        return await open_matter_in(tx, draft, Kind.MATTER)


async def open_matter_in(tx: Transaction, draft: MatterDraft, kind: Kind) -> Matter:
    """A new matter in the caller's transaction. Raises MatterNameTaken."""
    matter_id = new_id()
    try:
        await store.insert_matter(tx, matter_id, draft, kind)
    except psycopg.errors.UniqueViolation:
        raise MatterNameTaken(draft.name) from None
    opened = MatterOpened(
        organization_id=tx.context.organization_id, matter_id=matter_id, name=draft.name, description=draft.description
    )
    await enter_event_in(tx, OPENED, matter_id, opened)
    return await find_matter(tx, tx.context.organization_id, matter_id)


async def find_matter(reader: Reader, organization_id: str, matter_id: str) -> Matter:
    """One matter, on the caller's connection. Raises MatterNotFound."""
    found = await store.find_matter(reader, organization_id, matter_id)
    if found is None:
        raise MatterNotFound(matter_id)
    return found


async def get_matter(context: Context, matter_id: str) -> Matter:
    """One matter and how many recordings it holds. Raises MatterNotFound, PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await find_matter(reader, context.organization_id, matter_id)


async def list_matters(context: Context, page: Page, *, is_open: bool | None) -> tuple[list[Matter], int]:
    """Matters, latest first; and how many there are. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await store.list_matters(reader, context.organization_id, (page.size, page.offset), is_open=is_open)


async def list_held(context: Context, matter_id: str, page: Page) -> tuple[list[HeldRecording], int]:
    """The recordings that a matter holds, latest first; and how many. Raises MatterNotFound, PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        await find_matter(reader, context.organization_id, matter_id)
        return await store.page_held(reader, context.organization_id, matter_id, (page.size, page.offset))


async def lock_open_in(tx: Transaction, matter_id: str) -> Matter:
    """An open matter that nobody else changes until the end of the transaction. Raises MatterNotFound, MatterClosed."""
    matter = await store.lock_matter(tx, matter_id)
    if matter is None:
        raise MatterNotFound(matter_id)
    if matter.state is not MatterState.OPEN:
        raise MatterClosed(matter)
    return matter


async def close_matter(context: Context, matter_id: str, reason: str) -> Matter:
    """Close a matter: it holds nothing more, and releases what it holds; many by the worker, while it is ``closing``.

    One who repeats it finds it closed. Raises MatterNotFound, MatterIsProtection, PermissionMissing.
    """
    require(context, CLOSE)
    organization_id = context.organization_id
    async with context.transaction() as tx:
        await store.change_standing(tx)
        matter = await store.lock_matter(tx, matter_id)
        if matter is None:
            raise MatterNotFound(matter_id)
        if matter.kind is Kind.PROTECTION:
            raise MatterIsProtection(matter)
        if matter.state is MatterState.OPEN:
            held = (await find_matter(tx, organization_id, matter_id)).held
            await store.close_matter(tx, matter_id, reason)
            await store.end_holds(tx, matter_id)
            closed = Closed(
                organization_id=organization_id, matter_id=matter_id, name=matter.name, reason=reason, held=held
            )
            await enter_event_in(tx, CLOSED, matter_id, closed)
            if held <= BATCH:
                await release_batch_in(tx, matter_id, BATCH)
        return await find_matter(tx, organization_id, matter_id)


async def release_recordings(context: Context, matter_id: str, recording_ids: Sequence[str], reason: str) -> Matter:
    """Release recordings from an open matter by name; all of them or none.

    Raises MatterNotFound, MatterClosed, NotHeld, PermissionMissing.
    """
    require(context, RELEASE)
    organization_id, wanted = context.organization_id, list(dict.fromkeys(recording_ids))
    async with context.transaction() as tx:
        matter = await lock_open_in(tx, matter_id)
        held = await store.list_held_ids(tx, organization_id, matter_id, ids=wanted)
        missing = [each for each in wanted if each not in held]
        if missing:
            raise NotHeld(missing)
        await release_named_in(tx, matter, wanted, reason)
        return await find_matter(tx, organization_id, matter_id)


async def release_named_in(tx: Transaction, matter: Matter, recording_ids: Sequence[str], reason: str) -> None:
    """Release recordings, which the matter holds, and enter that they were named."""
    released = HoldReleased(
        organization_id=tx.context.organization_id,
        matter_id=matter.id,
        recording_ids=tuple(recording_ids),
        reason=reason,
    )
    await enter_event_in(tx, RELEASED, matter.id, released)
    await release_in(tx, matter, recording_ids, reason)
