"""Recordings are destroyed in two steps by two people; a hold wins; whoever dies leaves it to the next."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.store.recordings import dying
from tests.store.recordings.conftest import START, Api, Room
from tests.store.recordings.test_matters import copies, opened, place

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Refusal
from shiftline.identity.model import Person
from shiftline.recordings.deletion.errors import (
    AlreadyApproved,
    AlreadyMarked,
    DeletionOver,
    HeldByMatters,
    NotDeletable,
    PolicyInvalid,
    SamePerson,
)
from shiftline.recordings.deletion.model import Cause, Deletion, DeletionState, RetentionPolicy, Tombstone
from shiftline.recordings.deletion.operations import destroying, marking, retaining
from shiftline.recordings.errors import Archived
from shiftline.recordings.matters.errors import AllDestroyed
from shiftline.recordings.matters.events import DeletionStopped
from shiftline.recordings.matters.operations import opening
from shiftline.recordings.model import Recording, Use
from shiftline.recordings.operations.playing import open_media
from shiftline.recordings.operations.retention import set_retention

MAY = ("recording:deletion:mark", "recording:deletion:approve", "recording:deletion:view", "recording:recording:view")
DELETIONS = "/api/v2/shiftline/recordingdeletions"


async def second(room: Room, name: str = "Second") -> Context:
    return room.tenant.acting_as(await room.tenant.person(name, *MAY), *MAY)


async def mark(room: Room, recording: Recording, reason: str = "Asked for by the caller") -> Deletion:
    (deletion,) = await marking.mark_recordings(room.tenant.context, [recording.id], reason)
    return deletion


async def approved(room: Room, recording: Recording) -> Deletion:
    deletion = await mark(room, recording)
    (deletion,) = await marking.approve_deletions(await second(room), [deletion.id])
    return deletion


def objects(tmp_path: Path) -> list[str]:
    return [str(each) for each in (tmp_path / "objects").rglob("*") if each.is_file()]


async def state_of(room: Room, recording: Recording) -> str:
    (row,) = await room.rows("select state from recordings.recording where id = %(id)s", id=recording.id)
    return row["state"]


async def kinds(room: Room, subject_id: str) -> list[str]:
    rows = await room.rows("select kind from ledger.entry where subject_id = %(id)s order by real_at", id=subject_id)
    return [row["kind"] for row in rows]


async def test_a_recording_is_destroyed_by_two_people_after_the_grace(room: Room, tmp_path: Path) -> None:
    recording = await room.sealed(0.2)
    deletion = await mark(room, recording)
    assert deletion.due_at == room.clock.now() + timedelta(days=30)
    room.clock.advance(timedelta(days=31))
    assert await destroying.destroy_due(room.context) == 0
    with pytest.raises(SamePerson):
        await marking.approve_deletions(room.tenant.context, [deletion.id])
    await marking.approve_deletions(await second(room), [deletion.id])
    assert await destroying.destroy_due(room.context) == 1
    (row,) = await room.rows("select * from recordings.recording")
    assert (row["state"], row["wrapped_key"], row["object_key"], row["revision"]) == ("destroyed", None, None, 1)
    assert len(objects(tmp_path)) == 1
    assert await destroying.erase_left(room.context, room.vault.objects) == 1
    assert objects(tmp_path) == []
    (left,) = await room.rows("select * from recordings.tombstone")
    assert bytes(left["sha256"]) == recording.sha256
    assert (left["asked_by"], left["key_id"], left["object_gone_at"]) == ("admin-1", recording.key_id, room.clock.now())
    assert len(await room.rows("select * from recordings.revision")) == 1
    assert (await kinds(room, recording.id))[2:] == [
        "deletion.marked", "deletion.approved", "recording.destroyed", "recording.erased",
    ]  # fmt: skip


async def test_whose_grace_is_not_over_is_not_destroyed(room: Room) -> None:
    recording = await room.sealed(0.2)
    await approved(room, recording)
    room.clock.advance(timedelta(days=30) - timedelta(seconds=1))
    assert await destroying.destroy_due(room.context) == 0
    room.clock.advance(timedelta(seconds=1))
    assert await destroying.destroy_due(room.context) == 1


async def test_the_grace_can_be_changed_for_what_is_marked_later(room: Room) -> None:
    first, second_one = await room.sealed(0.2), await room.sealed(0.2)
    before = await mark(room, first)
    assert await retaining.set_grace(room.tenant.context, 1) == 1
    after = await mark(room, second_one)
    assert (before.due_at - room.clock.now(), after.due_at - room.clock.now()) == (
        timedelta(days=30),
        timedelta(days=1),
    )


async def test_who_hears_a_destroyed_recording_is_told_when_why_and_by_whom(api: Api) -> None:
    room = api.room
    recording = await room.sealed(0.2)
    deletion = await approved(room, recording)
    await room.rows("insert into recordings.peaks values ('org-1', %(id)s, 8000, 256, '') returning 1", id=recording.id)
    room.clock.advance(timedelta(days=31))
    await destroying.destroy_due(room.context)
    assert await room.rows("select * from recordings.peaks") == []
    path = f"/api/v2/shiftline/recordings/{recording.id}"
    for part in ("media", "peaks"):
        answer = await api.call("GET", f"{path}/{part}")
        body = answer.json()
        assert (answer.status_code, body["code"]) == (410, "recording.destroyed")
        for told in ("Asked for by the caller", "admin-1", str(deletion.approved_by), "2023-11-27T11:00:03"):
            assert told in body["message"]
    shown = await api.get(f"/api/v2/conversations/{recording.conversation_id}/recordings/{recording.id}")
    assert (shown["fileState"], shown["mediaUris"]) == ("DELETED", {})
    own = await api.get(path)
    assert (own["state"], own["sha256"]) == ("destroyed", (recording.sha256 or b"").hex())
    again = await api.call("POST", DELETIONS, body={"recordingIds": [recording.id], "reason": "Again"})
    assert (again.status_code, again.json()["code"]) == (410, "recording.destroyed")
    dates = {"deleteDate": "2024-01-01T00:00:00Z"}
    kept = f"/api/v2/conversations/{recording.conversation_id}/recordings/{recording.id}"
    assert (await api.call("PUT", kept, body=dates)).status_code == 410


# Holds win


async def test_a_hold_ends_a_deletion_and_tells_who_marked_it(room: Room) -> None:
    recording = await room.sealed(0.2)
    deletion = await approved(room, recording)
    await room.tenant.news()
    room.clock.advance(timedelta(days=31))
    matter = await opened(room)
    await place(room, matter, recording_ids=[recording.id])
    assert await destroying.destroy_due(room.context) == 0
    (told,) = await room.tenant.news(DeletionStopped)
    assert (told.asked_by, told.deletion_id, told.matter_id) == ("admin-1", deletion.id, matter.id)
    over = await marking.get_deletion(room.tenant.context, deletion.id)
    assert (over.state, over.ended_why) == (DeletionState.HELD, "Held by matter Doe v. Northwind.")
    with pytest.raises(HeldByMatters, match=r"held by matter Doe v\. Northwind"):
        await mark(room, recording)
    await opening.close_matter(room.tenant.context, matter.id, "Settled")
    assert await destroying.destroy_due(room.context) == 0  # what a hold ended does not begin again by itself
    assert (await mark(room, recording)).state is DeletionState.MARKED


async def test_a_hold_of_what_was_destroyed_is_refused_and_says_when(room: Room) -> None:
    recording = await room.sealed(0.2)
    await approved(room, recording)
    room.clock.advance(timedelta(days=31))
    await destroying.destroy_due(room.context)
    matter = await opened(room)
    with pytest.raises(AllDestroyed, match=f"{recording.id} at 2023-11-27T11:00:03"):
        await place(room, matter, recording_ids=[recording.id])
    assert await room.rows("select * from recordings.hold") == []
    other = await room.sealed(0.2)
    hold = await place(room, matter, person_ids=[room.agent.id])
    assert (hold.taken, hold.refused, [each.recording_id for each in hold.refusals]) == (1, 1, [recording.id])
    assert await state_of(room, other) == "sealed"


@pytest.mark.parametrize("tries", [60])
async def test_a_hold_and_a_destruction_that_race_leave_it_kept_or_the_hold_refused(room: Room, tries: int) -> None:
    """The bench ``hold-race`` does so 10,000 times with processes of their own."""
    recording, matter = await room.sealed(0.2), await opened(room)
    other = await second(room)
    outcomes = set[str]()
    ids = await copies(room, recording, tries)
    deletions = await marking.mark_recordings(room.tenant.context, ids, "Old")
    await marking.approve_deletions(other, [each.id for each in deletions])
    room.clock.advance(timedelta(days=31))
    by_recording = {each.recording_id: each.id for each in deletions}

    async def held(recording_id: str, delay: float) -> bool:
        await asyncio.sleep(delay)
        try:
            await place(room, matter, recording_ids=[recording_id])
        except AllDestroyed:
            return False
        return True

    async def destroyed(recording_id: str, deletion_id: str, delay: float) -> Tombstone | None:
        await asyncio.sleep(delay)
        return await destroying.destroy_recording(room.context, recording_id, deletion_id)

    for number, recording_id in enumerate(ids):
        deletion_id = by_recording[recording_id]
        accepted, tombstone = await asyncio.gather(
            held(recording_id, number % 3 / 500), destroyed(recording_id, deletion_id, number % 7 / 500)
        )
        (row,) = await room.rows("select * from recordings.recording where id = %(id)s", id=recording_id)
        assert accepted == (tombstone is None) == (row["state"] == "sealed") == (row["held_by"] == 1)
        outcomes.add(row["state"])
    assert outcomes == {"sealed", "destroyed"}


# Refusals


async def test_a_deletion_is_approved_once_and_over_once(room: Room) -> None:
    recording = await room.sealed(0.2)
    other = await second(room)
    deletion = await mark(room, recording)
    with pytest.raises(AlreadyMarked, match="admin-1"):
        await mark(room, recording)
    await marking.approve_deletions(other, [deletion.id])
    assert (await marking.approve_deletions(other, [deletion.id]))[0].approved_by == other.actor.id  # repeated
    with pytest.raises(AlreadyApproved):
        await marking.approve_deletions(await second(room, "Third"), [deletion.id])
    (withdrawn,) = await marking.withdraw_deletions(room.tenant.context, [deletion.id], "Needed after all")
    assert (withdrawn.state, withdrawn.ended_why) == (DeletionState.WITHDRAWN, "Needed after all")
    with pytest.raises(DeletionOver, match="withdrawn: Needed after all"):
        await marking.approve_deletions(other, [deletion.id])
    room.clock.advance(timedelta(days=31))
    assert await destroying.destroy_due(room.context) == 0


async def test_what_is_still_being_made_is_not_marked(room: Room) -> None:
    recording = await room.open()
    with pytest.raises(NotDeletable, match="still being made"):
        await marking.mark_recordings(room.tenant.context, [recording.id], "?")


@pytest.mark.parametrize(
    "statement",
    [
        "update recordings.deletion set approved_by = asked_by",
        "update recordings.deletion set state = 'destroyed', approved_at = null, approved_by = null",
        "update recordings.tombstone set reason = 'another'",
        "update recordings.tombstone set object_gone_at = null",
        "delete from recordings.tombstone",
        "update recordings.recording set state = 'sealed'",
        "update recordings.recording set wrapped_key = 'x', key_id = 'x'",
    ],
)
async def test_the_database_keeps_what_tells_of_a_destruction(room: Room, statement: str) -> None:
    recording = await room.sealed(0.2)
    await approved(room, recording)
    room.clock.advance(timedelta(days=31))
    await destroying.destroy_due(room.context)
    await destroying.erase_left(room.context, room.vault.objects)
    with pytest.raises(Exception, match=r"evidence|contradicts|never comes back"):
        await room.rows(f"{statement} returning 1")


# Retention


async def test_a_policy_gives_dates_and_its_author_has_approved_first(room: Room) -> None:
    planner = room.tenant.acting_as(
        await room.tenant.person("Planner", "recording:retentionPolicy:edit"), "recording:retentionPolicy:edit", *MAY
    )
    with pytest.raises(PolicyInvalid, match="archiveDays: is 9"):
        await retaining.set_policy(planner, RetentionPolicy(9, 8))
    await retaining.set_policy(planner, RetentionPolicy(10, 90))
    recording = await room.sealed(0.2)
    assert recording.ended_at is not None
    assert (recording.archive_at, recording.delete_at) == (
        recording.ended_at + timedelta(days=10),
        recording.ended_at + timedelta(days=90),
    )
    room.clock.advance(timedelta(days=10))
    assert (await destroying.archive_due(room.context), await marking.mark_expired(room.context)) == (1, 0)
    with pytest.raises(Archived, match="archiveDate"):
        await open_media(room.tenant.context, room.vault, recording.id, use=Use.MEDIA, wanted=None, by_ticket=False)
    room.clock.advance(timedelta(days=80))
    assert await marking.mark_expired(room.context) == 1
    assert await marking.mark_expired(room.context) == 0
    async with room.context.reader() as reader:
        deletion = (await retaining.find_deletions_of(reader, "org-1", [recording.id]))[recording.id]
    assert (deletion.cause, deletion.asked_by) == (Cause.RETENTION, planner.actor.id)
    with pytest.raises(SamePerson, match="set the date"):
        await marking.approve_deletions(planner, [deletion.id])
    await marking.approve_deletions(await second(room), [deletion.id])
    room.clock.advance(timedelta(days=30))
    assert await destroying.destroy_due(room.context) == 1


async def test_a_queue_has_a_policy_of_its_own(room: Room) -> None:
    await retaining.set_policy(room.tenant.context, RetentionPolicy(None, 90))
    (row, *_) = await room.rows("select id from routing.public_queue")
    await retaining.set_policy(room.tenant.context, RetentionPolicy(None, None, row["id"]))
    recording = await room.sealed(0.2)
    assert (recording.queue_id, recording.delete_at) == (row["id"], None)
    with pytest.raises(Refusal, match="there is no queue nowhere"):
        await retaining.set_policy(room.tenant.context, RetentionPolicy(None, 1, "nowhere"))


async def test_who_moves_the_date_brings_it_back_and_withdraws_its_deletion(room: Room) -> None:
    context, recording = room.tenant.context, await room.sealed(0.2)
    soon = START + timedelta(days=1)
    changed = await set_retention(context, recording.id, recording.conversation_id, soon, soon)
    assert (changed.revision, changed.delete_at) == (2, soon)
    room.clock.advance(timedelta(days=2))
    assert (await destroying.archive_due(room.context), await marking.mark_expired(room.context)) == (1, 1)
    later = START + timedelta(days=400)
    back = await set_retention(context, recording.id, recording.conversation_id, later, later)
    assert back.archived_at is None
    (row,) = await room.rows("select * from recordings.deletion")
    assert (row["state"], row["asked_by"], row["ended_why"]) == (
        "withdrawn",
        "admin-1",
        "Its date of deletion was moved.",
    )
    assert await marking.mark_expired(room.context) == 0
    room.clock.set(later)
    assert await marking.mark_expired(room.context) == 1


async def test_what_is_held_is_not_marked_until_it_is_released(room: Room) -> None:
    context, recording, matter = room.tenant.context, await room.sealed(0.2), await opened(room)
    await place(room, matter, recording_ids=[recording.id])
    await set_retention(context, recording.id, recording.conversation_id, None, START + timedelta(days=1))
    room.clock.advance(timedelta(days=2))
    assert await marking.mark_expired(room.context) == 0
    await opening.release_recordings(context, matter.id, [recording.id], "Privileged")
    assert await marking.mark_expired(room.context) == 1
    (row,) = await room.rows("select * from recordings.deletion")
    await marking.withdraw_deletions(context, [row["id"]], "Kept")
    assert await marking.mark_expired(room.context) == 0


# Killed


@pytest.mark.parametrize("step", dying.DESTROYING)
async def test_a_destruction_killed_at_any_step_is_done_by_the_next(
    room: Room, database_url: str, tmp_path: Path, step: str
) -> None:
    recording = await room.sealed(0.2)
    await approved(room, recording)
    room.clock.advance(timedelta(days=31))
    arguments = [database_url, str(tmp_path), "org-1", recording.id, "destroy", step, str(room.clock.now().timestamp())]
    source = Path(__file__).parents[3] / "src"
    process = await asyncio.create_subprocess_exec(
        sys.executable, dying.__file__, *arguments, env={**os.environ, "PYTHONPATH": str(source)}
    )
    assert await process.wait() == -signal.SIGKILL
    await destroying.destroy_due(room.context)
    await destroying.erase_left(room.context, room.vault.objects)
    assert (await state_of(room, recording), objects(tmp_path)) == ("destroyed", [])
    (left,) = await room.rows("select * from recordings.tombstone")
    assert left["object_gone_at"] is not None
    assert (await kinds(room, recording.id))[-2:] == ["recording.destroyed", "recording.erased"]


# The API


async def test_deletions_over_http(api: Api) -> None:
    room = api.room
    recording, other = await room.sealed(0.2), await room.tenant.person("Second", *MAY)
    answer = await api.call("POST", DELETIONS, body={"recordingIds": [recording.id], "reason": "Asked for"})
    assert answer.status_code == 201, answer.text
    (deletion,) = answer.json()["entities"]
    assert (await api.get(f"{DELETIONS}?waiting=true"))["total"] == 1
    same = await api.call("POST", f"{DELETIONS}/approvals", body={"deletionIds": [deletion["id"]]})
    assert (same.status_code, same.json()["code"]) == (409, "deletion.same.person")
    yes = await api.call("POST", f"{DELETIONS}/approvals", other, {"deletionIds": [deletion["id"]]})
    assert yes.json()["entities"][0]["approvedBy"]["id"] == other.id
    assert (await api.get(f"{DELETIONS}?waiting=true"))["total"] == 0
    no = await api.call("POST", f"{DELETIONS}/withdrawals", other, {"deletionIds": [deletion["id"]], "reason": "No"})
    assert no.json()["entities"][0]["state"] == "withdrawn"
    assert (await api.get(deletion["selfUri"], other))["endedWhy"] == "No"
    assert (await api.get(f"{DELETIONS}?state=withdrawn"))["total"] == 1
    assert (await api.get(f"{DELETIONS}/settings")) == {"graceDays": 30}
    assert (await api.call("PUT", f"{DELETIONS}/settings", body={"graceDays": 7})).json() == {"graceDays": 7}
    retention = "/api/v2/shiftline/recordingretention"
    put = await api.call("PUT", retention, body={"archiveDays": 30, "deleteDays": 365})
    assert put.json()["entities"][0]["deleteDays"] == 365
    stranger: Person = await room.tenant.person("Stranger")
    for path in (DELETIONS, f"{DELETIONS}/settings", retention, deletion["selfUri"]):
        assert (await api.call("GET", path, stranger)).status_code == 403
