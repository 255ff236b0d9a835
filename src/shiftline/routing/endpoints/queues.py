"""Queues and their members."""

from typing import Annotated

from litestar import MediaType, Response, delete, get, patch, post, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.routing.endpoints.filters import DivisionsFilter, IdsFilter, JoinedFilter, NameFilter, read_ids
from shiftline.routing.model.members import MemberFilter
from shiftline.routing.model.queues import QueueFilter
from shiftline.routing.operations import members, queues
from shiftline.routing.wire.queues import (
    QUEUES,
    ListedMembersBody,
    MemberBody,
    MembersBody,
    NewQueueBody,
    QueueBody,
    UserQueueBody,
    WireMember,
    WireQueue,
    WireUserQueue,
    check_same_id,
    read_member,
    read_members,
    read_queue,
    show_member,
    show_person_queue,
    show_queue,
)

QUEUE = f"{QUEUES}/{{queue_id:str}}"
TAGS = ["Routing"]
USERS = ["Users"]


@get(QUEUES, operation_id="getRoutingQueues", tags=TAGS)
async def get_queues(
    context: Context,
    page: Page,
    *,
    name: NameFilter = None,
    ids: IdsFilter = None,
    division_id: DivisionsFilter = None,
    peer_id: Annotated[str | None, Parameter(query="peerId", max_length=5000)] = None,
    has_peer: Annotated[bool | None, Parameter(query="hasPeer")] = None,
) -> Listing[WireQueue]:
    """Queues by name; the name may begin and end with ``*``."""
    wanted = QueueFilter(name, read_ids(ids), read_ids(division_id), read_ids(peer_id), has_peer)
    found, total = await queues.list_queues(context, page, wanted)
    return listing([show_queue(queue) for queue in found], total, page, QUEUES)


@post(QUEUES, operation_id="postRoutingQueues", status_code=200, tags=TAGS)
async def post_queue(context: Context, data: NewQueueBody) -> WireQueue:
    """A new queue, with the settings of a source queue where one is named."""
    source = None if data.source_queue_id is None else await queues.get_queue(context, data.source_queue_id)
    return show_queue(await queues.create_queue(context, read_queue(data, source and source.settings)))


@get(f"{QUEUES}/me", operation_id="getRoutingQueuesMe", tags=TAGS)
async def get_my_queues(context: Context, page: Page, joined: JoinedFilter = None) -> Listing[WireUserQueue]:
    """The queues that the caller is a member of."""
    found, total = await queues.list_own_queues(context, page, joined=joined)
    return listing([show_person_queue(mine) for mine in found], total, page, f"{QUEUES}/me")


@get(QUEUE, operation_id="getRoutingQueue", tags=TAGS)
async def get_queue(context: Context, queue_id: str) -> WireQueue:
    """One queue."""
    return show_queue(await queues.get_queue(context, queue_id))


@put(QUEUE, operation_id="putRoutingQueue", tags=TAGS)
async def put_queue(context: Context, queue_id: str, data: QueueBody) -> WireQueue:
    """Make a queue so; what is left out takes the defaults."""
    return show_queue(await queues.change_queue(context, queue_id, read_queue(data)))


@delete(QUEUE, operation_id="deleteRoutingQueue", tags=TAGS)
async def delete_queue(context: Context, queue_id: str) -> None:
    """Take a queue out of use."""
    await queues.delete_queue(context, queue_id)


@get(f"{QUEUE}/members", operation_id="getRoutingQueueMembers", tags=TAGS)
async def get_members(
    context: Context, queue_id: str, page: Page, name: NameFilter = None, joined: JoinedFilter = None
) -> Listing[WireMember]:
    """A queue's members by name."""
    found, total = await members.list_members(context, queue_id, page, MemberFilter(name, joined))
    return listing([show_member(member) for member in found], total, page, f"{QUEUES}/{queue_id}/members")


@post(f"{QUEUE}/members", operation_id="postRoutingQueueMembers", status_code=204, tags=TAGS)
async def post_members(
    context: Context,
    queue_id: str,
    data: MembersBody,
    delete: Annotated[bool, Parameter(query="delete")] = False,  # noqa: FBT002 - a query parameter
) -> None:
    """Make up to 100 users members of a queue, or with ``delete=true`` take them from it."""
    change = members.remove_members if delete else members.add_members
    await change(context, queue_id, [each.id for each in data])


@patch(f"{QUEUE}/members", operation_id="patchRoutingQueueMembers", tags=TAGS)
async def patch_members(context: Context, queue_id: str, data: ListedMembersBody) -> Listing[WireMember]:
    """Let up to 100 members join a queue or leave it for a while, or give them other rings."""
    found = await members.change_members(context, queue_id, read_members(data))
    path = f"{QUEUES}/{queue_id}/members"
    return listing([show_member(member) for member in found], len(found), Page(len(found) or 1), path)


@patch(f"{QUEUE}/members/{{member_id:str}}", operation_id="patchRoutingQueueMember", status_code=202, tags=TAGS)
async def patch_member(context: Context, queue_id: str, member_id: str, data: MemberBody) -> Response[None]:
    """Let a member join a queue or leave it for a while, or give them another ring."""
    await members.change_member(context, queue_id, read_member(member_id, data))
    return Response(None, status_code=202, media_type=MediaType.TEXT)


@delete(f"{QUEUE}/members/{{member_id:str}}", operation_id="deleteRoutingQueueMember", tags=TAGS)
async def delete_member(context: Context, queue_id: str, member_id: str) -> None:
    """Take a user from a queue."""
    await members.remove_member(context, queue_id, member_id)


@get("/api/v2/users/{user_id:str}/queues", operation_id="getUserQueues", tags=USERS)
async def get_user_queues(
    context: Context, user_id: str, page: Page, joined: JoinedFilter = None, division_id: DivisionsFilter = None
) -> Listing[WireUserQueue]:
    """The queues that a user is a member of."""
    wanted = read_ids(division_id)
    found, total = await queues.list_queues_of(context, user_id, page, joined=joined, division_ids=wanted)
    return listing([show_person_queue(mine) for mine in found], total, page, f"/api/v2/users/{user_id}/queues")


@patch("/api/v2/users/{user_id:str}/queues/{queue_id:str}", operation_id="patchUserQueue", tags=USERS)
async def patch_user_queue(context: Context, user_id: str, queue_id: str, data: UserQueueBody) -> WireUserQueue:
    """Let a user join a queue that they are a member of, or leave it for a while."""
    check_same_id(queue_id, data.id)
    return show_person_queue(await members.join_queue(context, user_id, queue_id, joined=data.joined))


ROUTES = [
    get_queues,
    post_queue,
    get_my_queues,
    get_queue,
    put_queue,
    delete_queue,
    get_members,
    post_members,
    patch_members,
    patch_member,
    delete_member,
    get_user_queues,
    patch_user_queue,
]
