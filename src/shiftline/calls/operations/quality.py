"""How well the legs of a call carry sound, as their media nodes measured it."""

from shiftline.calls import store
from shiftline.calls.model import Leg
from shiftline.conversations.operations.reading import read_conversation
from shiftline.foundation.context import Context


async def list_legs(context: Context, conversation_id: str) -> tuple[Leg, ...]:
    """A call's legs, ended ones too, oldest first. Raises ConversationNotFound, PermissionMissing."""
    async with context.reader() as reader:
        await read_conversation(context, reader, conversation_id)
        return await store.legs_of_conversation(reader, context.organization_id, conversation_id, ended=True)
