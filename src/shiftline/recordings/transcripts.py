"""Recordings of what is written, in PostgreSQL, where they differ from those of calls."""

from datetime import timedelta

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.recordings.store import SQL


async def list_unsealed_transcripts(reader: Reader, age: timedelta, limit: int) -> list[Row]:
    """Organization, id and conversation of transcripts that should have been sealed so long ago, in all organizations."""
    return await reader.all(SQL["list_unsealed_transcripts"], {"age": age, "limit": limit})


async def open_transcript_of(reader: Reader, organization_id: str, conversation_id: str) -> str | None:
    """The recording of what is being written in a conversation."""
    parameters = {"organization_id": organization_id, "conversation_id": conversation_id}
    row = await reader.one(SQL["open_transcript_of"], parameters)
    return None if row is None else row["id"]


async def settle_transcript(tx: Transaction, recording_id: str, values: Row) -> None:
    """Whose a transcript is, of which queue, and in which zone."""
    mine = {"organization_id": tx.context.organization_id, "id": recording_id}
    await tx.execute(SQL["settle_transcript"], {**mine, **values})
