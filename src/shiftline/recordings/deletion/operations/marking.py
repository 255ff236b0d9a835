"""Recordings are marked for deletion, and that is approved by a second person, or withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shiftline.authorization.errors import PermissionMissing
from shiftline.authorization.model import EVERY_DIVISION
from shiftline.authorization.operations import require
from shiftline.authorization.rules import divisions_of, judge
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.recordings.deletion import store
from shiftline.recordings.deletion.errors import (
    AlreadyApproved,
    AlreadyMarked,
    DeletionNotFound,
    DeletionOver,
    HeldByMatters,
    NotDeletable,
    RecordingDestroyed,
    SamePerson,
)
from shiftline.recordings.deletion.events import DeletionApproved, DeletionMarked, DeletionWithdrawn
from shiftline.recordings.deletion.model import Cause, Deletion, DeletionState, Target
from shiftline.recordings.errors import RecordingNotFound
from shiftline.recordings.matters.operations.asking import find_holders
from shiftline.recordings.matters.operations.entering import enter_of_recording_in

VIEW = "recording:deletion:view"
MARK = "recording:deletion:mark"
APPROVE = "recording:deletion:approve"

MARKED = "deletion.marked"
APPROVED = "deletion.approved"
WITHDRAWN = "deletion.withdrawn"

BATCH = 200


async def mark_recordings(context: Context, recording_ids: Sequence[str], reason: str) -> list[Deletion]:
    """Mark recordings for deletion, all of them or none; that is the first approval. They are destroyed after the grace.

    Raises RecordingNotFound, HeldByMatters, NotDeletable, AlreadyMarked, RecordingDestroyed, PermissionMissing.
    """
    require(context, MARK)
    wanted = list(dict.fromkeys(recording_ids))
    async with context.transaction() as tx:
        targets = {each.id: each for each in await store.lock_targets(tx, wanted)}
        for recording_id in wanted:
            if recording_id not in targets:
                raise RecordingNotFound(recording_id)
            _require_in(context, targets[recording_id].division_ids, MARK)
        await _check(tx, list(targets.values()))
        due_at = context.now() + timedelta(days=await store.find_grace(tx, context.organization_id))
        for each in wanted:
            await _mark_in(tx, targets[each], Cause.PERSON, reason, asked_by=context.actor.id, due_at=due_at)
        latest = await store.latest_deletions(tx, context.organization_id, wanted)
    return [latest[each] for each in wanted]


async def _check(tx: Transaction, targets: Sequence[Target]) -> None:
    ids = [each.id for each in targets]
    held = await find_holders(tx, tx.context.organization_id, ids)
    latest = await store.latest_deletions(tx, tx.context.organization_id, ids)
    for each in targets:
        if each.destroyed_at is not None:
            tombstones = await store.find_tombstones(tx, tx.context.organization_id, [each.id])
            raise RecordingDestroyed(each.id, each.destroyed_at, tombstones.get(each.id))
        if each.state != "sealed":
            raise NotDeletable(each.id, each.state)
        if each.held_by:
            raise HeldByMatters(each.id, [holder.matter_name for holder in held.get(each.id, ())])
        if each.id in latest and latest[each.id].state is DeletionState.MARKED:
            raise AlreadyMarked(each.id, latest[each.id])


async def _mark_in(
    tx: Transaction, target: Target, cause: Cause, reason: str, *, asked_by: str, due_at: datetime
) -> None:
    deletion = Deletion(
        id=new_id(),
        recording_id=target.id,
        conversation_id=target.conversation_id,
        division_ids=target.division_ids,
        cause=cause,
        reason=reason,
        marked_at=tx.context.now(),
        asked_by=asked_by,
        due_at=due_at,
        state=DeletionState.MARKED,
    )
    await store.insert_deletion(tx, deletion)
    marked = DeletionMarked(
        organization_id=tx.context.organization_id,
        recording_id=target.id,
        conversation_id=target.conversation_id,
        deletion_id=deletion.id,
        cause=cause.value,
        reason=reason,
        asked_by=asked_by,
        due_at=due_at,
    )
    await enter_of_recording_in(tx, MARKED, marked)


async def mark_expired(context: Context) -> int:
    """Mark recordings whose date of deletion came and that nobody holds, of every organization; how many."""
    now = context.now()
    async with context.reader() as reader:
        expired = await store.list_expired(reader, now, BATCH)
    organizations: dict[str, dict[str, Row]] = {}
    for row in expired:
        organizations.setdefault(row["organization_id"], {})[row["id"]] = row
    return sum([await _mark_of(context, each, rows, now) for each, rows in organizations.items()])


async def _mark_of(context: Context, organization_id: str, rows: Mapping[str, Row], now: datetime) -> int:
    async with context.acting_as(Actor(organization_id, "system")).transaction() as tx:
        targets = await store.lock_targets(tx, list(rows))
        latest = await store.latest_deletions(tx, organization_id, list(rows))
        due_at, marked = now + timedelta(days=await store.find_grace(tx, organization_id)), 0
        for each in targets:
            known = latest.get(each.id)
            if each.held_by or each.state != "sealed" or (known and known.state is DeletionState.MARKED):
                continue  # meanwhile
            row = rows[each.id]
            reason = f"Its date of deletion, {row['delete_at'].isoformat()}, came."
            await _mark_in(tx, each, Cause.RETENTION, reason, asked_by=row["set_by"], due_at=due_at)
            marked += 1
    return marked


async def list_deletions(
    context: Context, page: Page, *, state: DeletionState | None, waiting: bool
) -> tuple[list[Deletion], int]:
    """Deletions in the caller's divisions, the next due first; ``waiting``: for a second approval. Raises PermissionMissing."""
    require(context, VIEW)
    held = divisions_of(context.actor.grants, VIEW)
    divisions = None if context.actor.kind == "system" or EVERY_DIVISION in held else sorted(held)
    part = (page.size, page.offset)
    async with context.reader() as reader:
        return await store.list_deletions(
            reader, context.organization_id, divisions, state=state, waiting=waiting, part=part
        )


async def get_deletion(context: Context, deletion_id: str) -> Deletion:
    """One deletion. Raises DeletionNotFound, PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        (found,) = await _find(reader, context.organization_id, [deletion_id])
    _require_in(context, found.division_ids, VIEW)
    return found


async def approve_deletions(context: Context, deletion_ids: Sequence[str]) -> list[Deletion]:
    """The second approval of deletions, all of them or none, by another than who asked for them.

    Raises DeletionNotFound, DeletionOver, AlreadyApproved, SamePerson, PermissionMissing.
    """
    require(context, APPROVE)
    wanted = list(dict.fromkeys(deletion_ids))
    async with context.transaction() as tx:
        found = await _lock_in(tx, wanted, APPROVE)
        for each in found:
            if each.asked_by == context.actor.id:
                raise SamePerson(each)
            if each.approved_by not in (None, context.actor.id):
                raise AlreadyApproved(each)
        fresh = [each for each in found if each.approved_by is None]
        await store.approve(tx, [each.id for each in fresh])
        for each in fresh:
            await enter_of_recording_in(tx, APPROVED, _approved(context, each))
        return await _find(tx, context.organization_id, wanted)


def _approved(context: Context, deletion: Deletion) -> DeletionApproved:
    return DeletionApproved(
        organization_id=context.organization_id,
        recording_id=deletion.recording_id,
        conversation_id=deletion.conversation_id,
        deletion_id=deletion.id,
        approved_by=context.actor.id,
    )


async def withdraw_deletions(context: Context, deletion_ids: Sequence[str], reason: str) -> list[Deletion]:
    """Recordings are not destroyed after all, all of them or none; whoever may mark or approve may do so.

    Raises DeletionNotFound, DeletionOver, PermissionMissing.
    """
    require(context, MARK, APPROVE)
    wanted = list(dict.fromkeys(deletion_ids))
    async with context.transaction() as tx:
        found = await _lock_in(tx, wanted, MARK, APPROVE)
        await _withdraw_in(tx, found, reason)
        return await _find(tx, context.organization_id, wanted)


async def withdraw_expiry_in(tx: Transaction, recording_id: str, reason: str) -> None:
    """A recording's date was moved: what the former one had marked is withdrawn. The caller has locked the recording."""
    latest = (await store.latest_deletions(tx, tx.context.organization_id, [recording_id])).get(recording_id)
    if latest is not None and latest.state is DeletionState.MARKED and latest.cause is Cause.RETENTION:
        await _withdraw_in(tx, [latest], reason)


async def _withdraw_in(tx: Transaction, found: Sequence[Deletion], reason: str) -> None:
    await store.end_deletions(tx, [each.id for each in found], DeletionState.WITHDRAWN, reason)
    for each in found:
        withdrawn = DeletionWithdrawn(
            organization_id=tx.context.organization_id,
            recording_id=each.recording_id,
            conversation_id=each.conversation_id,
            deletion_id=each.id,
            reason=reason,
        )
        await enter_of_recording_in(tx, WITHDRAWN, withdrawn)


async def _lock_in(tx: Transaction, deletion_ids: Sequence[str], *any_of: str) -> list[Deletion]:
    """Deletions that are marked, with their recordings locked. Raises DeletionNotFound, DeletionOver, PermissionMissing."""
    organization_id = tx.context.organization_id
    known = await _find(tx, organization_id, deletion_ids)
    for each in known:
        _require_in(tx.context, each.division_ids, *any_of)
    await store.lock_targets(tx, [each.recording_id for each in known])
    found = await _find(tx, organization_id, deletion_ids)
    for each in found:
        if each.state is not DeletionState.MARKED:
            raise DeletionOver(each)
    return found


async def _find(reader: Reader, organization_id: str, deletion_ids: Sequence[str]) -> list[Deletion]:
    found = {each.id: each for each in await store.find_deletions(reader, organization_id, deletion_ids)}
    missing = next((each for each in deletion_ids if each not in found), None)
    if missing is not None:
        raise DeletionNotFound(missing)
    return [found[each] for each in deletion_ids]


def _require_in(context: Context, division_ids: Sequence[str], *any_of: str) -> None:
    judged = [judge(context.actor, any_of, each, context.now()) for each in division_ids]
    if not any(decision.allowed is True for decision in judged):
        raise PermissionMissing(judged[0], any_of)
