"""Keys are rotated without touching what they encrypted."""

import asyncio
import hashlib
import json
import os
import signal
import sys
from pathlib import Path

import pytest
from tests.store.recordings import dying
from tests.store.recordings.conftest import START, Room
from tests.store.recordings.test_matters import copies

from shiftline.recordings.errors import KeyUnknown
from shiftline.recordings.keys import Keys, create_key_file, rotate_key_file
from shiftline.recordings.model import Recording, Use
from shiftline.recordings.operations.playing import open_media
from shiftline.recordings.operations.rewrapping import Progress, rewrap_all
from unit.recordings.sounds import tone


def digests(folder: Path) -> dict[str, str]:
    return {
        str(each): hashlib.sha256(each.read_bytes()).hexdigest() + str(each.stat().st_mtime_ns)
        for each in (folder / "objects").rglob("*")
        if each.is_file()
    }


async def heard(room: Room, recording: Recording) -> bytes:
    playing = await open_media(
        room.tenant.context, room.vault, recording.id, use=Use.MEDIA, wanted=None, by_ticket=False
    )
    return b"".join([piece async for piece in playing.content])


async def rewrapped(room: Room, size: int = 500) -> list[Progress]:
    return [each async for each in rewrap_all(room.context, room.vault.keys, size)]


async def key_ids(room: Room) -> set[str]:
    return {row["key_id"] for row in await room.rows("select key_id from recordings.recording")}


async def test_the_newest_key_wraps_all_and_no_object_is_touched(room: Room, tmp_path: Path) -> None:
    recordings = [await room.sealed(0.2) for _ in range(3)]
    before = digests(tmp_path)
    newest = rotate_key_file(tmp_path / "keys.json", START)
    assert newest not in await key_ids(room)
    progress = await rewrapped(room, 2)
    assert [(each.done, each.total) for each in progress] == [(0, 3), (2, 3), (3, 3)]
    assert await key_ids(room) == {newest}
    assert digests(tmp_path) == before
    # Nothing needs the former key any more.
    kept = (tmp_path / "keys.json").read_text()
    assert kept.count('"id"') == 2
    (tmp_path / "keys.json").write_text(json.dumps(json.loads(kept)[:1]))
    for each in recordings:
        assert await heard(room, each) == tone(0.2)
    assert [(each.done, each.total) for each in await rewrapped(room)] == [(0, 0)]
    entries = await room.rows("select kind from ledger.entry where subject_id = %(id)s", id=newest)
    assert [row["kind"] for row in entries] == ["keys.rewrapped"] * 2


async def test_what_an_unknown_key_wrapped_stays_as_it_is(room: Room, tmp_path: Path) -> None:
    await room.sealed(0.2)
    before = await room.rows("select key_id, wrapped_key from recordings.recording")
    create_key_file(tmp_path / "other.json", START)
    with pytest.raises(KeyUnknown):
        [each async for each in rewrap_all(room.context, Keys(tmp_path / "other.json"))]
    assert await room.rows("select key_id, wrapped_key from recordings.recording") == before


async def test_a_rewrapping_that_is_killed_goes_on_where_it_was(room: Room, database_url: str, tmp_path: Path) -> None:
    recording = await room.sealed(0.2)
    await copies(room, recording, 3)
    # A copy's key is bound to the recording that it is a copy of: each needs one of its own.
    async with room.context.reader() as reader:
        for row in await reader.all("select id from recordings.recording where id like 'copy-%%'", {}):
            wrapped = room.vault.keys.wrap(bytes(32), row["id"])
            await reader.connection.execute(
                "update recordings.recording set wrapped_key = %s where id = %s", (wrapped.wrapped, row["id"])
            )
    newest = rotate_key_file(tmp_path / "keys.json", START)
    arguments = [database_url, str(tmp_path), "org-1", "", "rewrap", "after a batch", str(room.clock.now().timestamp())]
    source = Path(__file__).parents[3] / "src"
    process = await asyncio.create_subprocess_exec(
        sys.executable, dying.__file__, *arguments, env={**os.environ, "PYTHONPATH": str(source)}
    )
    assert await process.wait() == -signal.SIGKILL
    rows = await room.rows("select id from recordings.recording where key_id = %(id)s", id=newest)
    assert len(rows) == 2
    progress = await rewrapped(room)
    assert [(each.done, each.total) for each in progress] == [(0, 2), (2, 2)]
    assert await key_ids(room) == {newest}
    assert await heard(room, recording) == tone(0.2)
