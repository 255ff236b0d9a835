"""What is written is recorded: opened with the conversation, stopped with it, sealed by a job a moment later."""

from collections.abc import Sequence
from datetime import timedelta

from shiftline.conversations.model.conversations import Conversation, Participant
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.jobs import defer
from shiftline.messaging import store
from shiftline.messaging.model import Message
from shiftline.messaging.operations.transcripts import transcript_of
from shiftline.messaging.operations.writing import NO_ZONE
from shiftline.messaging.rules.documents import document_of
from shiftline.recordings.model import ParticipantSnapshot, RecordingDraft
from shiftline.recordings.operations.opening import open_recording_in
from shiftline.recordings.operations.transcribing import (
    TranscriptDraft,
    find_unsealed,
    seal_transcript,
    stop_transcript_in,
)
from shiftline.recordings.operations.transcribing import place_transcript_in as place_in
from shiftline.recordings.operations.vault import Vault

JOB = "messaging.seal"
LATE = timedelta(minutes=2)
AT_ONCE = 200


async def open_transcript_in(tx: Transaction, conversation: Conversation, writer: Participant) -> None:
    """Record what is written in a new conversation, if a policy wants it. ``writer`` is who began it."""
    draft = RecordingDraft(
        conversation_id=conversation.id,
        participant_id=writer.id,
        leg_id=writer.communication_id,
        started_at=tx.context.now(),
        zone=NO_ZONE,
        direction=conversation.direction,
        queue_id=writer.queue_id,
        participants=tuple(
            ParticipantSnapshot(each.id, each.purpose, each.person_id, each.queue_id, each.name, each.address)
            for each in conversation.participants
        ),
        medium=str(conversation.medium),
        codec="transcript",
        container="json",
    )
    await open_recording_in(tx, draft)


async def place_transcript_in(tx: Transaction, conversation_id: str, agent: Participant) -> None:
    """An agent answers: what is written is theirs from now on, and told in their zone."""
    person_id = agent.person_id or ""
    zone = await store.find_zone(tx, tx.context.organization_id, person_id) or NO_ZONE
    await place_in(tx, conversation_id, person_id=person_id, queue_id=agent.queue_id, zone=zone)


async def end_transcript_in(tx: Transaction, conversation_id: str) -> None:
    """A conversation is over: what was written in it is sealed by a job that exists exactly if its end does."""
    recording_id = await stop_transcript_in(tx, conversation_id)
    if recording_id is not None:
        await defer(tx, JOB, {"recording_id": recording_id, "conversation_id": conversation_id})


async def seal_written(context: Context, vault: Vault, recording_id: str, conversation_id: str) -> None:
    """Seal what was written in a conversation that is over. Harmless when repeated.

    Raises RecordingNotFound, KeysUnavailable, KeyUnknown, Unavailable.
    """
    async with context.reader() as reader:
        transcript = await transcript_of(reader, context.organization_id, conversation_id)
    if transcript is None:
        return
    answer = _last_answer(transcript.messages)
    draft = TranscriptDraft(
        document=document_of(transcript),
        messages=len(transcript.messages),
        last_at=transcript.messages[-1].sent_at if transcript.messages else None,
        zone=answer.zone if answer else NO_ZONE,
        person_id=answer.person_id if answer else None,
        queue_id=answer.queue_id if answer else None,
    )
    await seal_transcript(context, vault, recording_id, draft)


async def seal_late(context: Context) -> int:
    """Ask again for what should have been sealed, of every organization; how many. Its job died, or had no keys."""
    async with context.reader() as reader:
        late = await find_unsealed(reader, LATE, AT_ONCE)
    for organization_id, recording_id, conversation_id in late:
        async with context.acting_as(Actor(organization_id, "system")).transaction() as tx:
            arguments = {"recording_id": recording_id, "conversation_id": conversation_id}
            await defer(tx, JOB, arguments)
    return len(late)


def _last_answer(messages: Sequence[Message]) -> Message | None:
    return next((each for each in reversed(messages) if each.person_id is not None), None)
