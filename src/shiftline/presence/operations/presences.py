"""What people are doing, and whether routing may give them work."""

from collections.abc import Collection, Sequence

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.identity.errors import PersonNotFound
from shiftline.identity.operations.people import find_people
from shiftline.identity.operations.targets import get_target
from shiftline.presence import rules, store
from shiftline.presence.events import Activity, PresenceChanged, RoutingStatusChanged
from shiftline.presence.model import (
    PURECLOUD,
    AgentPresence,
    BulkChange,
    PresenceChange,
    PresenceRequest,
    RoutingState,
    RoutingStatus,
    Standing,
    SystemPresence,
)
from shiftline.presence.operations.definitions import choose_definition
from shiftline.presence.operations.sources import is_registered
from shiftline.presence.rules import Cause

EDIT_OTHER = ("presence:userPresence:edit",)


async def find_presences(
    reader: Reader, organization_id: str, person_ids: Collection[str], source_id: str | None = None
) -> dict[str, AgentPresence]:
    """What people are doing (or what one source says) by person id; each of them is in the answer."""
    standings = await store.find_standings(reader, organization_id, person_ids)
    return {
        person_id: standing.primary if source_id is None else standing.of(source_id)
        for person_id, standing in standings.items()
    }


async def find_routing_statuses(
    reader: Reader, organization_id: str, person_ids: Collection[str]
) -> dict[str, RoutingStatus]:
    """Whether routing may give people work, by person id; each of them is in the answer."""
    standings = await store.find_standings(reader, organization_id, person_ids)
    return {person_id: standing.routing for person_id, standing in standings.items()}


async def get_presence(context: Context, person_id: str, source_id: str = PURECLOUD) -> AgentPresence:
    """What a source says a person is doing: everybody in the organization may know. Raises PersonNotFound."""
    await get_target(context, person_id, own=(), other=())
    async with context.reader() as reader:
        return (await find_presences(reader, context.organization_id, [person_id], source_id))[person_id]


async def get_primary_presence(context: Context, person_id: str) -> AgentPresence:
    """What a person is doing, by their primary source. Raises PersonNotFound, PermissionMissing."""
    await get_target(context, person_id, own=(), other=("presence:userPrimarySource:view",))
    async with context.reader() as reader:
        return (await find_presences(reader, context.organization_id, [person_id]))[person_id]


async def list_presences(
    context: Context, person_ids: Collection[str], source_id: str = PURECLOUD
) -> list[AgentPresence]:
    """What a source says that people are doing, in the given order; unknown people are left out."""
    async with context.reader() as reader:
        people = await find_people(reader, context.organization_id, person_ids)
        found = await find_presences(reader, context.organization_id, people, source_id)
    return [found[person_id] for person_id in dict.fromkeys(person_ids) if person_id in found]


async def change_presence(context: Context, person_id: str, source_id: str, request: PresenceRequest) -> AgentPresence:
    """Say what a person is doing: oneself freely, others with ``presence:userPresence:edit``.

    Nothing new changes nothing. Raises PersonNotFound, PermissionMissing, Invalid.
    """
    await get_target(context, person_id, own=(), other=EDIT_OTHER)
    _check_request(request, "")
    async with context.transaction() as tx:
        if await is_registered(tx, context.organization_id, source_id):
            raise Invalid(Problem("sourceId", "a registered source says what people are doing in bulk only."))
        return (await change_presence_in(tx, person_id, source_id, request)).of(source_id)


async def change_presences(context: Context, changes: Sequence[BulkChange]) -> list[AgentPresence]:
    """Say what many people are doing, all or none; in the given order. Raises PersonNotFound, Invalid."""
    require(context, *EDIT_OTHER)
    for index, change in enumerate(changes):
        _check_request(change.request, f"[{index}].")
    ids = {change.person_id for change in changes}
    async with context.transaction() as tx:
        people = await find_people(tx, context.organization_id, ids)
        for person_id in ids:
            if person_id not in people or people[person_id].state == "deleted":
                raise PersonNotFound(person_id)
            require(context, *EDIT_OTHER, division_id=people[person_id].division_id)
        # Always in the same order: two bulks that share people wait for each other and never embrace.
        for change in sorted(changes, key=lambda each: each.person_id):
            await change_presence_in(tx, change.person_id, change.source_id, change.request)
        standings = await store.find_standings(tx, context.organization_id, ids)
        return [standings[change.person_id].of(change.source_id) for change in changes]


async def change_presence_in(
    tx: Transaction, person_id: str, source_id: str, request: PresenceRequest, reason: str | None = None
) -> Standing:
    """``change_presence`` in the caller's transaction, without asking for permissions."""
    definition = await choose_definition(tx, tx.context.organization_id, request)
    before = await store.lock_standing(tx, person_id)
    change = PresenceChange(definition, request.message, request.primary is True)
    after = rules.change_presence(before, source_id, change, tx.context.now())
    for presence in after.by_source.values():
        if presence != before.by_source.get(presence.source_id):
            await store.put_presence(tx, presence)
            _record_presence(tx, after, presence, reason)
    if after.routing != before.routing:
        await store.update_status(tx, after.routing)
        cause = Cause.WENT_ON_QUEUE if after.on_queue else Cause.LEFT_QUEUE
        _record_status(tx, before, after, cause, with_presence=True)
    return after


async def go_offline_in(tx: Transaction, person_id: str, reason: str) -> Standing:
    """Say that a person is offline, in the caller's transaction."""
    return await change_presence_in(
        tx, person_id, PURECLOUD, PresenceRequest(system_presence=SystemPresence.OFFLINE), reason
    )


async def get_routing_status(context: Context, person_id: str) -> RoutingStatus:
    """Whether routing may give a person work: everybody in the organization may know. Raises PersonNotFound."""
    await get_target(context, person_id, own=(), other=())
    async with context.reader() as reader:
        return (await find_routing_statuses(reader, context.organization_id, [person_id]))[person_id]


async def set_routing_status(context: Context, person_id: str, wanted: RoutingState) -> RoutingStatus:
    """Ask for a routing status: IDLE after a missed offer, or what it is already. Raises RoutingStatusMisused."""
    await get_target(context, person_id, own=(), other=EDIT_OTHER)
    async with context.transaction() as tx:
        standing = await store.lock_standing(tx, person_id)
        cause = rules.choose_cause(standing, wanted)
        return standing.routing if cause is None else await _move(tx, standing, cause)


async def move_routing_status_in(tx: Transaction, person_id: str, cause: Cause) -> RoutingStatus:
    """Move a routing status by its table, for what happens in conversations; the status after it."""
    return await _move(tx, await store.lock_standing(tx, person_id), cause)


async def _move(tx: Transaction, before: Standing, cause: Cause) -> RoutingStatus:
    routing = rules.move(before.routing, cause, tx.context.now())
    if routing != before.routing:
        after = Standing(before.person_id, routing, before.by_source)
        await store.update_status(tx, routing)
        _record_status(tx, before, after, cause, with_presence=False)
    return routing


def _check_request(request: PresenceRequest, path: str) -> None:
    if request.primary is False:
        raise Invalid(Problem(f"{path}primary", "can only be true: make another source the primary one instead."))
    said = (request.definition_id, request.system_presence, request.message, request.primary)
    if all(each is None for each in said):
        raise Invalid(Problem(f"{path}presenceDefinition", "say a presenceDefinition, a message, or primary: true."))


def _activity(standing: Standing) -> Activity:
    primary, routing = standing.primary, standing.routing
    return Activity(
        definition_id=primary.definition_id,
        system_presence=primary.system_presence,
        message=primary.message,
        modified_at=primary.modified_at,
        status=routing.state,
        started_at=routing.started_at,
    )


def _record_presence(tx: Transaction, after: Standing, presence: AgentPresence, reason: str | None) -> None:
    tx.record(
        PresenceChanged(
            organization_id=tx.context.organization_id,
            person_id=presence.person_id,
            source_id=presence.source_id,
            definition_id=presence.definition_id,
            system_presence=presence.system_presence,
            message=presence.message,
            primary=presence.primary,
            modified_at=presence.modified_at or tx.context.now(),
            activity=_activity(after),
            reason=reason,
        )
    )


def _record_status(tx: Transaction, before: Standing, after: Standing, cause: Cause, *, with_presence: bool) -> None:
    tx.record(
        RoutingStatusChanged(
            organization_id=tx.context.organization_id,
            person_id=after.person_id,
            status=after.routing.state,
            started_at=after.routing.started_at or tx.context.now(),
            previous=before.routing.state,
            cause=cause,
            with_presence=with_presence,
            activity=_activity(after),
        )
    )
