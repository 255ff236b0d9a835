"""A contact centre with a queue that asks for wrap-ups, and calls in it."""

from dataclasses import dataclass
from typing import Any

from tests.store.conftest import Tenant

from shiftline.authorization.operations import create_division
from shiftline.conversations.model.changes import Change, Join, Move
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    ConversationDraft,
    Direction,
    DisconnectType,
    Participant,
    ParticipantDraft,
    Purpose,
)
from shiftline.conversations.operations.conversations import change_conversation_in, open_conversation_in
from shiftline.routing.model.queues import AfterCallWork, QueueDraft, QueueSettings, WrapupPrompt
from shiftline.routing.model.wrapup_codes import WrapupCodeDraft
from shiftline.routing.operations.queues import create_queue
from shiftline.routing.operations.wrapup_codes import add_queue_wrapup_codes, create_wrapup_code

MANDATORY = AfterCallWork(WrapupPrompt.MANDATORY)


def drafted(purpose: Purpose, state: CallState, **more: Any) -> ParticipantDraft:
    """Somebody who takes part, called from outside."""
    return ParticipantDraft(purpose=purpose, direction=Direction.INBOUND, state=state, **more)


def caller(**more: Any) -> ParticipantDraft:
    """Somebody who calls."""
    values: dict[str, Any] = {"name": "Caller", "address": "sip:caller@example.test"}
    return drafted(Purpose.CUSTOMER, CallState.CONNECTED, **{**values, **more})


@dataclass
class Calls:
    """The calls of a tenant with a queue ``voice`` in a division ``north``, which offers the code ``solved``."""

    tenant: Tenant
    queue_id: str
    division_id: str

    async def begin(self, **draft: Any) -> Conversation:
        """Somebody calls the queue; the queue itself takes part."""
        acd = drafted(Purpose.ACD, CallState.CONNECTED, queue_id=self.queue_id)
        values: dict[str, Any] = {"direction": Direction.INBOUND, "participants": (caller(), acd)}
        async with self.tenant.context.transaction() as tx:
            return await open_conversation_in(tx, ConversationDraft(**{**values, **draft}))

    async def change(self, conversation: Conversation, *changes: Change) -> Conversation:
        """Change a conversation in a transaction of its own."""
        async with self.tenant.context.transaction() as tx:
            return await change_conversation_in(tx, conversation.id, *changes)

    async def ring(self, conversation: Conversation, person_id: str) -> Participant:
        """An agent's phone rings for the queue."""
        agent = drafted(Purpose.AGENT, CallState.ALERTING, person_id=person_id, queue_id=self.queue_id)
        after = await self.change(conversation, Join(agent))
        return after.participants[-1]

    async def talk(self, person_id: str) -> tuple[Conversation, Participant]:
        """A caller talks with an agent of the queue."""
        begun = await self.begin()
        agent = await self.ring(begun, person_id)
        queue = begun.participants[1]
        talking = await self.change(
            begun,
            Move(agent.id, CallState.CONNECTED),
            Move(queue.id, CallState.DISCONNECTED, DisconnectType.TRANSFER),
        )
        return talking, talking.participants[-1]

    async def hang_up(self, conversation: Conversation) -> Conversation:
        """The caller ends the call."""
        live = [each for each in conversation.participants if each.live]
        return await self.change(
            conversation, *(Move(each.id, CallState.DISCONNECTED, DisconnectType.ENDPOINT) for each in live)
        )


async def make_calls(tenant: Tenant, acw: AfterCallWork = MANDATORY) -> Calls:
    """A tenant's queue, which asks for wrap-ups as told, and its calls."""
    division = await create_division(tenant.context, "North", None)
    draft = QueueDraft("Voice", division_id=division.id, settings=QueueSettings(acw=acw), id="voice")
    queue = await create_queue(tenant.context, draft)
    code = await create_wrapup_code(tenant.context, WrapupCodeDraft("Solved", division_id="*", id="solved"))
    await create_wrapup_code(tenant.context, WrapupCodeDraft("Elsewhere", division_id="*", id="elsewhere"))
    await add_queue_wrapup_codes(tenant.context, queue.id, [code.id])
    await tenant.news()
    return Calls(tenant, queue.id, division.id)
