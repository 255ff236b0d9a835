"""A transcript whose recording was destroyed goes from here, too: its text and files, while places, instants and digests stay.

Each step may be repeated: what is to go is a row until it is gone.
"""

from datetime import timedelta

from shiftline.conversations.operations.conversations import find_conversation
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.jobs import defer
from shiftline.foundation.objects import Objects
from shiftline.messaging import purges
from shiftline.messaging.events import TranscriptPurged
from shiftline.messaging.model import WRITTEN
from shiftline.messaging.operations.moving import lock_written_in
from shiftline.messaging.operations.transcripts import object_key

PURGE = "messaging.purge"
LATE = timedelta(minutes=2)
AT_ONCE = 200


async def ask_purge(context: Context, conversation_id: str) -> None:
    """Have what was written in a conversation taken away, if it is one in which people write."""
    async with context.transaction() as tx:
        conversation = await find_conversation(tx, context.organization_id, conversation_id)
        if conversation is not None and conversation.medium in WRITTEN:
            await defer(tx, PURGE, {"conversation_id": conversation_id})


async def ask_late(context: Context) -> int:
    """Ask again for what should have been purged, of every organization; how many conversations."""
    async with context.reader() as reader:
        late = await purges.list_unpurged(reader, context.now() - LATE, AT_ONCE)
    for organization_id, conversation_id in late:
        await ask_purge(context.acting_as(Actor(organization_id, "system")), conversation_id)
    return len(late)


async def purge_transcript(context: Context, objects: Objects, conversation_id: str) -> None:
    """Take away what was written in a conversation that is over, and each content that nobody else refers to.

    Raises ConversationNotFound, Unavailable.
    """
    organization_id = context.organization_id
    async with context.transaction() as tx:
        await lock_written_in(tx, conversation_id)
        digests = await purges.list_contents(tx, organization_id, conversation_id)
        gone = await purges.purge_messages(tx, conversation_id, digests)
        if gone:
            tx.record(
                TranscriptPurged(
                    organization_id=organization_id,
                    conversation_id=conversation_id,
                    messages=gone,
                    contents=len(digests),
                )
            )
    async with context.reader() as reader:
        waiting = await purges.list_purged(reader, organization_id, conversation_id)
    for digest in waiting:
        async with context.transaction() as tx:
            if await purges.is_free(tx, digest):
                await objects.delete(object_key(organization_id, digest))
            await purges.end_purge(tx, conversation_id, digest)
