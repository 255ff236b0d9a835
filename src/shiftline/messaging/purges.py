"""What was written goes, in PostgreSQL: its text, names and files; its places, instants and digests stay."""

from collections.abc import Collection
from datetime import datetime

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.messaging.store import SQL


async def list_contents(reader: Reader, organization_id: str, conversation_id: str) -> list[str]:
    """Digests (hex) of a conversation's files and e-mails."""
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id}
    return [row["sha256"] for row in await reader.all(SQL["content_of"], wanted)]


async def purge_messages(tx: Transaction, conversation_id: str, digests: Collection[str]) -> int:
    """The messages say nothing any more, the files are none; which contents are to go is kept. How many messages."""
    mine = _mine(tx, conversation_id)
    await tx.execute(SQL["begin_purge"], {**mine, "digests": list(digests)})
    await tx.execute(SQL["purge_attachments"], mine)
    return await tx.execute(SQL["purge_messages"], mine)


async def list_purged(reader: Reader, organization_id: str, conversation_id: str) -> list[str]:
    """Digests of contents that are still to go."""
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id}
    return [row["sha256"] for row in await reader.all(SQL["list_purged"], wanted)]


async def list_unpurged(reader: Reader, before: datetime, limit: int) -> list[tuple[str, str]]:
    """Conversations, as (organization, id), that are still to be purged, of every organization."""
    rows = await reader.all(SQL["list_unpurged"], {"before": before, "limit": limit})
    return [(row["organization_id"], row["conversation_id"]) for row in rows]


async def is_free(tx: Transaction, digest: str) -> bool:
    """Whether nobody of the organization refers to a content; nobody begins to before the transaction ends."""
    wanted = {"organization_id": tx.context.organization_id, "sha256": digest}
    await tx.one(SQL["own_content"], wanted)
    row = await tx.one(SQL["is_referred_to"], wanted)
    return row is not None and not row["referred"]


async def end_purge(tx: Transaction, conversation_id: str, digest: str) -> None:
    """A content is gone, or somebody else's."""
    await tx.execute(SQL["end_purge"], {**_mine(tx, conversation_id), "sha256": digest})


def _mine(tx: Transaction, conversation_id: str) -> Row:
    return {
        "organization_id": tx.context.organization_id,
        "conversation_id": conversation_id,
        "now": tx.context.now(),
    }
