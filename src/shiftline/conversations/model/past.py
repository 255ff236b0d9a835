"""Conversations that took place elsewhere: known by what is left of them, leg by leg."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.conversations.model.conversations import Direction, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class PastParticipant:
    """One who took part, as far as it is known. Who is told again, of another leg, was there for both."""

    id: str
    purpose: Purpose
    started_at: datetime
    ended_at: datetime
    person_id: str | None = None
    queue_id: str | None = None
    queue_name: str | None = None
    name: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastConversation:
    """What one leg tells of a conversation: an agent alone is not known to have been anywhere else."""

    id: str
    direction: Direction
    participants: tuple[PastParticipant, ...]
    division_ids: tuple[str, ...]
