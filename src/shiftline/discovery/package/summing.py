"""What a package holds, counted once over all conversations, for the certificate."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from shiftline.discovery.model import Channel, Conversation, Facts, Hold
from shiftline.recordings.model import Access


@dataclass(slots=True)
class Summary:
    """Counts by channel, who heard recordings how often, and which matters hold how many documents."""

    conversations: Counter[Channel] = field(default_factory=Counter[Channel])
    documents: int = 0
    media_bytes: int = 0
    heard: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])
    first_access: datetime | None = None
    last_access: datetime | None = None
    held: Counter[str] = field(default_factory=Counter[str])
    not_held: int = 0
    revised: int = 0

    def add(self, conversation: Conversation) -> None:
        """Count a conversation in."""
        self.conversations[conversation.channel] += 1
        for leg in conversation.recordings:
            self.media_bytes += leg.metadata.size
            self.revised += len(leg.revisions) > 1
            self._add_document(leg.holds)
            for access in leg.accesses:
                self._add_access(access)
        if conversation.messages is not None:
            self._add_document(conversation.messages.holds)
        for email in conversation.emails:
            self._add_document(email.holds)

    def _add_document(self, holds: Iterable[Hold]) -> None:
        self.documents += 1
        names = {each.matter_name for each in holds}
        self.not_held += not names
        for name in names:
            self.held[name] += 1

    def _add_access(self, access: Access) -> None:
        (self.heard if access.allowed else self.refused)[access.actor_id] += 1
        self.first_access = min(self.first_access or access.at, access.at)
        self.last_access = max(self.last_access or access.at, access.at)


async def summarize(facts: Facts) -> Summary:
    """Read all conversations once."""
    summary = Summary()
    async for conversation in facts.conversations():
        summary.add(conversation)
    return summary
