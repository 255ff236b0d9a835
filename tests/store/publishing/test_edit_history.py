"""Edits over nights on which clocks change, by work plans, in one piece or not at all; and revisions held against others."""

from typing import Any

import msgspec
import psycopg
import pytest
from tests.conftest import SettableContext
from tests.store.publishing.edits import ID, MEETING, PATH, asked, body, codes, edit, placed, preview, publish
from tests.store.schedule.planner import Planner, part, shift, walls

from shiftline.access.operations.deciding import foresee_access_in
from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import create_role_in, grant_role_in
from shiftline.foundation.ids import new_id
from shiftline.publishing.operations.editing import edit_schedule
from shiftline.publishing.wire.edits import EditsBody, to_order
from shiftline.workforce.workplans.model import PlanDraft
from shiftline.workforce.workplans.model.agents import AgentPlan
from shiftline.workforce.workplans.operations.assigning import assign_work_plans
from shiftline.workforce.workplans.operations.plans import create_work_plan

TERMS = {"constrain_minimum_time_between_shifts": True, "minimum_time_between_shifts_minutes": 660}

CHANGES = "/api/v2/shiftline/workforce/schedulechanges/mine"

STATE = """
select 'shift' as what, jsonb_agg(to_jsonb(s) order by s.shift_key) as rows from schedule.shift s
union all select 'part', jsonb_agg(to_jsonb(a) order by a.agent_id, a.from_revision) from schedule.agent_schedule a
union all select 'day', jsonb_agg(to_jsonb(f) order by f.agent_id, f.day, f.from_revision) from schedule.full_day f
union all select 'covered', jsonb_agg(to_jsonb(c) order by c.agent_id, c.id, c.from_revision) from schedule.covered c
union all select 'revision', jsonb_agg(to_jsonb(r) order by r.number) from schedule.revision r
union all select 'schedule', jsonb_agg(to_jsonb(s)) from schedule.schedule s
union all select 'outbox', jsonb_agg(o.id order by o.id) from foundation.outbox o
"""


@pytest.fixture(autouse=True)
def before_the_week(planner: Planner, context: SettableContext) -> None:
    del planner  # it sets the clock itself
    context.clock.set("2023-10-20T12:00:00-05:00")


async def compare(planner: Planner, query: str = "", *, status: int = 200) -> Any:
    return await planner.call("GET", f"{PATH}/revisions/compare{query}", status=status)


async def give_plan(planner: Planner, terms: dict[str, Any], *agents: str) -> str:
    plan = await create_work_plan(planner.tenant.context, "mu-1", PlanDraft(name=new_id(), terms=terms))
    await assign_work_plans(planner.tenant.context, "mu-1", [AgentPlan(agent, plan.id) for agent in agents])
    return plan.id


async def test_work_plans_judge_what_edits_make(planner: Planner) -> None:
    await publish(planner)
    await give_plan(planner, TERMS, "bob")
    tight = asked("addShift", "bob", startDate="2023-10-26T02:00:00-05:00", lengthMinutes=240)
    would = await preview(planner, tight)
    assert codes(would) == [("workplan.rest", "bob")]
    assert [each["field"] for each in would["breaches"]] == ["edits[0]"]
    assert codes(await preview(planner, {**tight, "userId": "ann"})) == []
    loose = {**tight, "startDate": "2023-10-26T04:00:00-05:00"}
    assert codes(await preview(planner, loose)) == []


async def test_a_rest_that_a_night_of_clocks_takes_an_hour_of(planner: Planner) -> None:
    """22:00 to 06:00 lasts seven hours on 2024-03-10, and the rest by the wall is an hour shorter, too."""
    await planner.bring(part("ann", shift("2024-03-09T14:00:00-06:00", 480, id="sat")), week="2024-03-03", id=ID)
    night = asked("addShift", startDate="2024-03-09T22:00:00-06:00", lengthMinutes=420)
    answer = await edit(planner, night, acceptBreaches=[{"code": "rest.too.short"}], reason="Night")
    [made] = [each["after"] for each in answer["agents"][0]["shifts"]]
    assert (made["wallStart"], made["wallEnd"], made["paidMinutes"]) == ("2024-03-09T22:00", "2024-03-10T06:00", 420)
    inside = asked(
        "addActivity", shiftId=made["id"], startDate="2024-03-10T07:45:00Z", lengthMinutes=30, activityCodeId="1"
    )
    again = await edit(planner, inside, version=2)
    assert [each["startDate"] for each in again["coverage"]] == ["2024-03-10T07:45:00Z", "2024-03-10T08:00:00Z"]
    assert again["agents"][0]["paidMinutesDifference"] == 0


async def test_the_long_night_is_split_and_moved_by_instants(planner: Planner) -> None:
    await planner.bring(part("ann", shift("2023-11-04T22:00:00-05:00", 540, id="night")), week="2023-10-29", id=ID)
    one, other = "2023-11-05T01:30:00-05:00", "2023-11-05T01:30:00-06:00"
    start = "2023-11-04T22:00:00-05:00"
    await edit(
        planner,
        asked("splitActivity", shiftId="night", activityStartDate=start, startDate=one, activityCodeId="4"),
        asked("splitActivity", shiftId="night", activityStartDate=one, startDate=other, activityCodeId="0"),
    )
    [night] = (await planner.parts(ID, week="2023-10-29"))["ann"]["shifts"]
    assert [each["lengthMinutes"] for each in night["activities"]] == [210, 60, 270]
    assert night["paidMinutes"] == 540
    moved = await edit(planner, asked("moveShift", shiftId="night", startDate="2023-11-03T22:00:00-05:00"), version=2)
    [after] = [each["after"] for each in moved["agents"][0]["shifts"]]
    assert (after["wallStart"], after["wallEnd"], after["paidMinutes"]) == ("2023-11-03T22:00", "2023-11-04T07:00", 540)


async def test_agents_of_two_zones_have_one_meeting_on_their_own_walls(planner: Planner) -> None:
    await planner.open_site("mu-2", "America/St_Johns")
    await planner.hire("zoe", site="mu-2")
    await publish(planner, part("zoe", shift("2023-10-25T10:00:00-05:00", id="zoe-wed")))
    answer = await edit(planner, placed("ann", "zoe", startDate="2023-10-25T14:00:00-05:00"))
    after = {each["user"]["id"]: each["shifts"][0]["after"] for each in answer["agents"]}
    assert {each["timeZone"] for each in after.values()} == {"America/Chicago", "America/St_Johns"}
    meetings = {a["startDate"] for each in after.values() for a in each["activities"] if a["activityCodeId"] == MEETING}
    assert meetings == {"2023-10-25T19:00:00Z"}


async def test_a_fault_at_any_statement_leaves_all_or_nothing(
    planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(planner)
    left, faults = 0, 0

    def broken(method: Any) -> Any:
        async def counted(*args: Any, **more: Any) -> Any:
            nonlocal left
            left -= args[1] != "select 1"  # the pool's question whether a connection lives
            if left == 0:
                left = -1
                raise psycopg.DataError("a fault")
            return await method(*args, **more)

        return counted

    for name in ("execute", "executemany"):
        monkeypatch.setattr(psycopg.AsyncCursor, name, broken(getattr(psycopg.AsyncCursor, name)))
    change = body(
        asked("resizeShift", "bob", shiftId="bob-fri", lengthMinutes=420),
        placed("ann", "bob", startDate="2023-10-25T10:00:00-05:00"),
        asked("addShift", startDate="2023-10-27T08:00:00-05:00", lengthMinutes=240),
    )
    order = to_order(ID, msgspec.convert(change, EditsBody))
    before = await state(planner)
    while True:
        left = faults + 1
        try:
            await edit_schedule(planner.tenant.context, order, ())
            break
        except psycopg.DataError:
            assert await state(planner) == before, f"after a fault at statement {faults + 1}"
            faults += 1
    left = 0
    assert faults > 15
    after = await state(planner)
    assert len(after["revision"]) == 2
    assert len(after["outbox"]) == len(before["outbox"] or ()) + 1


async def state(planner: Planner) -> dict[str, Any]:
    async with planner.tenant.context.reader() as reader:
        return {row["what"]: row["rows"] for row in await reader.all(STATE, {})}


async def test_an_edit_changes_no_decision_of_access(planner: Planner, context: SettableContext) -> None:
    await publish(planner)

    async def decide() -> list[Any]:
        async with planner.tenant.context.reader() as reader:
            instants = [context.now().replace(day=day, hour=15) for day in (27, 28, 29)]
            found = [await foresee_access_in(reader, context, "ann", instant) for instant in instants]
        return [(each.allowed, [(gate.code, gate.holds) for gate in each.gates]) for each in found]

    before = await decide()
    assert [allowed for allowed, _ in before] == [True, True, True]
    steps: list[Any] = [
        asked("moveShift", shiftId="ann-wed", startDate="2023-10-27T08:00:00-05:00"),
        placed("ann", startDate="2023-10-27T10:00:00-05:00"),
        asked("removeShift", shiftId="ann-wed"),
        asked("addShift", startDate="2023-10-28T08:00:00-05:00", lengthMinutes=60),
    ]
    for index, step in enumerate(steps):
        await edit(planner, step, version=index + 1)
        assert await decide() == before


async def test_any_revision_is_compared_with_any_other(planner: Planner) -> None:
    await publish(planner)
    await edit(planner, placed("ann", "bob", startDate="2023-10-25T10:00:00-05:00"), reason="All hands")
    await edit(planner, asked("removeShift", "bob", shiftId="bob-fri"), version=2, reason="Bob leaves")
    latest = await compare(planner)
    assert (latest["fromRevision"]["number"], latest["toRevision"]["number"]) == (2, 3)
    assert [each["user"]["id"] for each in latest["agents"]] == ["bob"]
    assert latest["paidMinutesDifference"] == -480
    whole = await compare(planner, "?from=1&to=3")
    assert [(each["number"], each["kind"], each["reason"], each["by"]["id"]) for each in whole["between"]] == [
        (2, "edit", "All hands", "admin-1"),
        (3, "edit", "Bob leaves", "admin-1"),
    ]
    found = {each["user"]["id"]: [s["kind"] for s in each["shifts"]] for each in whole["agents"]}
    assert found == {"ann": ["changed"], "bob": ["changed", "removed"]}
    [meeting] = whole["agents"][0]["shifts"][0]["activities"]
    assert (meeting["kind"], meeting["after"]["activityCodeId"]) == ("added", MEETING)
    back = await compare(planner, "?from=3&to=1")
    assert [s["kind"] for s in back["agents"][1]["shifts"]] == ["changed", "added"]
    assert back["paidMinutesDifference"] == -whole["paidMinutesDifference"]
    assert (await compare(planner, "?from=2&to=2"))["agents"] == []
    await planner.call("POST", f"{PATH}/revisions/1/republish", {"reason": "As it was"})
    assert (await compare(planner, "?from=1&to=4"))["agents"] == []
    assert (await compare(planner, "?to=4"))["toRevision"]["restores"] == 1


async def test_another_schedule_of_the_weeks_is_compared(planner: Planner) -> None:
    await publish(planner)
    copy = await planner.bring(
        part("ann", shift("2023-10-25T08:00:00-05:00")), part("bob", shift("2023-10-26T08:00:00-05:00")),
        published=False,
    )  # fmt: skip
    other = copy["result"]["id"]
    found = await compare(planner, f"?otherScheduleId={other}")
    kinds = {each["user"]["id"]: [s["kind"] for s in each["shifts"]] for each in found["agents"]}
    # Ann's shift stands at the same instants, without the meal.
    assert kinds == {"ann": ["changed"], "bob": ["removed", "added", "removed"]}
    await planner.bring(part("ann"), week="2023-10-29", id="next-week")
    refused = await compare(planner, "?otherScheduleId=next-week", status=400)
    assert refused["details"][0]["fieldName"] == "otherScheduleId"


async def test_what_cannot_be_compared_is_refused(planner: Planner) -> None:
    await publish(planner)
    await compare(planner, "?to=7", status=404)
    await compare(planner, "?from=0", status=404)
    await compare(planner, "?otherScheduleId=nobodys", status=404)
    await planner.call("GET", f"{PATH}/revisions/compare", status=403, token=planner.tenant.tokens["bob"])
    assert walls((await planner.parts(ID))["ann"]["shifts"]) == ["2023-10-25T08:00-16:00"]


async def test_agents_see_what_changed_in_their_own_work_and_why(planner: Planner, context: SettableContext) -> None:
    see = await planner.tenant.person("Ann again", "wfm:agentSchedule:view")
    token = planner.tenant.tokens["ann"]
    await planner.call("GET", CHANGES, status=403, token=token)
    async with context.transaction() as tx:
        role = await create_role_in(tx, RoleDraft("agent", None, ("wfm:agentSchedule:view",)))
        await grant_role_in(tx, "ann", role.id, "*")
    await publish(planner)
    assert (await planner.call("GET", CHANGES, token=token))["entities"] == []
    context.clock.set("2023-10-20T13:00:00-05:00")
    late = asked("addShift", startDate="2023-10-25T20:00:00-05:00", lengthMinutes=120)
    others = asked("addShift", "bob", startDate="2023-10-25T20:00:00-05:00", lengthMinutes=120)
    await edit(planner, late, others, acceptBreaches=[{"code": "rest.too.short"}], reason="Storm night")
    await edit(planner, asked("removeShift", "bob", shiftId="bob-fri"), version=2)
    [change] = (await planner.call("GET", CHANGES, token=token))["entities"]
    assert (change["revision"]["number"], change["revision"]["reason"]) == (2, "Storm night")
    assert [each["user"]["id"] for each in change["revision"]["acceptedBreaches"]] == ["ann"]
    assert ([each["kind"] for each in change["shifts"]], change["paidMinutesDifference"]) == (["added"], 120)
    assert (await planner.call("GET", f"{CHANGES}?since=2023-10-20T18:00:00Z", token=token))["entities"] == []
    refused = await planner.call("GET", f"{CHANGES}?since=2023-10-20T18:00:00", token=token, status=400)
    assert refused["code"] == "instant.naive"
    assert await planner.call("GET", CHANGES, token=planner.tenant.tokens[see.id]) == {"entities": []}
    context.clock.set("2023-11-10T12:00:00-05:00")
    assert (await planner.call("GET", CHANGES, token=token))["entities"] == []
