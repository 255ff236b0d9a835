"""What the sample's people work with: units, stations, queues, skills, eight weeks of schedules, requests in every state."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from shiftline.apps.sample.cast import QUEUES, WRAPUP_CODES, Site
from shiftline.apps.sample.organization import with_clock_back
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import Disambiguation, Weekday, Zone, resolve, wall_at, week_start
from shiftline.messaging.model import DeploymentDraft
from shiftline.messaging.operations.addresses import put_address_in
from shiftline.messaging.operations.deployments import create_deployment_in
from shiftline.routing.model.queues import QueueDraft, QueueSettings, WebCalls
from shiftline.routing.model.wrapup_codes import WrapupCodeDraft
from shiftline.routing.operations.members import add_members_in
from shiftline.routing.operations.person_skills import assign_skill_in
from shiftline.routing.operations.queues import create_queue_in
from shiftline.routing.operations.skills import create_skill_in
from shiftline.routing.operations.wrapup_codes import add_queue_wrapup_codes_in, create_wrapup_code_in
from shiftline.stations.model import PhoneDraft
from shiftline.stations.operations.phones import create_phone_in
from shiftline.workforce.schedule.model import ActivityDraft, PartDraft, ScheduleDraft, ShiftDraft
from shiftline.workforce.schedule.operations.changing import import_schedule_in
from shiftline.workforce.timeoff.model import Filing, OwnChanges, RequestChanges, Status, TimeOffRequest
from shiftline.workforce.timeoff.operations.changing import Target, change_own_request, change_request
from shiftline.workforce.timeoff.operations.filing import file_request_in
from shiftline.workforce.trades.model import Offer
from shiftline.workforce.trades.operations.offering import offer_shift
from shiftline.workforce.units.model import BREAK_ID, MEAL_ID, MEETING_ID, BusinessUnit, UnitDraft
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.units.operations.business_units import create_business_unit_in
from shiftline.workforce.units.operations.management_units import create_management_unit_in

WEEKS_BEFORE, WEEKS_AFTER = 4, 4
PUBLISHED_AHEAD = timedelta(days=10)
WORKING_DAYS = 5
DAYS = 7
WEB_DEPLOYMENT = "web-messaging"
"""Of the demo's first organization: the id by which its page for guests knows it."""
MAIL_ADDRESS = "support@northwind.example"


# Start and length of the day's work, by what kind of week an agent has.
PATTERNS = ((time(9), 8.0), (time(6), 8.0), (time(13), 8.0), (time(22), 8.0), (time(8), 8.5))


async def create_routing(context: Context, person_ids: Sequence[str]) -> None:
    """Skills, wrap-up codes, and queues that callers from the web reach, with members; guests write to the first one."""
    settings = QueueSettings(web_calls=WebCalls(enabled=True))
    async with context.transaction() as tx:
        codes = [await create_wrapup_code_in(tx, WrapupCodeDraft(name, id=code_id)) for code_id, name in WRAPUP_CODES]
        for queue in QUEUES:
            await create_skill_in(tx, queue.skill, queue.skill_id)
            await create_queue_in(tx, QueueDraft(queue.name, id=queue.id, settings=settings))
            if queue is QUEUES[0]:
                await create_deployment_in(tx, DeploymentDraft("Website", queue.id), WEB_DEPLOYMENT)
                await put_address_in(tx, MAIL_ADDRESS, "Northwind Support", queue.id)
            await add_queue_wrapup_codes_in(tx, queue.id, [code.id for code in codes])
            members = list(person_ids[:: queue.share])
            await add_members_in(tx, queue.id, members)
            for place, person_id in enumerate(members):
                await assign_skill_in(tx, person_id, queue.skill_id, float(3 + place % 3))


async def create_phones(context: Context, people: Sequence[tuple[str, str]]) -> None:
    """A WebRTC phone with its station for each (person id, name)."""
    async with context.transaction() as tx:
        for person_id, name in people:
            await create_phone_in(tx, PhoneDraft(f"{name} softphone", person_id))


async def create_site(context: Context, site: Site, person_ids: Sequence[str]) -> BusinessUnit:
    """The site's units with its agents in them."""
    async with context.transaction() as tx:
        draft = UnitDraft(name=site.name, time_zone=site.zone, start_day_of_week=Weekday.MONDAY)
        unit = await create_business_unit_in(tx, draft)
        team = await create_management_unit_in(tx, unit.id, UnitDraft(name=f"{site.name} Support"))
        await move_agents_in(tx, person_ids, team.id)
    return unit


async def publish_weeks(context: Context, site: Site, unit: BusinessUnit, person_ids: Sequence[str]) -> None:
    """Eight weeks around now, each published some days before it began (or now)."""
    now = context.now()
    this_week = week_start(wall_at(now, unit.zone).date(), unit.start_day_of_week)
    for number in range(-WEEKS_BEFORE, WEEKS_AFTER):
        first = this_week + timedelta(weeks=number)
        begins = datetime.combine(first, time(), unit.zone)
        then = with_clock_back(context, max(timedelta(hours=1), now - (begins - PUBLISHED_AHEAD)))
        parts = tuple(
            _plan_week(person_id, index, first, unit.zone, number) for index, person_id in enumerate(person_ids)
        )
        draft = ScheduleDraft(
            id=site.current_id if number == 0 else None,
            description=f"{site.name}, week of {first:%d %B %Y}",
            published=True,
            parts=parts,
        )
        async with then.transaction() as tx:
            await import_schedule_in(tx, unit.id, first, draft)


def _plan_week(person_id: str, index: int, first: date, zone: Zone, week: int) -> PartDraft:
    start, hours = PATTERNS[(index + (week if index else 0)) % len(PATTERNS)]
    days = [day for day in range(DAYS) if _works(index, day)]
    shifts = tuple(
        _plan_shift(
            f"agentSchedules[{index}].shifts[{place}]",
            first + timedelta(days=day),
            (start, hours),
            zone,
            day == days[2],
        )
        for place, day in enumerate(days)
    )
    return PartDraft(field=f"agentSchedules[{index}]", agent_id=person_id, shifts=shifts)


def _works(index: int, day: int) -> bool:
    """Five days on; the first agents have Saturday and Sunday off, the others' free days are spread over the week."""
    off = 5 if index % 3 == 0 else index % DAYS
    return (day - off) % DAYS not in (0, 1)


def _plan_shift(field: str, day: date, hours: tuple[time, float], zone: Zone, meeting: bool) -> ShiftDraft:  # noqa: FBT001
    wall_start = datetime.combine(day, hours[0])
    wall_end = wall_start + timedelta(hours=hours[1])
    start = resolve(wall_start, zone, Disambiguation.COMPATIBLE, field).instant
    pauses = [(120, 15, BREAK_ID), (240, 30, MEAL_ID), (375, 15, BREAK_ID)]
    if meeting:
        pauses.append((60, 30, MEETING_ID))
    activities = tuple(
        ActivityDraft(start=start + timedelta(minutes=after), minutes=minutes, code_id=code)
        for after, minutes, code in sorted(pauses)
    )
    return ShiftDraft(field=field, id=new_id(), wall_start=wall_start, wall_end=wall_end, activities=activities)


async def file_time_off(context: Context, unit: BusinessUnit, person_ids: Sequence[str]) -> None:
    """Requests in every state, for whole days of the coming weeks."""
    today = wall_at(context.now(), unit.zone).date()
    yesterday = with_clock_back(context, timedelta(days=1))
    for place, status in enumerate((Status.PENDING, Status.APPROVED, Status.DENIED, Status.CANCELED)):
        for number in range(2):
            person_id = person_ids[4 + 2 * place + number]
            first = today + timedelta(days=12 + 3 * place + number)
            filing = Filing(person_id, "PAID_TIME_OFF", days=(first, first + timedelta(days=1)), daily_minutes=480)
            async with yesterday.transaction() as tx:
                request = await _file(tx, filing)
            await _decide(context, request, status)


async def _file(tx: Transaction, filing: Filing) -> TimeOffRequest:
    request, _ = await file_request_in(tx, filing)
    return request


async def _decide(context: Context, request: TimeOffRequest, status: Status) -> None:
    if status is Status.CANCELED:
        own = context.acting_as(_person(context, request.person_id))
        await change_own_request(own, request.id, OwnChanges(cancel=True))
    elif status is not Status.PENDING:
        target = Target(request.management_unit_id, request.person_id, request.id)
        await change_request(context, target, RequestChanges(version=request.version, status=status))


async def offer_trades(context: Context, offers: Sequence[tuple[str, Offer]]) -> None:
    """Open offers of people's own shifts."""
    for person_id, offer in offers:
        await offer_shift(context.acting_as(_person(context, person_id)), offer)


def _person(context: Context, person_id: str) -> Actor:
    everything = {"*:*:*": frozenset({"*"})}
    return Actor(context.organization_id, "person", person_id=person_id, grants=everything)
