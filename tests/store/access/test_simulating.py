"""What if: nothing is changed, and what is foreseen is what comes."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Api, Tenant, make_tenant, serve
from tests.store.schedule.planner import Planner, part, shift

from shiftline.access.endpoints import ROUTES
from shiftline.access.guards import GUARDS
from shiftline.access.operations.deciding import foresee_access_in
from shiftline.foundation.database import Database
from shiftline.identity.endpoints import ROUTES as IDENTITY
from shiftline.identity.model import PersonState
from shiftline.identity.operations.people import change_state
from shiftline.routing.model.queues import QueueDraft
from shiftline.routing.operations.members import add_members_in
from shiftline.routing.operations.queues import create_queue_in
from shiftline.workforce.schedule import endpoints as schedule_endpoints
from shiftline.workforce.units import endpoints as unit_endpoints

ROOT = "/api/v2/shiftline/access"
ADMIN = "admin-1"
STATES: tuple[PersonState, ...] = ("active", "inactive")


@dataclass
class Trying:
    """A planner with two agents of Chicago, who work on Friday, and the API."""

    planner: Planner
    tenant: Tenant
    api: Api
    context: SettableContext

    async def call(self, method: str, path: str, body: Any = None, *, by: str = ADMIN, status: int = 200) -> Any:
        answer = await self.api.call(method, path, self.tenant.tokens[by], body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def simulate(self, *changes: Mapping[str, Any], status: int = 200, **more: Any) -> Any:
        return await self.call("POST", f"{ROOT}/simulate", {"changes": list(changes), **more}, status=status)

    async def switch(self, status: int = 200, **rule: Any) -> Any:
        body = {"softphoneOnlyWithinShift": rule}
        return await self.call("PUT", "/api/v2/telephony/settings", body, status=status)

    async def live(self, person_id: str, at: datetime) -> bool | None:
        async with self.context.reader() as reader:
            return (await foresee_access_in(reader, self.context, person_id, at)).allowed


def within(margin: int = 15) -> dict[str, Any]:
    return {"kind": "settings", "softphone_within_shift": True, "shift_margin_minutes": margin}


@pytest.fixture
async def trying(database: Database, context: SettableContext) -> AsyncIterator[Trying]:
    context.clock.set("2023-10-26T12:00:00-05:00")
    database.guards = GUARDS
    tenant = await make_tenant(context)
    routes = [*ROUTES, *IDENTITY, *unit_endpoints.ROUTES, *schedule_endpoints.ROUTES]
    async with serve(database, context.clock, routes) as api:
        planner = Planner(api, tenant)
        await planner.settle()
        for name in ("ann", "bob"):
            await planner.hire(name, "webRTC:enable")
        await planner.bring(*[part(name, shift("2023-10-27T06:00:00-05:00")) for name in ("ann", "bob")])
        yield Trying(planner, tenant, api, context)
    database.guards = ()


async def test_the_shift_rule_shuts_out_whoever_has_no_shift(trying: Trying) -> None:
    found = await trying.simulate(within(), days=2, user_ids=["ann"])
    assert (found["people"], found["refused"]) == (1, None)
    spans = [(each["from"], each["to"], each["allowed_then"], each["codes"]) for each in found["flips"]]
    assert spans == [
        ("2023-10-26T17:00:00.000Z", "2023-10-27T10:45:00.000Z", False, ["shift.outside"]),
        ("2023-10-27T19:15:00.000Z", None, False, ["shift.outside"]),
    ]
    assert found["sentence"].startswith("Of 1 people, 1 would be refused at some time until")
    settings = await trying.call("GET", "/api/v2/telephony/settings")
    assert settings["softphoneOnlyWithinShift"]["enabled"] is False, "nothing was changed"
    assert await trying.call("GET", f"{ROOT}/simulations/{found['id']}") == found


async def test_an_exception_lets_them_in_all_the_same(trying: Trying) -> None:
    excepted = {"kind": "exception", "subject": "person", "subject_id": "ann"}
    found = await trying.simulate(within(), excepted, days=2, user_ids=["ann", "bob"])
    assert {each["user_id"] for each in found["flips"]} == {"bob"}
    apart = {
        "kind": "settings",
        "softphone_within_shift": True,
        "shift_grace_before_minutes": 60,
        "shift_grace_after_minutes": 0,
    }
    found = await trying.simulate(apart, days=2, user_ids=["ann"])
    assert [(each["from"][5:16], each["to"] and each["to"][5:16]) for each in found["flips"]] == [
        ("10-26T17:00", "10-27T10:00"),
        ("10-27T19:00", None),
    ]


async def test_what_changes_nothing_says_so(trying: Trying) -> None:
    found = await trying.simulate({"kind": "settings", "webrtc_enabled": True})
    assert (found["flips"], found["people"]) == ([], 3)
    assert found["sentence"].startswith("Nobody's access would change")


async def test_people_roles_and_grants(trying: Trying) -> None:
    found = await trying.simulate({"kind": "person", "user_id": "ann", "state": "inactive"})
    assert [(each["user_id"], each["codes"], each["to"]) for each in found["flips"]] == [
        ("ann", ["person.inactive"], None)
    ]
    async with trying.context.reader() as reader:
        row = await reader.one("select id from \"authorization\".role where name = 'role of bob'", {})
    assert row is not None
    for change in (
        {"kind": "grant", "user_id": "bob", "role_id": row["id"], "active": False},
        {"kind": "role", "role_id": row["id"], "permissions": ["wfm:agentSchedule:view"]},
    ):
        found = await trying.simulate(change)
        assert [(each["user_id"], each["codes"]) for each in found["flips"]] == [("bob", ["permission.missing"])]


async def test_a_draft_is_published_only_in_thought(trying: Trying) -> None:
    """With the rule on, a draft that moves Friday's shift to noon lets nobody in at six."""
    await trying.simulate(within())
    await trying.switch(enabled=True, marginMinutes=15)
    draft = await trying.planner.bring(part("ann", shift("2023-10-27T12:00:00-05:00")), published=False)
    found = await trying.simulate({"kind": "publish", "schedule_id": draft["result"]["id"]}, days=2)
    told = {
        (each["user_id"], each["from"][5:16], each["to"] and each["to"][5:16], each["allowed_then"])
        for each in found["flips"]
    }
    assert told == {
        ("ann", "10-27T10:45", "10-27T16:45", False),
        ("ann", "10-27T19:15", "10-28T01:15", True),
        ("bob", "10-27T10:45", "10-27T19:15", False),  # who is not in the draft has no shift any more
    }
    at_six = datetime.fromisoformat("2023-10-27T06:00:00-05:00")
    assert await trying.live("ann", at_six) is True


async def test_bad_drafts_are_refused_naming_the_field(trying: Trying) -> None:
    for changes, field in (
        ([within(15), within(20)], "changes[1]"),
        ([{"kind": "settings"}], "changes[0]"),
        ([within(), {"kind": "person", "user_id": "nobody", "state": "active"}], "changes[1]"),
        ([{"kind": "grant", "user_id": "ann", "role_id": "none"}], "changes[0]"),
        ([{"kind": "role", "role_id": "none", "permissions": []}], "changes[0]"),
        ([{"kind": "publish", "schedule_id": "none"}], "changes[0]"),
        ([{"kind": "settings", "shift_margin_minutes": 1441}], "changes[0].shift_margin_minutes"),
    ):
        refused = await trying.simulate(*changes, status=400)
        assert field in str(refused), refused
    refused = await trying.simulate(within(), user_ids=["ann", "ghost"], status=400)
    assert "user_ids[1]" in str(refused)
    await trying.call("POST", f"{ROOT}/simulate", {"changes": [within()]}, by="ann", status=403)
    await trying.call("GET", f"{ROOT}/simulations/none", status=404)


async def test_the_rule_is_switched_only_after_somebody_looked(trying: Trying) -> None:
    refused = await trying.switch(409, enabled=True, marginMinutes=15)
    assert refused["code"] == "access.rule.not.simulated"
    await trying.simulate(within(30))
    await trying.switch(409, enabled=True, marginMinutes=15)  # somebody looked at something else
    await trying.simulate(within(15))
    await trying.switch(enabled=True, marginMinutes=15)
    await trying.switch(409, enabled=True, marginMinutes=0)  # narrower is another rule
    await trying.switch(enabled=False)  # off is always allowed


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_foreseen_is_what_comes(trying: Trying, seed: int) -> None:
    """The draft is made in earnest, and each person is judged at random instants by the read that enforces."""
    random = Random(seed)
    margin = random.choice([0, 15, 45])
    draft = await trying.planner.bring(
        *[
            part(name, shift(f"2023-10-2{7 + day}T{random.randint(0, 14):02}:00:00-05:00"))
            for day, name in enumerate(("ann", "bob"))
        ],
        published=False,
    )
    schedule_id = draft["result"]["id"]
    instants = [trying.context.now() + timedelta(minutes=random.randint(1, 4 * 1440)) for _ in range(60)]
    before = {(who, at): await trying.live(who, at) for who in ("ann", "bob", ADMIN) for at in instants}
    await trying.simulate(within(margin))
    state = random.choice(STATES)
    found = await trying.simulate(
        {"kind": "publish", "schedule_id": schedule_id},
        within(margin),
        {"kind": "person", "user_id": "bob", "state": state},
        days=7,
    )
    assert found["total"] > 2
    await trying.switch(enabled=True, marginMinutes=margin)
    path = trying.planner.path(f"/{schedule_id}/update")
    await trying.planner.upload(path, {"published": True, "metadata": {"version": 1}})
    await change_state(trying.context, "bob", state, version=None)
    for (who, at), was in before.items():
        flip = next((each for each in found["flips"] if each["user_id"] == who and covers(each, at)), None)
        foreseen = (was, was) if flip is None else (flip["allowed_now"], flip["allowed_then"])
        assert (was, await trying.live(who, at)) == foreseen, (who, at)


def covers(flip: Any, at: datetime) -> bool:
    """Whether somebody is told to be turned at an instant."""
    return datetime.fromisoformat(flip["from"]) <= at and (
        flip["to"] is None or at < datetime.fromisoformat(flip["to"])
    )


async def test_an_assertion_blocks_what_would_break_it(trying: Trying) -> None:
    body = {
        "name": "Ana at six",
        "user_ids": ["ann"],
        "weekdays": [5],
        "wall_time": "06:00",
        "time_zone": "America/Chicago",
    }
    made = await trying.call("POST", f"{ROOT}/assertions", body, status=201)
    assert (made["holds"], made["breaches"]) == (True, [])
    # A week later nothing is published: with the rule on she could not connect then.
    found = await trying.simulate(within())
    assert "'Ana at six'" in found["refused"]
    refused = await trying.switch(409, enabled=True, marginMinutes=15)
    assert refused["code"] == "access.assertion.broken"
    assert "on Fri 2023-11-03 at 06:00 America/Chicago" in refused["message"]
    settings = await trying.call("GET", "/api/v2/telephony/settings")
    assert settings["softphoneOnlyWithinShift"]["enabled"] is False
    await trying.planner.bring(part("ann", shift("2023-11-03T06:00:00-05:00")), week="2023-10-29")
    await trying.switch(enabled=True, marginMinutes=15)


async def test_a_publish_that_breaks_an_assertion_is_refused_and_another_goes_on(trying: Trying) -> None:
    await trying.simulate(within())
    await trying.switch(enabled=True, marginMinutes=15)
    body = {"name": "Ana at six", "user_ids": ["ann"], "at": "2023-10-27T06:00:00-05:00"}
    made = await trying.call("POST", f"{ROOT}/assertions", body, status=201)
    refused = await trying.planner.bring(part("ann", shift("2023-10-27T12:00:00-05:00")), status=409)
    assert "Ana at six" in refused["message"]
    assert await trying.live("ann", datetime.fromisoformat("2023-10-27T06:00:00-05:00")) is True
    await trying.planner.bring(part("ann", shift("2023-10-27T05:00:00-05:00")))
    # One that only tells lets it through, and is told to be broken.
    await trying.call("PUT", f"{ROOT}/assertions/{made['id']}", {**body, "blocks": False})
    await trying.planner.bring(part("ann", shift("2023-10-27T12:00:00-05:00")))
    (listed,) = (await trying.call("GET", f"{ROOT}/assertions"))["entities"]
    assert listed["holds"] is False
    assert "may not connect" in listed["breaches"][0]["sentence"]
    # What is broken already keeps nobody from changing something else.
    await trying.call("PUT", f"{ROOT}/assertions/{made['id']}", body)
    await trying.planner.bring(
        part("bob", shift("2023-10-28T12:00:00-05:00")), part("ann", shift("2023-10-27T13:00:00-05:00"))
    )
    await trying.call("DELETE", f"{ROOT}/assertions/{made['id']}", status=204)
    assert (await trying.call("GET", f"{ROOT}/assertions"))["entities"] == []


async def test_of_receiving_what_is_planned_and_set_counts(trying: Trying) -> None:
    """Whoever is in a queue can receive at six, though nobody is on queue now."""
    weekly = {"weekdays": [5], "wall_time": "06:00", "time_zone": "America/Chicago"}
    body = {"name": "Ana takes calls", "action": "receive", "user_ids": ["ann"], **weekly}
    made = await trying.call("POST", f"{ROOT}/assertions", {**body, "blocks": False}, status=201)
    assert "ann is a member of no queue" in made["breaches"][0]["sentence"]
    async with trying.context.transaction() as tx:
        queue = await create_queue_in(tx, QueueDraft("Voice", id="Voice"))
        await add_members_in(tx, queue.id, ["ann"])
    (listed,) = (await trying.call("GET", f"{ROOT}/assertions"))["entities"]
    assert listed["holds"] is True
    found = await trying.simulate({"kind": "person", "user_id": "ann", "state": "inactive"}, action="receive")
    assert [(each["user_id"], each["codes"]) for each in found["flips"]] == [("ann", ["person.inactive"])]


async def test_bad_assertions_are_refused(trying: Trying) -> None:
    good = {"name": "A", "user_ids": ["ann"]}
    weekly = {"weekdays": [1], "wall_time": "06:00", "time_zone": "America/Chicago"}
    for more, field in (
        ({}, "weekdays"),
        ({"at": "2023-10-27T06:00:00Z", **weekly}, "at"),
        ({**weekly, "time_zone": "Mars"}, "zone"),
        ({**weekly, "wall_time": "25:00"}, "wall_time"),
        ({**weekly, "weekdays": [8]}, "weekdays"),
        ({**weekly, "user_ids": ["ann", "ghost"]}, "user_ids[1]"),
        ({"at": "2023-10-27T06:00:00"}, "at"),
    ):
        refused = await trying.call("POST", f"{ROOT}/assertions", {**good, **more}, status=400)
        assert field in str(refused), (more, refused)
    await trying.call("PUT", f"{ROOT}/assertions/none", {**good, **weekly}, status=404)
    await trying.call("DELETE", f"{ROOT}/assertions/none", status=404)
    await trying.call("POST", f"{ROOT}/assertions", {**good, **weekly}, by="ann", status=403)
