"""Why did she not get this call: real offers, what was written then, who may ask, and who is named."""

from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import context_for
from tests.store.access.conftest import Asking
from tests.store.conftest import Tenant, serve

from shiftline.access.endpoints import ROUTES
from shiftline.access.operations.deciding import get_decision
from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.errors import Invalid
from shiftline.presence.model import SystemPresence
from shiftline.routing.model.members import MemberChange
from shiftline.routing.model.skills import SkillDraft, SkillKind
from shiftline.routing.operations.interactions import finish_in, withdraw_in
from shiftline.routing.operations.members import change_member
from shiftline.routing.operations.offers import accept_offer_in, decline_offer_in, miss_offer_in

SIX = "2023-10-27T06:00:00-05:00"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
WHY = "/api/v2/shiftline/access/why"


@pytest.fixture
async def voice(asking: Asking) -> Asking:
    """At 06:00, Ben has been idle for twelve minutes and Ana for three, in one queue."""
    clock = asking.floor.context.clock
    clock.set(SIX)
    clock.advance(-12 * MINUTE)
    await asking.floor.queue("Voice")
    await asking.floor.agent("Ben Carter", "Voice")
    clock.advance(9 * MINUTE)
    await asking.floor.agent("Ana Ruiz", "Voice")
    clock.advance(3 * MINUTE)
    return asking


ANA, BEN, CALL = "Ana Ruiz", "Ben Carter", "call-1"


async def ring(asking: Asking, **more: Any) -> Any:
    """The call comes and is offered."""
    await asking.floor.call("Voice", conversation_id=CALL, **more)
    [offer] = await asking.floor.route()
    asking.floor.context.clock.advance(4 * SECOND)
    return offer


async def test_somebody_else_had_been_idle_for_longer(voice: Asking) -> None:
    await ring(voice)
    decision = await voice.why(ANA, conversation_id=CALL)
    assert decision["sentence"] == (
        "Ana Ruiz did not get this call: at 11:00:00 UTC it was offered to Ben Carter, "
        "who had been idle for longer (12 min against 3 min)."
    )
    assert decision["allowed"] is False
    assert [gate["code"] for gate in decision["blockers"]] == ["idle.for.less.time"]
    assert decision["blockers"][0]["documentation"] == "docs/why/idle.for.less.time.md"


async def test_the_evidence_stays_what_it_was_whatever_changes_afterwards(voice: Asking) -> None:
    offer = await ring(voice)
    before = (await voice.why(ANA, conversation_id=CALL))["sentence"]
    await voice.floor.do(accept_offer_in, offer.id)
    voice.floor.context.clock.advance(MINUTE)
    await voice.floor.be(ANA, SystemPresence.BREAK)
    await change_member(voice.floor.context, "Voice", MemberChange(ANA, joined=False))
    await voice.floor.do(finish_in, BEN, CALL)
    assert (await voice.why(ANA, conversation_id=CALL))["sentence"] == before
    assert await voice.blockers(ANA) == ["presence.not_on_queue", "not.on.queue", "not.joined"]


async def test_all_that_hindered_her_when_it_was_offered(voice: Asking) -> None:
    await voice.floor.skill(SkillDraft("Spanish", SkillKind.SKILL, id="spanish"))
    await voice.floor.learn(BEN, "spanish")
    await voice.floor.be(ANA, SystemPresence.BREAK)
    voice.floor.context.clock.advance(SECOND)
    await ring(voice, skill_ids=("spanish",))
    decision = await voice.why(ANA, conversation_id=CALL)
    assert {gate["code"] for gate in decision["blockers"]} == {"not.on.queue", "skill.missing"}
    assert "was off queue since 11:00:00 UTC" in decision["sentence"]
    assert "lacked Spanish" in decision["sentence"]


async def test_whoever_was_offered_it_is_told_what_became_of_it(voice: Asking) -> None:
    offer = await ring(voice)
    decision = await voice.why(BEN, conversation_id=CALL)
    assert (decision["allowed"], decision["gates"][0]["code"]) == (True, "offer.alerting")
    await voice.floor.do(accept_offer_in, offer.id)
    decision = await voice.why(BEN, conversation_id=CALL)
    assert decision["sentence"] == (
        "Ben Carter got this call: at 11:00:00 UTC it was offered, and at 11:00:04 UTC accepted."
    )


async def test_missed_then_offered_to_the_other(voice: Asking) -> None:
    offer = await ring(voice)
    await voice.floor.do(miss_offer_in, offer.id)
    [second] = await voice.floor.route()
    await voice.floor.do(accept_offer_in, second.id)
    hers, his = await voice.why(ANA, conversation_id=CALL), await voice.why(BEN, conversation_id=CALL)
    assert hers["allowed"] is True
    assert [note["code"] for note in hers["warnings"]] == ["idle.for.less.time"]
    assert [gate["code"] for gate in his["blockers"]] == ["offer.missed", "status.NOT_RESPONDING"]
    assert his["sentence"].startswith(
        "Ben Carter did not get this call: at 11:00:00 UTC it was offered to Ben Carter, and"
    )
    assert await voice.blockers(BEN) == ["status.NOT_RESPONDING"]
    assert "a call of Voice that rang on 2023-10-27 11:00 UTC" in (await voice.why(BEN))["sentence"]


async def test_what_still_waits_is_judged_now_and_ends_by_itself(voice: Asking) -> None:
    await voice.floor.be(BEN, SystemPresence.BREAK)
    offer = await ring(voice)
    await voice.floor.do(decline_offer_in, offer.id)
    decision = await voice.why(ANA, conversation_id=CALL)
    assert [gate["code"] for gate in decision["blockers"]] == ["declined.before"]
    assert decision["next_change_at"] == "2023-10-27T11:01:04.000Z"
    assert [note["code"] for note in decision["warnings"]] == ["offer.declined"]
    voice.floor.context.clock.advance(MINUTE)
    assert (await voice.why(ANA, conversation_id=CALL))["allowed"] is True


async def test_what_left_the_queue_while_nobody_was_free(voice: Asking) -> None:
    await voice.floor.be(ANA, SystemPresence.BREAK)
    await voice.floor.be(BEN, SystemPresence.MEAL)
    await voice.floor.call("Voice", conversation_id=CALL)
    assert await voice.floor.route() == []
    voice.floor.context.clock.advance(MINUTE)
    await voice.floor.do(withdraw_in, CALL, "abandoned")
    decision = await voice.why(ANA, conversation_id=CALL)
    assert [gate["code"] for gate in decision["blockers"]] == ["not.on.queue"]
    assert "it left the queue Voice (abandoned)" in decision["sentence"]
    assert "nobody was free" in decision["sentence"]


async def test_a_stranger_to_the_queue_was_no_member(voice: Asking) -> None:
    await voice.floor.agent("Cy")
    await ring(voice)
    assert await voice.blockers("Cy", conversation_id=CALL) == ["not.member"]


async def test_as_it_was_while_it_rang(voice: Asking) -> None:
    offer = await ring(voice)
    await voice.floor.do(miss_offer_in, offer.id)
    rang = voice.now - 2 * SECOND
    assert (await voice.why(BEN, conversation_id=CALL, at=rang))["gates"][0]["code"] == "offer.alerting"


async def test_receiving_is_answered_of_a_past_instant(voice: Asking) -> None:
    clock, floor = voice.floor.context.clock, voice.floor
    at_first = voice.now - 11 * MINUTE  # Ben alone, on queue
    await ring(voice)
    alerted = voice.now - SECOND
    [offer, _] = (await floor.offers(CALL))[0]
    await floor.do(accept_offer_in, offer.id)
    clock.advance(MINUTE)
    talking = voice.now
    clock.advance(MINUTE)
    await floor.do(finish_in, BEN, CALL)
    await change_member(floor.context, "Voice", MemberChange(BEN, joined=False))
    clock.advance(SECOND)
    past = {"queue_id": "Voice"}
    assert not set(await voice.blockers(BEN, at=at_first, **past)) - FROM_A_LATER_CLOCK
    assert set(await voice.blockers(BEN, at=alerted, **past)) - FROM_A_LATER_CLOCK == {"busy.with.offer"}
    assert set(await voice.blockers(BEN, at=talking, **past)) - FROM_A_LATER_CLOCK == {"status.INTERACTING"}
    assert await voice.blockers(BEN, **past) == ["not.joined"]


# The tenant of these tests is made before their clock is set.
FROM_A_LATER_CLOCK = {"organization.unknown", "permission.missing"}


# Who may ask, and who is named


async def test_one_asks_about_oneself_and_another_agent_stays_nameless(voice: Asking) -> None:
    await ring(voice)
    decision = await voice.why(ANA, by=voice.as_person(ANA), conversation_id=CALL)
    assert "offered to another agent, who had been idle for longer" in decision["sentence"]
    assert BEN not in str(decision)
    kept = await get_decision(voice.as_person(ANA), decision["decision_id"])
    assert BEN not in str(kept)
    named = await voice.why(ANA, by=voice.as_person(ANA, "directory:user:view"), conversation_id=CALL)
    assert "offered to Ben Carter" in named["sentence"]


async def test_others_are_asked_about_with_the_permission(voice: Asking) -> None:
    await ring(voice)
    with pytest.raises(PermissionMissing):
        await voice.why(ANA, by=voice.as_person(BEN), conversation_id=CALL)
    asked = await voice.why(ANA, by=voice.as_person(BEN, "access:decision:view"), conversation_id=CALL)
    assert "offered to Ben Carter" in asked["sentence"]  # who asks is named to themselves


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"conversation_id": "nowhere"}, "conversationId"),
        ({"queue_id": "nowhere"}, "queueId"),
        ({"conversation_id": CALL, "queue_id": "Other"}, "queueId"),
    ],
)
async def test_what_is_not_there_is_refused_by_name(voice: Asking, more: dict[str, Any], field: str) -> None:
    await voice.floor.queue("Other")
    await ring(voice)
    with pytest.raises(Invalid) as refused:
        await voice.why(ANA, **more)
    assert [problem.field for problem in refused.value.problems] == [field]


async def test_another_tenants_calls_and_queues_do_not_exist(voice: Asking, other_tenant: Tenant) -> None:
    await ring(voice)
    stranger = context_for(voice.floor.context.database, "org-2", "admin-2")
    for more in ({"conversation_id": CALL}, {"queue_id": "Voice"}):
        with pytest.raises(Invalid):
            await voice.why("admin-2", by=stranger, **more)
    assert other_tenant.tokens


async def test_over_http(voice: Asking) -> None:
    await ring(voice)
    floor, token = voice.floor, voice.floor.tenant.tokens["admin-1"]
    async with serve(floor.context.database, floor.context.clock, ROUTES) as api:

        async def ask(**query: str) -> Any:
            said = "&".join(f"{name}={value}" for name, value in query.items())
            return await api.call("GET", f"{WHY}?userId=Ana%20Ruiz&{said}", token)

        answer = await ask(action="receive", conversationId=CALL)
        assert answer.json()["sentence"].startswith("Ana Ruiz did not get this call: ")
        assert (await ask(action="receive", queueId="Voice")).json()["allowed"] is True
        for query, field in (
            ({"conversationId": CALL}, "conversationId"),
            ({"action": "sign-in", "queueId": "Voice"}, "queueId"),
            ({"action": "receive", "queueId": ""}, "queueId"),
            ({"action": "receive", "conversationId": "x" * 101}, "conversationId"),
            ({"action": "receive", "queueId": "nowhere"}, "queueId"),
            ({"action": "fly"}, "action"),
        ):
            refused = await ask(**query)
            assert refused.status_code == 400, refused.text
            assert [detail["fieldName"] for detail in refused.json()["details"]] == [field]
