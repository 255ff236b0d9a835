"""Agents are judged live and their past is measured, on a real PostgreSQL: by events, by time, over nights of clock changes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Api, serve
from tests.store.workforce.conftest import Centre, person_id

from shiftline.access.operations.deciding import foresee_access_in
from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Invalid, NotFound
from shiftline.foundation.jobs import HANDLERS, HANDLERS_TOGETHER
from shiftline.presence.model import PURECLOUD, PresenceRequest, SystemPresence
from shiftline.presence.operations.definitions import prepare_organization
from shiftline.presence.operations.presences import change_presence
from shiftline.workforce.adherence import jobs
from shiftline.workforce.adherence.endpoints import ROUTES
from shiftline.workforce.adherence.errors import ExplanationNotFound, ExplanationOverlaps, NoDecision
from shiftline.workforce.adherence.events import AdherenceChanged, JobEnded
from shiftline.workforce.adherence.model import (
    ExplanationDraft,
    ExplanationStatus,
    HistoryQuery,
    Impact,
    JobKind,
    Measured,
    State,
)
from shiftline.workforce.adherence.operations.explaining import (
    decide_explanation,
    enter_explanation,
    list_unit_explanations,
    submit_explanation,
)
from shiftline.workforce.adherence.operations.following import follow_agents, follow_due, follow_newcomers
from shiftline.workforce.adherence.operations.history import measure_history, request_history, run_history
from shiftline.workforce.adherence.operations.watching import watch_agents, watch_unit
from shiftline.workforce.adherence.topics import notifications
from shiftline.workforce.adherence.wire.history import show_file
from shiftline.workforce.notices import jobs as notice_jobs
from shiftline.workforce.notices.operations import list_own_notices
from shiftline.workforce.schedule.model import ActivityDraft, PartDraft, ScheduleDraft, ShiftDraft
from shiftline.workforce.schedule.operations.changing import import_schedule_in
from shiftline.workforce.units.model import BREAK_ID, ON_QUEUE_ID, UnitDraft
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.units.operations.management_units import change_management_unit, find_management_unit

WEEK = date(2023, 10, 23)
SIX = datetime(2023, 10, 27, 11, tzinfo=UTC)  # 06:00 in Chicago
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
AGENT = (
    "wfm:agentAdherenceExplanation:submit",
    "wfm:agentHistoricalAdherence:view",
    "wfm:agentHistoricalAdherenceConformance:view",
    "wfm:agentSchedule:view",
)


def at(centre: Centre, instant: datetime) -> None:
    clock: Any = centre.boss.clock
    clock.set(instant)


async def publish(
    centre: Centre, start: datetime, hours: int, pauses: Sequence[tuple[datetime, int, str]] = (), week: date = WEEK
) -> None:
    """Ada works so many hours from a start; the rest of them is on queue."""
    activities = tuple(ActivityDraft(start=pause, minutes=minutes, code_id=code) for pause, minutes, code in pauses)
    shift = ShiftDraft(field="s", id=f"ada-{week}", start=start, minutes=hours * 60, activities=activities)
    draft = ScheduleDraft(
        description="Week",
        published=True,
        parts=(PartDraft(field="a", agent_id=person_id(centre.ada), shifts=(shift,)),),
    )
    async with centre.boss.transaction() as tx:
        await import_schedule_in(tx, centre.unit.id, week, draft)


@pytest.fixture(autouse=True)
async def presences(centre: Centre) -> None:
    async with centre.boss.transaction() as tx:
        await prepare_organization(tx, "org-1")


@pytest.fixture
async def morning(centre: Centre, context: SettableContext) -> Centre:
    """Friday before six: Ada's shift of 8 hours begins at six, with a break at eight."""
    context.clock.set(SIX - 10 * MINUTE)
    for name in ("ada", "bob", "cleo"):
        who: Context = getattr(centre, name)
        grants = {**who.actor.grants, **{each: frozenset({"*"}) for each in AGENT}}
        setattr(centre, name, who.acting_as(replace(who.actor, grants=grants)))
    await publish(centre, SIX, 8, [(SIX + 2 * HOUR, 15, BREAK_ID)])
    await handle(centre)
    await follow_newcomers(centre.boss)
    return centre


async def handle(centre: Centre) -> list[Any]:
    """What the programs do with the outbox: this room's handlers and the notices'; the events."""
    happened = await centre.tenant.news(object)
    system = centre.boss.acting_as(Actor(centre.boss.organization_id, "system"))
    for handler, kinds in HANDLERS_TOGETHER.items():
        wanted = [each for each in happened if isinstance(each, kinds)]
        if wanted:
            await handler(system, wanted)
    for event in happened:
        for each in HANDLERS.get(type(event), []):
            if each.__module__ in (jobs.__name__, notice_jobs.__name__):
                await each(system, event)
    return happened


async def turn(centre: Centre, presence: SystemPresence, who: Context | None = None) -> None:
    """Somebody (Ada) does something else now, and is judged."""
    await change_presence(
        centre.boss, person_id(who or centre.ada), PURECLOUD, PresenceRequest(system_presence=presence)
    )
    await handle(centre)


async def ada(centre: Centre) -> Any:
    (seen,) = await watch_agents(centre.boss, [person_id(centre.ada)])
    return seen.standing


async def set_adherence(centre: Centre, **settings: Any) -> None:
    async with centre.boss.reader() as reader:
        unit = await find_management_unit(reader, centre.boss.organization_id, centre.chicago.id)
    draft = UnitDraft(settings={"adherence": settings}, version=unit.stamp.version)
    await change_management_unit(centre.boss, unit.id, draft)
    await handle(centre)


async def test_an_agents_morning_as_the_board_shows_it(morning: Centre) -> None:
    assert (await ada(morning)).state is State.UNSCHEDULED
    at(morning, SIX + MINUTE)
    assert await follow_due(morning.boss) == 1
    late = await ada(morning)
    assert (late.state, late.state_at, late.impact) == (State.OUT, SIX, Impact.NEGATIVE)
    at(morning, SIX + 5 * MINUTE)
    await turn(morning, SystemPresence.ON_QUEUE)
    there = await ada(morning)
    assert (there.state, there.state_at, there.routing_status) == (State.IN, SIX + 5 * MINUTE, "IDLE")
    at(morning, SIX + 2 * HOUR)
    assert await follow_due(morning.boss) == 1
    pause = await ada(morning)
    assert (pause.scheduled_code_id, pause.state, pause.impact) == (BREAK_ID, State.OUT, Impact.POSITIVE)
    await turn(morning, SystemPresence.BREAK)
    assert (await ada(morning)).state is State.IN
    at(morning, SIX + 8 * HOUR)
    await follow_due(morning.boss)
    assert (await ada(morning)).state is State.UNSCHEDULED
    assert await follow_due(morning.boss) == 0


async def test_subscribers_of_the_agent_and_of_the_unit_are_told_once(morning: Centre) -> None:
    at(morning, SIX + 5 * MINUTE)
    await turn(morning, SystemPresence.ON_QUEUE)
    told = [each for each in await morning.tenant.news(AdherenceChanged) if each.person_id == person_id(morning.ada)]
    assert len(told) == 1
    own, unit = notifications(told[0])
    assert own.topic == f"v2.users.{person_id(morning.ada)}.workforcemanagement.adherence"
    assert unit.topic == f"v2.workforcemanagement.managementunits.{morning.chicago.id}.adherence"
    assert own.body == unit.body
    assert (own.body["adherenceState"], own.body["scheduledActivityCode"]["id"]) == ("InAdherence", ON_QUEUE_ID)
    assert own.body["nextActivityReminders"][0]["activityCategory"] == "Break"
    await follow_agents(morning.boss, [person_id(morning.ada)] * 3)
    assert await morning.tenant.news(AdherenceChanged) == []


async def test_what_happened_adds_up_to_what_a_fresh_look_finds(morning: Centre) -> None:
    for minutes, presence in ((1, "OnQueue"), (50, "Break"), (121, "Break"), (140, "OnQueue"), (200, "Offline")):
        at(morning, SIX + minutes * MINUTE)
        await follow_due(morning.boss)
        await turn(morning, SystemPresence(presence))
        (seen,) = await watch_agents(morning.boss, [person_id(morning.ada)])
        async with morning.boss.reader() as reader:
            row = await reader.one(
                "select state, state_at from adherence.standing where person_id = %(id)s",
                {"id": person_id(morning.ada)},
            )
        assert row == {"state": seen.standing.state.value, "state_at": seen.standing.state_at}


async def test_a_changed_schedule_and_changed_settings_are_judged_at_once(morning: Centre) -> None:
    at(morning, SIX + 30 * MINUTE)
    await turn(morning, SystemPresence.MEAL)
    assert (await ada(morning)).state is State.OUT
    await set_adherence(morning, trackOnQueueActivity=False)
    assert (await ada(morning)).state is State.IGNORED
    await set_adherence(morning, trackOnQueueActivity=True, adherenceExceptionThresholdSeconds=3600)
    assert ((await ada(morning)).state, (await ada(morning)).verdict) == (State.IN, State.OUT)
    await set_adherence(morning, adherenceExceptionThresholdSeconds=0, severeAlertThresholdMinutes=10)
    at(morning, SIX + 41 * MINUTE)
    await follow_due(morning.boss)
    async with morning.boss.reader() as reader:
        rows = await reader.all("select severe from adherence.standing_timeline where state = 'OutOfAdherence'", {})
    assert {row["severe"] for row in rows} == {False, True}
    await publish(morning, SIX + 4 * HOUR, 4)
    await handle(morning)
    assert (await ada(morning)).state is State.UNSCHEDULED


async def test_whoever_leaves_the_unit_is_taken_off_its_board(morning: Centre) -> None:
    async with morning.boss.transaction() as tx:
        await move_agents_in(tx, [person_id(morning.ada)], None)
    await handle(morning)
    (gone,) = [each for each in await morning.tenant.news(AdherenceChanged) if each.seen.standing.removed]
    assert notifications(gone)[1].body["removedFromManagementUnit"] is True
    assert [each.standing.person_id for each in await watch_unit(morning.boss, morning.chicago.id)] == [
        person_id(morning.bob)
    ]
    assert await watch_agents(morning.boss, [person_id(morning.ada)]) == []


async def test_an_approved_explanation_excuses_and_everybody_concerned_is_told(morning: Centre) -> None:
    at(morning, SIX + 20 * MINUTE)
    await follow_due(morning.boss)
    draft = ExplanationDraft("Late", SIX, 30, "The train stood.")
    job, explanation = await submit_explanation(morning.ada, draft)
    assert (job.kind, explanation.status, explanation.version) == (JobKind.ADD, ExplanationStatus.PENDING, 1)
    assert ((await ada(morning)).state, (await ada(morning)).explanation_id) == (State.OUT, explanation.id)
    _, again = await submit_explanation(morning.ada, draft)
    assert again == explanation
    await handle(morning)
    (notice,) = await list_own_notices(morning.boss)
    assert notice.subject.explanation is not None
    assert (notice.subject.explanation.status, notice.for_agent) == ("Pending", False)
    _, approved = await decide_explanation(
        morning.boss, explanation.person_id, explanation.id, ExplanationStatus.APPROVED
    )
    assert (approved.reviewed_by, approved.version) == ("admin-1", 2)
    assert (await ada(morning)).state is State.EXPLAINED
    await handle(morning)
    (answer,) = await list_own_notices(morning.ada)
    assert answer.subject.explanation is not None
    assert (answer.subject.explanation.status, answer.for_agent) == ("Approved", True)
    at(morning, SIX + 30 * MINUTE)
    await follow_due(morning.boss)
    assert (await ada(morning)).state is State.OUT


async def test_explanations_that_cannot_be_are_refused(morning: Centre, other_centre: Centre) -> None:
    at(morning, SIX + HOUR)
    who = person_id(morning.ada)
    _, first = await enter_explanation(morning.boss, who, ExplanationDraft("Late", SIX, 30))
    with pytest.raises(ExplanationOverlaps) as overlap:
        await submit_explanation(morning.ada, ExplanationDraft("Late", SIX + 10 * MINUTE, 30))
    assert first.id in overlap.value.message
    with pytest.raises(Invalid):
        await submit_explanation(morning.ada, ExplanationDraft("Late", SIX - timedelta(weeks=40), 30))
    with pytest.raises(PermissionMissing):
        await enter_explanation(morning.ada, who, ExplanationDraft("Late", SIX + 2 * HOUR, 30))
    await decide_explanation(morning.boss, who, first.id, ExplanationStatus.DENIED)
    with pytest.raises(NoDecision):
        await decide_explanation(morning.boss, who, first.id, ExplanationStatus.PENDING)
    _, second = await submit_explanation(morning.ada, ExplanationDraft("Late", SIX + 10 * MINUTE, 30))
    with pytest.raises(ExplanationOverlaps):
        await decide_explanation(morning.boss, who, first.id, ExplanationStatus.APPROVED)
    with pytest.raises(ExplanationNotFound):
        await decide_explanation(morning.boss, person_id(morning.bob), second.id, ExplanationStatus.APPROVED)
    with pytest.raises(NotFound):
        await decide_explanation(other_centre.boss, who, second.id, ExplanationStatus.APPROVED)
    with pytest.raises(NotFound):
        await enter_explanation(other_centre.boss, who, ExplanationDraft("Late", SIX, 30))
    assert await list_unit_explanations(other_centre.boss, other_centre.unit.id, (SIX - HOUR, SIX + HOUR)) == []
    found = await list_unit_explanations(morning.boss, morning.unit.id, (SIX - HOUR, SIX + HOUR))
    assert [each.id for each in found] == [first.id, second.id]


async def test_two_explain_at_once_and_one_is_told_of_the_other(morning: Centre) -> None:
    drafts = [ExplanationDraft("Late", SIX + number * MINUTE, 30) for number in range(4)]
    made = await asyncio.gather(*(submit_explanation(morning.ada, each) for each in drafts), return_exceptions=True)
    assert sorted(type(each).__name__ for each in made) == ["ExplanationOverlaps"] * 3 + ["tuple"]


async def history(centre: Centre, start: datetime, end: datetime, **more: Any) -> tuple[Measured, list[int]]:
    found = await measure_history(
        centre.boss, HistoryQuery(centre.chicago.id, start, end, person_ids=(person_id(centre.ada),), **more)
    )
    return found.agents[0], [closes - opens for opens, closes in found.window.days]


@pytest.mark.parametrize(
    ("week", "begins", "hours", "day_hours"),
    [
        (date(2023, 10, 30), datetime(2023, 11, 5, 3, tzinfo=UTC), 9, 25),
        (date(2024, 3, 4), datetime(2024, 3, 10, 4, tzinfo=UTC), 7, 23),
    ],
    ids=["autumn", "spring"],
)
async def test_a_night_shift_over_a_clock_change_is_measured_by_elapsed_time(
    centre: Centre, context: SettableContext, week: date, begins: datetime, hours: int, day_hours: int
) -> None:
    """From 22:00 to 06:00 in Chicago. She comes half an hour late and is on queue to the end."""
    context.clock.set(begins - HOUR)
    await publish(centre, begins, hours, week=week)
    context.clock.set(begins + 30 * MINUTE)
    await turn(centre, SystemPresence.ON_QUEUE)
    context.clock.set(begins + hours * HOUR)
    await turn(centre, SystemPresence.OFFLINE)
    context.clock.set(begins + timedelta(days=3))
    midnight = begins + 2 * HOUR
    ends = midnight + day_hours * HOUR
    found, days = await history(centre, midnight - timedelta(days=1), ends)
    assert days == [24 * 3600, day_hours * 3600]
    assert [day.schedule for day in found.days] == [2 * 3600, (hours - 2) * 3600]
    assert [day.exception_seconds for day in found.days] == [1800, 0]
    assert found.total.adherence_percent == round(100 * (hours - 0.5) / hours, 2)
    assert found.total.conformance_percent == round(100 * (hours - 0.5) / hours, 2)
    (late,) = found.deviations
    assert (late.end - late.start, late.code_id, late.actual_category, late.impact) == (
        1800,
        "0",
        "Unavailable",
        Impact.NEGATIVE,
    )
    await enter_explanation(
        centre.boss,
        person_id(centre.ada),
        ExplanationDraft("Late", begins, 30, status=ExplanationStatus.APPROVED),
    )
    explained, _ = await history(centre, midnight - timedelta(days=1), ends)
    assert (explained.total.adherence_percent, explained.deviations) == (100.0, ())


async def test_the_past_is_measured_by_a_job_and_kept(morning: Centre, other_centre: Centre) -> None:
    at(morning, SIX + 12 * HOUR)
    await morning.tenant.news(object)
    query = HistoryQuery(morning.chicago.id, SIX, SIX + 10 * HOUR, exceptions=True)
    job = await request_history(morning.boss, JobKind.UNIT, [query], "https://api.test")
    assert job.status == "Processing"
    await run_history(morning.boss, job.id, show_file)
    await run_history(morning.boss, job.id, show_file)
    (ended,) = await morning.tenant.news(JobEnded)
    (told,) = notifications(ended)
    assert (told.topic, told.body["queryState"]) == (
        "v2.users.admin-1.workforcemanagement.historicaladherencequery",
        "Complete",
    )
    with pytest.raises(NotFound):
        await request_history(other_centre.boss, JobKind.UNIT, [query], "")
    with pytest.raises(PermissionMissing):
        await request_history(morning.ada, JobKind.UNIT, [query], "")
    stranger = HistoryQuery(morning.chicago.id, SIX, None, person_ids=(person_id(morning.cleo),))
    with pytest.raises(Invalid) as refused:
        await request_history(morning.boss, JobKind.BULK, [query, stranger], "", "items[{index}].{name}")
    assert refused.value.problems[0].field == "items[1].userIds"


@pytest.fixture
async def api(morning: Centre) -> AsyncIterator[Api]:
    async with serve(morning.boss.database, morning.boss.clock, ROUTES) as api:
        yield api


async def test_the_operations_speak_the_vendors_shapes(morning: Centre, api: Api) -> None:
    boss = morning.tenant.tokens["admin-1"]
    root = "/api/v2/workforcemanagement"
    at(morning, SIX + HOUR)
    who = person_id(morning.ada)
    board = (await api.call("GET", f"{root}/managementunits/{morning.chicago.id}/adherence", boss)).json()
    assert {each["user"]["id"]: each["adherenceState"] for each in board["entities"]} == {
        who: "OutOfAdherence", person_id(morning.bob): "Unscheduled",
    }  # fmt: skip
    some = (await api.call("GET", f"{root}/adherence?userId={who}&userId=nobody", boss)).json()
    assert [each["scheduledActivityCode"]["name"] for each in some] == ["On Queue"]
    body = {"type": "Late", "startDate": "2023-10-27T11:00:00Z", "lengthMinutes": 60, "status": "Approved"}
    made = await api.call("POST", f"{root}/agents/{who}/adherence/explanations", boss, body)
    assert made.status_code == 202
    job = (await api.call("GET", made.json()["job"]["selfUri"], boss)).json()
    assert (job["status"], job["adherenceExplanation"]["lengthMinutes"]) == ("Complete", 60)
    span = {"startDate": "2023-10-27T00:00:00Z", "endDate": "2023-10-28T00:00:00Z"}
    for path in (f"agents/{who}", f"businessunits/{morning.unit.id}"):
        found = (await api.call("POST", f"{root}/{path}/adherence/explanations/query", boss, span)).json()
        assert [each["status"] for each in found["result"]["entities"]] == ["Approved"]
    later = await api.call("POST", f"{root}/agents/{who}/adherence/explanations/query?forceAsync=true", boss, span)
    assert later.status_code == 202
    kept = (await api.call("GET", later.json()["job"]["selfUri"], boss)).json()
    assert len(kept["agentQueryResponseTemplate"]["entities"]) == 1
    at(morning, SIX + 9 * HOUR)
    asked = {"startDate": "2023-10-27T11:00:00Z", "endDate": "2023-10-27T19:00:00Z", "includeExceptions": True}
    path = f"{root}/managementunits/{morning.chicago.id}/historicaladherencequery"
    started = await api.call("POST", path, boss, asked)
    assert (started.status_code, started.json()["queryState"]) == (202, "Processing")
    await run_history(morning.boss, started.json()["id"], show_file)
    done = (await api.call("GET", f"{root}/adherence/historical/jobs/{started.json()['id']}", boss)).json()
    assert done["queryState"] == "Complete"
    results = {each["userId"]: each for each in done["downloadResult"]["data"]}
    assert results[who]["adherencePercentage"] == 12.5
    assert results[who]["exceptionInfo"][0]["startOffsetSeconds"] == 3600
    assert "adherencePercentage" not in results[person_id(morning.bob)]
    file = await api.client.get(done["downloadUrl"].replace("https://api.localhost:8443", ""))
    assert file.json() == done["downloadResult"]
    assert (await api.client.get("/api/v2/shiftline/workforce/adherence/results/guess/0")).status_code == 404
    wrong = await api.call("POST", path, boss, {**asked, "startDate": "2023-10-27T11:00:00"})
    assert wrong.status_code == 400
    assert "startDate" in wrong.text


async def test_adherence_changes_no_decision_on_access(morning: Centre) -> None:
    async def decided() -> list[list[tuple[str, bool | None]]]:
        async with morning.boss.reader() as reader:
            decisions = [
                await foresee_access_in(reader, morning.boss, person_id(who), instant)
                for who in (morning.ada, morning.bob)
                for instant in (SIX, SIX + HOUR, SIX + 9 * HOUR)
            ]
        return [[(gate.code, gate.holds) for gate in decision.gates] for decision in decisions]

    at(morning, SIX + HOUR)
    before = await decided()
    await follow_due(morning.boss)
    for status in (ExplanationStatus.APPROVED, ExplanationStatus.DENIED):
        _, explanation = await submit_explanation(morning.ada, ExplanationDraft("Late", SIX, 30, status.value))
        await decide_explanation(morning.boss, explanation.person_id, explanation.id, status)
        await handle(morning)
        assert await decided() == before
        await decide_explanation(morning.boss, explanation.person_id, explanation.id, ExplanationStatus.DENIED)
    await set_adherence(morning, trackOnQueueActivity=False)
    await follow_agents(morning.boss, [person_id(morning.ada), person_id(morning.bob)])
    at(morning, SIX + 9 * HOUR)
    await measure_history(morning.boss, HistoryQuery(morning.chicago.id, SIX, SIX + 8 * HOUR))
    assert await decided() == before
    assert before != [[]] * 6
