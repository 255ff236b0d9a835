"""What was recorded elsewhere is in its conversation, and in packages, as what is recorded here."""

import hashlib
import json
from pathlib import Path

import pytest
from tests.store.discovery.legal import Legal
from tests.store.imports.conftest import Archive
from tests.unit.imports.files import at, mp3, wav
from tests.unit.recordings.sounds import tone

from shiftline.conversations.model.conversations import CallState, Conversation
from shiftline.conversations.operations.conversations import find_conversation
from shiftline.discovery.exports.model import Selection
from shiftline.imports.model import ItemState, Repair, Rule
from shiftline.imports.operations.repairing import repair_item
from shiftline.recordings.operations.reading import list_of_conversation

OF = "conversation-1"


@pytest.fixture
def archive(legal: Legal, tmp_path: Path) -> Archive:
    folder = tmp_path / "org-1" / "exported"
    folder.mkdir(parents=True)
    return Archive(legal.room, folder)


async def conversation(archive: Archive) -> Conversation:
    async with archive.room.context.reader() as reader:
        found = await find_conversation(reader, "org-1", OF)
    assert found is not None
    return found


async def test_legs_that_come_in_make_their_conversation(archive: Archive) -> None:
    agent = archive.room.agent.id
    archive.add("first", wav(3.0), userIds=[agent])
    await archive.read()
    alone = await conversation(archive)
    assert (alone.started_at, alone.ended_at) == (at("2023-10-27T11:00:03Z"), at("2023-10-27T11:00:06Z"))
    archive.add("second", wav(4.0), startTime="2023-10-27T11:00:10Z", endTime="2023-10-27T11:00:14Z", userIds=[agent])
    await archive.read()
    both = await conversation(archive)
    assert (both.version, both.imported, both.live, both.direction) == (2, True, False, "inbound")
    assert both.ended_at == at("2023-10-27T11:00:14Z")
    assert [(each.purpose.value, each.person_id) for each in both.participants] == [
        ("customer", None),
        ("agent", agent),
        ("agent", agent),
    ]
    assert {each.state for each in both.participants} == {CallState.TERMINATED}
    recordings = await list_of_conversation(archive.room.context, OF)
    assert [each.id for each in recordings] == ["first", "second"]
    assert {each.participant_id for each in recordings} <= {each.id for each in both.participants}


async def test_a_conversation_that_took_place_here_stays_as_it_is(archive: Archive) -> None:
    known, participant = await archive.room.calls.talk(archive.room.agent.id)
    del participant
    archive.add("late", wav(3.0), conversationId=known.id)
    (archive.folder / "year=2023/month=10/day=27/hour=11/conversation_id=conversation-1").rename(
        archive.folder / f"year=2023/month=10/day=27/hour=11/conversation_id={known.id}"
    )
    done = await archive.read()
    assert done.adopted == 1
    async with archive.room.context.reader() as reader:
        found = await find_conversation(reader, "org-1", known.id)
    assert found is not None
    assert (found.version, found.live, found.imported) == (known.version, True, False)


async def test_every_format_is_in_a_package_as_it_came(legal: Legal, archive: Archive) -> None:
    cut = tone(5.0)[:-700]
    sounds = {"ogg-1": tone(3.0), "wav-1": wav(3.0), "mp3-1": mp3(115), "cut-1": cut}
    formats = {"ogg-1": "OGG_OPUS", "wav-1": "WAV", "mp3-1": "MP3", "cut-1": "OGG_OPUS"}
    for name, sound in sounds.items():
        archive.add(name, sound, userIds=[legal.room.agent.id], mediaFormat=formats[name], endTime=None)
    assert (await archive.read()).adopted == 3
    (waiting,) = await archive.items(state=ItemState.WAITING)
    taken = Repair({}, (Rule.MEDIA_TRUNCATED,), "the rest was lost in the move")
    await repair_item(legal.room.context, waiting.id, taken)
    await legal.room.tenant.news()
    export = await legal.sealed(vendor_media=True, selection=Selection(agent_ids=(legal.room.agent.id,)))
    report = legal.verify(export)
    assert report.holds, report.sentence
    folder = legal.path() / "data/conversations" / OF
    for name, sound in sounds.items():
        container = formats[name].partition("_")[0].lower()
        assert (folder / f"{name}.{container}").read_bytes() == sound
        told = json.loads(next(legal.path().glob(f"data/vendor/**/{name}_metadata.json")).read_text())
        assert (told["mediaFormat"], told["sha256"]) == (formats[name], hashlib.sha256(sound).hexdigest())
    described = json.loads((folder / "conversation.json").read_text())
    assert [each["kind"] for each in described["documents"]] == ["recording"] * 4
    dialogs = json.loads((folder / "vcon.json").read_text())["dialog"]
    assert {each["mediatype"] for each in dialogs} == {"audio/ogg", "audio/wav", "audio/mpeg"}
    assert all(each["parties"] for each in dialogs)
    assert export.total_objects > 0
