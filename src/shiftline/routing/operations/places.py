"""Divisions: where something is put, what the caller may see, and which queue they may act on."""

from shiftline.authorization.operations import require
from shiftline.authorization.rules import divisions_of
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.routing.errors import QueueNotFound, Unknown
from shiftline.routing.model.places import EVERY_DIVISION, Division
from shiftline.routing.model.queues import Queue
from shiftline.routing.store import divisions, queues


async def choose_division(reader: Reader, organization_id: str, division_id: str | None, field: str) -> Division:
    """The named division, else the home division. Raises Unknown, which names ``field``."""
    division = await divisions.find_division(reader, organization_id, division_id)
    if division is None:
        raise Unknown(field, "division", division_id or "home")
    return division


def find_visible_divisions(context: Context, permission: str) -> tuple[str, ...] | None:
    """The divisions whose things the caller may see; None for all. It may be none at all."""
    if context.actor.kind == "system":
        return None
    divisions = divisions_of(context.actor.grants, permission)
    return None if EVERY_DIVISION in divisions else tuple(sorted(divisions))


def require_view(context: Context, permission: str) -> tuple[str, ...] | None:
    """``find_visible_divisions`` for somebody who must see at least one. Raises PermissionMissing."""
    require(context, permission)
    return find_visible_divisions(context, permission)


async def find_queue_for(context: Context, reader: Reader, queue_id: str, *any_of: str) -> Queue:
    """A queue for somebody who holds one of the permissions in its division. Raises QueueNotFound, PermissionMissing."""
    require(context, *any_of)
    queue = await queues.find_queue(reader, context.organization_id, queue_id)
    if queue is None:
        raise QueueNotFound(queue_id)
    require(context, *any_of, division_id=queue.division.id)
    return queue
