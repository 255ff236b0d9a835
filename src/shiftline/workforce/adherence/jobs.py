"""What happens to adherence without a caller: agents are judged again, and the past is measured."""

from collections.abc import Sequence
from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every, job, on, together
from shiftline.presence.events import PresenceChanged, RoutingStatusChanged
from shiftline.workforce.adherence.operations import following
from shiftline.workforce.adherence.operations.answers import forget_jobs
from shiftline.workforce.adherence.operations.following import follow_agents, follow_due, follow_unit
from shiftline.workforce.adherence.operations.history import JOB, run_history
from shiftline.workforce.adherence.wire.history import show_file
from shiftline.workforce.schedule.events import (
    ScheduleDeleted,
    ScheduleEvent,
    SchedulePublished,
    ScheduleReverted,
    ScheduleSuperseded,
    ScheduleUpdated,
)
from shiftline.workforce.units.events import ActivityCodeChanged, AgentsMoved, ManagementUnitChanged


@together(PresenceChanged, RoutingStatusChanged)
async def follow_activity(context: Context, happened: Sequence[PresenceChanged | RoutingStatusChanged]) -> None:
    """Whoever does something else now is judged at once: supervisors watch it live."""
    await follow_agents(context, [each.person_id for each in happened])


@on(SchedulePublished)
@on(ScheduleUpdated)
@on(ScheduleReverted)
@on(ScheduleSuperseded)
@on(ScheduleDeleted)
async def follow_schedule(context: Context, happened: ScheduleEvent) -> None:
    """Whose work in force changed is judged again, if it can matter already; of drafts nobody is."""
    drafted = not happened.published and not isinstance(happened, ScheduleSuperseded | ScheduleDeleted)
    if drafted or happened.starts_at > context.now() + timedelta(days=2):
        return
    await follow_agents(context, happened.agents)


@on(ActivityCodeChanged)
async def follow_activity_code(context: Context, happened: ActivityCodeChanged) -> None:
    """A code's category and presences decide how its activities are judged."""
    await follow_unit(context, business_unit_id=happened.business_unit_id)


@on(ManagementUnitChanged)
async def follow_settings(context: Context, happened: ManagementUnitChanged) -> None:
    """A unit's settings of adherence may have changed."""
    await follow_unit(context, management_unit_id=happened.management_unit_id)


@on(AgentsMoved)
async def follow_moves(context: Context, happened: AgentsMoved) -> None:
    """Whoever works elsewhere is judged by other settings, whoever works nowhere not at all."""
    await follow_agents(context, [person_id for person_id, _ in happened.results])


@every(timedelta(seconds=0.5))
async def follow_the_clock(context: Context) -> None:
    """The next activity has begun, a grace or an explanation has ended."""
    while await follow_due(context):
        pass


@every(timedelta(minutes=1))
async def follow_newcomers(context: Context) -> None:
    """Agents of units that are older than this room."""
    while await following.follow_newcomers(context):
        pass


@job(JOB)
async def measure(context: Context, *, job_id: str) -> None:
    """Measure past adherence that somebody asked for."""
    await run_history(context, job_id, show_file)


@every(timedelta(hours=1))
async def forget_old_jobs(context: Context) -> None:
    """Results are kept for a day."""
    await forget_jobs(context)
