"""What people are doing, and their routing status."""

from collections.abc import Sequence
from typing import Annotated

from litestar import get, patch, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import is_well_formed
from shiftline.foundation.web.paging import commas
from shiftline.presence.operations import presences, sources
from shiftline.presence.wire import (
    BulkPresences,
    RoutingStatusBody,
    UserPresenceBody,
    WirePrimarySource,
    WireRoutingStatus,
    WireUcUserPresence,
    WireUserPresence,
    read_presence,
    read_presences,
    read_source_id,
    show_presence,
    show_presence_of_many,
    show_primary_source,
    show_routing_status,
)

TAGS = ["Presence"]
MANY = 500

Ids = Annotated[str | None, Parameter(query="id", max_length=60_000)]


@get("/api/v2/users/{user_id:str}/presences/purecloud", operation_id="getUserPresencesPurecloud", tags=TAGS)
async def get_purecloud_presence(context: Context, user_id: str) -> WireUserPresence:
    """What a user is doing."""
    return show_presence(await presences.get_presence(context, user_id))


@patch("/api/v2/users/{user_id:str}/presences/purecloud", operation_id="patchUserPresencesPurecloud", tags=TAGS)
async def patch_purecloud_presence(context: Context, user_id: str, data: UserPresenceBody) -> WireUserPresence:
    """Say what a user is doing; OnQueue is what lets routing give them work."""
    return show_presence(await presences.change_presence(context, user_id, presences.PURECLOUD, read_presence(data)))


@get("/api/v2/users/{user_id:str}/presences/{source_id:str}", operation_id="getUserPresence", tags=TAGS)
async def get_source_presence(context: Context, user_id: str, source_id: str) -> WireUserPresence:
    """What a source says that a user is doing."""
    return show_presence(await presences.get_presence(context, user_id, read_source_id(source_id)))


@patch("/api/v2/users/{user_id:str}/presences/{source_id:str}", operation_id="patchUserPresence", tags=TAGS)
async def patch_source_presence(
    context: Context, user_id: str, source_id: str, data: UserPresenceBody
) -> WireUserPresence:
    """Say what a user is doing, as a source that is not registered."""
    if not is_well_formed(source_id):
        raise Invalid(Problem("sourceId", "must be 1-100 characters of letters, digits and _.:@-."))
    source = read_source_id(source_id)
    return show_presence(await presences.change_presence(context, user_id, source, read_presence(data)))


@get("/api/v2/users/presences/purecloud/bulk", operation_id="getUsersPresencesPurecloudBulk", tags=TAGS)
async def get_purecloud_presences(context: Context, ids: Ids = None) -> list[WireUcUserPresence]:
    """What users are doing; unknown ones are left out."""
    return await _many(context, ids, presences.PURECLOUD)


@get("/api/v2/users/presences/{source_id:str}/bulk", operation_id="getUsersPresenceBulk", tags=TAGS)
async def get_source_presences(context: Context, source_id: str, ids: Ids = None) -> list[WireUcUserPresence]:
    """What a source says that users are doing; unknown ones are left out."""
    return await _many(context, ids, read_source_id(source_id))


async def _many(context: Context, ids: str | None, source_id: str) -> list[WireUcUserPresence]:
    person_ids = commas(ids) or []
    if len(person_ids) > MANY:
        raise Invalid(Problem("id", f"at most {MANY} users at a time."))
    return [show_presence_of_many(each) for each in await presences.list_presences(context, person_ids, source_id)]


@put("/api/v2/users/presences/bulk", operation_id="putUsersPresencesBulk", tags=TAGS)
async def put_presences(context: Context, data: BulkPresences) -> list[WireUserPresence]:
    """Say what many users are doing: all of it, or nothing when one is refused."""
    return [show_presence(each) for each in await presences.change_presences(context, read_presences(data))]


@get("/api/v2/presence/users/{user_id:str}/primarysource", operation_id="getPresenceUserPrimarysource", tags=TAGS)
async def get_primary_source(context: Context, user_id: str) -> WirePrimarySource:
    """Which source says what a user is doing."""
    presence = await presences.get_primary_presence(context, user_id)
    async with context.reader() as reader:
        registered = await sources.is_registered(reader, context.organization_id, presence.source_id)
    return show_primary_source(presence, registered=registered)


@get("/api/v2/users/{user_id:str}/routingstatus", operation_id="getUserRoutingstatus", tags=["Users"])
async def get_routing_status(context: Context, user_id: str) -> WireRoutingStatus:
    """Whether routing may give a user work."""
    return show_routing_status(await presences.get_routing_status(context, user_id))


@put("/api/v2/users/{user_id:str}/routingstatus", operation_id="putUserRoutingstatus", tags=["Users"])
async def put_routing_status(context: Context, user_id: str, data: RoutingStatusBody) -> WireRoutingStatus:
    """Ask for a routing status: IDLE after a missed offer. Going on and off queue is a presence."""
    if data.user_id not in (None, user_id):
        raise Invalid(Problem("userId", "is another user than the one in the path."))
    return show_routing_status(await presences.set_routing_status(context, user_id, data.status))


async def expand_presence(
    reader: Reader, organization_id: str, person_ids: Sequence[str]
) -> dict[str, WireUserPresence]:
    """What ``expand=presence`` adds to users, by user id."""
    found = await presences.find_presences(reader, organization_id, person_ids)
    return {person_id: show_presence(presence) for person_id, presence in found.items()}


async def expand_routing_status(
    reader: Reader, organization_id: str, person_ids: Sequence[str]
) -> dict[str, WireRoutingStatus]:
    """What ``expand=routingStatus`` adds to users, by user id."""
    found = await presences.find_routing_statuses(reader, organization_id, person_ids)
    return {person_id: show_routing_status(status) for person_id, status in found.items()}


ROUTES = [
    get_purecloud_presence,
    patch_purecloud_presence,
    get_source_presence,
    patch_source_presence,
    get_purecloud_presences,
    get_source_presences,
    put_presences,
    get_primary_source,
    get_routing_status,
    put_routing_status,
]
