"""What happens to matters and holds is entered in the ledger, in the same transaction."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import msgspec

from shiftline.foundation.database import Transaction
from shiftline.foundation.events import Event
from shiftline.ledger.model import EntryDraft
from shiftline.ledger.operations.appending import append_all_in

OPENED = "matter.opened"
CLOSED = "matter.closed"
PLACED = "hold.placed"
RELEASED = "hold.released"
HELD = "recording.held"
LET_GO = "recording.released"
STOPPED = "deletion.stopped"


async def enter_event_in(tx: Transaction, kind: str, subject_id: str, happened: Event) -> None:
    """Record an event, and enter it with its fields as the facts."""
    tx.record(happened)
    await append_all_in(tx, [EntryDraft(kind, subject_id, msgspec.to_builtins(happened))])


class OfRecording(Event, Protocol):
    """An event of a recording."""

    @property
    def recording_id(self) -> str: ...  # noqa: D102 - an event's own words
    @property
    def conversation_id(self) -> str: ...  # noqa: D102


async def enter_of_recording_in(tx: Transaction, kind: str, happened: OfRecording) -> None:
    """Record an event of a recording, and enter it with its fields as the facts."""
    tx.record(happened)
    facts: dict[str, Any] = msgspec.to_builtins(happened)
    await append_all_in(tx, [EntryDraft(kind, happened.recording_id, facts, happened.conversation_id)])


async def enter_recordings_in(
    tx: Transaction, kind: str, conversations: Iterable[tuple[str, str]], facts: Mapping[str, Any]
) -> None:
    """Enter the same facts for several recordings, given as (id, conversation)."""
    whole = {"organization_id": tx.context.organization_id, **facts}
    drafts = [
        EntryDraft(kind, recording_id, {**whole, "recording_id": recording_id}, conversation_id)
        for recording_id, conversation_id in conversations
    ]
    if drafts:
        await append_all_in(tx, drafts)
