"""The tenant's shift rule over the truth: settings, exceptions, overrides; now, and as they stood at a past instant."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant, make_tenant, serve
from tests.store.publishing.conftest import ROUTES
from tests.store.publishing.test_time_off import deny, enter, partly, whole
from tests.store.schedule.planner import Planner, part, shift

from shiftline.access import endpoints as access_endpoints
from shiftline.access.shiftrule import endpoints
from shiftline.access.shiftrule.errors import ExceptionNotFound
from shiftline.access.shiftrule.events import ShiftExceptionChanged, ShiftOverrideChanged
from shiftline.access.shiftrule.operations import end_exception
from shiftline.access.store import read_snapshot
from shiftline.authorization.operations import create_division, list_grants
from shiftline.foundation.database import Database
from shiftline.identity import endpoints as identity_endpoints
from shiftline.identity.operations.people import move_people

EXCEPTIONS, OVERRIDES = "/api/v2/shiftline/access/shiftexceptions", "/api/v2/shiftline/access/shiftoverrides"
TELEPHONY = "/api/v2/telephony/settings"
OVERRIDE, EDIT, VIEW = "access:shiftRule:override", "access:shiftRule:edit", "access:shiftRule:view"
SUNDAY = "2023-10-22"
# The shift of the Friday, 06:00 to 14:00 in Chicago.
FRIDAY = "2023-10-27T06:00:00-05:00"
EVENING = "2023-10-27T20:00:00-05:00"


class Shop:
    """A planner whose agent ann works the Friday, under the tenant's rule."""

    def __init__(self, planner: Planner, context: SettableContext) -> None:
        self.planner, self.context, self.tenant = planner, context, planner.tenant

    async def rule(self, status: int = 200, **rule: Any) -> Any:
        body = {"softphoneOnlyWithinShift": {"enabled": True, **rule}}
        answer = await self.planner.call("PUT", TELEPHONY, body, status=status)
        return answer["softphoneOnlyWithinShift"] if status == 200 else answer

    async def why(self, at: str | None = None, who: str = "ann", token: str | None = None) -> tuple[str, Any]:
        """The code of the rule's gate (empty where there is none), and the decision."""
        query = f"?userId={who}" if at is None else f"?userId={who}&at={at}"
        path = f"/api/v2/shiftline/access/why{query.replace('+', '%2B')}"
        decision = await self.planner.call("GET", path, token=token)
        gates = [gate for gate in decision["gates"] if gate["code"].startswith("shift.")]
        return (gates[0]["code"] if gates else "", decision)

    async def code(self, at: str | None = None, who: str = "ann") -> str:
        return (await self.why(at, who))[0]

    async def supervisor(self, *permissions: str, **more: Any) -> str:
        person = await self.tenant.person(more.pop("name", "Sam"), *(permissions or (OVERRIDE,)), **more)
        return self.tenant.tokens[person.id]

    async def let_in(self, token: str | None = None, *, status: int = 200, who: str = "ann", **body: Any) -> Any:
        body = {"userId": who, "reason": "Storm", **body}
        return await self.planner.call("POST", OVERRIDES, body, status=status, token=token)

    async def except_(self, kind: str, subject_id: str, *, status: int = 200, **body: Any) -> Any:
        body = {"kind": kind, "subjectId": subject_id, "reason": "Works at the door", **body}
        return await self.planner.call("POST", EXCEPTIONS, body, status=status)


@pytest.fixture
async def shop(database: Database, context: SettableContext) -> AsyncIterator[Shop]:
    context.clock.set("2023-10-26T12:00:00-05:00")
    tenant = await make_tenant(context)
    routes = [*ROUTES, *access_endpoints.ROUTES, *endpoints.ROUTES, *identity_endpoints.ROUTES]
    async with serve(database, context.clock, routes) as api:
        planner = Planner(api, tenant)
        await planner.settle()
        await planner.hire("ann", "webRTC:enable")
        await planner.hire("bob", "webRTC:enable")
        await planner.bring(part("ann", shift(FRIDAY)), week=SUNDAY)
        yield Shop(planner, context)


def field_of(refusal: Any) -> str:
    return refusal["details"][0]["fieldName"]


# Settings


async def test_the_graces_are_set_apart_or_together(shop: Shop) -> None:
    assert (await shop.rule())["marginMinutes"] == 15
    apart = await shop.rule(graceBeforeMinutes=10, graceAfterMinutes=45)
    assert (apart["graceBeforeMinutes"], apart["graceAfterMinutes"]) == (10, 45)
    assert "marginMinutes" not in apart  # there is none while they differ
    for at, code in (
        ("2023-10-27T05:49:00-05:00", "shift.outside"),
        ("2023-10-27T05:50:00-05:00", "shift.within"),
        ("2023-10-27T14:44:00-05:00", "shift.within"),
        ("2023-10-27T14:45:00-05:00", "shift.outside"),
    ):
        assert await shop.code(at) == code, at
    one = await shop.rule(graceBeforeMinutes=0)
    assert (one["graceBeforeMinutes"], one["graceAfterMinutes"]) == (0, 45)
    both = await shop.rule(marginMinutes=30)
    assert (both["marginMinutes"], both["graceBeforeMinutes"], both["graceAfterMinutes"]) == (30, 30, 30)
    assert await shop.code("2023-10-27T05:30:00-05:00") == "shift.within"


@pytest.mark.parametrize("name", ["marginMinutes", "graceBeforeMinutes", "graceAfterMinutes"])
async def test_graces_are_up_to_a_day(shop: Shop, name: str) -> None:
    for wrong in (-1, 1441, 1.5, "x"):
        assert field_of(await shop.rule(400, **{name: wrong})) == f"softphoneOnlyWithinShift.{name}"
    assert (await shop.rule(**{name: 1440}))[name] == 1440


async def test_the_bounds_of_overrides_do_not_contradict_each_other(shop: Shop) -> None:
    for name in ("overrideDefaultMinutes", "overrideMostMinutes"):
        for wrong in (0, 1441):
            assert field_of(await shop.rule(400, **{name: wrong})) == f"softphoneOnlyWithinShift.{name}"
    refused = await shop.rule(400, overrideDefaultMinutes=481)
    assert field_of(refused) == "softphoneOnlyWithinShift.overrideDefaultMinutes"
    refused = await shop.rule(400, overrideMostMinutes=119)
    assert field_of(refused) == "softphoneOnlyWithinShift.overrideMostMinutes"
    assert "120 minutes unless said otherwise, and 119 at most" in refused["message"]
    both = await shop.rule(overrideDefaultMinutes=30, overrideMostMinutes=60)
    assert (both["overrideDefaultMinutes"], both["overrideMostMinutes"]) == (30, 60)


async def test_the_settings_say_since_when_the_rule_is_on_and_by_whom(shop: Shop) -> None:
    shop.context.clock.advance(timedelta(hours=1))
    boss = await shop.tenant.person("Boss", "telephony:settings:edit", "telephony:settings:view")
    token = shop.tenant.tokens[boss.id]
    body = {"softphoneOnlyWithinShift": {"enabled": True}}
    on = (await shop.planner.call("PUT", TELEPHONY, body, token=token))["softphoneOnlyWithinShift"]
    assert (on["dateSwitched"], on["switchedBy"]["id"]) == ("2023-10-26T18:00:00Z", boss.id)
    shop.context.clock.advance(timedelta(hours=1))
    await shop.rule(marginMinutes=20)  # by somebody else, and it stays on
    await shop.planner.call("PUT", TELEPHONY, {"persistentConnectionRequired": True})
    told = (await shop.planner.call("GET", TELEPHONY))["softphoneOnlyWithinShift"]
    assert (told["dateSwitched"], told["switchedBy"]["id"]) == ("2023-10-26T18:00:00Z", boss.id)
    off = await shop.rule(enabled=False)
    assert (off["dateSwitched"], off["switchedBy"]["id"]) == ("2023-10-26T19:00:00Z", "admin-1")


async def test_a_past_instant_is_judged_by_the_graces_of_then(shop: Shop) -> None:
    await shop.rule(graceBeforeMinutes=10)
    shop.context.clock.set("2023-10-27T05:45:00-05:00")
    assert await shop.code() == "shift.outside"
    shop.context.clock.set("2023-10-27T05:46:00-05:00")
    await shop.rule(graceBeforeMinutes=20)
    assert await shop.code() == "shift.within"
    assert await shop.code("2023-10-27T05:45:00-05:00") == "shift.outside"


async def test_the_gate_is_told_whenever_the_rule_is_on_and_never_when_it_is_off(shop: Shop) -> None:
    at = ("2023-10-27T05:00:00-05:00", FRIDAY, EVENING)
    assert [await shop.code(each) for each in at] == ["", "", ""]
    await shop.rule()
    shop.context.clock.advance(timedelta(minutes=1))
    assert [await shop.code(each) for each in at] == ["shift.outside", "shift.within", "shift.outside"]
    why = (await shop.planner.call("GET", "/api/v2/shiftline/access/why?userId=ann&action=receive"))["gates"]
    assert "shift.outside" in {gate["code"] for gate in why}


async def test_whoever_changes_the_rule_is_never_locked_out_by_it(shop: Shop) -> None:
    await shop.rule(marginMinutes=0)
    code, decision = await shop.why(who="admin-1")
    assert (code, decision["allowed"]) == ("shift.outside", False)  # no shift, no exception: no softphone
    path = "/api/v2/shiftline/access/why?userId=admin-1&action=sign-in"
    assert not [gate for gate in (await shop.planner.call("GET", path))["gates"] if gate["code"].startswith("shift.")]
    assert (await shop.rule(enabled=False))["enabled"] is False  # and the API is theirs all the while


# Exceptions


async def test_a_person_is_excepted_and_concerned_again_and_the_past_is_kept(shop: Shop) -> None:
    await shop.rule()
    clock = shop.context.clock
    clock.set("2023-10-27T05:00:00-05:00")
    assert await shop.code() == "shift.outside"
    await shop.tenant.news()
    made = await shop.except_("person", "ann")
    assert (made["state"], made["subject"], made["modifiedBy"]["name"]) == (
        "standing",
        {"id": "ann", "name": "ann", "selfUri": None} if "selfUri" in made["subject"] else {"id": "ann", "name": "ann"},
        "Admin",
    )
    clock.set("2023-10-27T05:58:00-05:00")
    assert (await shop.except_("person", "ann"))["version"] == 1  # a repeat changes nothing
    later = await shop.except_("person", "ann", reason="Opens the shop", endsAt="2023-10-27T07:00:00-05:00")
    assert (later["id"], later["version"]) == (made["id"], 2)
    clock.set("2023-10-27T06:01:00-05:00")
    ended = await shop.planner.call("POST", f"{EXCEPTIONS}/{made['id']}/end")
    again = await shop.planner.call("POST", f"{EXCEPTIONS}/{made['id']}/end")
    assert (ended["state"], again["version"]) == ("ended", ended["version"])
    happened = await shop.tenant.news(ShiftExceptionChanged)
    assert [(each.reason, each.active, each.person_id) for each in happened] == [
        ("Works at the door", True, "ann"),
        ("Opens the shop", True, "ann"),
        ("Opens the shop", False, "ann"),
    ]
    clock.set("2023-10-30T09:00:00-05:00")
    for at, expected in (
        ("2023-10-27T04:59:59-05:00", "shift.outside"),
        ("2023-10-27T05:00:00-05:00", "shift.excepted"),
        ("2023-10-27T05:59:00-05:00", "shift.excepted"),
        ("2023-10-27T06:01:00-05:00", "shift.within"),
        (EVENING, "shift.outside"),
    ):
        assert await shop.code(at) == expected, at
    _, then = await shop.why("2023-10-27T05:30:00-05:00")
    [gate] = [each for each in then["gates"] if each["code"] == "shift.excepted"]
    assert (gate["facts"]["reason"], gate["facts"]["endsAt"], then["next_change_at"]) == (
        "Works at the door",
        None,
        None,
    )
    assert gate["source"] == {"record": "access.shift_exception", "since": "2023-10-27T10:00:00.000Z", "by": "admin-1"}
    _, then = await shop.why("2023-10-27T05:58:30-05:00")
    assert then["next_change_at"] == "2023-10-27T12:00:00.000Z"
    listed = await shop.planner.call("GET", EXCEPTIONS)
    assert (listed["total"], (await shop.planner.call("GET", f"{EXCEPTIONS}?state=all"))["total"]) == (0, 1)


async def test_an_exception_ends_by_itself(shop: Shop) -> None:
    await shop.rule()
    shop.context.clock.set("2023-10-27T04:00:00-05:00")
    await shop.except_("person", "ann", endsAt="2023-10-27T05:00:00-05:00")
    shop.context.clock.set("2023-10-27T04:59:59-05:00")
    assert await shop.code() == "shift.excepted"
    shop.context.clock.set("2023-10-27T05:00:00-05:00")
    assert await shop.code() == "shift.outside"
    assert (await shop.planner.call("GET", f"{EXCEPTIONS}?state=all"))["entities"][0]["state"] == "over"
    assert (await shop.planner.call("GET", EXCEPTIONS))["total"] == 0


async def test_roles_and_divisions_are_excepted_for_whoever_holds_them_at_the_instant(shop: Shop) -> None:
    await shop.rule()
    (grant,) = await list_grants(shop.context, subject_id="ann")
    role = await shop.except_("role", grant.role.id)
    assert role["subject"]["name"] == grant.role.name
    assert (await shop.code(), await shop.code(who="bob")) == ("shift.excepted", "shift.outside")
    await end_exception(shop.context, role["id"])
    north = await create_division(shop.context, "North", None)
    await shop.except_("division", north.id)
    assert await shop.code() == "shift.outside"
    await move_people(shop.context, ["ann"], north.id)
    code, decision = await shop.why()
    assert code == "shift.excepted"
    assert "whoever is in the division North" in str(decision["gates"])
    assert await shop.code("2023-10-26T11:00:00-05:00") == ""  # the rule was not on, and she was not there


async def test_a_bad_exception_names_its_field(shop: Shop, other_tenant: Tenant) -> None:
    await other_tenant.person("Stranger", person_id="stranger")
    for kind, subject in (("person", "nobody"), ("role", "ann"), ("division", "ann"), ("person", "stranger")):
        refused = await shop.except_(kind, subject, status=400)
        assert (field_of(refused), refused["code"]) == ("subjectId", "not.found")
    assert field_of(await shop.except_("managementUnit", "mu-1", status=400)) == "kind"
    assert field_of(await shop.except_("person", "ann", status=400, reason=" ")) == "reason"
    assert field_of(await shop.except_("person", "ann", status=400, endsAt="2023-10-26T12:00:00-05:00")) == "endsAt"
    assert field_of(await shop.except_("person", "ann", status=400, endsAt="2023-10-28T12:00:00")) == "endsAt"
    with pytest.raises(ExceptionNotFound):
        await end_exception(shop.context, "none")
    nobody = await shop.supervisor(OVERRIDE)
    for method, path, body in (
        ("POST", EXCEPTIONS, {"kind": "person", "subjectId": "ann", "reason": "x"}),
        ("POST", f"{EXCEPTIONS}/x/end", None),
    ):
        answer = await shop.planner.call(method, path, body, status=403, token=nobody)
        assert answer["messageParams"]["permissions"] == EDIT
    assert (await shop.planner.call("GET", EXCEPTIONS, status=403, token=nobody))["code"] == "missing.any.permissions"


async def test_exceptions_of_one_tenant_are_not_another_s(shop: Shop, other_tenant: Tenant) -> None:
    made = await shop.except_("person", "ann")
    stranger = other_tenant.tokens["admin-2"]
    assert (await shop.planner.call("GET", EXCEPTIONS, token=stranger))["total"] == 0
    await shop.planner.call("POST", f"{EXCEPTIONS}/{made['id']}/end", status=404, token=stranger)
    standing = await shop.let_in(await shop.supervisor())
    await shop.planner.call("POST", f"{OVERRIDES}/{standing['id']}/end", status=404, token=stranger)
    assert (await shop.planner.call("GET", OVERRIDES, token=stranger))["total"] == 0
    refused = await shop.let_in(stranger, status=400)
    assert (field_of(refused), refused["code"]) == ("userId", "not.found")


# Overrides


async def test_somebody_is_let_in_for_a_time_and_why_tells_it_afterwards(shop: Shop) -> None:
    await shop.rule()
    clock = shop.context.clock
    clock.set("2023-10-27T20:00:00-05:00")
    sam = await shop.supervisor()
    _, refused = await shop.why()
    assert "POST /api/v2/shiftline/access/shiftoverrides" in refused["remedies"][0]["sentence"]
    await shop.tenant.news()
    made = await shop.let_in(sam, minutes=90)
    assert (made["startsAt"], made["endsAt"], made["state"]) == (
        "2023-10-28T01:00:00Z",
        "2023-10-28T02:30:00Z",
        "standing",
    )
    assert (made["grantedBy"]["name"], made["user"]["name"]) == ("Sam", "ann")
    code, decision = await shop.why()
    assert (code, decision["allowed"], decision["next_change_at"]) == (
        "shift.overridden",
        True,
        "2023-10-28T02:30:00.000Z",
    )
    [gate] = [each for each in decision["gates"] if each["code"] == "shift.overridden"]
    assert "Sam lets the softphone connect until 2023-10-28 02:30 UTC all the same: Storm." in gate["sentence"]
    assert (await shop.let_in(sam, minutes=90))["id"] == made["id"]  # a repeat makes nothing new
    clock.set("2023-10-27T21:00:00-05:00")
    ended = await shop.planner.call("POST", f"{OVERRIDES}/{made['id']}/end", token=sam)
    assert (ended["state"], ended["dateEnded"]) == ("ended", "2023-10-28T02:00:00Z")
    again = await shop.planner.call("POST", f"{OVERRIDES}/{made['id']}/end", token=sam)
    assert again == ended
    happened = await shop.tenant.news(ShiftOverrideChanged)
    assert [(each.person_id, each.reason, each.ended_at is None) for each in happened] == [
        ("ann", "Storm", True),
        ("ann", "Storm", False),
    ]
    clock.set("2023-11-01T09:00:00-05:00")
    for at, expected in (
        ("2023-10-27T19:59:00-05:00", "shift.outside"),
        ("2023-10-27T20:00:00-05:00", "shift.overridden"),
        ("2023-10-27T20:59:00-05:00", "shift.overridden"),
        ("2023-10-27T21:00:00-05:00", "shift.outside"),
    ):
        assert await shop.code(at) == expected, at
    _, then = await shop.why("2023-10-27T20:30:00-05:00")
    assert then["next_change_at"] == "2023-10-28T02:30:00.000Z"  # that it would be ended early was not known then


async def test_an_override_lasts_as_the_settings_say_and_no_longer_than_they_let_it(shop: Shop) -> None:
    sam = await shop.supervisor()
    made = await shop.let_in(sam)
    assert datetime.fromisoformat(made["endsAt"]) - datetime.fromisoformat(made["startsAt"]) == timedelta(hours=2)
    await shop.rule(overrideDefaultMinutes=15, overrideMostMinutes=30)
    made = await shop.let_in(sam, who="bob")
    assert datetime.fromisoformat(made["endsAt"]) - datetime.fromisoformat(made["startsAt"]) == timedelta(minutes=15)
    refused = await shop.let_in(sam, minutes=31, status=400)
    assert field_of(refused) == "minutes"
    assert "30 minutes at most in this organization, and 31 were asked for" in refused["message"]
    for wrong in (0, 1441, "2h"):
        assert field_of(await shop.let_in(sam, minutes=wrong, status=400)) == "minutes"
    shop.context.clock.advance(timedelta(minutes=30))
    assert await shop.code(who="bob") == "shift.outside"
    listed = await shop.planner.call("GET", f"{OVERRIDES}?state=all&userId=bob", token=sam)
    assert [each["state"] for each in listed["entities"]] == ["over"]
    ended = await shop.planner.call("POST", f"{OVERRIDES}/{made['id']}/end", token=sam)
    assert ended["state"] == "over"  # what ended by itself stays as it is


async def test_nobody_lets_themselves_in(shop: Shop) -> None:
    sam = await shop.tenant.person("Sam", OVERRIDE, person_id="sam")
    refused = await shop.let_in(shop.tenant.tokens[sam.id], who="sam", status=400)
    assert field_of(refused) == "userId"
    assert "nobody overrides the shift rule for themselves" in refused["message"]


async def test_letting_in_needs_the_permission_where_the_person_is(shop: Shop) -> None:
    north = await create_division(shop.context, "North", None)
    await move_people(shop.context, ["bob"], north.id)
    sam = await shop.supervisor(OVERRIDE, division_id=north.id)
    refused = await shop.let_in(sam, status=403)
    assert refused["messageParams"]["permissions"] == OVERRIDE
    made = await shop.let_in(sam, who="bob")
    of_ann = await shop.let_in()
    await shop.planner.call("POST", f"{OVERRIDES}/{of_ann['id']}/end", status=403, token=sam)
    assert [each["id"] for each in (await shop.planner.call("GET", OVERRIDES, token=sam))["entities"]] == [made["id"]]
    assert (await shop.planner.call("GET", OVERRIDES))["total"] == 2
    nobody = await shop.supervisor("wfm:agent:view", name="Nobody")
    assert (await shop.let_in(nobody, status=403))["messageParams"]["permissions"] == OVERRIDE
    await shop.planner.call("GET", OVERRIDES, status=403, token=nobody)
    own = await shop.planner.call("GET", f"{OVERRIDES}?userId=me", token=shop.tenant.tokens["ann"])
    assert [each["id"] for each in own["entities"]] == [of_ann["id"]]
    await shop.planner.call("GET", f"{OVERRIDES}?userId=bob", status=403, token=shop.tenant.tokens["ann"])


async def test_a_bad_override_names_its_field(shop: Shop) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"who": "nobody"}, "userId"),
        ({"reason": ""}, "reason"),
        ({"reason": "\u0000"}, "reason"),
        ({"minutes": -1}, "minutes"),
    ]
    for body, field in wrong:
        assert field_of(await shop.let_in(status=400, **body)) == field
    await shop.planner.call("POST", f"{OVERRIDES}/none/end", status=404)


async def test_the_same_override_asked_for_many_times_at_once_is_one(shop: Shop) -> None:
    answers = await asyncio.gather(*(shop.let_in() for _ in range(8)))
    assert len({each["id"] for each in answers}) == 1


# Time off


async def test_approved_time_off_is_why_and_its_refusal_lets_in_again(shop: Shop) -> None:
    await shop.rule(marginMinutes=0)
    shop.context.clock.set("2023-10-27T05:00:00-05:00")
    pending = await enter(shop.planner, partly("2023-10-27T10:00:00-05:00", 120), status="PENDING")
    assert await shop.code("2023-10-27T11:00:00-05:00") == "shift.within"
    await deny(shop.planner, pending)
    off = await enter(shop.planner, partly("2023-10-27T10:00:00-05:00", 120))
    for at, expected in (
        ("2023-10-27T09:59:00-05:00", "shift.within"),
        ("2023-10-27T10:00:00-05:00", "shift.time_off"),
        ("2023-10-27T12:00:00-05:00", "shift.within"),
    ):
        assert await shop.code(at) == expected, at
    _, decision = await shop.why("2023-10-27T11:00:00-05:00")
    [gate] = decision["blockers"]
    assert gate["facts"]["timeOffRequestId"] == off["id"]
    assert gate["source"]["record"] == "timeoff.request"
    assert decision["next_change_at"] == "2023-10-27T17:00:00.000Z"
    shop.context.clock.set("2023-10-27T10:30:00-05:00")
    await deny(shop.planner, off)
    assert await shop.code() == "shift.within"
    assert await shop.code("2023-10-27T10:15:00-05:00") == "shift.time_off"


async def test_a_whole_day_off_has_no_window_and_an_override_still_lets_in(shop: Shop) -> None:
    await shop.rule()
    shop.context.clock.set(FRIDAY)
    await enter(shop.planner, whole("2023-10-27"))
    assert await shop.code() == "shift.time_off"
    await shop.let_in()
    assert await shop.code() == "shift.overridden"


# The one read


async def test_with_the_rule_off_all_is_kept_and_nothing_is_gated(shop: Shop) -> None:
    async def verdict() -> tuple[str, Any]:
        code, decision = await shop.why()
        return code, [gate["code"] for gate in decision["gates"]]

    before = await verdict()
    await shop.except_("person", "ann")
    await shop.let_in()
    assert await verdict() == before
    assert await standing(shop) == (0, 0), "what excepts from a rule that is off costs no decision anything"
    await shop.rule()
    assert await standing(shop) == (1, 1)


async def standing(shop: Shop) -> tuple[int, int]:
    async with shop.context.reader() as reader:
        snapshot = await read_snapshot(reader, "org-1", "ann", shop.context.now(), past=False)
    return len(snapshot.exceptions), len(snapshot.overrides)


async def test_now_and_the_same_instant_of_the_past_read_the_same(shop: Shop) -> None:
    await shop.rule(graceAfterMinutes=40)
    shop.context.clock.advance(timedelta(hours=1))
    await shop.except_("person", "bob")
    await shop.except_("division", (await shop.tenant.person("X")).division_id, reason="All")
    await shop.let_in()
    shop.context.clock.advance(timedelta(seconds=1))
    now = shop.context.now()
    async with shop.context.reader() as reader:
        for person_id in ("ann", "bob"):
            read = [await read_snapshot(reader, "org-1", person_id, now, past=past) for past in (False, True)]
            assert read[0].tenant == read[1].tenant
            assert read[0].exceptions == read[1].exceptions
            assert read[0].overrides == read[1].overrides
            assert len(read[0].exceptions) == (2 if person_id == "bob" else 1)


async def test_the_difference_names_who_excepted_a_role_and_who_let_in(shop: Shop) -> None:
    """A role's exception is nobody's alone, and is told of all the same."""
    clock = shop.context.clock
    await shop.rule(graceBeforeMinutes=5, graceAfterMinutes=30)
    (grant,) = await list_grants(shop.context, subject_id="ann")
    clock.set("2023-10-27T20:00:00-05:00")
    role = await shop.except_("role", grant.role.id)
    clock.set("2023-10-27T20:10:00-05:00")
    await end_exception(shop.context, role["id"])
    clock.set("2023-10-27T20:20:00-05:00")
    await shop.let_in(minutes=5)
    clock.set("2023-10-27T21:00:00-05:00")
    span = {"userId": "ann", "from": "2023-10-27T19:50:00-05:00", "to": "2023-10-27T20:40:00-05:00"}
    path = f"/api/v2/shiftline/access/difference?{urlencode(span)}"
    changes = (await shop.planner.call("GET", path))["changes"]
    told = [
        ([turn["after"]["code"] for turn in each["gates"]], [event["sentence"] for event in each["events"]])
        for each in changes
    ]
    assert told == [
        (["shift.excepted"], [f"The shift rule does not concern the role {grant.role.id} (Works at the door)."]),
        (["shift.outside"], [f"The shift rule concerns again the role {grant.role.id} (Works at the door)."]),
        (["shift.overridden"], ["Let in outside the shifts until 2023-10-28T01:25:00Z (Storm)."]),
        (["shift.outside"], []),
    ]
    assert [each["by_itself"] for each in changes] == [False, False, False, True]
