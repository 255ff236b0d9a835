"""Recordings end: by their call, by a crash, and whatever dies in between."""

import asyncio
import base64
import hashlib
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.store.conversations.centre import drafted
from tests.store.recordings import dying
from tests.store.recordings.conftest import START, Room, pages_of

from shiftline.conversations.model.changes import Join, Move
from shiftline.conversations.model.conversations import CallState, DisconnectType, Purpose
from shiftline.foundation.errors import Conflict, Unavailable
from shiftline.recordings import store
from shiftline.recordings.container import Counts, Damaged, read_strict
from shiftline.recordings.errors import RecordingNotFound
from shiftline.recordings.events import RecordingLost, RecordingSealed
from shiftline.recordings.keys import Keys
from shiftline.recordings.model import EndedBy, OffsetChange, Recording, State
from shiftline.recordings.operations.opening import get_data_key
from shiftline.recordings.operations.sealing import (
    lose_recording,
    lose_stale,
    lose_unbegun,
    recover_leftovers,
    seal_spooled,
)
from shiftline.recordings.operations.vault import Vault
from unit.recordings.sounds import RATE, heard, loudest, tone

SOUND = tone(3.0)


async def sound_of(room: Room, recording: Recording) -> bytes:
    """The plain sound of a sealed recording, read as strictly as can be."""
    assert recording.object_key is not None
    stored = await room.vault.objects.get(recording.object_key)
    assert stored is not None
    assert (len(stored), hashlib.sha256(stored).digest()) == (recording.stored_size, recording.stored_sha256)
    key = await get_data_key(room.context, recording.id, room.vault.keys)
    content = read_strict(key, stored, recording.id)
    assert (len(content.sound), hashlib.sha256(content.sound).digest()) == (recording.size, recording.sha256)
    return content.sound


def spooled(room: Room) -> list[str]:
    return sorted(path.name for path in room.spool.folder.rglob("*") if path.is_file())


def stored(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]


async def test_a_sealed_recording_is_whole(room: Room) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    opened = await room.open_for(conversation, agent)
    await room.tenant.news()
    recording = await room.record(opened, SOUND)
    assert (recording.state, recording.revision) == (State.SEALED, 1)
    assert (recording.started_at, recording.ended_at) == (START, START + timedelta(seconds=3))
    assert (recording.ended_by, recording.duration_ms) == (EndedBy.CALL, 3000)
    assert (recording.packets, recording.lost, recording.size) == (151, 2, len(SOUND))
    assert recording.offsets == (OffsetChange(START, -18000),)
    assert await sound_of(room, recording) == SOUND
    assert loudest(heard(SOUND)) == pytest.approx(440, abs=2)
    assert spooled(room) == []
    (news,) = await room.tenant.news(RecordingSealed)
    assert (news.recording_id, news.duration_ms, news.sha256) == (opened.id, 3000, hashlib.sha256(SOUND).hexdigest())
    assert news.person_ids == (room.agent.id,)


async def test_nothing_of_the_sound_or_the_keys_lies_open(room: Room, tmp_path: Path) -> None:
    recording = await room.sealed()
    key = await get_data_key(room.context, recording.id, room.vault.keys)
    kek = base64.b64decode(json.loads((tmp_path / "keys.json").read_text())[0]["key"])
    (file,) = stored(tmp_path)
    content = file.read_bytes()
    for secret in (b"OggS", b"OpusHead", key, kek):
        assert secret not in content
    rows = await room.rows("select r::text as row from recordings.recording r")
    assert key.hex() not in rows[0]["row"]
    assert kek.hex() not in rows[0]["row"]


async def test_whoever_came_later_stands_in_the_metadata(room: Room) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    opened = await room.open_for(conversation, agent)
    other = await room.tenant.person("Ben Ito")
    room.clock.advance(timedelta(seconds=1))
    joining = drafted(Purpose.USER, CallState.CONNECTED, person_id=other.id)
    await room.calls.change(conversation, Join(joining))
    recording = await room.record(opened, SOUND)
    assert [each.name for each in recording.participants] == ["Caller", "Voice", "Ana Ruiz", "Ben Ito"]
    assert recording.me is not None
    assert recording.me.person_id == room.agent.id


async def test_whoever_came_after_the_end_does_not(room: Room) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    opened = await room.open_for(conversation, agent)
    file, key = await room.begin(opened)
    room.write(file, pages_of(SOUND), timedelta(seconds=3))
    await room.stop(opened)
    room.clock.advance(timedelta(minutes=1))
    other = await room.tenant.person("Ben Ito")
    await room.calls.change(conversation, Join(drafted(Purpose.USER, CallState.CONNECTED, person_id=other.id)))
    recording = await seal_spooled(room.context, room.vault, file.finish(Counts(151, 0)), key)
    assert "Ben Ito" not in [each.name for each in recording.participants]


async def test_sealing_again_changes_nothing(room: Room) -> None:
    opened = await room.open()
    file, _ = await room.begin(opened)
    room.write(file, pages_of(SOUND), timedelta(seconds=3))
    copy = file.finish(Counts(151, 2)).path.read_bytes()
    file.abandon()
    (first,) = await recover_leftovers(room.context, room.vault, room.spool)
    folder = room.spool.folder / "org-1"
    (folder / f"{opened.id}.slr").write_bytes(copy)
    (again,) = await recover_leftovers(room.context, room.vault, room.spool)
    assert again == first
    assert spooled(room) == []
    assert len(await room.rows("select * from recordings.revision")) == 1


async def test_a_recording_that_nobody_stopped_ends_with_its_last_chunk(room: Room) -> None:
    opened = await room.open()
    file, key = await room.begin(opened)
    room.write(file, pages_of(SOUND), timedelta(seconds=3))
    room.clock.advance(timedelta(minutes=5))
    recording = await seal_spooled(room.context, room.vault, file.finish(Counts(151, 0)), key)
    assert (recording.ended_at, recording.ended_by) == (START + timedelta(seconds=3), EndedBy.CALL)


async def test_a_recording_without_a_packet_is_sealed_empty(room: Room) -> None:
    opened = await room.open()
    file, key = await room.begin(opened)
    await room.stop(opened)
    recording = await seal_spooled(room.context, room.vault, file.finish(Counts(0, 0)), key)
    assert (recording.size, recording.duration_ms, recording.packets) == (0, 0, 0)
    assert (recording.ended_at, await sound_of(room, recording)) == (START, b"")


async def test_a_call_over_the_night_of_the_clocks_has_rising_offsets(room: Room) -> None:
    room.clock.set("2023-11-05T00:30:00-05:00")
    opened = await room.open()
    file, key = await room.begin(opened)
    room.write(file, pages_of(SOUND), timedelta(hours=2))
    await room.stop(opened)
    recording = await seal_spooled(room.context, room.vault, file.finish(Counts(151, 0)), key)
    assert recording.utc_offset_seconds == -5 * 3600
    begins, back = datetime(2023, 11, 5, 5, 30, tzinfo=UTC), datetime(2023, 11, 5, 7, 0, tzinfo=UTC)
    assert recording.offsets == (OffsetChange(begins, -5 * 3600), OffsetChange(back, -6 * 3600))
    assert (recording.ended_at or begins) - recording.started_at == timedelta(hours=2)


# A crash


async def test_a_crash_leaves_a_recording_that_plays_up_to_its_last_chunk(room: Room) -> None:
    opened = await room.open()
    file, _ = await room.begin(opened)
    room.write(file, pages_of(SOUND)[:12], timedelta(seconds=2))
    file.write(pages_of(SOUND)[12])  # not flushed: lost with the process
    file.abandon()
    room.clock.advance(timedelta(hours=1))
    (recording,) = await recover_leftovers(room.context, room.vault, room.spool)
    assert (recording.state, recording.ended_by) == (State.SEALED, EndedBy.CRASH)
    assert recording.ended_at == START + timedelta(seconds=2)
    sound = await sound_of(room, recording)
    samples = heard(sound)
    assert len(samples) == 2 * RATE - 312
    assert recording.duration_ms == len(samples) * 1000 // RATE
    assert (recording.packets, recording.lost) == (100, 0)
    assert loudest(samples) == pytest.approx(440, abs=2)
    assert spooled(room) == []


async def test_a_chunk_that_ends_within_a_page_is_cut_to_the_page(room: Room) -> None:
    opened = await room.open()
    file, _ = await room.begin(opened)
    room.write(file, [SOUND[:5000], SOUND[5000:9000]], timedelta(seconds=1))
    file.abandon()
    (recording,) = await recover_leftovers(room.context, room.vault, room.spool)
    sound = await sound_of(room, recording)
    assert SOUND.startswith(sound[:-27])
    assert len(heard(sound)) > 0.5 * RATE


async def test_a_living_writers_file_is_left_alone(room: Room) -> None:
    opened = await room.open()
    file, _ = await room.begin(opened)
    room.write(file, pages_of(SOUND)[:5])
    assert await recover_leftovers(room.context, room.vault, room.spool) == []
    finished = file.finish(Counts(50, 0))
    assert await recover_leftovers(room.context, room.vault, room.spool) == []
    finished.release()
    assert len(await recover_leftovers(room.context, room.vault, room.spool)) == 1


async def test_a_leftover_waits_for_its_keys(room: Room, tmp_path: Path) -> None:
    opened = await room.open()
    file, _ = await room.begin(opened)
    room.write(file, pages_of(SOUND)[:5])
    file.abandon()
    other = tmp_path / "other-keys.json"
    (tmp_path / "keys.json").rename(other)
    with pytest.raises(Unavailable):
        await recover_leftovers(room.context, room.vault, room.spool)
    assert len(spooled(room)) == 1
    other.rename(tmp_path / "keys.json")
    assert len(await recover_leftovers(room.context, room.vault, room.spool)) == 1


async def test_a_leftover_that_nobody_knows_is_kept(room: Room) -> None:
    room.spool.begin("org-1", "unknown", bytes(32)).abandon()
    assert await recover_leftovers(room.context, room.vault, room.spool) == []
    assert spooled(room) == ["unknown.slr"]


async def test_a_leftover_under_another_key_is_kept_as_it_is(room: Room) -> None:
    opened = await room.open()
    await get_data_key(room.context, opened.id, room.vault.keys)
    file = room.spool.begin("org-1", opened.id, bytes(32))
    room.write(file, pages_of(SOUND))
    file.abandon()
    before = (room.spool.folder / "org-1" / f"{opened.id}.slr").read_bytes()
    assert await recover_leftovers(room.context, room.vault, room.spool) == []
    assert (room.spool.folder / "org-1" / f"{opened.id}.slr").read_bytes() == before


async def test_a_leftover_damaged_further_on_gives_its_beginning_and_is_kept_beside(room: Room) -> None:
    opened = await room.open()
    file, _ = await room.begin(opened)
    room.write(file, pages_of(SOUND))
    file.abandon()
    path = room.spool.folder / "org-1" / f"{opened.id}.slr"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    (recording,) = await recover_leftovers(room.context, room.vault, room.spool)
    assert recording.ended_by is EndedBy.CRASH
    assert 0 < len(heard(await sound_of(room, recording))) < 2 * RATE
    assert spooled(room) == [f"{opened.id}.slr.damaged"]


async def test_a_second_sound_of_a_sealed_recording_is_kept_as_an_object(room: Room, tmp_path: Path) -> None:
    recording = await room.sealed()
    key = await get_data_key(room.context, recording.id, room.vault.keys)
    file = room.spool.begin("org-1", recording.id, key)
    room.write(file, pages_of(tone(1.0, 880.0)))
    again = await seal_spooled(room.context, room.vault, file.finish(Counts(51, 0)), key)
    assert again.sha256 == recording.sha256
    assert len(stored(tmp_path)) == 2
    assert spooled(room) == []


async def run(room: Room, database_url: str, tmp_path: Path, recording_id: str, task: str, step: str) -> int:
    """A process of its own that does the task and dies at the step; its exit code."""
    arguments = [database_url, str(tmp_path), "org-1", recording_id, task, step, str(room.clock.now().timestamp())]
    source = Path(__file__).parents[3] / "src"
    process = await asyncio.create_subprocess_exec(
        sys.executable, dying.__file__, *arguments, env={**os.environ, "PYTHONPATH": str(source)}
    )
    return await process.wait()


@pytest.mark.parametrize("step", [*dying.TORN, *dying.WHOLE])
async def test_a_node_killed_at_any_step_loses_nothing_but_its_last_chunk(
    room: Room, database_url: str, tmp_path: Path, step: str
) -> None:
    opened = await room.open()
    (tmp_path / "sound.ogg").write_bytes(SOUND)
    assert await run(room, database_url, tmp_path, opened.id, "write", step) == -signal.SIGKILL
    await recover_leftovers(room.context, room.vault, room.spool)
    await check_one_recording(room, tmp_path, opened.id, whole=step in dying.WHOLE)


@pytest.mark.parametrize("step", dying.RECOVERING)
async def test_a_recovery_killed_at_any_step_is_done_again(
    room: Room, database_url: str, tmp_path: Path, step: str
) -> None:
    opened = await room.open()
    file, _ = await room.begin(opened)
    room.write(file, pages_of(SOUND)[:12])
    file.abandon()
    assert await run(room, database_url, tmp_path, opened.id, "recover", step) == -signal.SIGKILL
    await recover_leftovers(room.context, room.vault, room.spool)
    recording = await check_one_recording(room, tmp_path, opened.id, whole=False)
    assert len(heard(await sound_of(room, recording))) == 2 * RATE - 312


async def check_one_recording(room: Room, tmp_path: Path, recording_id: str, *, whole: bool) -> Recording:
    """Sealed once, its object there as told, nothing left in the spool."""
    async with room.context.reader() as reader:
        recording = await store.find_recording(reader, "org-1", recording_id)
    assert recording is not None
    assert recording.state is State.SEALED
    sound = await sound_of(room, recording)
    if whole:
        assert (sound, recording.ended_by, recording.packets, recording.lost) == (SOUND, EndedBy.CALL, 151, 2)
    else:
        assert recording.ended_by is EndedBy.CRASH
        assert SOUND.startswith(sound[:-27])
    assert [name for name in spooled(room) if not name.endswith(".new")] == []
    assert len(await room.rows("select * from recordings.revision")) == 1
    assert recording.ended_at is not None
    assert timedelta(0) <= recording.ended_at - START < timedelta(minutes=1)
    return recording


async def test_steps_torn_by_a_kill_keep_what_was_flushed(room: Room, database_url: str, tmp_path: Path) -> None:
    opened = await room.open()
    (tmp_path / "sound.ogg").write_bytes(SOUND)
    assert await run(room, database_url, tmp_path, opened.id, "write", "after a chunk") == -signal.SIGKILL
    (recording,) = await recover_leftovers(room.context, room.vault, room.spool)
    flushed = b"".join(pages_of(SOUND)[:8])
    assert (await sound_of(room, recording))[:-27] == flushed


# Lost


async def test_a_recording_that_cannot_be_written_is_lost_and_says_why(room: Room) -> None:
    opened = await room.open()
    await room.tenant.news()
    room.clock.advance(timedelta(seconds=2))
    await lose_recording(room.context, opened.id, "The disk is full.")
    (row,) = await room.rows("select * from recordings.recording")
    assert (row["state"], row["ended_by"], row["ended_at"]) == ("lost", "crash", START + timedelta(seconds=2))
    (news,) = await room.tenant.news(RecordingLost)
    assert (news.recording_id, news.why) == (opened.id, "The disk is full.")
    await lose_recording(room.context, opened.id, "again")
    assert await room.tenant.news(RecordingLost) == []
    with pytest.raises(RecordingNotFound):
        await lose_recording(room.context, "nothing", "?")


async def test_what_nobody_sealed_for_a_day_is_lost_and_sealed_when_it_turns_up(room: Room) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    opened = await room.open_for(conversation, agent)
    file, _ = await room.begin(opened)
    room.write(file, pages_of(SOUND), timedelta(seconds=3))
    file.abandon()
    await room.rows("update recordings.recording set opened_real = clock_timestamp() - interval '2 days' returning id")
    room.clock.advance(timedelta(days=2))
    assert await lose_stale(room.context) == 0  # its call goes on
    talking = [each for each in conversation.participants if each.live]
    await room.calls.change(
        conversation, *(Move(each.id, CallState.DISCONNECTED, DisconnectType.SYSTEM) for each in talking)
    )
    room.clock.advance(timedelta(days=2))
    assert await lose_stale(room.context) == 1
    (row,) = await room.rows("select state from recordings.recording")
    assert row["state"] == "lost"
    (recording,) = await recover_leftovers(room.context, room.vault, room.spool)
    assert (recording.state, recording.ended_at) == (State.SEALED, START + timedelta(seconds=3))


async def test_what_ended_before_its_first_byte_is_lost_soon_and_seals_if_it_turns_up(room: Room) -> None:
    opened, written = await room.open(), await room.open()
    file, _ = await room.begin(written)
    room.write(file, pages_of(SOUND)[:5])
    file.abandon()
    room.clock.advance(timedelta(seconds=3))
    for each in (opened, written):
        await room.stop(each)
    await room.rows(
        "update recordings.recording set opened_real = clock_timestamp() - interval '5 minutes' returning id"
    )
    room.clock.advance(timedelta(seconds=30))
    assert await lose_unbegun(room.context) == 0
    room.clock.advance(timedelta(minutes=1))
    assert await lose_unbegun(room.context) == 1
    rows = await room.rows("select id, state, ended_at from recordings.recording")
    found = {row["id"]: (row["state"], row["ended_at"]) for row in rows}
    assert found[opened.id] == ("lost", START + timedelta(seconds=3))
    assert found[written.id] == ("stopping", None)
    assert await lose_unbegun(room.context) == 0
    late, _ = await room.begin(opened)
    late.abandon()
    recovered = await recover_leftovers(room.context, room.vault, room.spool)
    assert {each.state for each in recovered} == {State.SEALED}


# The spool itself


async def test_a_recording_has_one_file_at_a_time(room: Room) -> None:
    opened = await room.open()
    file, key = await room.begin(opened)
    with pytest.raises(FileExistsError):
        room.spool.begin("org-1", opened.id, key)
    file.abandon()
    with pytest.raises(FileExistsError):
        room.spool.begin("org-1", opened.id, key)


@pytest.mark.parametrize("wrong", ["../up", "a/b", "", ".", ".."])
def test_an_id_that_is_a_path_is_no_file(room: Room, wrong: str) -> None:
    for ids in ((wrong, "r"), ("org-1", wrong)):
        with pytest.raises(ValueError, match="file's name"):
            room.spool.begin(*ids, bytes(32))


async def test_a_disk_that_fails_does_not_reach_the_call(room: Room) -> None:
    opened = await room.open()
    file, key = await room.begin(opened)
    room.write(file, pages_of(SOUND)[:5])
    full = os.open("/dev/full", os.O_WRONLY)
    descriptor = file._claimed.descriptor  # pyright: ignore[reportPrivateUsage]
    kept = os.dup(descriptor)
    os.dup2(full, descriptor)
    room.write(file, pages_of(SOUND)[5:])
    assert file.problem == f"The disk of the spool {room.spool.folder} is full (SHIFTLINE_SPOOL): make room there."
    claimed = file.finish(Counts(151, 0))
    os.dup2(kept, descriptor)
    os.close(kept)
    os.close(full)
    recording = await seal_spooled(room.context, room.vault, claimed, key)
    assert recording.ended_by is EndedBy.CRASH
    assert (await sound_of(room, recording))[:-27] == b"".join(pages_of(SOUND)[:5])


async def test_a_chunk_is_closed_when_it_is_full_or_a_second_old(room: Room) -> None:
    opened = await room.open()
    file, _ = await room.begin(opened)
    path = room.spool.folder / "org-1" / f"{opened.id}.slr"
    empty = path.stat().st_size
    file.write(bytes(1000))
    assert path.stat().st_size == empty
    file.write(bytes(200_000))
    assert path.stat().st_size > empty + 100_000
    before = path.stat().st_size
    await asyncio.sleep(1.05)
    file.write(b"one more page")
    assert path.stat().st_size > before
    await asyncio.to_thread(room.spool.sync)


async def test_sealing_without_the_right_key_keeps_the_file(room: Room, tmp_path: Path) -> None:
    opened = await room.open()
    file, _ = await room.begin(opened)
    room.write(file, pages_of(SOUND))
    with pytest.raises(Damaged):
        await seal_spooled(room.context, Vault(room.vault.objects, Keys(None)), file.finish(Counts(1, 0)), bytes(32))
    assert spooled(room) == [f"{opened.id}.slr"]
    assert stored(tmp_path) == []
    assert len(await recover_leftovers(room.context, room.vault, room.spool)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            f"{column} = null"
            for column in (
                "ended_at", "ended_by", "duration_ms", "packets", "lost", "sha256", "size", "object_key", "stored_sha256",
                "stored_size", "wrapped_key", "offsets", "started_at", "zone", "utc_offset_seconds", "tzdata_version",
            )
        ),
        "ended_at = started_at - interval '1 millisecond'",
        "ended_at = 'infinity'",
        "duration_ms = -1",
        "sha256 = '\\x00'",
        "size = -1",
        "offsets = '[]'",
        "revision = 0",
        "state = 'open'",
        "ended_by = 'somebody'",
    ],
)  # fmt: skip
async def test_a_sealed_recording_cannot_lose_what_makes_it_whole(room: Room, wrong: str) -> None:
    await room.sealed(0.2)
    with pytest.raises(Conflict):
        await room.rows(f"update recordings.recording set {wrong} returning id")
