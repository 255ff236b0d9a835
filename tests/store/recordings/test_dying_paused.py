"""A media node killed while recording pauses: no file holds a packet of the pause, and the next node goes on paused."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.store.recordings import dying_paused
from tests.store.recordings.conftest import START, Room
from tests.store.recordings.dying_paused import BEGINS, ENDS
from tests.store.recordings.test_pausing import opened_files

from shiftline.calls.media.recorder import Recorder
from shiftline.calls.node.recording import SpoolSink
from shiftline.conversations.model.conversations import Conversation, Participant
from shiftline.recordings.control.model import Pause
from shiftline.recordings.model import EndedBy, OpenRecording, Recording
from shiftline.recordings.operations import pausing
from shiftline.recordings.operations.opening import get_data_key
from shiftline.recordings.operations.sealing import recover_leftovers, seal_spooled
from shiftline.recordings.spool.files import Claimed
from unit.calls.media.test_recorder_pause import SECRET, SOUND, packet

ROOT = Path(__file__).parents[3]
TAKEN_OVER = 4.0
"""Seconds after the recording's start, at the earliest, at which another node has the call."""


def kill_at(url: str, folder: Path, opened: OpenRecording, conversation_id: str, step: str) -> None:
    command = [sys.executable, "-m", "tests.store.recordings.dying_paused", url, str(folder), opened.id]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [*command, conversation_id, step, str(START.timestamp())],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-3000:]


async def find_pause(room: Room, conversation: Conversation) -> Pause | None:
    async with room.context.reader() as reader:
        return await pausing.find_pause(reader, "org-1", conversation.id)


@pytest.mark.parametrize("step", dying_paused.STEPS)
async def test_whenever_a_node_dies_no_file_holds_what_was_said_in_the_pause(
    room: Room, database_url: str, tmp_path: Path, step: str
) -> None:
    conversation, participant = await room.calls.talk(room.agent.id)
    opened = await room.open_for(conversation, participant)
    kill_at(database_url, tmp_path, opened, conversation.id, step)
    died = abs(dying_paused.STEPS[step])
    over = died > ENDS
    room.clock.set(START + timedelta(seconds=max(died, TAKEN_OVER)))

    pause = await find_pause(room, conversation)
    assert (pause is None) == over, "its state is nobody's memory"
    (first,) = await recover_leftovers(room.context, room.vault, room.spool)
    assert first.ended_by is EndedBy.CRASH
    again = await find_pause(room, conversation)
    assert (again and again.id) == (pause and pause.id), "the seal of what was left ends no pause"

    second = await taken_over(room, conversation, participant, pause)
    assert await find_pause(room, conversation) is None
    rows = await room.rows("select from_at, until_at, until_by from recordings.pause")
    assert len(rows) == 1, "one pause, whoever recorded meanwhile"
    if not over:
        assert (rows[0]["until_at"] - START).total_seconds() == pytest.approx(TAKEN_OVER + 2, abs=0.05)

    sounds: dict[str, bytes] = {}
    for recording in (first, second):
        key = await get_data_key(room.context, recording.id, room.vault.keys)
        folder = tmp_path / "objects/recordings/org-1" / recording.id
        (sounds[recording.id],) = opened_files(folder, key, recording.id)
    assert not [each for each in (tmp_path / "spool").rglob("*") if each.is_file()], "nothing is left elsewhere"
    assert not any(SECRET in each for each in sounds.values())
    assert sounds[first.id].count(SOUND) >= (BEGINS - 0.3) * 50, "what was said before is there"
    assert sounds[second.id].count(SOUND) >= 40, "and what was said after it"


async def taken_over(
    room: Room, conversation: Conversation, participant: Participant, pause: Pause | None
) -> Recording:
    """Another node has the call: while the pause lasts, secret is said for two seconds; then somebody resumes."""
    began = room.clock.now()
    opened = await room.open_for(conversation, participant, leg_id="another", started_at=began)
    file, key = await room.begin(opened)
    claimed: list[Claimed] = []
    recorder = Recorder(SpoolSink(file, claimed.append), {}, began, 0.0)
    if pause is not None:  # as nodes do before the first packet
        await pausing.confirm_silence(room.context, pause.id, opened.id, recorder.pause(pause.from_at, 0.0))
    for number in range(200):
        at = number / 50
        room.clock.set(began + timedelta(seconds=at))
        if at == 2.0 and pause is not None:
            async with room.context.transaction() as tx:
                await pausing.end_pause_in(tx, conversation.id)
            heard = recorder.resume(at)
            assert heard is not None
            await pausing.confirm_sound(room.context, pause.id, opened.id, heard)
        recorder.add(packet(number, [(0.0, 2.0)] if pause is not None else []), at)
        recorder.advance(at)
        file.flush()
    await room.stop(opened)
    recorder.finish(4.0)
    return await seal_spooled(room.context, room.vault, claimed[0], key)
