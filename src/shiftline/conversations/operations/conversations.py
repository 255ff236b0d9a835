"""Conversations in the caller's transaction: begun, locked, changed, found. Without asking for permissions."""

from collections.abc import Sequence
from dataclasses import replace

from shiftline.conversations import store
from shiftline.conversations.errors import ConversationNotFound
from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.model.changes import Change, Join
from shiftline.conversations.model.conversations import Conversation, ConversationDraft, ParticipantDraft
from shiftline.conversations.rules import changing
from shiftline.foundation.database import Reader, Transaction


async def open_conversation_in(tx: Transaction, draft: ConversationDraft) -> Conversation:
    """A new conversation, in the caller's transaction; records ConversationChanged of version 1."""
    participants = await _complete(tx, draft.participants)
    conversation = changing.begin(
        replace(draft, participants=tuple(participants)), tx.context.organization_id, tx.context.now()
    )
    await store.insert_conversation(tx, conversation)
    _record(tx, conversation)
    return conversation


async def lock_conversation_in(tx: Transaction, conversation_id: str) -> Conversation:
    """A conversation, held until the caller's transaction ends. Raises ConversationNotFound."""
    conversation = await store.lock_conversation(tx, conversation_id)
    if conversation is None:
        raise ConversationNotFound(conversation_id)
    return conversation


async def change_conversation_in(tx: Transaction, conversation_id: str, *changes: Change) -> Conversation:
    """Change a conversation in the caller's transaction, all of it or nothing; records one ConversationChanged.

    What changes nothing makes no version and no event. Raises ConversationNotFound and the refusals of ``changing.apply``.
    """
    before = await lock_conversation_in(tx, conversation_id)
    after = changing.apply(before, await _complete_joins(tx, changes), tx.context.now())
    if after is not before:
        await store.update_conversation(tx, after)
        _record(tx, after)
    return after


async def find_conversation(reader: Reader, organization_id: str, conversation_id: str) -> Conversation | None:
    """A conversation by id, or None."""
    return await store.find_conversation(reader, organization_id, conversation_id)


async def list_live_of(reader: Reader, organization_id: str, person_id: str) -> list[Conversation]:
    """The conversations that a person is live in, oldest first."""
    return await store.find_conversations(
        reader, organization_id, await store.live_of(reader, organization_id, person_id)
    )


def _record(tx: Transaction, conversation: Conversation) -> None:
    tx.record(
        ConversationChanged(
            organization_id=conversation.organization_id,
            conversation_id=conversation.id,
            version=conversation.version,
            conversation=conversation,
        )
    )


async def _complete_joins(tx: Transaction, changes: Sequence[Change]) -> list[Change]:
    drafts = [change.participant for change in changes if isinstance(change, Join)]
    completed = iter(await _complete(tx, drafts)) if drafts else iter(())
    return [Join(next(completed)) if isinstance(change, Join) else change for change in changes]


async def _complete(tx: Transaction, drafts: Sequence[ParticipantDraft]) -> list[ParticipantDraft]:
    """Drafts with what their queues and persons give."""
    organization_id = tx.context.organization_id
    queue_ids = {draft.queue_id for draft in drafts if draft.queue_id is not None}
    person_ids = {draft.person_id for draft in drafts if draft.person_id is not None}
    queues = await store.find_queues(tx, organization_id, queue_ids) if queue_ids else {}
    persons = await store.find_persons(tx, organization_id, person_ids) if person_ids else {}
    return [
        changing.complete(draft, queues.get(draft.queue_id or ""), persons.get(draft.person_id or ""))
        for draft in drafts
    ]
