"""Keys of what is in quarantine are wrapped anew; the item becomes a recording afterwards as before, and no object was touched."""

from tests.store.imports.conftest import Archive
from tests.store.recordings.conftest import START
from tests.unit.imports.files import wav

from shiftline.imports.model import ItemState, Repair
from shiftline.imports.operations.repairing import repair_item
from shiftline.imports.operations.rewrapping import rewrap_quarantine
from shiftline.recordings.operations.playing import read_whole
from shiftline.recordings.operations.reading import get_recording


async def test_what_waits_is_wrapped_by_the_newest_key(archive: Archive) -> None:
    archive.add("waits", wav(), startTime=None, endTime=None)
    archive.add("again", wav(2.0), startTime=None, endTime=None)
    await archive.read()
    archive.add("again", wav(2.5), startTime=None, endTime=None)
    await archive.read()
    before = {each.id: (each.key_id, each.object_key, each.state) for each in await archive.items()}
    assert ItemState.SUPERSEDED in {state for _, _, state in before.values()}, "its original is evidence, too"
    keys = archive.room.vault.keys
    new = keys.service.add_key(START)
    assert await rewrap_quarantine(archive.room.context, keys) == 3
    assert await rewrap_quarantine(archive.room.context, keys) == 0, "nothing is left"
    after = await archive.items()
    assert {each.key_id for each in after} == {new}
    assert {each.id: (each.object_key, each.state) for each in after} == {
        item_id: (object_key, state) for item_id, (_, object_key, state) in before.items()
    }
    (item,) = (each for each in after if each.recording_id == "waits")
    given = {"startTime": "2023-10-27T06:00:03-05:00"}
    await repair_item(archive.room.context, item.id, Repair(given, (), "the phone log"))
    recording = await get_recording(archive.room.context, "waits")
    assert (await read_whole(archive.room.vault, recording)).sound == wav()
