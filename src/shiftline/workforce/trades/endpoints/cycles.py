"""Rings of trades among open offers: searched and reviewed by whoever reviews trades, answered by their people."""

from datetime import date
from typing import Annotated, TypeAlias

from litestar import get, post, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.workforce.trades.model.cycles import CycleFilter, CycleState
from shiftline.workforce.trades.operations import agreeing, cycling
from shiftline.workforce.trades.operations.cycling import weeks_from
from shiftline.workforce.trades.wire import cycles as wire

WEEK = f"{wire.PREFIX}/{{business_unit_id:str}}/weeks/{{week_id:date}}"
CYCLES = f"{WEEK}/tradecycles"
TAGS = ["Shiftline"]
Weeks: TypeAlias = Annotated[int, Parameter(query="weekCount", ge=1, le=cycling.WEEKS_AT_MOST)]
RingState: TypeAlias = Annotated[CycleState | None, Parameter(query="state")]


def _week(week_id: date) -> date:
    """The week in an address. Raises Invalid."""
    if week_id.year not in range(1990, 2200):
        raise Invalid(Problem("weekId", "the year must be from 1990 to 2199.", "invalid.date"))
    return week_id


@post(f"{CYCLES}/jobs", operation_id="postShiftlineWorkforceTradecyclesJobs", status_code=202, tags=TAGS)
async def start(
    context: Context, business_unit_id: str, week_id: date, data: wire.TradeCycleSearchRequest
) -> wire.TradeCycleSearchJob:
    """Search the open offers of some weeks for the rings that move the most shifts, and propose them to their people."""
    job = await cycling.start_search(context, data.search(business_unit_id, _week(week_id)))
    return wire.show_job(job, (), _jobs(business_unit_id, week_id))


@get(f"{CYCLES}/jobs/{{job_id:str}}", operation_id="getShiftlineWorkforceTradecyclesJob", tags=TAGS)
async def get_job(context: Context, business_unit_id: str, week_id: date, job_id: str) -> wire.TradeCycleSearchJob:
    """How a search of the caller's stands; its result is kept for a day, its proposals longer."""
    job, found = await cycling.get_search(context, business_unit_id, job_id)
    return wire.show_job(job, found, _jobs(business_unit_id, week_id))


def _jobs(business_unit_id: str, week_id: date) -> str:
    return f"{wire.PREFIX}/{business_unit_id}/weeks/{week_id}/tradecycles/jobs"


@get(CYCLES, operation_id="getShiftlineWorkforceTradecycles", tags=TAGS)
async def list_all(
    context: Context, business_unit_id: str, week_id: date, week_count: Weeks = 1, ring_state: RingState = None
) -> wire.TradeCycleListing:
    """The proposals of some weeks with what the rules say of each, for whoever reviews trades."""
    wanted = CycleFilter(business_unit_id, weeks_from(_week(week_id), week_count), state=ring_state)
    return wire.show_list(await cycling.list_cycles(context, wanted))


@get(f"{CYCLES}/mine", operation_id="getShiftlineWorkforceTradecyclesMine", tags=TAGS)
async def list_own(
    context: Context, business_unit_id: str, week_id: date, week_count: Weeks = 1
) -> wire.TradeCycleListing:
    """The proposals of some weeks in which the caller has a part: who would get which shift, and what they would be paid."""
    wanted = CycleFilter(business_unit_id, weeks_from(_week(week_id), week_count))
    found = await cycling.list_own_cycles(context, wanted)
    return wire.show_list(found, context.actor.person_id)


@post(f"{CYCLES}/{{cycle_id:str}}/answer", operation_id="postShiftlineWorkforceTradecycleAnswer", status_code=200,
      tags=TAGS)  # fmt: skip
async def answer(
    context: Context, business_unit_id: str, week_id: date, cycle_id: str, data: wire.TradeCycleAnswerRequest
) -> wire.TradeCycle:
    """Accept or decline one's part of a ring. The last acceptance applies it, or leaves it to a review."""
    del week_id
    accept = data.answer == "Accepted"
    shown = await agreeing.answer_cycle(context, business_unit_id, cycle_id, accept=accept)
    return wire.show(shown, context.actor.person_id)


@post(f"{CYCLES}/{{cycle_id:str}}/review", operation_id="postShiftlineWorkforceTradecycleReview", status_code=200,
      tags=TAGS)  # fmt: skip
async def review(
    context: Context, business_unit_id: str, week_id: date, cycle_id: str, data: wire.TradeCycleReviewRequest
) -> wire.TradeCycle:
    """Approve or deny a ring that all of its people have accepted."""
    del week_id
    approve, version = data.state == "Approved", data.metadata.version
    return wire.show(await agreeing.review_cycle(context, business_unit_id, cycle_id, approve=approve, version=version))


@put(f"{WEEK}/wantedshifts/mine", operation_id="putShiftlineWorkforceWantedshiftsMine", tags=TAGS)
async def put_wanted(
    context: Context, business_unit_id: str, week_id: date, data: wire.WantedShiftsRequest
) -> wire.WantedShifts:
    """Say when one would work more in a week: such people end the chains that begin with a shift given for nothing."""
    return wire.show_wanted(await cycling.set_wanted(context, business_unit_id, _week(week_id), data.wanted()))


@get(f"{WEEK}/wantedshifts/mine", operation_id="getShiftlineWorkforceWantedshiftsMine", tags=TAGS)
async def get_wanted(context: Context, business_unit_id: str, week_id: date) -> wire.WantedShifts:
    """When the caller would work more in a week."""
    return wire.show_wanted(await cycling.get_wanted(context, business_unit_id, _week(week_id)))


ROUTES = [start, get_job, list_all, list_own, answer, review, put_wanted, get_wanted]
