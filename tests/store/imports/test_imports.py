"""Exported recordings come in verbatim, and leave quarantine only once nothing about them is wrong."""

import asyncio
import hashlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.store.conftest import Tenant
from tests.store.imports.conftest import Archive
from tests.store.recordings.conftest import START
from tests.unit.imports.files import FOLDER, at, metadata, mp3, wav
from tests.unit.recordings.sounds import tone

from shiftline.foundation.context import Actor
from shiftline.foundation.database import Database
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.operations.tokens import authenticate
from shiftline.imports.endpoints import ROUTES
from shiftline.imports.errors import ImportRunning, ItemNotFound, ItemSettled, NotAcceptable, StillWrong
from shiftline.imports.model import ItemState, Repair, Rule
from shiftline.imports.operations import reading
from shiftline.imports.operations.receiving import run_import
from shiftline.imports.operations.repairing import repair_item
from shiftline.imports.rules import reporting
from shiftline.recordings.endpoints import ROUTES as RECORDINGS
from shiftline.recordings.model import RecordingFilter, Use
from shiftline.recordings.operations.playing import get_peaks, open_media, read_whole
from shiftline.recordings.operations.reading import get_recording, list_revisions
from shiftline.recordings.operations.refreshing import refresh_metadata


async def test_what_is_whole_becomes_a_recording_and_is_played(archive: Archive) -> None:
    sounds = {"ogg-1": tone(3.0), "wav-1": wav(3.0), "mp3-1": mp3(115)}
    formats = {"ogg-1": "OGG_OPUS", "wav-1": "WAV", "mp3-1": "MP3"}
    for name, sound in sounds.items():
        archive.add(name, sound, userIds=[archive.room.agent.id], mediaFormat=formats[name])
    done = await archive.read()
    assert (done.state, done.total, done.received, done.adopted, done.known) == ("done", 3, 3, 3, 0)
    context, vault = archive.room.context, archive.room.vault
    for name, sound in sounds.items():
        recording = await get_recording(context, name)
        assert (recording.person_id, recording.zone, recording.utc_offset_seconds) == (
            archive.room.agent.id,
            "America/Chicago",
            -18000,
        )
        assert (recording.started_at, recording.ended_at) == (at("2023-10-27T11:00:03Z"), at("2023-10-27T11:00:06Z"))
        assert (recording.sha256, recording.size) == (hashlib.sha256(sound).digest(), len(sound))
        playing = await open_media(context, vault, name, use=Use.MEDIA, wanted=None, by_ticket=False)
        assert b"".join([piece async for piece in playing.content]) == sound
        assert (await get_peaks(context, vault, name)).length > 0
        (revision,) = await list_revisions(context, name)
        assert hashlib.sha256(sound).hexdigest() in revision.reason
        held = (archive.folder / FOLDER / f"{name}_metadata.json").read_bytes()
        assert hashlib.sha256(held).hexdigest() in revision.reason
    assert {each.container: each.codec for each in [await get_recording(context, name) for name in sounds]} == {
        "ogg": "opus",
        "wav": "pcm",
        "mp3": "mp3",
    }


async def test_each_kind_of_damage_is_named_and_nothing_of_it_is_stored_as_a_recording(archive: Archive) -> None:
    archive.add("both-null", wav(), startTime=None, endTime=None)
    archive.add("no-media")
    archive.add("unknown-agent", wav(2.9), userIds=["nobody"])
    archive.add("cut", wav(2.8)[:-1000])
    archive.add("cut-json", wav(2.7), text=json.dumps(metadata())[:60])
    archive.add("is-html", b"<html>")
    archive.add("twice-a", wav(2.6))
    archive.add("twice-b", wav(2.6))
    done = await archive.read()
    found = {
        each.recording_id: {problem.rule for problem in each.problems if problem.open} for each in await archive.items()
    }
    assert Rule.START_MISSING in found["both-null"]
    assert found["no-media"] == {Rule.MEDIA_MISSING}
    assert found["unknown-agent"] == {Rule.AGENT_UNKNOWN}
    assert found["cut"] == {Rule.MEDIA_TRUNCATED}
    assert Rule.METADATA_TRUNCATED in found["cut-json"]
    assert found["is-html"] == {Rule.MEDIA_UNKNOWN}
    assert (found["twice-a"], found["twice-b"]) == (set(), {Rule.DUPLICATE_MEDIA})
    assert (done.received, done.adopted) == (8, 1)
    assert [row["id"] for row in await archive.room.rows("select id from recordings.recording")] == ["twice-a"]
    original = next(each for each in await archive.items() if each.recording_id == "cut-json")
    assert original.metadata == (archive.folder / FOLDER / "cut-json_metadata.json").read_bytes()


async def test_the_same_folder_twice_adds_nothing(archive: Archive) -> None:
    archive.add_many(30)
    archive.add("waits", wav(2.0), startTime=None, endTime=None)
    first = await archive.read()
    objects = await _objects(archive)
    second = await archive.read()
    assert (first.received, first.adopted, second.received, second.known) == (31, 30, 0, 31)
    assert await _objects(archive) == objects
    assert len(await archive.items()) == 31


async def _objects(archive: Archive) -> int:
    return len([each async for each in archive.room.vault.objects.list_all()])


async def test_what_comes_again_otherwise_takes_the_place_of_what_waits(archive: Archive) -> None:
    archive.add("later", None)
    await archive.read()
    archive.add("later", wav())
    done = await archive.read()
    assert (done.received, done.adopted) == (1, 1)
    assert {each.state for each in await archive.items()} == {ItemState.SUPERSEDED, ItemState.ADOPTED}


async def test_nothing_of_another_organization_is_kept(archive: Archive) -> None:
    archive.add("foreign", wav(), organizationId="org-2")
    archive.add("ours-there", wav(2.0), organizationId="vendor-7")
    done = await archive.read(organization_ids=("vendor-7",))
    assert (done.received, done.refused, done.adopted) == (1, 1, 1)
    (refused,) = await reading.list_refusals(archive.room.context, done.id)
    assert "org-2" in refused.sentence
    assert await _objects(archive) == 1
    assert await archive.room.rows("select * from imports.item where recording_id = 'foreign'") == []


async def test_a_repair_makes_a_recording_and_the_original_stays_provable(archive: Archive) -> None:
    archive.add("broken", wav(), startTime=None, endTime=None, userIds=["nobody"])
    await archive.read()
    (item,) = await archive.items()
    context = archive.room.context
    with pytest.raises(StillWrong) as left:
        await repair_item(context, item.id, Repair({"startTime": "2023-10-27T06:00:03-05:00"}, (), "the phone log"))
    assert [each.code for each in left.value.problems] == ["import.agent.unknown"]
    given = {"startTime": "2023-10-27T06:00:03-05:00", "userId": archive.room.agent.id}
    repaired = await repair_item(context, item.id, Repair(given, (), "the phone log"))
    assert repaired.state is ItemState.ADOPTED
    recording = await get_recording(context, "broken")
    assert (recording.started_at, recording.ended_at) == (at("2023-10-27T11:00:03Z"), at("2023-10-27T11:00:06Z"))
    assert recording.me is not None
    assert recording.me.name == "Ana Ruiz"
    with pytest.raises(ItemSettled):
        await repair_item(context, item.id, Repair(given, (), "again"))
    with pytest.raises(ItemNotFound):
        await repair_item(context, "nothing", Repair(given, (), "again"))
    rows = await archive.room.rows("select kind, facts from ledger.entry where subject_id = 'broken' order by real_at")
    facts = {row["kind"]: json.loads(bytes(row["facts"])) for row in rows}
    assert list(facts) == ["import.received", "recording.sealed", "import.repaired"]
    held = (archive.folder / FOLDER / "broken_metadata.json").read_bytes()
    digests = (hashlib.sha256(wav()).hexdigest(), hashlib.sha256(held).hexdigest())
    for kind in ("import.received", "import.repaired"):
        assert (facts[kind]["media_sha256"], facts[kind]["metadata_sha256"]) == digests
    assert facts["import.repaired"]["reason"] == "the phone log"
    (revision,) = await list_revisions(context, "broken")
    assert all(digest in revision.reason for digest in digests)
    assert facts["import.repaired"]["revision_digest"] == revision.digest.hex()


async def test_what_changes_no_field_may_be_taken_as_it_is_and_nothing_else(archive: Archive) -> None:
    archive.add("cut", wav()[:-1000], endTime=None)
    await archive.read()
    (item,) = await archive.items()
    with pytest.raises(NotAcceptable, match=r"agent\.unknown"):
        await repair_item(archive.room.context, item.id, Repair({}, (Rule.AGENT_UNKNOWN,), "so be it"))
    repaired = await repair_item(archive.room.context, item.id, Repair({}, (Rule.MEDIA_TRUNCATED,), "all there is"))
    assert repaired.state is ItemState.ADOPTED


async def test_what_came_is_never_changed(archive: Archive) -> None:
    archive.add("one", None)
    await archive.read()
    for statement in (
        "update imports.item set metadata = 'x'",
        "update imports.item set before = '{}'",
        "delete from imports.item",
    ):
        with pytest.raises(psycopg.errors.RaiseException, match="evidence"):
            await archive.room.rows(statement)


async def test_a_report_tells_what_was_and_what_is(archive: Archive) -> None:
    archive.add("null-end", wav(), endTime=None)
    archive.add("null-all", wav(2.0), startTime=None, endTime=None)
    archive.add("backwards", wav(2.1), endTime="2023-10-27T10:00:00Z")
    archive.add("offset", wav(2.2), startTime="2023-10-27T06:00:03Z", endTime=None)
    done = await archive.read()
    lines = await reading.report_import(archive.room.context, done.id)
    counts = reporting.count(lines)
    assert counts["null"] == {"before": 4, "after": 2}
    assert counts["contradictory"] == {"before": 1, "after": 0}
    assert counts["offset"] == {"before": 1, "after": 0}
    table = reporting.in_csv(lines)
    assert "null-end" in table
    assert "2023-10-27T11:00:06+00:00" in table or "2023-10-27T11:00:06Z" in table


async def test_a_refresh_is_reported_the_same_way(archive: Archive) -> None:
    recording = await archive.room.sealed(1.0)
    await archive.room.rows(
        "update recordings.recording set utc_offset_seconds = 0, "
        "offsets = jsonb_set(offsets, '{0,utc_offset_seconds}', '0') returning id"
    )
    wanted = RecordingFilter(conversation_ids=[recording.conversation_id])
    result = await refresh_metadata(archive.room.context, archive.room.vault, wanted, "wrong zone")
    assert [each.revision for each in result.refreshed] == [2]
    span = (START - timedelta(days=1), START + timedelta(days=1))
    lines = await reading.report_revisions(archive.room.context, span)
    assert reporting.count(lines)["offset"]["before"] == 2
    assert ("utc_offset_seconds", 0, -18000) in [(each.field, each.before, each.after) for each in lines]


async def test_a_refresh_leaves_what_was_imported_as_it_is(archive: Archive) -> None:
    archive.add("wav-1", wav())
    await archive.read()
    wanted = RecordingFilter(conversation_ids=["conversation-1"])
    result = await refresh_metadata(archive.room.context, archive.room.vault, wanted, "look again")
    assert [each.outcome.value for each in result.refreshed] == ["unchanged"]


async def test_one_folder_is_read_at_a_time(archive: Archive) -> None:
    archive.add_many(60)
    ends = await asyncio.gather(archive.read(), archive.read(), return_exceptions=True)
    assert sum(isinstance(each, ImportRunning) for each in ends) <= 1
    assert len(await archive.items()) == 60


async def test_objects_and_sound_are_encrypted_in_quarantine_too(archive: Archive, tmp_path: Path) -> None:
    archive.add("waits", wav(), startTime=None, endTime=None)
    await archive.read()
    stored = [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert b"RIFF" not in stored[0].read_bytes()
    assert wav()[100:200] not in stored[0].read_bytes()


DYING = """
import asyncio, os, signal, sys
from pathlib import Path
from datetime import UTC, datetime
from shiftline.apps import rooms
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Transaction
from shiftline.foundation.objects import Objects
from shiftline.imports import store
from shiftline.imports.operations.receiving import run_import
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.vault import Vault
rooms.load("events")
url, folder, exported, import_id, step = sys.argv[1:]
count = 0
def dying(owner, name, nth, before):
    inner = getattr(owner, name)
    async def dies(*arguments, **more):
        global count
        count += 1
        if before and count == nth: os.kill(os.getpid(), signal.SIGKILL)
        result = await inner(*arguments, **more)
        if not before and count >= nth: os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(owner, name, dies)
{
    "before an object": lambda: dying(Objects, "put_file", 30, True),
    "after an object": lambda: dying(Objects, "put_file", 30, False),
    "between rows": lambda: dying(store, "insert_item", 40, False),
    "within an adoption": lambda: dying(store, "adopt_item", 40, True),
    "before the commit": lambda: dying(store, "advance_import", 2, False),
    "at the end": lambda: dying(store, "end_import", 1, True),
}[step]()
async def main():
    database = Database(url)
    await database.open()
    context = Context(database, Clock(), Actor("org-1", "system"))
    vault = Vault(Objects((Path(folder) / "objects").as_uri()), Keys(Path(folder) / "keys.json"))
    await run_import(context, vault, import_id, Path(exported))
asyncio.run(main())
"""
STEPS = ["before an object", "after an object", "between rows", "within an adoption", "before the commit", "at the end"]


@pytest.mark.parametrize("step", STEPS)
async def test_an_import_that_is_killed_is_gone_on_with(
    archive: Archive, database_url: str, tmp_path: Path, step: str
) -> None:
    from shiftline.imports.model import ImportDraft
    from shiftline.imports.operations.starting import start_import

    archive.add_many(60)
    context = archive.room.context
    begun = await start_import(context, ImportDraft(str(archive.folder), "moved"), deferred=False)
    command = (sys.executable, "-c", DYING, database_url, str(tmp_path), str(archive.folder), begun.id, step)
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == -signal.SIGKILL
    async with asyncio.timeout(20):  # the server notices in a moment that nobody holds the lock any more
        while True:
            try:
                done = await run_import(context, archive.room.vault, begun.id, archive.folder)
            except ImportRunning:
                await asyncio.sleep(0.1)
            else:
                break
    assert (done.state, done.total, done.received, done.adopted) == ("done", 60, 60, 60)
    for row in await archive.room.rows("select id from recordings.recording"):
        await read_whole(archive.room.vault, await get_recording(context, row["id"]))


@pytest.fixture
async def client(archive: Archive, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async def who(token: str) -> Actor:
        return await authenticate(database, archive.room.clock, token)

    more: Any = {"vault": archive.room.vault, "imports": archive.folder.parent.parent}
    options = WebOptions("localhost:8443", extra_state=more)
    app: Any = build(
        [*ROUTES, *RECORDINGS], database=database, clock=archive.room.clock, authenticate=who, options=options
    )
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {archive.room.tenant.tokens['admin-1']}"}
    async with httpx.AsyncClient(transport=transport, base_url="https://api.localhost:8443", headers=headers) as made:
        yield made


async def test_an_import_by_the_api_from_its_start_to_its_report(archive: Archive, client: httpx.AsyncClient) -> None:
    archive.add("broken", wav(), startTime=None, endTime=None)
    archive.add("whole", wav(2.0), endTime=None)
    prefix = "/api/v2/shiftline/recordings"
    answer = await client.post(f"{prefix}/imports", json={"folder": "exported", "reason": "moved"})
    assert answer.status_code == 202, answer.text
    begun = answer.json()
    assert begun["state"] == "running"
    await run_import(archive.room.context, archive.room.vault, begun["id"], archive.folder)
    told = (await client.get(begun["selfUri"])).json()
    assert (told["state"], told["received"], told["adopted"]) == ("done", 2, 1)
    waiting = (await client.get(f"{prefix}/quarantine", params={"state": "waiting", "rule": "start.missing"})).json()
    (item,) = waiting["entities"]
    held = (archive.folder / FOLDER / "broken_metadata.json").read_bytes()
    assert (await client.get(item["metadataUri"])).content == held
    refused = await client.post(
        f"{item['selfUri']}/repair", json={"reason": "why", "corrections": {"startTime": "soon"}}
    )
    assert refused.status_code == 400
    assert "startTime" in refused.text
    body = {"reason": "the phone log", "corrections": {"startTime": "2023-10-27T11:00:03Z"}}
    repaired = await client.post(f"{item['selfUri']}/repair", json=body)
    assert repaired.status_code == 200, repaired.text
    media = await client.get(f"{prefix}/broken/media")
    assert (media.content, media.headers["content-type"]) == (wav(), "audio/wav")
    assert ".wav" in media.headers["content-disposition"]
    report = (await client.get(f"{begun['selfUri']}/report")).json()
    assert report["counts"]["null"] == {"before": 3, "after": 0}
    table = await client.get(f"{begun['selfUri']}/report/csv")
    assert table.text.startswith("recordingId,path,field,class,rule,before,after,solved")
    listed = (await client.get(prefix, params={"conversationId": "conversation-1"})).json()
    assert listed["total"] == 2
    outside = await client.post(f"{prefix}/imports", json={"folder": "../.."})
    assert outside.status_code == 400
    assert "leads out" in outside.text


async def test_another_organization_knows_nothing_of_it(
    archive: Archive, client: httpx.AsyncClient, other_tenant: Tenant
) -> None:
    archive.add("waits", wav(), startTime=None, endTime=None)
    done = await archive.read()
    (item,) = await archive.items()
    headers = {"Authorization": f"Bearer {other_tenant.tokens['admin-2']}"}
    for path in (
        f"imports/{done.id}",
        f"imports/{done.id}/report",
        f"quarantine/{item.id}",
        f"quarantine/{item.id}/metadata",
    ):
        answer = await client.get(f"/api/v2/shiftline/recordings/{path}", headers=headers)
        assert answer.status_code == 404, path
    listed = await client.get("/api/v2/shiftline/recordings/quarantine", headers=headers)
    assert listed.json()["total"] == 0
