"""Recordings are heard: the permission is judged, the access logged, and only then is anything opened."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import structlog

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.context import Context
from shiftline.foundation.ids import new_id
from shiftline.recordings import rules, store
from shiftline.recordings.container import FOOTER_SIZE, Content, Damaged, Directory, End, Piece, read_strict
from shiftline.recordings.deletion.operations.retaining import require_present_in
from shiftline.recordings.errors import Archived, KeyUnknown, MediaUnavailable, NoSound, NotSealed, RangeUnsatisfiable
from shiftline.recordings.events import RecordingAccessed
from shiftline.recordings.model import CALL, Access, ByteRange, Peaks, Recording, State, Use
from shiftline.recordings.operations.entering import ACCESSED, enter_in
from shiftline.recordings.operations.reading import VIEW, find_recording, judge_access
from shiftline.recordings.operations.reasons import judge_reason
from shiftline.recordings.operations.vault import Vault

MOST_AT_ONCE = 1024 * 1024
"""Stored bytes that are read at a time."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Playing:
    """A part of a recording's sound, bytes ``start`` up to ``stop``, ready to be sent piece by piece."""

    recording: Recording
    start: int
    stop: int
    size: int
    partial: bool
    content: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of a recording, and why."""

    use: Use
    wanted: ByteRange | None
    by_ticket: bool
    reason: str | None


async def open_media(
    context: Context,
    vault: Vault,
    recording_id: str,
    *,
    use: Use,
    wanted: ByteRange | None,
    by_ticket: bool,
    reason: str | None = None,
) -> Playing:
    """Open a recording's sound, or a part of it; a row of the access log tells of it, allowed or refused.

    ``reason`` is kept with it, and needed where the recording's policy asks for one. What comes out of ``content`` was
    authenticated; a stored object that was changed ends it there. Raises RecordingNotFound, PermissionMissing, ReasonMissing,
    NotSealed, RecordingDestroyed, Archived, RangeUnsatisfiable, KeysUnavailable, KeyUnknown, MediaUnavailable.
    """
    recording = await _enter(context, recording_id, Asked(use, wanted, by_ticket=by_ticket, reason=reason))
    if wanted is not None and wanted.of not in (None, (recording.sha256 or b"").hex()):
        wanted = None
    part = rules.resolve_range(wanted, recording.size or 0)
    if part is None:
        raise RangeUnsatisfiable(recording.size or 0)
    directory = await _open_directory(vault, recording)
    content = _stream(vault, recording, directory, part) if use is Use.MEDIA else _nothing()
    return Playing(recording, part[0], part[1], recording.size or 0, wanted is not None, content)


async def get_peaks(context: Context, vault: Vault, recording_id: str, reason: str | None = None) -> Peaks:
    """A recording's waveform, computed when it is first asked for; logged like hearing it.

    Raises NoSound for what was written, else as ``open_media``.
    """
    recording = await _enter(context, recording_id, Asked(Use.PEAKS, None, by_ticket=False, reason=reason))
    if recording.medium != CALL:
        raise NoSound(recording_id, recording.medium)
    async with context.reader() as reader:
        known = await store.find_peaks(reader, context.organization_id, recording_id)
    if known is not None:
        return known
    from shiftline.recordings.peaks import RATE, draw  # the decoder is slow to load, and seldom needed

    sound = (await read_whole(vault, recording)).sound
    try:
        samples = (recording.duration_ms or 0) * RATE // 1000
        drawn = await asyncio.to_thread(draw, sound, samples, recording.container)
    except ValueError as error:
        raise MediaUnavailable(f"The sound of recording {recording_id} cannot be decoded.") from error
    async with context.transaction() as tx:
        await store.insert_peaks(tx, recording_id, drawn)
    return drawn


async def read_transcript(context: Context, vault: Vault, recording_id: str) -> bytes:
    """The document of what was written; logged like hearing a call. Raises as ``open_media``."""
    recording = await _enter(context, recording_id, Asked(Use.MEDIA, None, by_ticket=False, reason=None))
    return (await read_whole(vault, recording)).sound


async def read_whole(vault: Vault, recording: Recording) -> Content:
    """A sealed recording's whole object, checked. Raises KeysUnavailable, KeyUnknown, MediaUnavailable, Unavailable."""
    key, object_key = _key_of(vault, recording), recording.object_key or ""
    stored = await vault.objects.get_range(object_key, 0, recording.stored_size or 0)
    if stored is None:
        raise _missing(recording)
    try:
        content = await asyncio.to_thread(read_strict, key, stored, recording.id)
        _check_same(recording, content.end)
    except Damaged as error:
        raise _damaged(recording, error) from error
    return content


def _check_same(recording: Recording, end: End | None) -> None:
    if end is None or (end.sha256, end.size) != (recording.sha256, recording.size):
        raise Damaged("the sound is another than was sealed.")


async def _enter(context: Context, recording_id: str, asked: Asked) -> Recording:
    async with context.reader() as reader:
        recording = await find_recording(reader, context.organization_id, recording_id)
        unreasoned = None if asked.use is Use.HEAD else await judge_reason(reader, recording, asked.reason)
    decision = judge_access(context, recording)
    code = "permission.held" if decision.allowed is True else "permission.missing"
    if decision.allowed is True and unreasoned is not None:
        code = "reason.missing"
    await _log_access(context, recording, _access(context, recording_id, asked, code))
    if decision.allowed is not True:
        raise PermissionMissing(decision, (VIEW,))
    if unreasoned is not None:
        raise unreasoned
    async with context.reader() as reader:
        await require_present_in(reader, recording)
    if recording.state is not State.SEALED:
        raise NotSealed(recording_id, recording.state.value)
    if recording.archived_at is not None:
        raise Archived(recording_id, recording.archived_at)
    return recording


def _access(context: Context, recording_id: str, asked: Asked, code: str) -> Access:
    actor, part = context.actor, asked.wanted or ByteRange(None, None)
    return Access(
        id=new_id(),
        recording_id=recording_id,
        at=context.now(),
        actor_id=actor.id,
        actor_kind=actor.kind,
        client_id=actor.client_id,
        address=context.remote_address,
        what=asked.use,
        by_ticket=asked.by_ticket,
        first_byte=part.start,
        last_byte=part.end,
        allowed=code == "permission.held",
        code=code,
        reason=asked.reason if code != "reason.missing" else None,
    )


async def _log_access(context: Context, recording: Recording, access: Access) -> None:
    async with context.transaction() as tx:
        await store.insert_access(tx, access)
        accessed = RecordingAccessed(
            organization_id=context.organization_id,
            recording_id=recording.id,
            conversation_id=recording.conversation_id,
            access_id=access.id,
            what=access.what.value,
            allowed=access.allowed,
            code=access.code,
            first_byte=access.first_byte,
            last_byte=access.last_byte,
        )
        tx.record(accessed)
        more = {
            "client_id": access.client_id,
            "address": access.address,
            "by_ticket": access.by_ticket,
            **({} if access.reason is None else {"reason": access.reason}),
        }
        await enter_in(tx, ACCESSED, accessed, more)


async def _open_directory(vault: Vault, recording: Recording) -> Directory:
    key, object_key, stored_size = _key_of(vault, recording), recording.object_key or "", recording.stored_size or 0
    header = await vault.objects.get_range(object_key, 0, Directory.header_size(recording.id))
    if header is None:
        raise _missing(recording)
    try:
        footer = await vault.objects.get_range(object_key, stored_size - FOOTER_SIZE, stored_size)
        tail_size = min(stored_size, Directory.tail_size(footer or b""))
        tail = await vault.objects.get_range(object_key, stored_size - tail_size, stored_size)
        directory = Directory(key, header, tail or b"", recording.id)
        _check_same(recording, directory.end)
    except Damaged as error:
        raise _damaged(recording, error) from error
    return directory


async def _stream(
    vault: Vault, recording: Recording, directory: Directory, part: tuple[int, int]
) -> AsyncIterator[bytes]:
    for pieces in _together(directory.pieces(*part)):
        start, stop = pieces[0].start, pieces[-1].stop
        stored = await vault.objects.get_range(recording.object_key or "", start, stop)
        try:
            for piece in pieces:
                yield directory.open(piece, (stored or b"")[piece.start - start : piece.stop - start])
        except Damaged as error:
            raise _damaged(recording, error) from error


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


def _together(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    """Pieces that are read at once."""
    group: list[Piece] = []
    for piece in pieces:
        if group and piece.stop - group[0].start > MOST_AT_ONCE:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _key_of(vault: Vault, recording: Recording) -> bytes:
    if recording.wrapped_key is None or recording.key_id is None:
        raise KeyUnknown("(none)")
    return vault.keys.unwrap(recording.wrapped_key, recording.key_id, recording.id)


def _missing(recording: Recording) -> MediaUnavailable:
    log.error("recording.media_missing", recording_id=recording.id, object_key=recording.object_key)
    return MediaUnavailable(f"The sound of recording {recording.id} is not where it was stored.")


def _damaged(recording: Recording, error: Damaged) -> MediaUnavailable:
    log.error("recording.media_damaged", recording_id=recording.id, object_key=recording.object_key, error=str(error))
    return MediaUnavailable(f"The stored sound of recording {recording.id} is not what was sealed: {error}")
