"""What a decision offers to do: each call is the whole of it, its preview is what comes, and nobody is named who need not be."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Api, Tenant, serve
from tests.store.routing.floor import Floor

from shiftline.access.endpoints import ROUTES
from shiftline.access.operations.deciding import enforce_in, refuse_unless_allowed
from shiftline.access.shiftrule.endpoints import ROUTES as SHIFT_RULE
from shiftline.authorization.endpoints import ROUTES as AUTHORIZATION
from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import change_role, create_role_in
from shiftline.foundation.context import Actor
from shiftline.foundation.database import Database
from shiftline.foundation.errors import Refused
from shiftline.identity.endpoints import ROUTES as IDENTITY
from shiftline.presence.endpoints import ROUTES as PRESENCE
from shiftline.presence.model import RoutingState, SystemPresence
from shiftline.recordings.control.model import Scope
from shiftline.recordings.endpoints import ROUTES as RECORDINGS
from shiftline.recordings.operations.scoping import set_scoped_policy
from shiftline.routing.endpoints import ROUTES as ROUTING
from shiftline.routing.model.queues import QueueSettings, Ring
from shiftline.routing.operations.offers import miss_offer_in
from shiftline.stations.endpoints import ROUTES as STATIONS

ADMIN, ANA, BEA = "admin-1", "ana", "bea"
WHY = "/api/v2/shiftline/access/why"
ROLE_OF_ANA = f"role of {ANA}"


@dataclass
class Desk:
    """An agent who may take calls, a colleague, and the API."""

    floor: Floor
    tenant: Tenant
    api: Api

    async def call(self, method: str, path: str, body: Any = None, *, by: str = ADMIN) -> Any:
        answer = await self.api.call(method, path, self.tenant.tokens[by], body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def why(self, action: str = "connect", *, by: str = ADMIN, more: str = "") -> Any:
        return await self.call("GET", f"{WHY}?userId={ANA}&action={action}{more}", by=by)

    async def role_id(self, name: str) -> str:
        roles = await self.call("GET", f"/api/v2/authorization/roles?name={name}")
        return next(each["id"] for each in roles["entities"] if each["name"] == name)

    async def hurt(self, fault: str) -> None:
        match fault:
            case "person":
                await self.call("PUT", f"/api/v2/users/{ANA}/state", {"state": "inactive"})
            case "tenant":
                await self.call("PATCH", "/api/v2/organizations/features/webRTC", {"enabled": False})
            case "role":
                role = await self.role_id(ROLE_OF_ANA)
                await self.call("DELETE", f"/api/v2/authorization/subjects/{ANA}/divisions/*/roles/{role}")
            case _:
                settings = {"softphoneOnlyWithinShift": {"enabled": True, "marginMinutes": 15}}
                await self.call("PUT", "/api/v2/telephony/settings", settings)


FAULTS = {
    "person": "person.inactive",
    "tenant": "tenant.webrtc_disabled",
    "role": "permission.missing",
    "rule": "shift.outside",
}
BROKEN = [each for size in (1, 2, 3, 4) for each in combinations(FAULTS, size)]


@pytest.fixture
async def desk(database: Database, tenant: Tenant, context: SettableContext) -> AsyncIterator[Desk]:
    floor = Floor(tenant, context)
    await floor.prepare()
    await floor.queue("voice")
    await floor.agent(ANA, "voice")
    await floor.agent(BEA, "voice")
    async with serve(
        database,
        context.clock,
        [*ROUTES, *SHIFT_RULE, *AUTHORIZATION, *IDENTITY, *PRESENCE, *ROUTING, *RECORDINGS, *STATIONS],
    ) as api:
        yield Desk(floor, tenant, api)


@pytest.mark.parametrize("faults", BROKEN, ids="+".join)
async def test_each_call_does_what_its_preview_says_until_nothing_is_left(desk: Desk, faults: tuple[str, ...]) -> None:
    for fault in faults:
        await desk.hurt(fault)
    decision = await desk.why()
    assert [each["code"] for each in decision["blockers"]] == [FAULTS[each] for each in FAULTS if each in faults]
    for _ in faults:
        remedy = next(each for each in decision["remedies"] if each["operation"])
        preview, operation = remedy["preview"], remedy["operation"]
        assert remedy["may"] is True
        assert operation["permission"].count(":") == 2
        await desk.call(operation["method"], operation["path"], operation["body"])
        decision = await desk.why()
        assert decision["allowed"] == preview["allowed"]
        assert [each["code"] for each in decision["blockers"]] == [each["code"] for each in preview["blockers"]]
        assert preview["sentence"].startswith("ana may" if preview["allowed"] else "ana still may not")
    assert decision["allowed"] is True
    assert decision["remedies"] == []


async def test_outside_the_shift_somebody_is_let_in_or_the_rule_goes(desk: Desk) -> None:
    await desk.hurt("rule")
    let_in, loosen = (await desk.why())["remedies"]
    assert let_in["operation"]["permission"] == "access:shiftRule:override"
    assert loosen["operation"]["body"] == {"softphoneOnlyWithinShift": {"enabled": False}}
    assert let_in["preview"]["allowed"] is loosen["preview"]["allowed"] is True
    await desk.call("POST", let_in["operation"]["path"], let_in["operation"]["body"])
    told, own = await desk.why(), await desk.why(by=ANA)
    assert (told["allowed"], told["gates"][-1]["code"]) == (True, "shift.overridden")
    assert "and Admin lets the softphone connect" in told["gates"][-1]["sentence"]
    assert "and a supervisor lets the softphone connect" in own["gates"][-1]["sentence"]


async def test_the_role_that_was_taken_away_is_the_one_to_grant(desk: Desk) -> None:
    """Not the one that gives everything, nor one that no longer gives it."""
    async with desk.floor.context.transaction() as tx:
        await create_role_in(tx, RoleDraft("A least one", None, ("webRTC:enable",)))
    await desk.hurt("role")
    (remedy,) = (await desk.why())["remedies"]
    assert remedy["operation"]["path"].endswith(f"/roles/{await desk.role_id(ROLE_OF_ANA)}")
    assert remedy["what"] == f"grant the role {ROLE_OF_ANA} in the user's division"
    without = RoleDraft(ROLE_OF_ANA, None, ("wfm:agentSchedule:view",))
    await change_role(desk.floor.context, await desk.role_id(ROLE_OF_ANA), without)
    (remedy,) = (await desk.why())["remedies"]
    assert remedy["operation"]["path"].endswith(f"/roles/{await desk.role_id('A least one')}")
    assert remedy["preview"]["allowed"] is True


async def test_nobody_is_made_an_administrator_by_one_click(desk: Desk) -> None:
    await desk.hurt("role")
    for name in (ROLE_OF_ANA, f"role of {BEA}"):
        await change_role(desk.floor.context, await desk.role_id(name), RoleDraft(name, None, ("*:*:*", "*:*")))
    (remedy,) = (await desk.why())["remedies"]
    assert (remedy["operation"], remedy["preview"]) == (None, None)


async def test_a_token_that_is_over_has_a_preview_and_nothing_for_others_to_do(desk: Desk) -> None:
    await desk.call("DELETE", f"/api/v2/tokens/{ANA}")
    decision = await desk.why("sign-in")
    (remedy,) = decision["remedies"]
    assert (remedy["operation"], remedy["command"], remedy["may"]) == (None, None, None)
    assert remedy["preview"] == {"allowed": True, "sentence": "ana may sign in.", "blockers": []}
    assert decision["agent_sentence"].startswith("You cannot sign in. Your sign-in was ended")


@pytest.mark.parametrize("code", ["status.NOT_RESPONDING", "not.joined", "not.member"])
async def test_what_lifts_a_gate_of_calls(desk: Desk, code: str) -> None:
    """The agent may do their own part themself; the queue's members are for others."""
    match code:
        case "status.NOT_RESPONDING":
            await desk.floor.be(BEA, SystemPresence.AWAY)
            await desk.floor.call("voice")
            (offer,) = await desk.floor.route()
            assert offer.person_id == ANA
            await desk.floor.do(miss_offer_in, offer.id)
            assert await desk.floor.status(ANA) is RoutingState.NOT_RESPONDING
        case "not.joined":
            await desk.call("PATCH", f"/api/v2/users/{ANA}/queues/voice", {"id": "voice", "joined": False})
        case _:
            await desk.call("DELETE", f"/api/v2/routing/queues/voice/members/{ANA}")
    decision = await desk.why("receive", more="&queueId=voice")
    assert [each["code"] for each in decision["blockers"]] == [code]
    (remedy,) = decision["remedies"]
    assert remedy["preview"]["allowed"] is True
    own = await desk.why("receive", by=ANA, more="&queueId=voice")
    assert own["remedies"][0]["may"] is (code == "status.NOT_RESPONDING")
    operation = remedy["operation"]
    await desk.call(operation["method"], operation["path"], operation["body"])
    assert (await desk.why("receive", more="&queueId=voice"))["allowed"] is True


@pytest.mark.parametrize(
    "code", ["no.station", "presence.not_on_queue", "ring.not.reached", "policy.none", "policy.snippet"]
)
async def test_what_stands_against_calls_and_recording_is_lifted_by_its_own_call(desk: Desk, code: str) -> None:
    action, more = await hinder(desk, code)
    decision = await desk.why(action, more=more)
    assert decision["blockers"][0]["code"] == code
    assert {each["code"] for each in decision["blockers"]} <= {code, "not.on.queue"}
    remedy = decision["remedies"][-1]
    operation, preview = remedy["operation"], remedy["preview"]
    assert (remedy["may"], preview["allowed"], preview["blockers"]) == (True, True, [])
    assert operation["path"] in remedy["command"]
    await desk.call(operation["method"], operation["path"], operation["body"])
    assert (await desk.why(action, more=more))["allowed"] is True


async def hinder(desk: Desk, code: str) -> tuple[str, str]:
    """Bring a fault about; the action that it stands against, and the rest of the question."""
    match code:
        case "no.station":
            await desk.call("DELETE", f"/api/v2/users/{ANA}/station/associatedstation")
            await desk.call("DELETE", f"/api/v2/users/{ANA}/station/defaultstation")
        case "presence.not_on_queue":
            await desk.floor.be(ANA, SystemPresence.BREAK)
        case "ring.not.reached":
            await desk.floor.queue(
                "rings", QueueSettings(rings=(Ring(timedelta(minutes=1)), Ring(timedelta(minutes=1))))
            )
            await desk.floor.staff(ANA, "rings", ring=2, phone=False, session=None)
            waiting = await desk.floor.call("rings")
            return "receive", f"&conversationId={waiting.conversation_id}"
        case _:
            terms = {"record": False, "snippet": code == "policy.snippet"}
            await set_scoped_policy(desk.floor.context, Scope(queue_id="voice", direction="inbound"), terms)
            return "record", "&queueId=voice"
    return "receive", "&queueId=voice"


async def test_the_agents_own_part_needs_only_their_own_permission(desk: Desk) -> None:
    await desk.call("DELETE", f"/api/v2/users/{ANA}/station/associatedstation")
    await desk.call("DELETE", f"/api/v2/users/{ANA}/station/defaultstation")
    refused = (await desk.why("receive", by=ANA, more="&queueId=voice"))["remedies"][0]
    assert (refused["may"], refused["operation"]) == (False, None)
    role = RoleDraft(ROLE_OF_ANA, None, ("webRTC:enable", "telephony:selfStationAssociation:edit"))
    await change_role(desk.floor.context, await desk.role_id(ROLE_OF_ANA), role)
    remedy = (await desk.why("receive", by=ANA, more="&queueId=voice"))["remedies"][0]
    assert remedy["may"] is True
    await desk.call(remedy["operation"]["method"], remedy["operation"]["path"], by=ANA)
    assert (await desk.why("receive", more="&queueId=voice"))["allowed"] is True


async def test_who_has_no_phone_needs_one_before_a_station(desk: Desk) -> None:
    await desk.floor.agent("cy", "voice", phone=False)
    decision = await desk.call("GET", f"{WHY}?userId=cy&action=receive&queueId=voice")
    (remedy,) = decision["remedies"]
    assert (remedy["what"], remedy["operation"]) == ("make a phone for the user", None)
    assert remedy["who"] == "an administrator with telephony:plugin:all"


async def test_what_only_the_agent_can_do_says_so(desk: Desk) -> None:
    await desk.floor.be(BEA, SystemPresence.AWAY)
    await desk.floor.call("voice")
    await desk.floor.route()
    decision = await desk.why("receive", more="&queueId=voice")
    assert [each["code"] for each in decision["blockers"]] == ["busy.with.offer"]
    (remedy,) = decision["remedies"]
    assert (remedy["who"], remedy["operation"], remedy["may"]) == ("the agent", None, None)
    assert remedy["sentence"].endswith("Only they can answer.")


async def test_nothing_can_be_done_for_what_is_over(desk: Desk) -> None:
    await desk.hurt("role")
    then = desk.floor.context.now().isoformat().replace("+", "%2B")
    desk.floor.context.clock.advance(timedelta(minutes=5))
    decision = await desk.why(more=f"&at={then}")
    (remedy,) = decision["remedies"]
    assert remedy["operation"] is None
    assert remedy["preview"]["sentence"] == "Nothing would have stood against it."


async def test_the_command_is_the_same_call(desk: Desk) -> None:
    await desk.hurt("tenant")
    (remedy,) = (await desk.why())["remedies"]
    assert remedy["command"] == (
        'curl -sS -X PATCH "$SHIFTLINE_API"/api/v2/organizations/features/webRTC -H "Authorization: Bearer $SHIFTLINE_TOKEN"'
        """ -H 'Content-Type: application/json' -d '{"enabled": true}'"""
    )


async def test_an_agent_reads_what_was_done_and_when_but_not_by_whom(desk: Desk) -> None:
    await desk.hurt("role")
    full, own = await desk.why(), await desk.why(by=ANA)
    assert "taken away by Admin" in full["sentence"]
    assert full["blockers"][0]["source"]["by"] == ADMIN
    assert "taken away." in own["sentence"]
    assert "taken away." in own["blockers"][0]["sentence"]
    assert own["blockers"][0]["source"]["since"] == full["blockers"][0]["source"]["since"]
    (remedy,) = own["remedies"]
    assert (remedy["may"], remedy["operation"], remedy["command"]) == (False, None, None)
    assert remedy["preview"]["allowed"] is True
    again = await desk.call("GET", f"/api/v2/shiftline/access/decisions/{full['decision_id']}", by=ANA)
    for told in (own, again):
        assert "Admin" not in str(told)
        assert ADMIN not in str({**told, "evidence": None})
        assert told["agent_sentence"].startswith(
            "You cannot connect your softphone. Your roles do not allow a softphone since "
        )
        assert "webRTC" not in told["agent_sentence"]
    kept = await desk.call("GET", f"/api/v2/shiftline/access/decisions/{own['decision_id']}")
    assert "taken away by Admin" in kept["sentence"], "the record is whole, whoever asked"


async def test_a_refusal_names_nobody(desk: Desk) -> None:
    """What a client is refused with goes to whoever sits there."""
    await desk.hurt("role")
    organization_id = desk.floor.context.organization_id
    ana = desk.floor.context.acting_as(Actor(organization_id, "person", person_id=ANA))
    async with ana.transaction() as tx:
        decision = await enforce_in(tx, "connect", {})
    with pytest.raises(Refused) as refused:
        refuse_unless_allowed(decision)
    assert "taken away." in refused.value.message
