"""Both sides of a call as one file of two channels: the customer's left, ours right, aligned by the sample."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Conflict
from shiftline.recordings import store
from shiftline.recordings.errors import MediaUnavailable, NoSound
from shiftline.recordings.model import CALL, Recording, RecordingFilter, State, Use
from shiftline.recordings.operations.playing import Asked, enter, read_whole
from shiftline.recordings.operations.vault import Vault

if TYPE_CHECKING:
    from shiftline.recordings.stereo import Track

MOST_LEGS = 100
_OUTSIDE = ("customer", "external")


@dataclass(frozen=True, slots=True)
class Dual:
    """A WAV ready to be sent: of which recording it was asked, how many bytes it has, and those."""

    recording: Recording
    size: int
    content: AsyncIterator[bytes]


async def open_dual(context: Context, vault: Vault, recording_id: str, *, by_ticket: bool, reason: str | None) -> Dual:
    """All sealed legs of a recording's call as WAV, 48 kHz, 16 bits; each stands in its own access log.

    Raises as ``playing.open_media``, NoSound for what was written, Conflict for a call that is too long for a WAV.
    """
    asked = Asked(Use.MEDIA, None, by_ticket=by_ticket, reason=reason)
    recording = await enter(context, recording_id, asked)
    if recording.medium != CALL:
        raise NoSound(recording_id, recording.medium)
    others = [each for each in await _legs(context, recording) if each.id != recording_id]
    legs = [recording, *[await enter(context, each.id, asked) for each in others]]
    sounds = [(await read_whole(vault, each)).sound for each in legs]
    from shiftline.recordings import stereo  # the decoder is slow to load, and seldom needed

    begun = [stereo.begun_at(sound) or each.started_at for each, sound in zip(legs, sounds, strict=True)]
    places = [round((each - min(begun)) / timedelta(seconds=1) * stereo.RATE) for each in begun]
    ends = [place + (each.duration_ms or 0) * stereo.RATE // 1000 for each, place in zip(legs, places, strict=True)]
    if max(ends) > stereo.LONGEST:
        raise Conflict("The call is longer than six hours: a WAV cannot hold it. Take its legs one by one.")
    tracks = [
        stereo.Track(sound, place, 0 if _is_outside(each) else 1)
        for each, sound, place in zip(legs, sounds, places, strict=True)
    ]
    size = stereo.HEADER.size + max(ends) * stereo.CHANNELS * stereo.BYTES
    return Dual(recording, size, _stream(recording, tracks, max(ends)))


async def _legs(context: Context, recording: Recording) -> Sequence[Recording]:
    wanted = RecordingFilter(conversation_ids=[recording.conversation_id])
    async with context.reader() as reader:
        found = await store.list_recordings_after(
            reader, context.organization_id, wanted, None, after=None, limit=MOST_LEGS
        )
    return [each for each in found if each.state is State.SEALED and each.medium == CALL]


def _is_outside(recording: Recording) -> bool:
    return recording.me is not None and recording.me.purpose in _OUTSIDE


async def _stream(recording: Recording, tracks: "Sequence[Track]", samples: int) -> AsyncIterator[bytes]:
    from shiftline.recordings import stereo

    yield stereo.wav_header(samples)
    blocks = stereo.interleave(tracks, samples)
    try:
        while (block := await asyncio.to_thread(next, blocks, None)) is not None:
            yield block
    except ValueError as error:
        raise MediaUnavailable(f"The sound of the call of recording {recording.id} cannot be decoded.") from error
