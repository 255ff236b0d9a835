"""What a finished or torn file holds, fixed: checked, cut to its last whole page if need be, hashed."""

import hashlib

from shiftline.recordings.container import (
    LARGEST_CHUNK,
    Content,
    Counts,
    Damaged,
    Directory,
    Writer,
    read_tolerant,
)
from shiftline.recordings.model import SealedFile
from shiftline.recordings.spool import ogg
from shiftline.recordings.spool.files import Claimed, replace


def settle(claimed: Claimed, data_key: bytes) -> tuple[Claimed, SealedFile]:
    """What a file holds. A torn one is written anew: its intact chunks, up to the last whole page, with a proper end.

    Reads and hashes the whole file: belongs on a thread. May be repeated. Raises Damaged for a file that is not this
    recording's or cannot be opened with its key; such a one is left as it is. One that is damaged further on is kept beside.
    """
    file = claimed.path.read_bytes()
    content = _read(claimed, data_key, file)
    torn = content.end is None
    if torn:
        if not content.cut:  # not what a crash alone leaves: somebody may want to look at it
            claimed.keep_copy()
        file, content = _mend(claimed.recording_id, data_key, content)
        claimed = replace(claimed, file)
    assert content.end is not None
    found = ogg.scan(content.sound)
    stored_sha256 = hashlib.sha256(file).digest()
    return claimed, SealedFile(
        object_key=f"recordings/{claimed.organization_id}/{claimed.recording_id}/{stored_sha256.hex()}",
        stored_sha256=stored_sha256,
        stored_size=len(file),
        sha256=content.end.sha256,
        size=content.end.size,
        duration=found.duration,
        packets=content.end.counts.packets,
        lost=content.end.counts.lost,
        last_at=content.last_at,
        crashed=torn or content.end.mended,
    )


def _read(claimed: Claimed, data_key: bytes, file: bytes) -> Content:
    if len(file) < Directory.header_size(claimed.recording_id):  # its writer died before the first byte was whole
        return Content(claimed.recording_id, b"", 0, None, None, "there is nothing", cut=True)
    content = read_tolerant(data_key, file, claimed.recording_id)
    if content.problem is not None and content.chunks == 0 and not content.cut:
        raise Damaged(content.problem)
    return content


def _mend(recording_id: str, data_key: bytes, torn: Content) -> tuple[bytes, Content]:
    """A whole file of what a torn one has. Its own salt: nothing is encrypted twice under one key and nonce."""
    sound = ogg.cut(torn.sound)
    writer = Writer(data_key, recording_id)
    parts = [writer.header]
    if torn.last_at is not None:
        pieces = (sound[start : start + LARGEST_CHUNK] for start in range(0, len(sound), LARGEST_CHUNK))
        parts += [writer.chunk(piece, torn.last_at) for piece in pieces]
    # The counts died with the writer: packets are told by the pages, lost ones by the gaps between granules.
    found = ogg.scan(sound)
    parts.append(writer.end(Counts(found.packets, found.missing), mended=True))
    file = b"".join(parts)
    return file, read_tolerant(data_key, file, recording_id)
