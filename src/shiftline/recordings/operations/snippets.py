"""Somebody records by hand, where a policy leaves it to them."""

from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.recordings.control import store
from shiftline.recordings.control.model import Snippet, SnippetKind
from shiftline.recordings.events import SnippetBegun, SnippetEnded


async def find_snippet(reader: Reader, organization_id: str, conversation_id: str) -> Snippet | None:
    """The recording by hand of a conversation that lasts."""
    return await store.find_snippet(reader, organization_id, conversation_id)


async def begin_snippet_in(tx: Transaction, conversation_id: str, kind: SnippetKind) -> bool:
    """A conversation is recorded by hand from now on; False when it is already. The caller opens the recordings."""
    snippet_id = new_id()
    if not await store.begin_snippet(tx, snippet_id, conversation_id, kind):
        return False
    tx.record(
        SnippetBegun(
            organization_id=tx.context.organization_id,
            conversation_id=conversation_id,
            snippet_id=snippet_id,
            kind=kind,
            at=tx.context.now(),
            by=tx.context.actor.id,
        )
    )
    return True


async def end_snippet_in(tx: Transaction, conversation_id: str) -> bool:
    """A recording by hand is over; False when there was none. The caller stops the recordings."""
    snippet = await store.end_snippet(tx, conversation_id)
    if snippet is None or snippet.until_at is None or snippet.until_by is None:
        return False
    tx.record(
        SnippetEnded(
            organization_id=tx.context.organization_id,
            conversation_id=conversation_id,
            snippet_id=snippet.id,
            at=snippet.until_at,
            by=snippet.until_by,
        )
    )
    return True
