"""What the vendor does not have: revisions and putting one into force again, uploads, operations to poll."""

from typing import Any

from litestar import Request, get, post, put

from shiftline.foundation.context import Context
from shiftline.workforce.schedule.operations import reading, republishing, uploads
from shiftline.workforce.schedule.wire import agents as agent_wire
from shiftline.workforce.schedule.wire import schedules as wire

ROOT = "/api/v2/shiftline"
ONE = f"{ROOT}/schedules/{{schedule_id:str}}/revisions"
TAGS = ["Shiftline Schedules"]


@get(ONE, operation_id="getShiftlineScheduleRevisions", tags=TAGS)
async def get_revisions(context: Context, schedule_id: str) -> wire.RevisionListing:
    """A schedule's revisions, the latest first: what made each, who, when and why."""
    schedule, found = await reading.list_revisions(context, schedule_id)
    return wire.RevisionListing(entities=[wire.revision_body(schedule, revision) for revision in found])


@get(f"{ONE}/{{number:int}}", operation_id="getShiftlineScheduleRevision", tags=TAGS)
async def get_revision(context: Context, schedule_id: str, number: int) -> agent_wire.RevisionContent:
    """A revision with everything that stood in it."""
    content = await reading.get_revision(context, schedule_id, number)
    reference = agent_wire.schedule_ref(content.schedule)
    return agent_wire.RevisionContent(
        revision=wire.revision_body(content.schedule, content.revision),
        agent_schedules=[agent_wire.part_body(part, reference) for part in content.parts],
        business_unit_time_zone=content.unit.time_zone,
    )


@post(
    f"{ONE}/{{number:int}}/republish",
    operation_id="postShiftlineScheduleRevisionRepublish",
    status_code=200,
    tags=TAGS,
)
async def post_republish(
    context: Context, schedule_id: str, number: int, data: wire.RepublishRequest | None = None
) -> wire.RepublishResponse:
    """Put an earlier revision into force, as a new revision."""
    wish = data or wire.RepublishRequest()
    done = await republishing.republish_revision(context, schedule_id, number, wish.version, wish.reason)
    return wire.republish_response(done)


@get(f"{ROOT}/operations/{{operation_id:str}}", operation_id="getShiftlineOperation", tags=TAGS)
async def get_operation(context: Context, operation_id: str) -> wire.OperationBody:
    """Long work and what became of it, with every error at its field."""
    return wire.operation_body(*await uploads.get_operation(context, operation_id))


@put(
    f"{ROOT}/uploads/{{key:str}}",
    operation_id="putShiftlineUpload",
    status_code=200,
    opt={"public": True},
    request_max_body_size=uploads.COMPRESSED_BYTES_AT_MOST,
    tags=TAGS,
)
async def put_upload(context: Context, key: str, request: Request[Any, Any, Any]) -> None:
    """Put a file at an upload url: once, of exactly the announced size. Whoever knows the address may."""
    owner, upload = await uploads.find_slot(context, key)
    await uploads.fill_upload(owner, upload, await request.body())


ROUTES = [get_revisions, get_revision, post_republish, get_operation, put_upload]
