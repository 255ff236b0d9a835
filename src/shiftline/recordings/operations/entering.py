"""What happens to recordings is entered in the ledger, in the same transaction, with the facts of its event."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from shiftline.foundation.database import Transaction
from shiftline.ledger.model import Entry, EntryDraft
from shiftline.ledger.operations.appending import append_in
from shiftline.recordings.model import Revision

OPENED = "recording.opened"
SEALED = "recording.sealed"
LOST = "recording.lost"
REVISED = "recording.revised"
ACCESSED = "recording.accessed"


class OfRecording(Protocol):
    """An event of a recording."""

    @property
    def recording_id(self) -> str: ...  # noqa: D102 - an event's own words
    @property
    def conversation_id(self) -> str: ...  # noqa: D102


async def enter_in(tx: Transaction, kind: str, happened: OfRecording, more: Mapping[str, Any] | None = None) -> Entry:
    """Enter an event of a recording; the facts are its fields, and ``more`` that it does not tell."""
    facts: dict[str, Any] = msgspec.to_builtins(happened)
    draft = EntryDraft(kind, happened.recording_id, {**facts, **(more or {})}, happened.conversation_id)
    return await append_in(tx, draft)


def facts_of(revision: Revision) -> dict[str, Any]:
    """What an entry tells of a revision: its digest, which is chained to the ones before, binds its metadata."""
    return {"revision": revision.number, "revision_digest": revision.digest.hex()}


async def append_of(tx: Transaction, kind: str, recording_id: str, conversation_id: str, happened: object) -> Entry:
    """Enter for one recording what happened to its conversation; the facts are the event's fields."""
    return await append_in(tx, EntryDraft(kind, recording_id, msgspec.to_builtins(happened), conversation_id))
