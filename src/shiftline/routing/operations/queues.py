"""Queues."""

from collections.abc import Sequence
from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.identity.operations.targets import get_target, own_person_id
from shiftline.routing.errors import NameTaken, QueueInUse, QueueNotFound, Unknown
from shiftline.routing.events import QueueChanged
from shiftline.routing.model.queues import Membership, PersonQueue, Queue, QueueDraft, QueueFilter, Ring
from shiftline.routing.operations.members import record_members
from shiftline.routing.operations.places import choose_division, find_queue_for, require_view
from shiftline.routing.rules.settings import check_acw
from shiftline.routing.store import interactions, members, queues

VIEW = "routing:queue:view"
ADD = "routing:queue:add"
EDIT = "routing:queue:edit"
DELETE = "routing:queue:delete"


async def list_queues(context: Context, page: Page, wanted: QueueFilter) -> tuple[list[Queue], int]:
    """One page of the queues that the caller may see, by name, and how many there are."""
    visible = require_view(context, VIEW)
    async with context.reader() as reader:
        return await queues.list_queues(reader, context.organization_id, page, replace(wanted, visible_in=visible))


async def get_queue(context: Context, queue_id: str) -> Queue:
    """One queue. Raises QueueNotFound, PermissionMissing."""
    async with context.reader() as reader:
        return await find_queue_for(context, reader, queue_id, VIEW)


async def list_own_queues(context: Context, page: Page, *, joined: bool | None) -> tuple[list[PersonQueue], int]:
    """One page of the queues that the caller is a member of, by name, and how many there are."""
    whose = Membership(own_person_id(context), joined)
    async with context.reader() as reader:
        return await queues.list_queues_of(reader, context.organization_id, page, whose, QueueFilter())


async def list_queues_of(
    context: Context, person_id: str, page: Page, *, joined: bool | None, division_ids: tuple[str, ...] | None
) -> tuple[list[PersonQueue], int]:
    """One page of a person's queues by name, and how many there are. Raises PersonNotFound, PermissionMissing."""
    mine = person_id == context.actor.person_id
    visible = None if mine else require_view(context, VIEW)
    await get_target(context, person_id, own=(), other=())
    wanted = QueueFilter(division_ids=division_ids, visible_in=visible)
    async with context.reader() as reader:
        whose = Membership(person_id, joined)
        return await queues.list_queues_of(reader, context.organization_id, page, whose, wanted)


async def create_queue(context: Context, draft: QueueDraft) -> Queue:
    """A new queue; an equal one that exists is answered as it is. Raises NameTaken, Unknown, Invalid, PermissionMissing."""
    require(context, ADD, division_id=draft.division_id)
    async with context.transaction() as tx:
        return await create_queue_in(tx, draft)


async def create_queue_in(tx: Transaction, draft: QueueDraft) -> Queue:
    """``create_queue`` in the caller's transaction. Raises NameTaken, Unknown, Invalid."""
    draft, queue_id = await _place(tx, draft), draft.id or new_id()
    require(tx.context, ADD, division_id=draft.division_id)
    if await queues.insert_queue(tx, queue_id, draft):
        return await _written(tx, queue_id)
    existing = await queues.find_queue_by_name(tx, tx.context.organization_id, draft.name)
    if existing is None or not _is_same(existing, draft):
        raise NameTaken("queue", draft.name if existing else queue_id)
    return existing


async def hold_queue_in(tx: Transaction, queue_id: str) -> bool:
    """Whether there is a queue; it is not deleted until the caller's transaction ends."""
    return await queues.hold_queue(tx, queue_id)


async def change_queue(context: Context, queue_id: str, draft: QueueDraft) -> Queue:
    """Make a queue so; an unchanged one keeps its version. Raises QueueNotFound, NameTaken, Unknown, Invalid.

    Without division the draft leaves the queue where it is.
    """
    async with context.transaction() as tx:
        current = await _lock(tx, queue_id, EDIT)
        draft = await _place(tx, replace(draft, id=queue_id, division_id=draft.division_id or current.division.id))
        require(context, EDIT, division_id=draft.division_id)
        if _is_same(current, draft):
            return current
        other = await queues.find_queue_by_name(tx, context.organization_id, draft.name)
        if other is not None and other.id != queue_id:
            raise NameTaken("queue", draft.name)
        await queues.update_queue(tx, queue_id, draft)
        return await _written(tx, queue_id)


async def delete_queue(context: Context, queue_id: str) -> None:
    """Take a queue out of use; its members are told that they are none any more. Raises QueueNotFound, QueueInUse."""
    async with context.transaction() as tx:
        queue = await _lock(tx, queue_id, DELETE)
        waiting = await interactions.count_queued(tx, queue_id)
        if waiting:
            raise QueueInUse(waiting)
        gone = await members.remove_members(tx, queue_id, None)
        draft = QueueDraft(queue.name, queue.description, queue.division.id, queue.settings)
        await queues.update_queue(tx, queue_id, draft, active=False)
        record_members(tx, queue_id, gone, member=False)
        _record(tx, replace(queue, record=replace(queue.record, version=queue.record.version + 1)), active=False)


async def _lock(tx: Transaction, queue_id: str, permission: str) -> Queue:
    require(tx.context, permission)
    if not await queues.lock_queue(tx, queue_id):
        raise QueueNotFound(queue_id)
    return await find_queue_for(tx.context, tx, queue_id, permission)


async def _place(tx: Transaction, draft: QueueDraft) -> QueueDraft:
    check_acw(draft.settings.acw)
    await _check_rings(tx, draft.settings.rings)
    division = await choose_division(tx, tx.context.organization_id, draft.division_id, "division.id")
    return replace(draft, division_id=division.id)


async def _check_rings(tx: Transaction, rings: Sequence[Ring]) -> None:
    removed = {skill_id for ring in rings for skill_id in ring.skills_to_remove}
    known = await interactions.find_known_skills(tx, tx.context.organization_id, removed) if removed else set[str]()
    for number, ring in enumerate(rings):
        for place, skill_id in enumerate(ring.skills_to_remove):
            if skill_id not in known:
                raise Unknown(f"bullseye.rings[{number}].actions.skillsToRemove[{place}].id", "skill", skill_id)


def _is_same(queue: Queue, draft: QueueDraft) -> bool:
    as_draft = QueueDraft(queue.name, queue.description, queue.division.id, queue.settings, draft.id and queue.id)
    return as_draft == draft


async def _written(tx: Transaction, queue_id: str) -> Queue:
    queue = await queues.find_queue(tx, tx.context.organization_id, queue_id)
    assert queue is not None
    _record(tx, queue, active=True)
    return queue


def _record(tx: Transaction, queue: Queue, *, active: bool) -> None:
    tx.record(
        QueueChanged(
            organization_id=tx.context.organization_id,
            queue_id=queue.id,
            name=queue.name,
            division_id=queue.division.id,
            active=active,
            version=queue.record.version,
        )
    )
