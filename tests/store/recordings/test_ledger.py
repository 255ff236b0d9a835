"""What happens to recordings stands in the ledger: entered in the same transaction, with digests that bind what is kept."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from tests.store.recordings.conftest import START, Api, Room
from tests.store.recordings.test_sealing import SOUND

from shiftline.foundation.web.paging import Page
from shiftline.ledger.keys import SigningKeys, create_key_file
from shiftline.ledger.model import EntryFilter, KeptEntry
from shiftline.ledger.operations.checking import check_ledger
from shiftline.ledger.operations.reading import find_entries
from shiftline.ledger.operations.sequencing import Notary, sequence_waiting
from shiftline.recordings.operations.playing import get_peaks
from shiftline.recordings.operations.reading import list_accesses, list_revisions
from shiftline.recordings.operations.retention import set_retention
from shiftline.recordings.operations.sealing import lose_recording


async def entered(room: Room, recording_id: str | None = None) -> list[KeptEntry]:
    wanted = EntryFilter(subject_ids=None if recording_id is None else (recording_id,))
    async with room.context.reader() as reader:
        return await find_entries(reader, "org-1", wanted)


async def test_a_recordings_life_is_entered(room: Room, tmp_path: Any) -> None:
    recording = await room.sealed()
    admin = room.tenant.context
    await set_retention(admin, recording.id, recording.conversation_id, None, recording.started_at.replace(year=2033))
    await get_peaks(admin, room.vault, recording.id)
    create_key_file(tmp_path / "ledger.json", START)
    notary = Notary(SigningKeys(tmp_path / "ledger.json"), "localhost")
    assert await sequence_waiting(room.context, notary) == 4
    opened, sealed, revised, accessed = await entered(room, recording.id)
    assert [each.entry.kind for each in (opened, sealed, revised, accessed)] == [
        "recording.opened",
        "recording.sealed",
        "recording.revised",
        "recording.accessed",
    ]
    assert {each.entry.conversation_id for each in (opened, sealed, revised, accessed)} == {recording.conversation_id}
    assert (opened.entry.actor_kind, revised.entry.actor_id) == ("system", "admin-1")
    facts = [json.loads(each.facts) for each in (opened, sealed, revised, accessed)]
    assert (facts[0]["zone"], facts[0]["utc_offset_seconds"]) == ("America/Chicago", -18000)
    assert recording.sha256 is not None
    assert recording.stored_sha256 is not None
    assert (facts[1]["sha256"], facts[1]["stored_sha256"]) == (recording.sha256.hex(), recording.stored_sha256.hex())
    revisions = await list_revisions(admin, recording.id)
    assert [each["revision_digest"] for each in facts[1:3]] == [each.digest.hex() for each in revisions]
    (access,), _ = await list_accesses(admin, recording.id, Page())
    assert (facts[3]["access_id"], facts[3]["what"], facts[3]["allowed"]) == (access.id, "peaks", True)
    report = await check_ledger(admin)
    assert (report.leaves, report.problem) == (4, None)


async def test_a_lost_recording_is_entered(room: Room) -> None:
    opened = await room.open()
    await lose_recording(room.context, opened.id, "The disk is full.")
    await lose_recording(room.context, opened.id, "Twice.")
    assert [each.entry.kind for each in await entered(room, opened.id)] == ["recording.opened", "recording.lost"]


async def test_a_recording_that_is_rolled_back_was_never_entered(room: Room) -> None:
    conversation, participant = await room.calls.talk(room.agent.id)

    async def fail() -> None:
        from shiftline.recordings.operations.opening import open_recording_in

        async with room.context.transaction() as tx:
            await open_recording_in(tx, room.draft(conversation, participant))
            raise RuntimeError

    with suppress(RuntimeError):
        await fail()
    assert await entered(room) == []


async def test_a_seal_that_is_repeated_is_entered_once(room: Room) -> None:
    opened = await room.open()
    await room.record(opened, SOUND)
    assert [each.entry.kind for each in await entered(room, opened.id)] == ["recording.opened", "recording.sealed"]


async def test_every_access_is_entered_a_refused_one_too_and_nobody_queues(api: Api) -> None:
    """While another transaction that has entered something stays open, forty hear the recording."""
    room = api.room
    recording = await room.sealed()
    stranger = await room.tenant.person("Stranger")
    path = f"/api/v2/shiftline/recordings/{recording.id}/media"
    from shiftline.ledger.model import EntryDraft
    from shiftline.ledger.operations.appending import append_in

    async with room.tenant.context.transaction() as tx:
        await append_in(tx, EntryDraft("test.happened", recording.id, {}))
        answers = await asyncio.gather(*(api.call("GET", path, Range=f"bytes={at}-") for at in range(40)))
        refused = await api.call("GET", path, stranger)
    assert {answer.status_code for answer in answers} == {206}
    assert refused.status_code == 403
    facts = [
        json.loads(each.facts) for each in await entered(room, recording.id) if each.entry.kind == "recording.accessed"
    ]
    assert sorted(each["first_byte"] for each in facts if each["allowed"]) == list(range(40))
    assert [each["code"] for each in facts if not each["allowed"]] == ["permission.missing"]
