"""Sound is handed to who makes a package of it: for operations that judged who may have it, and enter it in the ledger."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence

from shiftline.foundation.database import Reader
from shiftline.recordings import store
from shiftline.recordings.container import Damaged, Directory, Piece
from shiftline.recordings.errors import KeyUnknown, MediaUnavailable
from shiftline.recordings.model import Recording, RecordingFilter
from shiftline.recordings.operations.vault import Vault

AT_ONCE = 4 * 1024 * 1024
"""Stored bytes that are read at a time."""
MOST = 100_000


async def find_of_conversations(
    reader: Reader, organization_id: str, conversation_ids: Collection[str]
) -> dict[str, Recording]:
    """The recordings of conversations, by id."""
    wanted = RecordingFilter(conversation_ids=list(conversation_ids))
    found = await store.list_recordings_after(reader, organization_id, wanted, None, after=None, limit=MOST)
    return {each.id: each for each in found}


async def stream_sound(vault: Vault, recording: Recording) -> AsyncIterator[bytes]:
    """A sealed recording's plain sound; each piece was authenticated, the whole is compared by who knows its hash.

    Raises KeysUnavailable, KeyUnknown, MediaUnavailable, Unavailable.
    """
    if recording.wrapped_key is None or recording.key_id is None or recording.object_key is None:
        raise KeyUnknown("(none)")
    key = vault.keys.unwrap(recording.wrapped_key, recording.key_id, recording.id)
    size = recording.stored_size or 0
    try:
        if size <= AT_ONCE:
            yield await asyncio.to_thread(_open_whole, key, await _read(vault, recording, 0, size), recording.id)
            return
        head = await _read(vault, recording, 0, Directory.header_size(recording.id))
        tail = await _read(vault, recording, max(0, size - AT_ONCE), size)
        directory = Directory(key, head, tail, recording.id)
        pieces = list(directory.pieces(0, directory.end.size))
        while pieces:
            count = next((at for at, each in enumerate(pieces) if each.stop - pieces[0].start > AT_ONCE), len(pieces))
            group, pieces = pieces[:count], pieces[count:]
            stored = await _read(vault, recording, group[0].start, group[-1].stop)
            yield await asyncio.to_thread(_open_pieces, directory, group, stored)
    except Damaged as error:
        raise MediaUnavailable(
            f"The stored sound of recording {recording.id} is not what was sealed: {error}"
        ) from error


async def _read(vault: Vault, recording: Recording, start: int, stop: int) -> bytes:
    stored = await vault.objects.get_range(recording.object_key or "", start, stop)
    if stored is None:
        raise MediaUnavailable(f"The sound of recording {recording.id} is not where it was stored.")
    return stored


def _open_pieces(directory: Directory, pieces: Sequence[Piece], stored: bytes) -> bytes:
    start = pieces[0].start
    return b"".join(directory.open(each, stored[each.start - start : each.stop - start]) for each in pieces)


def _open_whole(key: bytes, stored: bytes, recording_id: str) -> bytes:
    directory = Directory(key, stored, stored, recording_id)
    pieces = list(directory.pieces(0, directory.end.size))
    first = pieces[0].start if pieces else 0
    return _open_pieces(directory, pieces, stored[first:]) if pieces else b""
