"""What is said in a pause is in no stored file: spool and objects are opened with their key and searched for its packets."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from tests.store.recordings.conftest import START, Api, Room

from shiftline.calls.media.recorder import Recorder
from shiftline.calls.node.recording import SpoolSink
from shiftline.foundation.errors import Conflict
from shiftline.recordings.container import read_strict, read_tolerant
from shiftline.recordings.events import PauseBegun, PauseEnded
from shiftline.recordings.model import Recording, RecordingFilter
from shiftline.recordings.operations import pausing
from shiftline.recordings.operations.refreshing import refresh_metadata
from shiftline.recordings.operations.sealing import seal_spooled
from unit.calls.media.test_recorder_pause import SECRET, SOUND, packet

SECOND = timedelta(seconds=1)
BEGINS, ENDS, OVER = 2.0, 5.0, 8.0
OURS = "/api/v2/shiftline/recordings"


def opened_files(folder: Path, key: bytes, recording_id: str) -> list[bytes]:
    """The plain sound of every file below a folder."""
    return [read_tolerant(key, each.read_bytes(), recording_id).sound for each in folder.rglob("*") if each.is_file()]


async def recorded(room: Room, tmp_path: Path) -> tuple[Recording, bytes, list[bytes]]:
    """A recording paused in its middle, from its packets on: it, its key, and what the spool held at each half second."""
    opened = await room.open()
    file, key = await room.begin(opened)
    claimed = []
    recorder = Recorder(SpoolSink(file, claimed.append), {}, START, 0.0)
    spooled: list[bytes] = []
    pause = None
    for number in range(int(OVER * 50)):
        at = number / 50
        room.clock.set(START + at * SECOND)
        if at == BEGINS:
            async with room.context.transaction() as tx:
                conversation_id = (await room.rows("select conversation_id from recordings.recording"))[0][
                    "conversation_id"
                ]
                pause = await pausing.begin_pause_in(tx, conversation_id)
        if at == BEGINS + 0.1:  # the node hears of it a little later
            assert pause is not None
            await pausing.confirm_silence(room.context, pause.id, opened.id, recorder.pause(pause.from_at, at))
        if at == ENDS:
            assert pause is not None
            async with room.context.transaction() as tx:
                await pausing.end_pause_in(tx, pause.conversation_id)
            heard = recorder.resume(at)
            assert heard is not None
            await pausing.confirm_sound(room.context, pause.id, opened.id, heard)
        recorder.add(packet(number, [(BEGINS, ENDS)]), at)
        if number % 25 == 0:
            recorder.advance(at)
            file.flush()
            spooled += opened_files(tmp_path / "spool", key, opened.id)
    room.clock.set(START + OVER * SECOND)
    await room.stop(opened)
    recorder.finish(OVER)
    (spool,) = claimed
    return await seal_spooled(room.context, room.vault, spool, key), key, spooled


async def test_no_stored_file_holds_a_packet_of_the_pause(room: Room, tmp_path: Path) -> None:
    recording, key, spooled = await recorded(room, tmp_path)
    assert len(spooled) >= 15
    assert not any(SECRET in each for each in spooled)
    assert any(SOUND in each for each in spooled)
    objects = opened_files(tmp_path / "objects", key, recording.id)
    assert len(objects) == 1
    assert SECRET not in objects[0]
    assert objects[0].count(SOUND) > 200
    whole = next(each for each in (tmp_path / "objects").rglob("*") if each.is_file())
    assert read_strict(key, whole.read_bytes(), recording.id).end is not None
    assert recording.duration_ms == pytest.approx(OVER * 1000, abs=3)


async def test_the_pause_stands_in_the_metadata_and_its_revision(room: Room, api: Api, tmp_path: Path) -> None:
    recording, _, _ = await recorded(room, tmp_path)
    shown = await api.get(f"{OURS}/{recording.id}")
    (pause,) = shown["pauses"]
    assert (pause["startMs"], pause["endMs"]) == (2000, 5200)
    assert (pause["pausedBy"], pause["resumedBy"], pause["confirmed"]) == ("System", "System", True)
    assert [(each.start - START, each.end - START) for each in recording.pauses] == [(2 * SECOND, 5.2 * SECOND)]
    (revision,) = (await api.get(f"{OURS}/{recording.id}/revisions"))["entities"]
    assert revision["metadata"]["pauses"] == [{"start": "2023-10-27T11:00:02Z", "end": "2023-10-27T11:00:05.200000Z"}]
    wanted = RecordingFilter(conversation_ids=[recording.conversation_id])
    result = await refresh_metadata(room.tenant.context, room.vault, wanted, "again")
    changed = {each.field for one in result.refreshed for each in one.difference}
    assert "pauses" not in changed, "what a refresh computes is the same again"


async def test_pauses_are_told_once_and_never_changed(room: Room) -> None:
    opened = await room.open()
    (row,) = await room.rows("select conversation_id from recordings.recording")
    conversation_id = row["conversation_id"]
    await room.tenant.news()
    async with room.context.transaction() as tx:
        pause = await pausing.begin_pause_in(tx, conversation_id)
    async with room.context.transaction() as tx:
        assert await pausing.begin_pause_in(tx, conversation_id) == pause
    await pausing.confirm_silence(room.context, pause.id, opened.id, START)
    for _ in range(2):
        async with room.context.transaction() as tx:
            await pausing.end_pause_in(tx, conversation_id)
    begun, ended = await room.tenant.news(PauseBegun, PauseEnded)
    assert (begun.pause_id, ended.pause_id) == (pause.id, pause.id)
    for wrong in (
        "update recordings.pause set from_at = from_at - interval '1 s' returning id",
        "update recordings.pause set until_at = null, until_by = null returning id",
        "delete from recordings.pause_silence returning pause_id",
        "update recordings.pause_silence set silent_from = silent_from - interval '1 s' returning pause_id",
    ):
        with pytest.raises((Conflict, psycopg.DatabaseError)):
            await room.rows(wrong)


async def test_a_recording_that_is_open_tells_of_its_pause(room: Room, api: Api) -> None:
    opened = await room.open()
    (row,) = await room.rows("select conversation_id from recordings.recording")
    room.clock.advance(SECOND)
    async with room.context.transaction() as tx:
        await pausing.begin_pause_in(tx, row["conversation_id"])
    (pause,) = (await api.get(f"{OURS}/{opened.id}"))["pauses"]
    assert (pause["startMs"], pause["end"], pause["confirmed"]) == (1000, None, False)
