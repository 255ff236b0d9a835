"""Who is in a queue, and who of them joined."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.paging import Page
from shiftline.identity.operations.people import find_people
from shiftline.identity.operations.targets import get_target
from shiftline.routing.errors import MemberNotFound, NotAMember, QueueNotFound, Unknown
from shiftline.routing.events import MemberChanged
from shiftline.routing.model.members import MEMBERS_AT_ONCE, Member, MemberChange, MemberFilter, Standing
from shiftline.routing.model.queues import PersonQueue, Queue
from shiftline.routing.operations.places import find_queue_for
from shiftline.routing.store import members, queues

EDIT = ("routing:queue:edit", "routing:queueMember:manage")
VIEW = ("routing:queue:view", *EDIT)
JOIN = ("routing:queue:join", "routing:queueMember:manage")
JOIN_OTHER = ("routing:queueMember:manage",)


async def list_members(context: Context, queue_id: str, page: Page, wanted: MemberFilter) -> tuple[list[Member], int]:
    """One page of a queue's members by name, and how many there are. Raises QueueNotFound, PermissionMissing."""
    async with context.reader() as reader:
        await find_queue_for(context, reader, queue_id, *VIEW)
        return await members.list_members(reader, context.organization_id, queue_id, page, wanted)


async def add_members(context: Context, queue_id: str, person_ids: Sequence[str]) -> None:
    """Make people members who joined; who is one already stays as they are.

    At most 100 at once. Raises QueueNotFound, Unknown, Invalid, PermissionMissing.
    """
    _check_count(person_ids)
    async with context.transaction() as tx:
        await _hold(tx, queue_id, EDIT)
        await add_members_in(tx, queue_id, person_ids)


async def add_members_in(tx: Transaction, queue_id: str, person_ids: Sequence[str]) -> None:
    """Make any number of people members in the caller's transaction. Raises QueueNotFound, Unknown."""
    if not await queues.hold_queue(tx, queue_id):
        raise QueueNotFound(queue_id)
    people = await find_people(tx, tx.context.organization_id, person_ids)
    _refuse_unknown(person_ids, {each for each, person in people.items() if person.state != "deleted"})
    record_members(tx, queue_id, await members.add_members(tx, queue_id, person_ids), member=True)


async def remove_members(context: Context, queue_id: str, person_ids: Sequence[str]) -> None:
    """Take people from a queue; who is not in it stays out. At most 100 at once. Raises QueueNotFound, Invalid."""
    _check_count(person_ids)
    async with context.transaction() as tx:
        await _hold(tx, queue_id, EDIT)
        people = await find_people(tx, context.organization_id, person_ids)
        _refuse_unknown(person_ids, people)
        record_members(tx, queue_id, await members.remove_members(tx, queue_id, person_ids), member=False)


async def remove_member(context: Context, queue_id: str, person_id: str) -> None:
    """Take a person from a queue; who is not in it stays out. Raises QueueNotFound, PersonNotFound."""
    await get_target(context, person_id, own=(), other=())
    async with context.transaction() as tx:
        await _hold(tx, queue_id, EDIT)
        record_members(tx, queue_id, await members.remove_members(tx, queue_id, [person_id]), member=False)


async def change_members(context: Context, queue_id: str, changes: Sequence[MemberChange]) -> list[Member]:
    """Change memberships, at most 100 at once; the members as they are then. Raises QueueNotFound, NotAMember, Invalid."""
    _check_count(changes)
    async with context.transaction() as tx:
        await _hold(tx, queue_id, EDIT)
        await _change(tx, queue_id, changes)
        wanted = MemberFilter(person_ids=tuple(change.person_id for change in changes))
        found, _ = await members.list_members(tx, context.organization_id, queue_id, Page(MEMBERS_AT_ONCE), wanted)
        return found


async def change_member(context: Context, queue_id: str, change: MemberChange) -> None:
    """Change one membership. Raises QueueNotFound, MemberNotFound, PermissionMissing."""
    async with context.transaction() as tx:
        await _hold(tx, queue_id, EDIT)
        await _change_one(tx, queue_id, change)


async def join_queue(context: Context, person_id: str, queue_id: str, *, joined: bool) -> PersonQueue:
    """Join a queue that the person is a member of, or leave it for a while.

    Raises PersonNotFound, QueueNotFound, MemberNotFound, PermissionMissing.
    """
    await get_target(context, person_id, own=JOIN, other=JOIN_OTHER)
    async with context.transaction() as tx:
        queue = await _hold(tx, queue_id, JOIN)
        await _change_one(tx, queue_id, MemberChange(person_id, joined=joined))
        queue = await queues.find_queue(tx, context.organization_id, queue_id) or queue
        return PersonQueue(queue, joined)


def record_members(tx: Transaction, queue_id: str, changed: Iterable[Standing], *, member: bool) -> None:
    """Note that people's places in a queue changed."""
    for standing in changed:
        tx.record(
            MemberChanged(
                organization_id=tx.context.organization_id,
                queue_id=queue_id,
                person_id=standing.person_id,
                member=member,
                joined=standing.joined,
                ring_number=standing.ring_number,
            )
        )


async def _hold(tx: Transaction, queue_id: str, any_of: tuple[str, ...]) -> Queue:
    require(tx.context, *any_of)
    if not await queues.hold_queue(tx, queue_id):
        raise QueueNotFound(queue_id)
    return await find_queue_for(tx.context, tx, queue_id, *any_of)


async def _change_one(tx: Transaction, queue_id: str, change: MemberChange) -> None:
    try:
        await _change(tx, queue_id, [change])
    except NotAMember:
        raise MemberNotFound(change.person_id) from None


async def _change(tx: Transaction, queue_id: str, changes: Sequence[MemberChange]) -> None:
    standings = await members.lock_members(tx, queue_id, {change.person_id for change in changes})
    for change in changes:
        if change.person_id not in standings:
            raise NotAMember(change.field, change.person_id)
    after = {change.person_id: _changed(standings[change.person_id], change) for change in changes}
    changed = [standing for person_id, standing in sorted(after.items()) if standing != standings[person_id]]
    await members.update_members(tx, queue_id, changed)
    record_members(tx, queue_id, changed, member=True)


def _changed(standing: Standing, change: MemberChange) -> Standing:
    joined = standing.joined if change.joined is None else change.joined
    return replace(standing, joined=joined, ring_number=change.ring_number or standing.ring_number)


def _refuse_unknown(person_ids: Sequence[str], known: Collection[str]) -> None:
    for index, person_id in enumerate(person_ids):
        if person_id not in known:
            raise Unknown(f"[{index}].id", "user", person_id)


def _check_count(items: Collection[object]) -> None:
    if not 1 <= len(items) <= MEMBERS_AT_ONCE:
        raise Invalid(Problem("body", f"must name 1 to {MEMBERS_AT_ONCE} members.", "limit.exceeded"))
