"""What happened to conversations."""

from dataclasses import dataclass

from shiftline.conversations.model import Conversation
from shiftline.foundation.events import event


@event("conversations.conversation.changed", service="ContactCenter", entity=("Conversation", "conversation_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationChanged:
    """A conversation began or changed; the whole state of its new version. Version 1 is its beginning."""

    organization_id: str
    conversation_id: str
    version: int
    conversation: Conversation
