"""A disk that is full while calls are recorded: it is told, no call is hurt, and what waits is kept once there is room."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from tests.small_disk import SmallDisk, small_disk
from tests.store.recordings.conftest import Room, pages_of
from tests.store.recordings.test_sealing import sound_of
from tests.unit.recordings.sounds import tone

from shiftline.calls.node import archive
from shiftline.calls.node.archive import Archive
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.objects import Objects
from shiftline.recordings.container import Counts
from shiftline.recordings.events import RecordingLost
from shiftline.recordings.model import EndedBy
from shiftline.recordings.operations import sealing
from shiftline.recordings.operations.sealing import recover_leftovers, seal_spooled
from shiftline.recordings.operations.vault import Vault
from shiftline.recordings.spool import files
from shiftline.recordings.spool.files import Spool

SOUND = tone(3.0)
FULL_SPOOL = "is full (SHIFTLINE_SPOOL): make room there."
FULL_OBJECTS = "The disk of the objects is full (SHIFTLINE_OBJECTS_URL): make room there. Nothing was changed."


@pytest.fixture(autouse=True)
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loggers that say everything: a command that another test ran in this process may have silenced those that are there."""
    structlog.reset_defaults()
    for module in (files, archive, sealing):
        monkeypatch.setattr(module, "log", structlog.get_logger())


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", "4m") as made:
        yield made


def spooling(room: Room, disk: SmallDisk) -> Room:
    """The same room with its spool on the small disk."""
    return replace(room, spool=Spool(disk.folder, room.clock))


def left(disk: SmallDisk) -> list[str]:
    return sorted(path.name for path in disk.folder.rglob("*") if path.is_file() and path.name != ".filler")


async def entered(room: Room) -> list[str]:
    rows = await room.rows("select kind from ledger.entry where kind like 'recording.%%' order by kind")
    return [each["kind"] for each in rows]


async def test_a_spool_that_is_full_for_a_while_costs_nothing(room: Room, disk: SmallDisk) -> None:
    room = spooling(room, disk)
    pages = pages_of(SOUND)
    with structlog.testing.capture_logs() as told:
        opened = await room.open()
        disk.fill()  # from the first byte
        file, key = await room.begin(opened)
        assert file.problem == f"The disk of the spool {disk.folder} {FULL_SPOOL}"
        room.write(file, pages[:6])
        disk.make_room()
        room.write(file, pages[6:9])
        assert file.problem is None
        disk.fill()
        room.write(file, pages[9:12])
        assert file.problem is not None
        disk.make_room()
        room.write(file, pages[12:])
    assert [each["event"] for each in told if "spool" in each["event"]] == [
        "recording.spool_waits",
        "recording.spool_goes_on",
    ] * 2
    await room.stop(opened)
    recording = await seal_spooled(room.context, room.vault, file.finish(Counts(151, 0)), key)
    assert recording.ended_by is EndedBy.CALL
    assert await sound_of(room, recording) == SOUND
    assert left(disk) == []


async def test_a_spool_that_stays_full_ends_the_recording_and_not_the_call(
    room: Room, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits has a bound; whoever writes neither waits nor hears of it; what was written is sealed in the end."""
    monkeypatch.setattr(files, "MOST_WAITING", 4000)
    room = spooling(room, disk)
    pages = pages_of(SOUND)
    opened = await room.open()
    file, key = await room.begin(opened)
    room.write(file, pages[:5])
    disk.fill()
    with structlog.testing.capture_logs() as told:
        began = time.monotonic()
        for _ in range(200):
            room.write(file, pages[5:])
        assert time.monotonic() - began < 5, "nobody waits for the disk"
        await room.stop(opened)
        claimed = file.finish(Counts(151, 0))
        waiting = file._unwritten  # pyright: ignore[reportPrivateUsage]
        assert 0 < len(waiting) <= 4000 + files.LARGEST_CHUNK
        (cut,) = [each for each in told if each["event"] == "recording.spool_cut" and not each["unwritten"]]
        assert "the recording ends before its call does" in cut["sentence"]
        with pytest.raises(OSError, match="No space left"):
            await seal_spooled(room.context, room.vault, claimed, key)
        assert left(disk) == [f"{opened.id}.slr"], "what could not be mended takes no room"
        assert await recover_leftovers(room.context, room.vault, room.spool) == []
    (kept,) = [each for each in told if each["event"] == "recording.leftover_kept"]
    assert kept["error"] == f"The disk of the spool {disk.folder} {FULL_SPOOL}"
    disk.make_room()
    (recording,) = await recover_leftovers(room.context, room.vault, room.spool)
    assert recording.ended_by is EndedBy.CRASH
    assert (await sound_of(room, recording))[:-27].startswith(b"".join(pages[:5])[:-27])
    assert left(disk) == []
    assert await entered(room) == ["recording.opened", "recording.sealed"]


async def test_full_objects_refuse_the_seal_and_it_waits(room: Room, disk: SmallDisk) -> None:
    room = replace(room, vault=Vault(Objects(disk.folder.as_uri()), room.vault.keys))
    opened = await room.open()
    file, key = await room.begin(opened)
    room.write(file, pages_of(SOUND), timedelta(seconds=3))
    await room.stop(opened)
    disk.fill()
    with pytest.raises(Unavailable) as refused:
        await seal_spooled(room.context, room.vault, file.finish(Counts(151, 0)), key)
    assert refused.value.message == FULL_OBJECTS
    for _ in range(3):
        with pytest.raises(Unavailable, match="disk of the objects is full"):
            await recover_leftovers(room.context, room.vault, room.spool)
    assert left(disk) == [], "what broke off takes no room"
    assert await entered(room) == ["recording.opened"]
    disk.make_room()
    (recording,) = await recover_leftovers(room.context, room.vault, room.spool)
    assert recording.ended_by is EndedBy.CALL
    assert await sound_of(room, recording) == SOUND
    assert await entered(room) == ["recording.opened", "recording.sealed"]
    assert len(left(disk)) == 1


async def test_a_node_tells_a_full_disk_and_seals_later(room: Room, disk: SmallDisk) -> None:
    objects = Objects(disk.folder.as_uri())
    node = Archive(room.context, objects, room.vault.keys, room.spool)
    opened = await room.open()
    sink = await node.begin(room.context, opened)
    assert sink is not None
    sink.write(SOUND)
    await room.stop(opened)
    disk.fill()
    with structlog.testing.capture_logs() as told:
        sink.finish(Summary())  # type: ignore[arg-type]
        await node.close()
        await node._recover()  # pyright: ignore[reportPrivateUsage]
    assert [(each["event"], each["error"]) for each in told] == [
        ("recording.not_sealed", FULL_OBJECTS),
        ("recording.recovery_postponed", FULL_OBJECTS),
    ]
    assert (await state_of(room, opened.id)) == "stopping"
    disk.make_room()
    await node._recover()  # pyright: ignore[reportPrivateUsage]
    assert (await state_of(room, opened.id)) == "sealed"


async def test_a_spool_that_takes_no_file_loses_the_recording_with_a_reason(room: Room, disk: SmallDisk) -> None:
    room = spooling(room, disk)
    node = Archive(room.context, room.vault.objects, room.vault.keys, room.spool)
    (disk.folder / "org-1").mkdir()
    disk.enlarge("4m,nr_inodes=2")
    opened = await room.open()
    await room.tenant.news()
    assert await node.begin(room.context, opened) is None
    (lost,) = await room.tenant.news(RecordingLost)
    assert (lost.recording_id, lost.why) == (opened.id, f"The disk of the spool {disk.folder} {FULL_SPOOL}")
    assert await entered(room) == ["recording.lost", "recording.opened"]


class Summary:
    packets, lost = 151, 0


async def state_of(room: Room, recording_id: str) -> str:
    (row,) = await room.rows("select state from recordings.recording where id = %(id)s", id=recording_id)
    return row["state"]
