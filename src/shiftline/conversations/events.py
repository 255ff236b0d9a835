"""What happened to conversations."""

from dataclasses import dataclass

from shiftline.conversations.model.conversations import Conversation
from shiftline.foundation.events import event


@event("conversations.conversation.changed", service="ContactCenter", entity=("Conversation", "conversation_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationChanged:
    """A conversation began or changed; the whole state of its new version. Version 1 is its beginning."""

    organization_id: str
    conversation_id: str
    version: int
    conversation: Conversation


@event("conversations.conversation.recalled", service="ContactCenter", entity=("Conversation", "conversation_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRecalled:
    """A conversation that took place elsewhere was entered, or more of it became known; all that is known of it."""

    organization_id: str
    conversation_id: str
    version: int
    conversation: Conversation
