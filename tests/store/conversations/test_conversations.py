"""Conversations on a real PostgreSQL: begun, changed, found; nothing lost between two who change one."""

from dataclasses import replace

from tests.store.conftest import Tenant

from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.model import (
    BeginWrapup,
    CallState,
    Conversation,
    ConversationDraft,
    Direction,
    DisconnectType,
    EndWrapup,
    Join,
    Move,
    ParticipantDraft,
    Purpose,
    RecordingState,
    SetAttributes,
    SetHeld,
    SetMuted,
    SetRecording,
    SetTag,
    Wrapup,
    WrapupPrompt,
)
from shiftline.conversations.operations.conversations import (
    change_conversation_in,
    find_conversation,
    list_live_of,
    open_conversation_in,
)

CALLER = ParticipantDraft(
    purpose=Purpose.CUSTOMER,
    direction=Direction.INBOUND,
    state=CallState.CONNECTED,
    name="Ana",
    address="sip:ana@example.test",
)


def agent_of(person_id: str) -> ParticipantDraft:
    return ParticipantDraft(
        purpose=Purpose.AGENT, direction=Direction.INBOUND, state=CallState.ALERTING, person_id=person_id
    )


async def begin(tenant: Tenant, *others: ParticipantDraft, conversation_id: str = "conversation-1") -> Conversation:
    draft = ConversationDraft(direction=Direction.INBOUND, participants=(replace(CALLER), *others), id=conversation_id)
    async with tenant.context.transaction() as tx:
        return await open_conversation_in(tx, draft)


async def test_what_is_written_is_read_again_and_told_with_its_whole_state(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    await tenant.news()
    caller = ParticipantDraft(
        purpose=Purpose.CUSTOMER, direction=Direction.INBOUND, state=CallState.CONNECTED, name="Ana"
    )
    agent = agent_of(ada.id)
    async with tenant.context.transaction() as tx:
        draft = ConversationDraft(direction=Direction.INBOUND, participants=(caller,), address="sip:desk")
        begun = await open_conversation_in(tx, draft)
    async with tenant.context.transaction() as tx:
        await change_conversation_in(tx, begun.id, Join(agent))
        await change_conversation_in(
            tx,
            begun.id,
            Move(agent.id, CallState.CONNECTED),
            SetRecording(agent.id, recording=True),
            SetHeld(caller.id, held=True),
            SetMuted(agent.id, muted=True),
            SetAttributes(agent.id, {"ticket": "17"}),
            SetTag("crm-4"),
        )
        talking = await find_conversation(tx, "org-1", begun.id)
        assert talking is not None
        assert talking.recording_state is RecordingState.ACTIVE
        assert [each.id for each in await list_live_of(tx, "org-1", ada.id)] == [begun.id]
        ended = await change_conversation_in(
            tx,
            begun.id,
            Move(agent.id, CallState.DISCONNECTED, DisconnectType.CLIENT),
            BeginWrapup(agent.id, WrapupPrompt.TIMEOUT, 30_000),
            EndWrapup(agent.id, Wrapup("solved", "Solved", "all well", ("vip",))),
            Move(caller.id, CallState.TERMINATED, DisconnectType.ENDPOINT, "gone"),
        )
        assert not ended.live
        assert await list_live_of(tx, "org-1", ada.id) == []
    async with tenant.context.reader() as reader:
        assert await find_conversation(reader, "org-1", begun.id) == ended
    told = await tenant.news(ConversationChanged)
    assert [each.version for each in told] == [1, 2, 3, 4]
    assert told[-1].conversation == ended
