"""Both sides of a call in one file: the customer left, ours right, each sample at its own time."""

import io
from datetime import timedelta

import av
import numpy as np
from tests.store.recordings.conftest import START, Api, Room

from shiftline.recordings.container import Counts
from shiftline.recordings.model import Recording
from shiftline.recordings.operations.sealing import seal_spooled
from shiftline.recordings.stereo import Track, begun_at, interleave
from unit.recordings.sounds import RATE, loudest, tone

OURS = "/api/v2/shiftline/recordings"
LATER = timedelta(seconds=1.5)


async def both(room: Room) -> tuple[Recording, Recording]:
    """The legs of one call; ours begins a second and a half after the customer's."""
    conversation, agent = await room.calls.talk(room.agent.id)
    customer = conversation.participants[0]
    legs = []
    for participant, frequency, starts in ((customer, 700.0, START), (agent, 1000.0, START + LATER)):
        room.clock.set(starts)
        opened = await room.open_for(conversation, participant, person_id=participant.person_id)
        file, key = await room.begin(opened)
        file.write(tone(3.0, frequency))
        file.flush()
        await room.stop(opened)
        legs.append(await seal_spooled(room.context, room.vault, file.finish(Counts(150, 0)), key))
    return legs[0], legs[1]


async def test_a_call_is_heard_in_two_channels(room: Room, api: Api) -> None:
    customer, agent = await both(room)
    answer = await api.call("GET", f"{OURS}/{agent.id}/media?channels=2")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    assert len(answer.content) == int(answer.headers["content-length"])
    assert f"{agent.id}.wav" in answer.headers["content-disposition"]
    with av.open(io.BytesIO(answer.content), "r") as wav:
        stream = wav.streams.audio[0]
        assert (stream.rate, stream.channels, stream.codec.name) == (RATE, 2, "pcm_s16le")
        samples = np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in wav.decode(audio=0)])
    assert abs(len(samples) - 4.5 * RATE) < RATE // 50
    left, right = samples[:, 0], samples[:, 1]
    assert abs(loudest(left[: 3 * RATE].astype(float)) - 700) < 3
    assert abs(loudest(right[2 * RATE :].astype(float)) - 1000) < 3
    # Ours begins exactly so much later.
    assert np.abs(right[: int(1.5 * RATE) - 500]).max() == 0
    assert int(np.argmax(np.abs(right) > 2000)) - int(1.5 * RATE) < 500
    assert np.abs(left[int(3.2 * RATE) :]).max() == 0
    for leg in (customer, agent):
        (access,) = (await api.get(f"{OURS}/{leg.id}/accesses"))["entities"]
        assert (access["what"], access["allowed"]) == ("media", True)


async def test_who_may_not_hear_it_hears_neither_side(room: Room, api: Api) -> None:
    customer, _ = await both(room)
    assert (await api.call("GET", f"{OURS}/{customer.id}/media?channels=2", room.agent)).status_code == 403
    assert (await api.call("GET", f"{OURS}/{customer.id}/media?channels=3")).status_code == 400


def test_the_writers_own_note_of_the_start_counts() -> None:
    tag = b"START=2023-10-27T11:00:00.250+00:00"
    assert begun_at(b"OpusTags" + len(tag).to_bytes(4, "little") + tag) == START + timedelta(seconds=0.25)
    assert begun_at(b"nothing of the kind") is None


def test_sounds_of_one_side_are_added_and_never_wrap() -> None:
    sound = tone(1.0)
    one = b"".join(interleave([Track(sound, 0, 0)], RATE))
    many = b"".join(interleave([Track(sound, 0, 0)] * 8, RATE))
    single, added = (np.frombuffer(each, "<i2").reshape(-1, 2)[:, 0].astype(int) for each in (one, many))
    assert np.array_equal(added, np.clip(single * 8, -32_768, 32_767))
