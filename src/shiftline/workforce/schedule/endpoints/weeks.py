"""Schedules by week, as the vendor has them."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, delete, get, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import DAY
from shiftline.workforce.schedule.operations import changing, copying, history, reading, uploads
from shiftline.workforce.schedule.operations.places import Place
from shiftline.workforce.schedule.operations.uploads import Work
from shiftline.workforce.schedule.wire import agents as agent_wire
from shiftline.workforce.schedule.wire import schedules as wire
from shiftline.workforce.schedule.wire import upload as upload_wire

ROOT = "/api/v2/workforcemanagement"
WEEK = f"{ROOT}/businessunits/{{business_unit_id:str}}/weeks/{{week_id:str}}/schedules"
ONE = f"{WEEK}/{{schedule_id:str}}"
TAGS = ["Workforce Management"]
NAME = "WorkforcemanagementBusinessunitWeekSchedule"

ForceAsync = Annotated[bool, Parameter(query="forceAsync")]
Published = Annotated[bool, Parameter(query="includeOnlyPublished")]
Earliest = Annotated[date | None, Parameter(query="earliestWeekDate")]
Latest = Annotated[date | None, Parameter(query="latestWeekDate")]


def week_of(text: str) -> date:
    """The week in an address. Raises Invalid."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid(Problem("weekId", f"{text[:40]!r} is no date like 2023-10-22.", "invalid.date")) from None
    if found.year not in range(1990, 2200):
        raise Invalid(Problem("weekId", "the year must be from 1990 to 2199.", "invalid.date"))
    return found


def base_of(request: Request[Any, Any, Any]) -> str:
    """Where the caller reached us: the upload url must lead there too."""
    scheme = request.headers.get("x-forwarded-proto") or request.url.scheme
    return f"{scheme}://{request.headers.get('host') or request.url.netloc}"


@get(WEEK, operation_id=f"get{NAME}s", tags=TAGS)
async def get_schedules(  # noqa: PLR0917 - Litestar calls it by names
    context: Context,
    business_unit_id: str,
    week_id: str,
    published: Published = False,  # noqa: FBT002 - a query parameter
    earliest: Earliest = None,
    latest: Latest = None,
) -> wire.ScheduleListing:
    """A unit's schedules that touch a week, or those within 26 weeks of now (``recent``) or between two dates."""
    days = None
    if week_id != "recent":
        days = (week_of(week_id), week_of(week_id) + 7 * DAY)
    elif earliest is not None and latest is not None:
        days = (week_of(str(earliest)), week_of(str(latest)) + 7 * DAY)
    found = await reading.list_schedules(context, business_unit_id, days, only_published=published)
    return wire.ScheduleListing(entities=[wire.schedule_metadata(schedule) for schedule in found])


@post(WEEK, operation_id=f"post{NAME}s", status_code=201, tags=TAGS)
async def post_schedule(
    context: Context, business_unit_id: str, week_id: str, data: wire.CreateBlankSchedule
) -> wire.ScheduleMetadata:
    """A blank schedule."""
    draft = wire.blank_draft(data)
    made = await changing.create_schedule(context, business_unit_id, week_of(week_id), draft)
    return wire.schedule_metadata(made)


@get(ONE, operation_id=f"get{NAME}", tags=TAGS)
async def get_schedule(
    context: Context, business_unit_id: str, week_id: str, schedule_id: str
) -> wire.ScheduleMetadata:
    """A schedule with the agents in it; their shifts come by ``agentschedules/query``."""
    place = Place(business_unit_id, week_of(week_id), schedule_id)
    schedule, units = await reading.get_schedule(context, place)
    return wire.schedule_metadata(schedule, units)


@delete(ONE, operation_id=f"delete{NAME}", status_code=200, tags=TAGS)
async def delete_schedule(
    context: Context, business_unit_id: str, week_id: str, schedule_id: str
) -> wire.AsyncSchedule:
    """Delete a schedule; done when it answers."""
    place = Place(business_unit_id, week_of(week_id), schedule_id)
    await changing.delete_schedule(context, place)
    return wire.deleted()


@post(f"{WEEK}/import/uploadurl", operation_id=f"post{NAME}sImportUploadurl", status_code=200, tags=TAGS)
async def post_import_url(
    context: Context,
    request: Request[Any, Any, Any],
    business_unit_id: str,
    week_id: str,
    data: upload_wire.UploadUrlRequestBody,
) -> upload_wire.UploadUrlResponse:
    """Where to put the file of a new schedule."""
    address = await uploads.open_upload(context, business_unit_id, week_of(week_id), data.content_length_bytes)
    return upload_wire.upload_url_response(address, base_of(request))


@post(f"{ONE}/update/uploadurl", operation_id=f"post{NAME}UpdateUploadurl", status_code=200, tags=TAGS)
async def post_update_url(  # noqa: PLR0917 - Litestar calls it by names
    context: Context,
    request: Request[Any, Any, Any],
    business_unit_id: str,
    week_id: str,
    schedule_id: str,
    data: upload_wire.UploadUrlRequestBody,
) -> upload_wire.UploadUrlResponse:
    """Where to put the file of a change."""
    size, week = data.content_length_bytes, week_of(week_id)
    address = await uploads.open_upload(context, business_unit_id, week, size, schedule_id)
    return upload_wire.upload_url_response(address, base_of(request))


@post(f"{WEEK}/import", operation_id=f"post{NAME}sImport", status_code=200, tags=TAGS)
async def post_import(
    context: Context,
    business_unit_id: str,
    week_id: str,
    data: upload_wire.ProcessUploadRequest,
    later: ForceAsync = False,  # noqa: FBT002 - a query parameter
) -> wire.Answer:
    """Make a schedule of an uploaded file: at once when it is small, else 202 with an operation to poll."""
    work = Work(data.upload_key, business_unit_id, week_of(week_id), later=later)
    return wire.answer(await uploads.process_upload(context, work, upload_wire.read_draft))


@post(f"{ONE}/update", operation_id=f"post{NAME}Update", status_code=200, tags=TAGS)
async def post_update(  # noqa: PLR0917 - Litestar calls it by names
    context: Context,
    business_unit_id: str,
    week_id: str,
    schedule_id: str,
    data: upload_wire.ProcessUploadRequest,
    later: ForceAsync = False,  # noqa: FBT002 - a query parameter
) -> wire.Answer:
    """Change a schedule by an uploaded file: at once when it is small, else 202 with an operation to poll."""
    work = Work(data.upload_key, business_unit_id, week_of(week_id), schedule_id, later=later)
    return wire.answer(await uploads.process_upload(context, work, upload_wire.read_draft))


@post(f"{ONE}/copy", operation_id=f"post{NAME}Copy", status_code=200, tags=TAGS)
async def post_copy(
    context: Context, business_unit_id: str, week_id: str, schedule_id: str, data: wire.CopySchedule
) -> wire.AsyncSchedule:
    """Copy a schedule to another week by wall time; a draft, done when it answers."""
    place = Place(business_unit_id, week_of(week_id), schedule_id)
    wish = copying.CopyWish(data.week_date, data.description, bool(data.include_forecast), data.id)
    return wire.async_schedule(await copying.copy_schedule(context, place, wish))


@post(f"{ONE}/agentschedules/query", operation_id=f"post{NAME}AgentschedulesQuery", status_code=200, tags=TAGS)
async def post_query(
    context: Context, business_unit_id: str, week_id: str, schedule_id: str, data: agent_wire.QueryAgentSchedules
) -> agent_wire.AsyncQuery:
    """Agents' shifts in a schedule, with the version of each agent's part."""
    place = Place(business_unit_id, week_of(week_id), schedule_id)
    unit, schedule, parts = await reading.query_parts(context, place, data.management_unit_id, data.user_ids)
    return agent_wire.query_response(parts, schedule, unit.time_zone)


@get(f"{ONE}/history/agents/{{agent_id:str}}", operation_id=f"get{NAME}HistoryAgent", tags=TAGS)
async def get_history(
    context: Context, business_unit_id: str, week_id: str, schedule_id: str, agent_id: str
) -> agent_wire.HistoryBody:
    """What happened to an agent's shifts in a schedule, change by change."""
    place = Place(business_unit_id, week_of(week_id), schedule_id)
    schedule, found = await history.get_history(context, place, agent_id)
    return agent_wire.history_body(found, schedule)


ROUTES = [
    get_schedules,
    post_schedule,
    get_schedule,
    delete_schedule,
    post_import_url,
    post_update_url,
    post_import,
    post_update,
    post_copy,
    post_query,
    get_history,
]
