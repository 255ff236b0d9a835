"""What comes in and what becomes of it is entered in the ledger, in the same transaction."""

from collections.abc import Mapping
from typing import Any

import msgspec

from shiftline.foundation.database import Transaction
from shiftline.imports.events import ItemReceived, ItemRepaired
from shiftline.ledger.model import EntryDraft
from shiftline.ledger.operations.appending import append_in

RECEIVED = "import.received"
REPAIRED = "import.repaired"


async def record_in(tx: Transaction, happened: ItemReceived | ItemRepaired, more: Mapping[str, Any]) -> None:
    """Note an event, and enter it with its fields and ``more``. The subject is the recording that it is of, or may become."""
    tx.record(happened)
    facts: dict[str, Any] = msgspec.to_builtins(happened)
    kind = RECEIVED if isinstance(happened, ItemReceived) else REPAIRED
    await append_in(tx, EntryDraft(kind, happened.recording_id, {**facts, **more}, happened.conversation_id))
