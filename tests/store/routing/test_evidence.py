"""Why Ana did not get this call: every fact as it stands in PostgreSQL, kept with the offer or with what waits."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.store.conftest import Api, serve
from tests.store.routing.floor import Floor, voice

from shiftline.authorization.operations import create_division_in
from shiftline.identity.operations.people import change_state
from shiftline.presence.model import SystemPresence
from shiftline.presence.operations.presences import move_routing_status_in
from shiftline.presence.rules import Cause
from shiftline.routing.endpoints import ROUTES
from shiftline.routing.model.members import MemberChange
from shiftline.routing.model.queues import Ring, SkillEvaluation
from shiftline.routing.model.skills import SkillDraft
from shiftline.routing.operations.choosing import LOOK_PAUSE, LOOK_PERIOD
from shiftline.routing.operations.interactions import withdraw_in
from shiftline.routing.operations.members import change_member
from shiftline.routing.operations.offers import accept_offer_in
from shiftline.stations.operations.associations import release_station_in

Change = Callable[[Floor, str], Awaitable[Any]]
SECOND = timedelta(seconds=1)


async def ready(floor: Floor, name: str = "Ana", **more: Any) -> str:
    return await floor.agent(name, "Voice", **more)


async def leave(floor: Floor) -> str:
    ana = await ready(floor)
    await change_member(floor.context, "Voice", MemberChange(ana, joined=False))
    return ana


async def without_station(floor: Floor) -> str:
    ana = await ready(floor)
    await floor.do(release_station_in, ana)
    return ana


async def inactive(floor: Floor) -> str:
    ana = await ready(floor)
    await change_state(floor.context, ana, "inactive", version=None)
    return ana


async def elsewhere(floor: Floor) -> str:
    async with floor.context.transaction() as tx:
        division = await create_division_in(tx, "Elsewhere")
    person = await floor.tenant.person("Ana", "webRTC:*", division_id=division.id, person_id="Ana")
    await floor.staff(person.id, "Voice")
    return person.id


async def own_call(floor: Floor) -> str:
    ana = await ready(floor)
    await floor.do(move_routing_status_in, ana, Cause.OWN_CALL_BEGAN)
    return ana


async def missed(floor: Floor) -> str:
    ana = await ready(floor)
    await floor.do(move_routing_status_in, ana, Cause.OFFER_MISSED)
    return ana


async def expired_session(floor: Floor) -> str:
    ana = await ready(floor)
    async with floor.context.transaction() as tx:
        await tx.execute("update presence.session_lease set expires_at = now() where person_id = %(id)s", {"id": ana})
    return ana


async def interacting(floor: Floor) -> str:
    ana = await ready(floor)
    await floor.call("Voice", conversation_id="before")
    [offer] = await floor.route()
    await floor.do(accept_offer_in, offer.id)
    return ana


async def alerted(floor: Floor) -> str:
    ana = await ready(floor)
    await floor.call("Voice", conversation_id="before")
    await floor.route()
    return ana


def with_(**more: Any) -> Callable[[Floor], Awaitable[str]]:
    return lambda floor: ready(floor, **more)


HINDERED = [
    (leave, ["not.joined"]),
    (without_station, ["no.station"]),
    (inactive, ["not.permitted"]),
    (elsewhere, ["not.permitted"]),
    (own_call, ["status.COMMUNICATING"]),
    (missed, ["status.NOT_RESPONDING"]),
    (expired_session, ["no.session"]),
    (interacting, ["status.INTERACTING"]),
    (alerted, ["busy.with.offer"]),
    (with_(on_queue=False), ["not.on.queue"]),
    (with_(session=None), ["no.session"]),
    (with_(session="json"), ["no.session"]),
    (with_(phone=False), ["no.station"]),
    (with_(permissions=()), ["not.permitted"]),
    (with_(permissions=("routing:*:*",)), ["not.permitted"]),
    (with_(ring=2), ["ring.not.reached"]),
]


@pytest.mark.parametrize(("hindered", "expected"), HINDERED)
async def test_what_hinders_is_told_with_the_offer_and_with_what_waits(
    floor: Floor, hindered: Callable[[Floor], Awaitable[str]], expected: list[str]
) -> None:
    await floor.queue("Voice", voice(rings=(Ring(3600 * SECOND),)))
    ana = await hindered(floor)
    await floor.call("Voice", conversation_id="this")
    assert await floor.route() == []
    assert await floor.why_not("this", ana) == expected
    ben = await ready(floor, "Ben")
    assert ("this", ben) in await floor.route_all()
    assert await floor.why_not("this", ana) == expected
    assert await floor.why_not("this", ben) == []


@pytest.mark.parametrize("permission", ["webRTC:enable", "webRTC:*", "*:*", "*:enable"])
async def test_any_permission_that_covers_the_softphones_is_enough(floor: Floor, permission: str) -> None:
    await floor.queue("Voice")
    ana = await ready(floor, permissions=(permission,))
    await floor.call("Voice")
    assert await floor.route_all() == [("call-1", ana)]


async def test_skills_are_as_they_stand_and_a_deleted_one_is_nobodys(floor: Floor) -> None:
    await floor.skill(SkillDraft("Law", id="law"), SkillDraft("Tax", id="tax"))
    await floor.queue("Voice", voice(skill_evaluation=SkillEvaluation.BEST))
    ana, ben = await ready(floor), await ready(floor, "Ben")
    await floor.learn(ana, "law", 2.0)
    await floor.call("Voice", skill_ids=("law", "tax"))
    assert await floor.route() == []
    assert await floor.why_not("call-1", ana) == await floor.why_not("call-1", ben) == ["skill.missing"]
    for person, proficiency in ((ana, 5.0), (ben, 4.0)):
        await floor.learn(person, "tax", proficiency)
    await floor.learn(ben, "law", 4.0)
    assert await floor.route_all() == [("call-1", ben)]
    assert await floor.why_not("call-1", ana) == ["skill.lower"]


async def test_who_is_idle_for_less_time_is_told_so(floor: Floor) -> None:
    await floor.queue("Voice")
    ana = await ready(floor)
    floor.context.clock.advance(SECOND)
    ben = await ready(floor, "Ben")
    await floor.call("Voice")
    assert await floor.route_all() == [("call-1", ana)]
    assert await floor.why_not("call-1", ben) == ["idle.for.less.time"]
    await floor.call("Voice")
    assert await floor.route_all() == [("call-2", ben)]


async def test_a_bullseye_opens_while_somebody_waits(floor: Floor) -> None:
    await floor.skill(SkillDraft("Law", id="law"))
    await floor.queue("Voice", voice(rings=(Ring(30 * SECOND, ("law",)), Ring(30 * SECOND))))
    floor.context.clock.set("2023-10-27T06:00:00-05:00")
    ana = await ready(floor, ring=2)
    await floor.call("Voice", skill_ids=("law",))
    assert await floor.route() == []
    assert await floor.why_not("call-1", ana) == ["ring.not.reached", "skill.missing"]
    floor.context.clock.advance(30 * SECOND)
    [offer] = await floor.route()
    [(_, evidence)] = await floor.offers("call-1")
    assert (offer.person_id, evidence.ring, evidence.skill_ids) == (ana, 2, ())


async def test_why_nobody_was_free_is_kept_when_the_caller_gives_up(floor: Floor) -> None:
    await floor.queue("Voice")
    ana = await ready(floor, on_queue=False)
    await floor.call("Voice")
    assert await floor.shortage("call-1") is None, "nobody has looked yet"
    await floor.route()
    await floor.do(withdraw_in, "call-1", "abandoned")
    await floor.be(ana, SystemPresence.ON_QUEUE)
    floor.context.clock.advance(LOOK_PERIOD + SECOND)
    await floor.call("Voice")
    await floor.route()
    kept = await floor.shortage("call-1")
    assert kept is not None
    assert [each.hindrances[0].code for each in kept.passed] == ["not.on.queue"]
    assert await floor.shortage("call-2") is None


async def test_it_is_written_every_few_seconds_and_once_for_all_that_ask_for_the_same(floor: Floor) -> None:
    await floor.queue("Voice")
    ana = await ready(floor, on_queue=False)
    floor.context.clock.set("2023-10-27T06:00:00-05:00")
    await floor.call("Voice")
    await floor.route()
    before = await floor.shortage("call-1")
    floor.context.clock.advance(LOOK_PAUSE / 2)
    await floor.call("Voice")
    await floor.be(ana, SystemPresence.ON_QUEUE)
    await floor.be(ana, SystemPresence.MEAL)
    await floor.route()
    assert await floor.shortage("call-2") is None, "it came after the look"
    assert await floor.shortage("call-1") == before
    floor.context.clock.advance(LOOK_PAUSE)
    await floor.route()
    first, second = await floor.shortage("call-1"), await floor.shortage("call-2")
    assert first is not None
    assert first == second
    assert first.at == floor.context.now()
    floor.context.clock.advance(LOOK_PERIOD)
    await floor.route()
    assert await floor.shortage("call-1") == first, "nobody new, and not long ago"
    floor.context.clock.advance(SECOND)
    await floor.route()
    assert await floor.shortage("call-1") != first
    async with floor.context.reader() as reader:
        assert len(await reader.all("select from routing.shortage", {})) == 1


# Over HTTP


@pytest.fixture
async def api(floor: Floor) -> AsyncIterator[Api]:
    async with serve(floor.context.database, floor.context.clock, ROUTES) as api:
        yield api


async def told(api: Api, token: str, conversation_id: str = "call-1") -> dict[str, Any]:
    answer = await api.call("GET", f"/api/v2/shiftline/routing/conversations/{conversation_id}/offers", token)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_supervisor_is_told_of_everybody_in_words(floor: Floor, api: Api) -> None:
    await floor.queue("Voice")
    ana = await ready(floor, session=None)
    ben = await ready(floor, "Ben")
    await floor.call("Voice")
    [offer] = await floor.route()
    await floor.do(accept_offer_in, offer.id)
    sam = await floor.tenant.person("Sam", "routing:queue:view")
    story = await told(api, floor.tenant.tokens[sam.id])
    [interaction] = story["interactions"]
    assert (interaction["queue"]["name"], interaction["state"], interaction["userId"]) == ("Voice", "assigned", ben)
    [shown] = interaction["offers"]
    assert (shown["userId"], shown["state"], shown["considered"]["userId"]) == (ben, "accepted", ben)
    reason = {"code": "no.session", "sentence": "They had no live session.", "facts": {}}
    assert shown["considered"]["passedOver"] == [{"userIds": [ana], "reasons": [reason]}]


async def test_agents_are_told_of_themselves_alone(floor: Floor, api: Api) -> None:
    await floor.queue("Voice")
    ana, ben, cid = [await ready(floor, name, on_queue=name == "Ben") for name in ("Ana", "Ben", "Cid")]
    await floor.call("Voice")
    await floor.route()
    [interaction] = (await told(api, floor.tenant.tokens[ana]))["interactions"]
    [shown] = interaction["offers"]
    [passed] = shown["considered"]["passedOver"]
    assert passed["userIds"] == [ana]
    assert passed["reasons"][0]["code"] == "not.on.queue"
    assert not {ben, cid} & set(str(interaction).split("'")), "nobody else is named"
    [own] = (await told(api, floor.tenant.tokens[ben]))["interactions"]
    assert own["offers"][0]["userId"] == ben
    stranger = await floor.tenant.person("Dan")
    path = "/api/v2/shiftline/routing/conversations/call-1/offers"
    assert (await api.call("GET", path, floor.tenant.tokens[stranger.id])).status_code == 404


async def test_a_permission_in_another_division_does_not_show_a_queue(floor: Floor, api: Api) -> None:
    await floor.queue("Voice")
    await ready(floor, on_queue=False)
    await floor.call("Voice")
    await floor.route()
    async with floor.context.transaction() as tx:
        division = await create_division_in(tx, "Elsewhere")
    sam = await floor.tenant.person("Sam", "routing:queue:view", division_id=division.id)
    token = floor.tenant.tokens[sam.id]
    path = "/api/v2/shiftline/routing/conversations/call-1/offers"
    assert (await api.call("GET", path, token)).status_code == 404
    assert (await api.call("GET", "/api/v2/shiftline/routing/queues/Voice/interactions", token)).status_code == 403


async def test_what_waits_is_listed_in_line(floor: Floor, api: Api) -> None:
    await floor.queue("Voice")
    floor.context.clock.set("2023-10-27T06:00:00-05:00")
    await floor.call("Voice")
    floor.context.clock.advance(90 * SECOND)
    await floor.call("Voice", priority=2)
    await floor.call("Voice")
    admin = floor.tenant.tokens["admin-1"]
    path = "/api/v2/shiftline/routing/queues/Voice/interactions"
    page = (await api.call("GET", f"{path}?pageSize=2", admin)).json()
    assert [(each["position"], each["conversation"]["id"], each["waitedSeconds"]) for each in page["entities"]] == [
        (1, "call-2", 0.0),
        (2, "call-1", 90.0),
    ]
    assert (page["total"], page["pageCount"]) == (3, 2)
    assert (await api.call("GET", "/api/v2/shiftline/routing/queues/unheard/interactions", admin)).status_code == 404
    [waiting] = (await told(api, admin, "call-3"))["interactions"]
    assert (waiting["position"], waiting["offers"]) == (3, [])
    assert "expectedWaitSeconds" not in waiting
