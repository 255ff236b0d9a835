"""Are calls recorded, and was this one: real policies, conversations, recordings and seals."""

from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import context_for
from tests.store.conftest import Tenant
from tests.store.recordings import conftest as recordings

from shiftline.access.model.connecting import Question
from shiftline.access.operations.deciding import explain_access
from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Invalid
from shiftline.recordings.control.model import Scope
from shiftline.recordings.operations.opening import open_recording_in
from shiftline.recordings.operations.pausing import begin_pause_in, end_pause_in
from shiftline.recordings.operations.policies import set_policy
from shiftline.recordings.operations.scoping import set_scoped_policy
from shiftline.recordings.operations.sealing import lose_recording
from shiftline.recordings.operations.vault import inspect_storage
from shiftline.routing.operations.members import add_members_in

room, vault = recordings.room, recordings.vault
Room = recordings.Room
VOICE = "voice"


async def why(room: Room, by: Context | None = None, person_id: str | None = None, **more: Any) -> Any:
    """The decision as the administrator asks for it, of the agent, with the keys of the vault."""
    question = Question("record", **more)
    context = by or room.tenant.context
    return await explain_access(context, person_id or room.agent.id, question, inspect_storage(room.vault.keys))


def as_person(room: Room, person_id: str, *permissions: str) -> Context:
    grants = {permission: frozenset({"*"}) for permission in permissions}
    actor = Actor(room.tenant.context.organization_id, "person", person_id=person_id, grants=grants)
    return room.tenant.context.acting_as(actor)


def codes(decision: Any, part: str = "gates") -> list[str]:
    return [gate["code"] for gate in decision[part]]


async def test_all_calls_are_recorded_until_somebody_decides_otherwise(room: Room) -> None:
    async with room.tenant.context.transaction() as tx:
        await add_members_in(tx, VOICE, [room.agent.id])
    assert codes(await why(room)) == ["policy.record", "storage.available"]
    before = room.clock.now()
    room.clock.advance(timedelta(minutes=1))
    await set_policy(room.tenant.context, VOICE, record=False)
    decision = await why(room)
    assert codes(decision, "blockers") == ["policy.none"]
    assert decision["sentence"].startswith("Not all calls of Ana Ruiz are recorded: Calls of queue ")
    assert decision["sentence"].endswith(
        "are not recorded, as set by Admin. "
        "The policies default.any.call, voice.any.call decide; they are changed "
        "on the page (/recordings?part=policies) or by PUT /api/v2/shiftline/recordings/policies."
    )
    assert decision["blockers"][0]["source"]["since"] == "2023-10-27T11:01:00.000Z"
    assert (await why(room, queue_id=VOICE))["allowed"] is False
    past = await why(room, queue_id=VOICE, at=before)
    assert (past["allowed"], codes(past)) == (True, ["policy.record"])


async def test_a_policy_of_one_direction_is_told_as_one(room: Room) -> None:
    """It is of outbound calls alone: inbound ones are recorded, and nobody is told that all are not."""
    await set_scoped_policy(room.tenant.context, Scope(direction="outbound"), {"record": False})
    decision = await why(room)
    assert codes(decision) == ["policy.record", "policy.none", "storage.available"]
    assert decision["sentence"] == (
        "Not all calls of Ana Ruiz are recorded: Outbound calls of the organization are not recorded, as set by Admin. "
        "The policies default.any.call, default.outbound.call decide; they are changed "
        "on the page (/recordings?part=policies) or by PUT /api/v2/shiftline/recordings/policies."
    )
    sealed = await room.sealed()
    told = await why(room, conversation_id=sealed.conversation_id)
    assert "The policy default.any.call decides" in told["sentence"]


async def test_what_is_left_to_the_hand_is_told(room: Room) -> None:
    await set_scoped_policy(room.tenant.context, Scope(queue_id=VOICE), {"record": False, "snippet": True})
    decision = await why(room, queue_id=VOICE)
    assert codes(decision, "blockers") == ["policy.snippet"]
    assert decision["sentence"].startswith("Calls of the queue Voice are recorded in part only: ")
    assert "snippet/record" in decision["remedies"][0]["sentence"]


async def test_a_pause_is_told_with_who_it_was(room: Room) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    for participant in (agent, conversation.participants[0]):
        await room.open_for(conversation, participant)
    ana = room.tenant.acting_as(room.agent)
    room.clock.advance(timedelta(seconds=10))
    async with ana.transaction() as tx:
        await begin_pause_in(tx, conversation.id)
    paused = await why(room, conversation_id=conversation.id)
    assert (paused["allowed"], codes(paused, "blockers")) == (False, ["recording.paused"])
    assert "Recording is paused since 11:00:10 UTC by Ana Ruiz" in paused["sentence"]
    assert paused["blockers"][0]["facts"]["pausedBy"] == room.agent.id
    (remedy,) = paused["remedies"]
    assert remedy["operation"]["path"] == f"/api/v2/conversations/calls/{conversation.id}/recordingstate"
    assert (remedy["operation"]["own_permission"], remedy["preview"]["allowed"]) == ("conversation:call:record", True)
    room.clock.advance(timedelta(seconds=20))
    async with room.tenant.context.transaction() as tx:
        await end_pause_in(tx, conversation.id)
    over = await why(room, conversation_id=conversation.id)
    assert (over["allowed"], codes(over)[-1]) == (True, "recording.was_paused")
    assert (
        "Recording was paused from 11:00:10 UTC until 11:00:30 UTC by Ana Ruiz, and resumed by Admin"
        in over["sentence"]
    )
    assert over["sentence"].endswith(
        "The policy default.any.call decides; it is changed "
        "on the page (/recordings?part=policies) or by PUT /api/v2/shiftline/recordings/policies."
    )
    then = await why(room, conversation_id=conversation.id, at=room.clock.now() - timedelta(seconds=5))
    assert codes(then, "blockers") == ["recording.paused"]
    stranger = await room.tenant.person("Cy Cole")
    told = await why(room, as_person(room, stranger.id, "access:decision:view"), conversation_id=conversation.id)
    assert "by another agent" in told["sentence"]
    assert "Ana Ruiz" not in str(told)
    assert room.agent.id not in str([gate for gate in told["gates"] if gate["code"] == "recording.was_paused"])


async def test_what_cannot_be_encrypted_is_not_recorded(room: Room) -> None:
    assert room.vault.keys.path is not None
    room.vault.keys.path.unlink()
    assert codes(await why(room), "blockers") == ["storage.unavailable"]


async def test_a_call_is_told_leg_by_leg_with_its_hashes(room: Room) -> None:
    sealed = await room.sealed()
    decision = await why(room, conversation_id=sealed.conversation_id)
    [mine] = [gate for gate in decision["gates"] if gate["code"] == "recording.sealed"]
    assert sealed.sha256 is not None
    assert (mine["facts"]["recordingId"], mine["facts"]["sha256"]) == (sealed.id, sealed.sha256.hex())
    assert mine["sentence"].startswith("Ana Ruiz is recorded from 11:00:00 UTC for 3 s, sealed")
    assert codes(decision) == ["recording.sealed", "recording.unknown"]  # the caller's leg was none here
    assert decision["allowed"] is None


async def test_while_it_goes_on_it_is_open(room: Room) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    for participant in (agent, conversation.participants[0]):
        await room.open_for(conversation, participant)
    decision = await why(room, conversation_id=conversation.id)
    assert (decision["allowed"], codes(decision)) == (True, ["recording.open", "recording.open"])


async def test_why_it_was_not_made_stays_told_when_the_policy_changes_back(room: Room) -> None:
    await set_policy(room.tenant.context, VOICE, record=False)
    conversation, agent = await room.calls.talk(room.agent.id)
    async with room.context.transaction() as tx:
        for each in (agent, conversation.participants[0]):
            assert await open_recording_in(tx, room.draft(conversation, each, queue_id=VOICE)) is None
    await set_policy(room.tenant.context, VOICE, record=True)
    decision = await why(room, conversation_id=conversation.id)
    assert decision["allowed"] is False
    assert codes(decision) == ["recording.not_made", "recording.not_made"]
    assert decision["gates"][0]["facts"]["codes"] == ["policy.none"]
    assert decision["sentence"].startswith("This call is not recorded: ")


async def test_a_lost_one_tells_why(room: Room) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    opened = await room.open_for(conversation, agent)
    await room.stop(opened)
    await lose_recording(room.context, opened.id, "Its node is gone.")
    decision = await why(room, conversation_id=conversation.id)
    assert codes(decision, "blockers") == ["recording.lost"]
    assert "nothing of its sound was found. Its node is gone." in decision["sentence"]


async def test_a_call_that_only_waits_has_nothing_to_record(room: Room) -> None:
    conversation = await room.calls.begin()
    assert codes(await why(room, conversation_id=conversation.id)) == ["recording.not_begun"]


async def test_whoever_takes_part_may_ask_and_strangers_with_the_permission(room: Room) -> None:
    sealed = await room.sealed()
    stranger = await room.tenant.person("Cy Cole")
    own = await why(room, as_person(room, room.agent.id), conversation_id=sealed.conversation_id)
    assert "Ana Ruiz is recorded" in own["gates"][0]["sentence"]
    asking = {"person_id": stranger.id, "conversation_id": sealed.conversation_id}
    with pytest.raises(PermissionMissing):
        await why(room, as_person(room, stranger.id), **asking)
    told = await why(room, as_person(room, stranger.id, "access:decision:view"), **asking)
    assert "Another agent is recorded" in told["gates"][0]["sentence"]
    assert "Ana Ruiz" not in str(told)


async def test_a_queues_policy_is_told_to_its_members(room: Room) -> None:
    with pytest.raises(PermissionMissing):
        await why(room, as_person(room, room.agent.id), queue_id=VOICE)
    async with room.tenant.context.transaction() as tx:
        await add_members_in(tx, VOICE, [room.agent.id])
    assert (await why(room, as_person(room, room.agent.id), queue_id=VOICE))["allowed"] is True


async def test_what_is_not_there_or_another_tenants_is_refused_by_name(room: Room, other_tenant: Tenant) -> None:
    sealed = await room.sealed()
    stranger = context_for(room.tenant.context.database, "org-2", "admin-2")
    for more, field in (
        ({"conversation_id": sealed.conversation_id}, "conversationId"),
        ({"queue_id": VOICE}, "queueId"),
    ):
        with pytest.raises(Invalid) as refused:
            await why(room, stranger, "admin-2", **more)
        assert [problem.field for problem in refused.value.problems] == [field]
    assert other_tenant.tokens
