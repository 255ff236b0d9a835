"""Open shifts on a real PostgreSQL: left open, taken by exactly one, reviewed, withdrawn, expired; and what each may know."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.store.conftest import Api, serve
from tests.store.workforce.conftest import AGENT, Centre, person_id
from tests.store.workforce.test_trade_matches import set_trading, shifts_of, works
from tests.store.workforce.test_trades import FRIDAY, THURSDAY, WEEK, publish, token

from shiftline.access.operations.deciding import foresee_access_in
from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Unavailable
from shiftline.publishing.endpoints import ROUTES as EDIT_ROUTES
from shiftline.publishing.errors import EditImpossible
from shiftline.publishing.operations.editing import edit_schedule, preview_edits
from shiftline.workforce.notices.jobs import tell_of_open_shift
from shiftline.workforce.notices.operations import list_own_notices
from shiftline.workforce.notices.topics import describe
from shiftline.workforce.schedule.endpoints import ROUTES as SCHEDULE_ROUTES
from shiftline.workforce.schedule.errors import (
    NotInForce,
    OpenShiftGone,
    OpenShiftNotFound,
    OpenShiftStands,
    StaleOpenShift,
)
from shiftline.workforce.schedule.events import OpenShiftChanged, OpenShiftOpened, ScheduleUpdated
from shiftline.workforce.schedule.model import ActivityDraft
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftDraft, OpenShiftState
from shiftline.workforce.schedule.operations.editing import Order
from shiftline.workforce.schedule.operations.opening import (
    Change,
    change_open_shift,
    expire_open_shifts,
    get_open_shift,
    list_schedule_open_shifts,
    open_shift,
)
from shiftline.workforce.schedule.operations.reading import list_revisions
from shiftline.workforce.schedule.operations.republishing import republish_revision
from shiftline.workforce.schedule.rules.editing.asked import Edit, EditKind
from shiftline.workforce.trades.endpoints import ROUTES as TRADE_ROUTES
from shiftline.workforce.trades.errors import OpenShiftRefused
from shiftline.workforce.trades.model import Mode
from shiftline.workforce.trades.operations.open_shifts import (
    Takeable,
    Wish,
    list_claims,
    list_takeable,
    release_open_shift,
    review_open_shift,
    take_open_shift,
)
from shiftline.workforce.units.operations.agents import move_agents_in

WEDNESDAY, SATURDAY = THURSDAY - timedelta(days=1), FRIDAY + timedelta(days=1)
ADAS = f"ada-{WEEK}"


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T12:00:00-05:00")


@pytest.fixture
async def published(centre: Centre) -> Centre:
    await publish(centre)
    await set_trading(centre, autoReview=True)
    return centre


def draft(centre: Centre, start: Any = WEDNESDAY, **more: Any) -> OpenShiftDraft:
    return replace(OpenShiftDraft(centre.chicago.id, start, 480), **more)


def order(version: int = 1, kind: EditKind = EditKind.OPEN_SHIFT, who: Context | None = None, **more: Any) -> Order:
    assert who is not None
    edit = Edit("edits[0]", kind, (person_id(who),), **more)
    return Order("sch-1", version, (edit,), "Ada moves to mail")


async def left_open(centre: Centre) -> OpenShift:
    """Ada's shift of Friday is taken from her and left open."""
    outcome = await edit_schedule(centre.boss, order(who=centre.ada, shift_id=ADAS), [])
    assert outcome.revised is not None
    return await get_open_shift(centre.boss, outcome.revised.open_shift_ids[0])


async def take(who: Context, found: OpenShift) -> Takeable:
    return await take_open_shift(who, Wish(found.id, found.version))


def broken(found: Takeable) -> dict[str, Mode]:
    assert found.judgement is not None
    return {each.reason.code: each.mode for each in found.judgement.broken}


async def test_a_new_open_shift_is_listed_with_each_rules_verdict_and_taken(published: Centre) -> None:
    meal = ActivityDraft(start=WEDNESDAY + timedelta(hours=3), minutes=30, code_id="2")
    made = await open_shift(published.boss, "sch-1", draft(published, activities=[meal], reason="The campaign"))
    assert (made.state, made.version, made.week_date, made.shift.paid_minutes) == (OpenShiftState.OPEN, 1, WEEK, 450)
    (opened,) = await published.tenant.news(OpenShiftOpened)
    assert opened.open_shift == made
    (mine,) = await list_takeable(published.bob)
    assert mine.open_shift == made
    assert broken(mine) == {}
    assert mine.judgement is not None
    assert mine.judgement.verdict is Mode.ALLOW
    codes = [each.reason.code for each in mine.judgement.verdicts]
    assert {"open.shift.not.open", "trade.overlap", "trade.rest", "trade.skills", "open.shift.queues"} <= set(codes)
    assert mine.judgement.pay is not None
    assert (mine.judgement.pay.before, mine.judgement.pay.after) == (480, 930)
    assert await list_takeable(published.cleo) == []
    taken = (await take(published.bob, made)).open_shift
    assert (taken.state, taken.version, taken.ruling and taken.ruling[0]) == (
        OpenShiftState.TAKEN,
        2,
        "trade.automatic",
    )
    assert taken.taker is not None
    assert (taken.taker.person_id, taken.taker.revision) == (person_id(published.bob), 2)
    ((his, _),) = await shifts_of(published, published.bob)
    assert (his.id, his.activities, his.paid_minutes, his.is_swap) == (
        made.shift.id, made.shift.activities, 450, False,
    )  # fmt: skip
    schedule, revisions = await list_revisions(published.boss, "sch-1")
    assert (schedule.version, revisions[0].reason) == (2, f"Open shift {made.id}: The campaign")
    changed, moved = await published.tenant.news(ScheduleUpdated, OpenShiftChanged)
    assert changed.agents[person_id(published.bob)].added == (WEDNESDAY,)
    assert moved.open_shift == replace(taken, in_force=moved.open_shift.in_force)
    assert (await take(published.bob, made)).open_shift.version == 2
    assert await list_takeable(published.ada) == []


async def test_a_shift_taken_from_its_agent_keeps_its_minutes_its_activities_and_its_name(published: Centre) -> None:
    (before,), _ = await shifts_of(published, published.ada, published.bob)
    asked = order(who=published.ada, shift_id=ADAS)
    preview = await preview_edits(published.boss, asked)
    assert [each.agent_id for each in preview.differences] == [person_id(published.ada)]
    assert await list_schedule_open_shifts(published.boss, "sch-1", None, None) == []
    made = await left_open(published)
    assert (made.former_agent_id, made.reason) == (person_id(published.ada), "Ada moves to mail")
    assert (made.shift.id, made.shift.activities, made.shift.paid_minutes) == (ADAS, before.activities, 480)
    assert await works(published, published.ada) == [[]]
    taken = (await take(published.bob, made)).open_shift
    assert taken.taker is not None
    assert taken.taker.revision == 3
    after = next(each for each in (await shifts_of(published, published.bob))[0] if each.id == ADAS)
    assert (after.start, after.activities, after.paid_minutes) == (before.start, before.activities, before.paid_minutes)


async def test_what_cannot_be_left_open_says_why(published: Centre, context: Any) -> None:
    async def refused(**more: Any) -> list[tuple[str, str]]:
        with pytest.raises(Invalid) as error:
            await open_shift(published.boss, "sch-1", draft(published, **more))
        return [(problem.field, problem.code) for problem in error.value.problems]

    assert await refused(management_unit_id="mu-none") == [("managementUnitId", "management.unit.unknown")]
    assert await refused(minutes=2000) == [("lengthMinutes", "shift.length")]
    assert await refused(start=WEDNESDAY + timedelta(days=20)) == [("startDate", "shift.outside.schedule")]
    assert await refused(skill_ids=("juggling",), queue_ids=("q-none",)) == [
        ("skillIds[0]", "skill.unknown"),
        ("queueIds[0]", "queue.unknown"),
    ]
    await publish(published, "sch-draft", published=False)
    with pytest.raises(NotInForce, match="sch-draft is not in force"):
        await open_shift(published.boss, "sch-draft", draft(published))
    context.clock.set(FRIDAY + timedelta(hours=1))
    assert await refused() == [("startDate", "open.shift.begun")]
    with pytest.raises(EditImpossible, match="has begun"):
        await edit_schedule(published.boss, order(who=published.ada, shift_id=ADAS), [])
    with pytest.raises(PermissionMissing):
        await open_shift(published.ada, "sch-1", draft(published))


async def test_rules_that_refuse_are_told_and_nothing_changes(published: Centre) -> None:
    await set_trading(published, autoReview=True, requiresMatchingSkills=True, minHoursInFuture=24 * 6)
    made = await open_shift(published.boss, "sch-1", draft(published, THURSDAY + timedelta(hours=4)))
    (mine,) = await list_takeable(published.bob)
    assert broken(mine) == {"trade.overlap": Mode.REFUSE, "open.shift.notice": Mode.REFUSE}
    with pytest.raises(OpenShiftRefused) as error:
        await take(published.bob, made)
    assert {problem.code for problem in error.value.problems} == set(broken(mine))
    assert (await get_open_shift(published.boss, made.id)).version == 1
    assert (await list_revisions(published.boss, "sch-1"))[0].version == 1


async def test_another_management_units_open_shift_is_taken_where_both_trade_with_others(published: Centre) -> None:
    made = await open_shift(published.boss, "sch-1", draft(published))
    with pytest.raises(OpenShiftNotFound):
        await take(published.cleo, made)
    await set_trading(published, autoReview=True, acrossManagementUnits="Allow")
    assert (await take(published.cleo, made)).open_shift.state is OpenShiftState.TAKEN
    hers = next(each for each in (await shifts_of(published, published.cleo))[0] if each.id == made.shift.id)
    assert (hers.zone, hers.wall_start.hour, hers.start) == ("Europe/Berlin", 13, WEDNESDAY)


async def test_a_claim_waits_for_its_review(published: Centre) -> None:
    await set_trading(published, autoReview=False)
    made = await open_shift(published.boss, "sch-1", draft(published))
    claimed = (await take(published.bob, made)).open_shift
    assert (claimed.state, claimed.version) == (OpenShiftState.CLAIMED, 2)
    assert (await list_revisions(published.boss, "sch-1"))[0].version == 1
    with pytest.raises(OpenShiftGone, match="was claimed"):
        await take(published.ada, made)
    assert await list_takeable(published.ada) == []
    assert [each.open_shift.state for each in await list_takeable(published.bob)] == [OpenShiftState.CLAIMED]
    given_back = (await release_open_shift(published.bob, Wish(made.id, 2))).open_shift
    assert (given_back.state, given_back.taker) == (OpenShiftState.OPEN, None)
    again = (await take(published.ada, given_back)).open_shift
    (waiting,) = await list_claims(published.boss, published.unit.id)
    assert waiting.judgement is not None
    assert waiting.judgement.verdict is Mode.REVIEW
    with pytest.raises(StaleOpenShift):
        await review_open_shift(published.boss, Wish(made.id, 1), approve=True)
    with pytest.raises(PermissionMissing):
        await review_open_shift(published.ada, Wish(made.id, again.version), approve=True)
    denied = (await review_open_shift(published.boss, Wish(made.id, again.version), approve=False)).open_shift
    assert (denied.state, denied.ruling and denied.ruling[0]) == (OpenShiftState.OPEN, "open.shift.denied")
    last = (await take(published.bob, denied)).open_shift
    done = (await review_open_shift(published.boss, Wish(made.id, last.version), approve=True)).open_shift
    assert (done.state, done.taker and done.taker.revision) == (OpenShiftState.TAKEN, 2)
    assert (await review_open_shift(published.boss, Wish(made.id, last.version), approve=True)).open_shift.version == (
        done.version
    )
    assert [each for each, _ in (await works(published, published.bob))[0]] == [made.shift.id, f"bob-{WEEK}"]


async def news_to(who: Context) -> list[tuple[str, bool]]:
    """The states of open shifts of which somebody was told, the first first, and whether as who claimed them."""
    notices = [each for each in await list_own_notices(who) if each.subject.open_shift is not None]
    notices.sort(key=lambda each: each.subject.version)
    return [(each.subject.open_shift.state, each.for_agent) for each in notices if each.subject.open_shift is not None]


async def test_reviewers_hear_of_a_claim_and_its_agent_of_the_decision(published: Centre) -> None:
    await set_trading(published, autoReview=False)
    made = await open_shift(published.boss, "sch-1", draft(published))
    claimed = (await take(published.bob, made)).open_shift
    denied = (await review_open_shift(published.boss, Wish(made.id, claimed.version), approve=False)).open_shift
    again = (await take(published.bob, denied)).open_shift
    await review_open_shift(published.boss, Wish(made.id, again.version), approve=True)
    system = published.boss.acting_as(Actor(published.boss.organization_id, "system"))
    happened = await published.tenant.news(OpenShiftChanged)
    for each in happened:
        await tell_of_open_shift(system, each)
    await tell_of_open_shift(system, happened[-1])
    assert await news_to(published.boss) == [("Claimed", False), ("Claimed", False)]
    assert await news_to(published.bob) == [("Open", True), ("Taken", True)]
    assert await news_to(published.ada) == []
    last = max(await list_own_notices(published.bob), key=lambda each: each.subject.version)
    shown = describe(last)
    assert (shown.type, shown.open_shift and shown.open_shift.user.id) == ("OpenShift", person_id(published.bob))


async def test_a_claim_that_meets_other_work_meanwhile_is_not_approved(published: Centre) -> None:
    await set_trading(published, autoReview=False)
    made = await open_shift(published.boss, "sch-1", draft(published))
    claimed = (await take(published.bob, made)).open_shift
    more = order(kind=EditKind.ADD_SHIFT, who=published.bob, start=WEDNESDAY + timedelta(hours=2), minutes=60)
    await edit_schedule(published.boss, more, [])
    with pytest.raises(OpenShiftRefused, match="overlaps"):
        await review_open_shift(published.boss, Wish(made.id, claimed.version), approve=True)
    assert (await get_open_shift(published.boss, made.id)).state is OpenShiftState.CLAIMED


async def test_it_is_changed_and_withdrawn_by_planners_at_the_version_they_read(published: Centre) -> None:
    made = await open_shift(published.boss, "sch-1", draft(published))
    later = Change(made.id, 1, OpenShiftDraft(start=WEDNESDAY + timedelta(hours=1), reason="Later"))
    changed = await change_open_shift(published.boss, later)
    assert (changed.shift.start, changed.shift.minutes, changed.shift.id) == (
        WEDNESDAY + timedelta(hours=1), 480, made.shift.id,
    )  # fmt: skip
    same = replace(later, version=2)
    assert (await change_open_shift(published.boss, same)).version == 2
    with pytest.raises(StaleOpenShift) as error:
        await change_open_shift(published.boss, later)
    assert error.value.current_version == 2
    with pytest.raises(StaleOpenShift):
        await take(published.bob, made)
    gone = await change_open_shift(published.boss, Change(made.id, 2, OpenShiftDraft(), withdraw=True))
    assert gone.state is OpenShiftState.WITHDRAWN
    assert (await change_open_shift(published.boss, Change(made.id, 2, OpenShiftDraft(), withdraw=True))).version == 3
    with pytest.raises(OpenShiftGone, match="was withdrawn at"):
        await take(published.bob, gone)
    with pytest.raises(OpenShiftGone):
        await change_open_shift(published.boss, replace(later, version=3))
    listed = await list_schedule_open_shifts(published.boss, "sch-1", [OpenShiftState.WITHDRAWN], None)
    assert [each.id for each in listed] == [made.id]


async def test_once_it_has_begun_it_is_over(published: Centre, context: Any) -> None:
    made = await open_shift(published.boss, "sch-1", draft(published))
    context.clock.set(WEDNESDAY)
    assert (await get_open_shift(published.boss, made.id)).state is OpenShiftState.EXPIRED
    assert await list_takeable(published.bob) == []
    with pytest.raises(OpenShiftGone, match="has begun at"):
        await take(published.bob, made)
    await published.tenant.news()
    system = published.boss.acting_as(Actor("", "system"))
    assert [await expire_open_shifts(system), await expire_open_shifts(system)] == [1, 0]
    (ended,) = await published.tenant.news(OpenShiftChanged)
    assert (ended.open_shift.state, ended.former_state) == (OpenShiftState.EXPIRED, OpenShiftState.OPEN)


async def test_a_revision_put_into_force_again_closes_what_was_taken_from_its_agent(published: Centre) -> None:
    made = await left_open(published)
    await republish_revision(published.boss, "sch-1", 1)
    assert await works(published, published.ada) == [[(ADAS, FRIDAY)]]
    assert await list_takeable(published.bob) == []
    assert not (await get_open_shift(published.boss, made.id)).in_force
    with pytest.raises(OpenShiftRefused, match="somebody works the shift again"):
        await take(published.bob, made)


async def test_another_schedule_published_over_it_closes_it(published: Centre) -> None:
    made = await open_shift(published.boss, "sch-1", draft(published))
    await publish(published, "sch-2")
    assert await list_takeable(published.bob) == []
    with pytest.raises((OpenShiftRefused, OpenShiftStands)):
        await take(published.bob, made)


async def test_whoever_comes_second_is_told_who_was_first_only_if_they_may_know(published: Centre) -> None:
    made = await open_shift(published.boss, "sch-1", draft(published))
    await take(published.bob, made)
    with pytest.raises(OpenShiftGone) as error:
        await take(published.ada, made)
    bob = person_id(published.bob)
    assert bob not in str([error.value.message, dict(error.value.params)])
    assert "was taken at 2023-10-20T17:00:00Z" in error.value.message
    assert error.value.current_version == 2
    dan = await published.tenant.person("dan", *AGENT, "wfm:agentManagementUnitSchedule:view")
    async with published.boss.transaction() as tx:
        await move_agents_in(tx, [dan.id], published.chicago.id)
    with pytest.raises(OpenShiftGone) as told:
        await take(published.tenant.acting_as(dan, *AGENT, "wfm:agentManagementUnitSchedule:view"), made)
    assert told.value.params["modifiedBy"] == bob
    assert f"by {bob}" in told.value.message


async def test_a_stranger_knows_of_no_open_shift(published: Centre, other_centre: Centre) -> None:
    made = await open_shift(published.boss, "sch-1", draft(published))
    with pytest.raises(NotFound):
        await take(other_centre.ada, made)
    with pytest.raises(NotFound):
        await get_open_shift(other_centre.boss, made.id)
    with pytest.raises(NotFound):
        await change_open_shift(other_centre.boss, Change(made.id, 1, OpenShiftDraft(), withdraw=True))
    with pytest.raises(NotFound):
        await review_open_shift(other_centre.boss, Wish(made.id, 1), approve=True)
    assert (await get_open_shift(published.boss, made.id)).version == 1


AT_ONCE = 100


async def test_of_a_hundred_who_take_it_at_once_exactly_one_has_it(published: Centre) -> None:
    people = [await published.tenant.person(f"agent {number}", *AGENT) for number in range(AT_ONCE)]
    async with published.boss.transaction() as tx:
        await move_agents_in(tx, [each.id for each in people], published.chicago.id)
    crowd = [published.tenant.acting_as(each, *AGENT) for each in people]
    made = await open_shift(published.boss, "sch-1", draft(published))

    async def attempt(who: Context) -> Takeable | Conflict:
        for _ in range(400):
            try:
                return await take(who, made)
            except Unavailable:
                await asyncio.sleep(0.05)  # no connection was free: what every client does then
            except Conflict as lost:
                return lost
        raise AssertionError("never had a connection")

    answers = await asyncio.gather(*(attempt(who) for who in crowd))
    won = [each for each in answers if isinstance(each, Takeable)]
    lost = [each for each in answers if isinstance(each, Conflict)]
    assert (len(won), len(lost)) == (1, AT_ONCE - 1)
    assert {(type(each), each.current_version) for each in lost} == {(OpenShiftGone, 2)}
    winner = won[0].open_shift.taker
    assert winner is not None
    assert not any(winner.person_id in str([each.message, dict(each.params)]) for each in lost)
    assert sum([len(mine) for mine in await shifts_of(published, *crowd)]) == 1
    assert (await list_revisions(published.boss, "sch-1"))[0].version == 2


async def test_open_shifts_change_no_access_decision(published: Centre) -> None:
    async def decided() -> list[list[tuple[str, bool | None]]]:
        async with published.boss.reader() as reader:
            decisions = [
                await foresee_access_in(reader, published.boss, person_id(who), at)
                for who in (published.ada, published.bob)
                for at in (published.boss.now(), WEDNESDAY, FRIDAY, THURSDAY)
            ]
        return [[(gate.code, gate.holds) for gate in decision.gates] for decision in decisions]

    before = await decided()
    made = await left_open(published)
    assert await decided() == before
    await take(published.bob, made)
    assert await decided() == before
    more = await open_shift(published.boss, "sch-1", draft(published))
    await change_open_shift(published.boss, Change(more.id, 1, OpenShiftDraft(), withdraw=True))
    assert await decided() == before
    assert before != [[]] * 8


@pytest.fixture
async def api(context: Any) -> AsyncIterator[Api]:
    async with serve(context.database, context.clock, [*SCHEDULE_ROUTES, *TRADE_ROUTES, *EDIT_ROUTES]) as api:
        yield api


async def test_the_operations_over_http(published: Centre, api: Api) -> None:
    boss, bob, ada = (token(published, each) for each in (published.boss, published.bob, published.ada))
    root = "/api/v2/shiftline/workforce/openshifts"
    body = {
        "managementUnitId": published.chicago.id,
        "startDate": "2023-10-25T06:00:00-05:00",
        "lengthMinutes": 480,
        "reason": "Campaign",
    }
    made = await api.call("POST", "/api/v2/shiftline/schedules/sch-1/openshifts", boss, body)
    assert (made.status_code, made.json()["state"], made.json()["paidMinutes"]) == (201, "Open", 480)
    assert (await api.call("POST", "/api/v2/shiftline/schedules/sch-1/openshifts", bob, body)).status_code == 403
    bad = await api.call("POST", "/api/v2/shiftline/schedules/sch-1/openshifts", boss, {**body, "lengthMinutes": 2000})
    assert (bad.status_code, bad.json()["code"]) == (400, "shift.length")
    one = f"{root}/{made.json()['id']}"
    change = {"metadata": {"version": 1}, "reason": "Urgent"}
    assert (await api.call("PATCH", one, boss, change)).json()["metadata"]["version"] == 2
    stale = await api.call("PATCH", one, boss, {**change, "reason": "More urgent"})
    assert (stale.status_code, stale.json()["messageParams"]["currentVersion"]) == (409, "2")
    (mine,) = (await api.call("GET", f"{root}/mine?weekDate={WEEK}", bob)).json()["entities"]
    assert (mine["wouldBe"], mine["reason"], mine["paidMinutesAfter"]) == ("Allow", "Urgent", 960)
    assert all(rule["holds"] and "sentence" not in rule for rule in mine["rules"])
    assert (await api.call("GET", f"{root}/mine?weekDate=2023-10-30", bob)).json()["entities"] == []
    taken = await api.call("POST", f"{one}/take", bob, {"metadata": mine["metadata"]})
    assert (taken.status_code, taken.json()["state"]) == (200, "Taken")
    late = await api.call("POST", f"{one}/take", ada, {"metadata": mine["metadata"]})
    assert (late.status_code, late.json()["code"]) == (409, "open.shift.gone")
    shown = (await api.call("GET", one, boss)).json()
    assert (shown["takenBy"]["id"], shown["takenInRevision"]) == (person_id(published.bob), 2)
    assert (await api.call("GET", one, bob)).status_code == 403
    edit = {"type": "openShift", "userId": person_id(published.ada), "shiftId": ADAS, "description": "Ada is ill"}
    done = await api.call("POST", "/api/v2/shiftline/schedules/sch-1/edits", boss, {"version": 2, "edits": [edit]})
    (opened,) = done.json()["openShiftIds"]
    listed = (await api.call("GET", "/api/v2/shiftline/schedules/sch-1/openshifts?state=Open", boss)).json()
    assert [(each["id"], each["reason"], each["takenFrom"]["id"]) for each in listed["entities"]] == [
        (opened, "Ada is ill", person_id(published.ada))
    ]
    await set_trading(published, autoReview=False)
    version = {"metadata": {"version": 1}}
    claimed = (await api.call("POST", f"{root}/{opened}/take", bob, version)).json()
    assert claimed["state"] == "Claimed"
    claims = await api.call(
        "GET", f"/api/v2/shiftline/workforce/businessunits/{published.unit.id}/openshifts/claims", boss
    )
    assert [each["takenBy"]["id"] for each in claims.json()["entities"]] == [person_id(published.bob)]
    free = await api.call("POST", f"{root}/{opened}/release", bob, {"metadata": claimed["metadata"]})
    again = await api.call("POST", f"{root}/{opened}/take", bob, {"metadata": free.json()["metadata"]})
    review = {"metadata": again.json()["metadata"], "state": "Approved"}
    assert (await api.call("POST", f"{root}/{opened}/review", bob, review)).status_code == 403
    assert (await api.call("POST", f"{root}/{opened}/review", boss, review)).json()["state"] == "Taken"
