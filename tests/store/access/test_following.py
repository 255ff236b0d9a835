"""What became of somebody's access between two instants, who did it, and what happened around them."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.access.conftest import Asking
from tests.store.conftest import Api, Tenant, make_tenant, serve
from tests.store.routing.floor import Floor

from shiftline.access.endpoints import ROUTES
from shiftline.authorization.operations import grant_roles, list_roles
from shiftline.identity.model import PersonState
from shiftline.identity.operations.organizations import change_tenant_settings
from shiftline.identity.operations.people import change_state
from shiftline.presence.model import SystemPresence

ADMIN = "admin-1"
ROOT = "/api/v2/shiftline/access"


@dataclass
class Morning:
    """An agent on queue since before six, and the API that is asked of them."""

    asking: Asking
    api: Api
    tenant: Tenant

    @property
    def clock(self) -> Any:
        return self.asking.floor.context.clock

    async def get(
        self, path: str, query: Mapping[str, Any] | None = None, *, by: str = ADMIN, status: int = 200, **more: Any
    ) -> Any:
        answer = await self.api.client.request(
            "GET",
            f"{ROOT}/{path}",
            params={**(query or {}), **more},
            headers={"Authorization": f"Bearer {self.tenant.tokens[by]}"},
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    async def difference(self, start: str, end: str, **query: Any) -> Any:
        query = {"userId": "Ana", **query}
        return await self.get("difference", {"from": f"2023-10-27T{start}:00Z", "to": f"2023-10-27T{end}:00Z", **query})


@pytest.fixture
async def morning(context: SettableContext) -> AsyncIterator[Morning]:
    context.clock.set("2023-10-27T05:00:00Z")
    tenant = await make_tenant(context)
    floor = Floor(tenant, context)
    await floor.prepare()
    await floor.queue("Voice")
    await floor.agent("Ana", "Voice")
    async with serve(context.database, context.clock, ROUTES) as api:
        yield Morning(Asking(floor), api, tenant)


def events_of(change: Any) -> list[str]:
    return [each["event"] for each in change["events"]]


async def test_what_turned_it_and_who(morning: Morning, context: SettableContext) -> None:
    context.clock.set("2023-10-27T05:59:30Z")
    await change_tenant_settings(context, webrtc_enabled=False)
    context.clock.set("2023-10-27T07:00:00Z")
    found = await morning.difference("05:58", "06:01")
    assert (found["before"]["allowed"], found["after"]["allowed"]) == (True, False)
    assert found["sentence"].startswith(
        "Allowed at 2023-10-27 05:58 UTC, refused at 2023-10-27 06:01 UTC. It changed on"
    )
    assert "by Admin" in found["sentence"]
    (change,) = found["changes"]
    assert change["at"] == "2023-10-27T05:59:30.000Z"
    assert (change["turned"], change["by_itself"]) == (True, False)
    assert events_of(change) == ["identity.tenant_settings.changed"]
    assert [(each["before"]["code"], each["after"]["code"]) for each in change["gates"]] == [
        ("tenant.webrtc_enabled", "tenant.webrtc_disabled")
    ]


async def test_nothing_changed(morning: Morning) -> None:
    found = await morning.difference("05:10", "05:20")
    assert found["changes"] == []
    assert found["sentence"].startswith("Nothing that decides changed")


async def test_there_and_back_again(morning: Morning, context: SettableContext) -> None:
    steps: tuple[tuple[str, PersonState], ...] = (("05:30", "inactive"), ("05:40", "active"))
    for at, state in steps:
        context.clock.set(f"2023-10-27T{at}:00Z")
        await change_state(context, "Ana", state, version=None)
    found = await morning.difference("05:10", "05:50")
    assert [(each["at"][11:16], each["turned"], each["allowed"]) for each in found["changes"]] == [
        ("05:30", True, False),
        ("05:40", True, True),
    ]
    assert "in between it was refused from 2023-10-27 05:30 UTC until 2023-10-27 05:40 UTC" in found["sentence"]


async def test_the_rule_shuts_by_itself(morning: Morning, context: SettableContext) -> None:
    """Nobody does anything when a token's time is over."""
    context.clock.set("2023-10-27T06:00:00Z")
    async with context.transaction() as tx:
        await tx.connection.execute(
            b"update identity.token set expires_at = issued_real + interval '30 minutes', issued_at = '2023-10-27T05:00:00Z'"
            b" where person_id = 'Ana'"
        )
    found = await morning.difference("05:10", "05:50")
    (change,) = found["changes"]
    assert (change["at"][11:16], change["by_itself"], change["events"]) == ("05:30", True, [])
    assert "That came by itself" in found["sentence"]
    assert "token expired" in found["sentence"]


async def test_of_receiving_each_room_is_followed(morning: Morning, context: SettableContext) -> None:
    floor = morning.asking.floor
    context.clock.set("2023-10-27T05:30:00Z")
    await floor.be("Ana", SystemPresence.BREAK)
    context.clock.set("2023-10-27T05:40:00Z")
    (role,) = [each for each in await list_roles(context) if each.name == "role of Ana"]
    await grant_roles(context, "Ana", [(role.id, "*")], active=False)
    context.clock.set("2023-10-27T05:50:00Z")
    found = await morning.difference("05:20", "05:45", action="receive")
    assert (found["before"]["allowed"], found["after"]["allowed"]) == (True, False)
    first, second = found["changes"]
    assert (first["at"][11:16], first["turned"]) == ("05:30", True)
    assert set(events_of(first)) >= {"presence.presence.changed", "presence.routing_status.changed"}
    assert (second["at"][11:16], second["turned"]) == ("05:40", False), "refused already: for one more reason"
    assert events_of(second) == ["authorization.grant.changed"]


async def test_the_timeline_has_a_lane_for_each_room(morning: Morning, context: SettableContext) -> None:
    context.clock.set("2023-10-27T05:30:00Z")
    await morning.asking.floor.be("Ana", SystemPresence.BREAK)
    found = await morning.get("timeline", {"from": "2023-10-27T04:00:00Z", "to": "2023-10-27T06:00:00Z"}, userId="Ana")
    assert [lane["lane"] for lane in found["lanes"]] == [
        "workforce", "identity", "presence", "routing", "signalling", "calls", "recording",
    ]  # fmt: skip
    lanes = {lane["lane"]: lane["events"] for lane in found["lanes"]}
    assert lanes["presence"][-1]["sentence"] in ("Presence: Break.", "Routing status: OFF_QUEUE, before IDLE.")
    assert any("session began" in each["sentence"] for each in lanes["signalling"])
    assert all(each["at"] <= other["at"] for lane in lanes.values() for each, other in pairwise(lane))
    assert found["complete"] is True


async def test_others_are_not_told_of(morning: Morning, context: SettableContext) -> None:
    await morning.tenant.person("Bea", person_id="Bea")
    span: dict[str, Any] = {"from": "2023-10-27T04:00:00Z", "to": "2023-10-27T06:00:00Z"}
    for path in ("timeline", "difference"):
        refused = await morning.get(path, by="Bea", status=403, userId="Ana", query=span)
        assert "access:decision:view" in refused["message"]
    await change_tenant_settings(context, webrtc_enabled=False)
    told = await morning.get("difference", by="Ana", query=span)
    assert "Admin" not in str(told), "who did it is for those who may look at decisions"
    own = await morning.get("timeline", by="Ana", query=span)
    (switched,) = [
        e for lane in own["lanes"] for e in lane["events"] if e["event"] == "identity.tenant_settings.changed"
    ]
    assert (switched["by"], switched["by_name"]) == (None, None), "who did it is for those who may look people up"


async def test_bad_spans_are_refused(morning: Morning) -> None:
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"from": "2023-10-27T06:00:00Z", "to": "2023-10-27T06:00:00Z"}, "to"),
        ({"from": "2023-09-01T06:00:00Z", "to": "2023-10-27T06:00:00Z"}, "from"),
        ({"from": "2023-10-27T06:00:00", "to": "2023-10-27T07:00:00Z"}, "from"),
        ({"from": "2023-10-27T06:00:00Z", "userId": "nobody", "to": "2023-10-27T07:00:00Z"}, "userId"),
    )
    for query, field in cases:
        refused = await morning.get("difference", {"userId": "Ana", **query}, status=400)
        assert field in str(refused), refused


async def test_an_instant_before_records(morning: Morning) -> None:
    found = await morning.get(
        "difference", {"from": "2023-10-10T00:00:00Z", "to": "2023-10-27T05:30:00Z"}, userId="Ana"
    )
    codes = {each["code"] for each in found["before"]["blockers"]}
    assert {"person.unknown", "organization.unknown"} <= codes
    assert found["after"]["allowed"] is True
