"""Past adherence: asked for, measured by a job, kept for whoever asked."""

import asyncio
import gzip
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace

import msgspec

from shiftline.authorization.operations import require
from shiftline.foundation import jobs
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Refusal
from shiftline.foundation.ids import new_id, new_secret
from shiftline.foundation.time import Interval, Zone, find_zone
from shiftline.identity.operations.targets import own_person_id
from shiftline.presence.model import RoutingState
from shiftline.workforce.adherence import store
from shiftline.workforce.adherence.errors import AgentsUnknown
from shiftline.workforce.adherence.events import JobEnded
from shiftline.workforce.adherence.model import HistoryQuery, Job, JobKind, Measured, Past, Settings, Window
from shiftline.workforce.adherence.rules.measuring import Judge, make_window, measure
from shiftline.workforce.adherence.rules.querying import check_span
from shiftline.workforce.adherence.rules.reading import read_settings
from shiftline.workforce.units.operations.agents import find_agent
from shiftline.workforce.units.operations.management_units import find_management_unit

JOB = "workforce.adherence.measure"
VIEW = "wfm:historicalAdherence:view"
VIEW_OWN = ("wfm:agentHistoricalAdherence:view", "wfm:agentHistoricalAdherenceConformance:view")
AT_ONCE = 250
INLINE_BYTES = 1 << 20
"""What is bigger than this is only to be downloaded, as with the vendor."""
COUNTED = (RoutingState.NOT_RESPONDING.value,)

HISTORY = (JobKind.UNIT, JobKind.BULK, JobKind.OWN)


@dataclass(frozen=True, slots=True)
class History:
    """What was measured of a query's agents."""

    query: HistoryQuery
    span: Interval
    window: Window
    zone: Zone
    settings: Settings
    agents: list[Measured]


Show = Callable[[Job, History], bytes]


async def request_history(
    context: Context, kind: JobKind, queries: Sequence[HistoryQuery], origin: str, fields: str = "{name}"
) -> Job:
    """Have adherence measured; the job to ask for. ``origin``: the address of this API, for downloads; ``fields``: where a
    query's field stands in the request, with ``{name}`` and ``{index}``.

    Raises ManagementUnitNotFound, PermissionMissing, AgentsUnknown, Invalid.
    """
    checked: list[HistoryQuery] = []
    async with context.reader() as reader:
        for index, query in enumerate(queries):
            start, end, users, zone = (
                fields.format(index=index, name=name) for name in ("startDate", "endDate", "userIds", "timeZone")
            )
            span = check_span(query.start, query.end, context.now(), (start, end))
            unit = await find_management_unit(reader, context.organization_id, query.management_unit_id)
            if kind is not JobKind.OWN:
                require(context, VIEW, division_id=unit.division_id)
            if query.zone is not None:
                find_zone(query.zone, zone)
            await _check_agents(context, reader, query, span, users)
            checked.append(replace(query, start=span.start, end=span.end))
    job = Job(
        id=new_id(),
        kind=kind,
        status="Processing",
        started_by=context.actor.id,
        started_at=context.now(),
        key=new_secret(),
        request={"origin": origin, "queries": msgspec.to_builtins(checked)},
    )
    async with context.transaction() as tx:
        await store.insert_job(tx, job)
        await jobs.defer(tx, JOB, {"job_id": job.id})
    return job


async def request_own_history(context: Context, query: HistoryQuery, expand: Sequence[str], origin: str) -> Job:
    """The same for the caller, who is in ``query`` already or nobody is. Raises AgentNotFound, PermissionMissing, Invalid."""
    require(context, *VIEW_OWN)
    for word, permission in (("conformance", VIEW_OWN[1]), ("scheduledActivities", "wfm:agentSchedule:view")):
        if word in expand:
            require(context, permission)
    person_id = own_person_id(context)
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, person_id)
    whole = replace(
        query,
        management_unit_id=agent.management_unit_id,
        person_ids=(person_id,),
        conformance="conformance" in expand,
        scheduled="scheduledActivities" in expand,
    )
    return await request_history(context, JobKind.OWN, [whole], origin)


async def _check_agents(context: Context, reader: Reader, query: HistoryQuery, span: Interval, field: str) -> None:
    """Raises AgentsUnknown for named people who did not work in the unit."""
    if query.person_ids is None:
        return
    inside = set(await store.list_members(reader, context.organization_id, query.management_unit_id, span))
    strangers = [each for each in query.person_ids if each not in inside]
    if strangers:
        raise AgentsUnknown(field, strangers)


async def measure_history(context: Context, query: HistoryQuery) -> History:
    """Measure a query's agents, some at a time, so that whoever shares the process gets a turn."""
    assert query.end is not None
    span = Interval(query.start, query.end)
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, query.management_unit_id)
        person_ids = query.person_ids or await store.list_members(reader, context.organization_id, unit.id, span)
        codes = await store.find_codes(reader, context.organization_id, [unit.business_unit_id])
        zone = unit.zone if query.zone is None else find_zone(query.zone)
        settings = read_settings(unit.settings.get("adherence"))
        judge, window = Judge(codes.get(unit.business_unit_id, {}), settings), make_window(span.start, span.end, zone)
        agents: list[Measured] = []
        async for pasts in _read_ahead(context, reader, person_ids, span):
            agents += [measure(past, window, judge, actuals=query.actuals) for past in pasts]
    return History(query, span, window, zone, settings, agents)


async def _read_ahead(
    context: Context, reader: Reader, person_ids: Sequence[str], span: Interval
) -> AsyncGenerator[list[Past]]:
    """What agents did, some at a time; PostgreSQL reads the next ones while these are measured."""

    def read(first: int) -> asyncio.Task[list[Past]]:
        some = person_ids[first : first + AT_ONCE]
        return asyncio.create_task(store.read_past(reader, context.organization_id, some, span, COUNTED))

    ahead = read(0)
    try:
        for first in range(AT_ONCE, len(person_ids) + AT_ONCE, AT_ONCE):
            pasts = await ahead
            ahead = read(first)
            await asyncio.sleep(0)  # its statement is sent
            yield pasts
    finally:
        ahead.cancel()


async def run_history(context: Context, job_id: str, show: Show) -> None:
    """Do a job; done before, it stays as it is. What cannot be measured ends it with an error that says why."""
    async with context.reader() as reader:
        job = await store.find_job(reader, context.organization_id, job_id, HISTORY)
    if job is None or job.status != "Processing":
        return
    queries = msgspec.convert(job.request["queries"], list[HistoryQuery])
    try:
        files = [show(job, await measure_history(context, query)) for query in queries]
    except Refusal as refusal:
        await _end(context, replace(job, status="Error", error={"code": refusal.code, "message": refusal.message}), [])
        return
    inline = files[0] if len(files) == 1 and len(files[0]) <= INLINE_BYTES else None
    await _end(context, replace(job, status="Complete", result=inline, parts=len(files)), files)


async def _end(context: Context, job: Job, files: Sequence[bytes]) -> None:
    async with context.transaction() as tx:
        if not await store.end_job(tx, job):
            return
        for number, content in enumerate(files):
            await store.insert_part(tx, job.id, number, gzip.compress(content, 1))
        tx.record(
            JobEnded(
                organization_id=context.organization_id,
                job_id=job.id,
                kind=job.kind,
                status=job.status,
                started_by=job.started_by,
                download_urls=addresses_of(job),
            )
        )


DOWNLOADS = "/api/v2/shiftline/workforce/adherence/results"


def addresses_of(job: Job) -> tuple[str, ...]:
    """Where a job's files are; the addresses are secrets."""
    origin = job.request.get("origin", "")
    return tuple(f"{origin}{DOWNLOADS}/{job.key}/{number}" for number in range(job.parts))
