"""Recording jobs: what is selected, what is stored, what is said of the rest, and nothing twice or never after a kill."""

import asyncio
import hashlib
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.seaweed import KEY, SECRET, Seaweed, seaweed
from tests.store.conftest import Tenant
from tests.store.conversations.centre import drafted
from tests.store.discovery.vendor import dying_jobs
from tests.store.discovery.vendor.conftest import RealBucket, connect
from tests.store.recordings.conftest import START, Api, Room

from shiftline.authorization.operations import create_division
from shiftline.conversations.model.conversations import CallState, ConversationDraft, Direction, Purpose
from shiftline.conversations.operations.conversations import open_conversation_in
from shiftline.discovery import schemas
from shiftline.discovery.bulk.events import JobCreated, JobMoved, RecordingExported
from shiftline.discovery.bulk.operations.processing import process_some
from shiftline.discovery.bulk.operations.selecting import select_some
from shiftline.foundation.context import Context
from shiftline.recordings.model import Recording
from shiftline.routing.model.queues import Medium
from unit.recordings.sounds import tone

PATH = "/api/v2/recording/jobs"
SOURCE = Path(__file__).parents[4] / "src"
INTERVAL = "2023-10-27T00:00:00Z/2023-10-28T00:00:00Z"
PROCESSING = {"state": "PROCESSING"}


def export(integration: str, **query: Any) -> dict[str, Any]:
    return {"action": "EXPORT", "integrationId": integration, "conversationQuery": {"interval": INTERVAL, **query}}


def only(part: str, dimension: str, value: str | None, operator: str = "matches") -> dict[str, Any]:
    predicate = {"type": "dimension", "dimension": dimension, "operator": operator, "value": value}
    return {part: [{"type": "and", "predicates": [predicate]}]}


async def make(api: Api, body: dict[str, Any], who: Any = "admin-1") -> str:
    answer = await api.call("POST", PATH, who, body)
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "PENDING"
    return answer.json()["id"]


async def work(room: Room, context: Context | None = None) -> None:
    """What the worker does until there is nothing to do."""
    context = context or room.tenant.context
    while await select_some(context):
        pass
    while await process_some(context, room.vault):
        pass


async def begun(room: Room, api: Api, body: dict[str, Any], who: Any = "admin-1") -> dict[str, Any]:
    """A job that was made, selected for, begun, and went as far as it goes."""
    job = await make(api, body, who)
    await work(room)
    assert (await api.get(f"{PATH}/{job}"))["state"] == "READY"
    answer = await api.call("PUT", f"{PATH}/{job}", who, PROCESSING)
    assert (answer.status_code, answer.json()["state"]) == (200, "PROCESSING"), answer.text
    await work(room)
    return await api.get(f"{PATH}/{job}")


def counts(job: dict[str, Any]) -> tuple[int, ...]:
    names = ("Conversations", "Recordings", "ProcessedRecordings", "SkippedRecordings", "FailedRecordings")
    return tuple(job[f"total{name}"] for name in names)


def place(recording: Recording) -> str:
    at = recording.started_at.astimezone(UTC)
    folder = f"org-1/year={at:%Y}/month={at:%m}/day={at:%d}/hour={at:%H}"
    return f"{folder}/conversation_id={recording.conversation_id}/{recording.id}"


async def test_an_export_stores_each_recording_once_with_its_metadata(room: Room, api: Api, bucket: RealBucket) -> None:
    one, two = await room.sealed(), await room.sealed(1.0)
    integration = await connect(api, bucket)
    await room.tenant.news()
    job = await begun(room, api, export(integration))
    assert (job["state"], job["percentProgress"], counts(job)) == ("FULFILLED", 100, (2, 2, 2, 0, 0))
    assert bucket.keys() == sorted(key for each in (one, two) for key in (place(each), f"{place(each)}_metadata.json"))
    for recording, seconds in ((one, 3.0), (two, 1.0)):
        sound = bucket.content(place(recording))
        assert sound == tone(seconds)
        told = json.loads(bucket.content(f"{place(recording)}_metadata.json"))
        assert schemas.find_problem("vendor-metadata", told) is None
        assert (told["recordingId"], told["sha256"]) == (recording.id, hashlib.sha256(sound).hexdigest())
        assert (told["filePath"], told["userIds"], told["legalHold"]) == (place(recording), [room.agent.id], False)
        notes = bucket.notes(place(recording))
        assert (notes["sha256"], notes["job"], notes["operator"]) == (told["sha256"], job["id"], "admin-1")
    news = await room.tenant.news(JobCreated, JobMoved, RecordingExported)
    assert [each.state for each in news if isinstance(each, JobMoved)] == ["READY", "PROCESSING", "FULFILLED"]
    exported = [each for each in news if isinstance(each, RecordingExported)]
    assert {(each.recording_id, each.object_key) for each in exported} == {
        (each.id, place(each)) for each in (one, two)
    }
    entries = await room.rows(
        "select subject_id from ledger.entry where kind = 'recording.exported' order by subject_id"
    )
    assert [row["subject_id"] for row in entries] == sorted((one.id, two.id))
    items = (await api.get(f"/api/v2/shiftline/recording/jobs/{job['id']}/items"))["entities"]
    assert [(each["outcome"], each["sizeBytes"]) for each in items] == [
        ("processed", one.size),
        ("processed", two.size),
    ]
    assert (await api.get(f"{PATH}/{job['id']}/failedrecordings"))["total"] == 0


async def test_what_cannot_be_exported_is_listed_with_its_reason(room: Room, api: Api, bucket: RealBucket) -> None:
    fine, gone = await room.sealed(), await room.sealed()
    opened = await room.open()
    await room.vault.objects.delete(gone.object_key or "")
    async with room.tenant.context.transaction() as tx:
        writer = drafted(Purpose.CUSTOMER, CallState.CONNECTED)
        draft = ConversationDraft(direction=Direction.INBOUND, participants=(writer,), medium=Medium.MESSAGE)
        written = await open_conversation_in(tx, draft)
    integration = await connect(api, bucket)
    job = await begun(room, api, export(integration))
    assert (job["state"], counts(job)) == ("FULFILLED", (4, 4, 1, 1, 2))
    failed = (await api.get(f"{PATH}/{job['id']}/failedrecordings"))["entities"]
    said = {each["recording"]["id"]: each["errorMessage"] for each in failed}
    assert set(said) == {gone.id, opened.id}
    assert "is not where it was stored" in said[gone.id] or "missing" in said[gone.id], said
    assert said[opened.id] == "It is still being made: make another job once its call is over."
    (skipped,) = (await api.get(f"/api/v2/shiftline/recording/jobs/{job['id']}/items?outcome=skipped"))["entities"]
    assert (skipped["conversationId"], "held by message" in skipped["errorMessage"]) == (written.id, True)
    assert bucket.keys() == [place(fine), f"{place(fine)}_metadata.json"]


async def test_nothing_is_overwritten(room: Room, api: Api, bucket: RealBucket) -> None:
    one, two = await room.sealed(), await room.sealed()
    bucket.client.put_object(Bucket=bucket.name, Key=place(one), Body=b"something else")
    integration = await connect(api, bucket)
    job = await begun(room, api, export(integration))
    assert counts(job) == (2, 2, 1, 0, 1)
    (failed,) = (await api.get(f"{PATH}/{job['id']}/failedrecordings"))["entities"]
    assert failed["errorMessage"].startswith(f"{place(one)} is there already with other content.")
    assert bucket.content(place(one)) == b"something else"
    again = await begun(
        room, api, export(integration, **only("conversationFilters", "conversationId", two.conversation_id))
    )
    assert counts(again) == (1, 1, 1, 0, 0), "the same content once more is what was wanted"


async def test_queries_select_by_what_is_known(room: Room, api: Api, bucket: RealBucket) -> None:
    recording = await room.sealed()
    integration = await connect(api, bucket)
    matching = [
        only("segmentFilters", "userId", room.agent.id),
        only("segmentFilters", "queueId", room.calls.queue_id),
        only("segmentFilters", "mediaType", "voice"),
        only("segmentFilters", "recording", None, "exists"),
        only("conversationFilters", "divisionId", room.calls.division_id),
        only("conversationFilters", "originatingDirection", "inbound"),
        only("conversationFilters", "externalTag", None, "notExists"),
        {"limit": 1},
        {"order": "asc", "orderBy": "conversationStart"},
    ]
    others = [
        only("segmentFilters", "userId", "somebody-else"),
        only("segmentFilters", "mediaType", "email"),
        only("conversationFilters", "originatingDirection", "outbound"),
        only("conversationFilters", "externalTag", None, "exists"),
        {"interval": "2023-10-26T00:00:00Z/2023-10-27T00:00:00Z"},
    ]
    jobs = [await make(api, export(integration, **each)) for each in (*matching, *others)]
    await work(room)
    found = [(await api.get(f"{PATH}/{job}"))["totalRecordings"] for job in jobs]
    assert found == [1] * len(matching) + [0] * len(others)
    assert recording.id


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"conversationQuery": {"interval": "yesterday"}}, "conversationQuery.interval"),
        ({"conversationQuery": {"interval": "2023-10-27T00:00:00/2023-10-28T00:00:00"}}, "conversationQuery.interval"),
        (
            {"conversationQuery": {"interval": INTERVAL, "surveyFilters": [{"type": "and"}]}},
            "conversationQuery.surveyFilters",
        ),
        (
            {"conversationQuery": {"interval": INTERVAL, **only("segmentFilters", "flowId", "x")}},
            "conversationQuery.segmentFilters[0].predicates[0].dimension",
        ),
        (
            {"conversationQuery": {"interval": INTERVAL, **only("conversationFilters", "userId", "x")}},
            "conversationQuery.conversationFilters[0].predicates[0].dimension",
        ),
        (
            {"conversationQuery": {"interval": INTERVAL, **only("segmentFilters", "userId", None)}},
            "conversationQuery.segmentFilters[0].predicates[0].value",
        ),
        ({"integrationId": None}, "integrationId"),
        ({"integrationId": "no-such"}, "integrationId"),
        ({"action": "DELETE"}, "integrationId"),
        ({"action": "DELETE", "integrationId": None}, "actionDate"),
        ({"actionAge": 1, "actionDate": "2023-11-01T00:00:00Z"}, "actionAge"),
        ({"action": "SHRED"}, "action"),
    ],
)
async def test_a_job_that_cannot_be_meant_is_refused(
    room: Room, api: Api, bucket: RealBucket, more: dict[str, Any], field: str
) -> None:
    body = {**export(await connect(api, bucket)), **more}
    answer = await api.call("POST", PATH, "admin-1", {name: each for name, each in body.items() if each is not None})
    assert answer.status_code == 400, answer.text
    assert answer.json()["details"][0]["fieldName"] == field, answer.text
    assert (await api.get(PATH))["total"] == 0


async def test_deleting_gives_a_date_and_a_held_recording_names_its_matter(room: Room, api: Api) -> None:
    held, free = await room.sealed(), await room.sealed()
    matter = (await api.call("POST", "/api/v2/shiftline/matters", "admin-1", {"name": "Doe v. Northwind"})).json()["id"]
    hold = {"selection": {"recordingIds": [held.id]}, "reason": "litigation"}
    placed = await api.call("POST", f"/api/v2/shiftline/matters/{matter}/holds", "admin-1", hold)
    assert placed.status_code < 300, placed.text
    date = START + timedelta(days=90)
    body = {"action": "DELETE", "actionDate": date.isoformat(), "conversationQuery": {"interval": INTERVAL}}
    job = await begun(room, api, body)
    assert (job["state"], counts(job)) == ("FULFILLED", (2, 2, 1, 0, 1))
    (failed,) = (await api.get(f"{PATH}/{job['id']}/failedrecordings"))["entities"]
    assert failed["recording"]["id"] == held.id
    assert "held by the matter 'Doe v. Northwind'" in failed["errorMessage"]
    dates = {row["id"]: row["delete_at"] for row in await room.rows("select id, delete_at from recordings.recording")}
    assert dates == {held.id: None, free.id: date}
    revisions = await api.get(f"/api/v2/shiftline/recordings/{free.id}/revisions")
    assert revisions["entities"][-1]["reason"] == f"recording job {job['id']}"
    aged = {"action": "ARCHIVE", "actionAge": 30, "conversationQuery": {"interval": INTERVAL}}
    job = await begun(room, api, aged)
    assert counts(job) == (2, 2, 2, 0, 0)
    rows = await room.rows("select id, archive_at, delete_at, started_at from recordings.recording")
    assert {row["id"]: row["archive_at"] - row["started_at"] for row in rows} == dict.fromkeys(
        (held.id, free.id), timedelta(days=30)
    )
    assert {row["id"]: row["delete_at"] for row in rows} == dates, "the other date stays"


async def test_a_job_is_begun_before_it_is_ready_and_cancelled_and_taken_off(
    room: Room, api: Api, bucket: RealBucket
) -> None:
    await room.sealed()
    integration = await connect(api, bucket)
    job = await make(api, export(integration))
    assert (await api.call("PUT", f"{PATH}/{job}", "admin-1", PROCESSING)).json()["state"] == "PENDING"
    await work(room)
    assert (await api.get(f"{PATH}/{job}"))["state"] == "FULFILLED", "it went on by itself"
    again = await api.call("PUT", f"{PATH}/{job}", "admin-1", PROCESSING)
    assert (again.status_code, again.json()["code"]) == (409, "recording.job.over")
    other = await make(api, export(integration))
    assert (await api.call("DELETE", f"{PATH}/{other}", "admin-1")).status_code == 204
    await work(room)
    assert (await api.get(f"{PATH}/{other}"))["state"] == "CANCELLED"
    assert [each["id"] for each in (await api.get(f"{PATH}?state=CANCELLED"))["entities"]] == [other]
    assert (await api.call("DELETE", f"{PATH}/{other}", "admin-1")).status_code == 204
    assert (await api.call("GET", f"{PATH}/{other}", "admin-1")).status_code == 404
    assert (await api.get(PATH))["total"] == 1


async def test_others_may_begin_and_read_a_job_and_a_foreign_organization_finds_none(
    room: Room, api: Api, bucket: RealBucket, other_tenant: Tenant
) -> None:
    recording = await room.sealed()
    integration = await connect(api, bucket)
    job = await make(api, export(integration))
    await work(room)
    reader = await room.tenant.person("Reader", "recording:job:view")
    south = await create_division(room.tenant.context, "South", None)
    southern = await room.tenant.person(
        "Southern", "recording:job:edit", "recording:job:add", "recording:recording:view", division_id=south.id
    )
    assert (await api.get(f"{PATH}/{job}", reader))["user"]["id"] == "admin-1"
    assert (await api.call("PUT", f"{PATH}/{job}", reader, PROCESSING)).status_code == 403
    assert (await api.get(f"{PATH}?showOnlyMyJobs=true", reader))["total"] == 0
    assert (await api.call("PUT", f"{PATH}/{job}", southern, PROCESSING)).status_code == 200
    await work(room)
    (failed,) = (await api.get(f"{PATH}/{job}/failedrecordings"))["entities"]
    assert failed["recording"]["id"] == recording.id
    assert f"{southern.id}, who began the job, may not do that" in failed["errorMessage"]
    assert bucket.keys() == []
    theirs = await make(api, export(integration), southern)
    await work(room)
    assert counts(await api.get(f"{PATH}/{theirs}")) == (0, 0, 0, 0, 0)
    room.tenant.tokens |= other_tenant.tokens
    for method, body in (("GET", None), ("PUT", PROCESSING), ("DELETE", None)):
        assert (await api.call(method, f"{PATH}/{job}", "admin-2", body)).status_code == 404
    answer = await api.call("POST", PATH, "admin-2", export(integration))
    assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, "integrationId")


async def test_an_export_waits_for_its_date(room: Room, api: Api, bucket: RealBucket) -> None:
    recording = await room.sealed()
    integration = await connect(api, bucket)
    job = await begun(room, api, {**export(integration), "actionAge": 2})
    assert (job["state"], counts(job)) == ("PROCESSING", (1, 1, 0, 0, 0))
    room.clock.set(recording.started_at + timedelta(days=2, seconds=1))
    await room.rows("update discovery.recording_job set retry_at = null returning id")
    await work(room)
    assert (await api.get(f"{PATH}/{job['id']}"))["state"] == "FULFILLED"
    assert len(bucket.keys()) == 2


async def test_what_somebody_must_mend_fails_the_job_which_then_goes_on(
    room: Room, api: Api, bucket: RealBucket
) -> None:
    await room.sealed()
    integration = await connect(api, bucket)
    shown = await api.get(f"/api/v2/integrations/{integration}")
    credential = shown["config"]["current"]["credentials"]["awsAccessKey"]["id"]
    path, fields = f"/api/v2/integrations/credentials/{credential}", {"accessKeyId": KEY}
    await api.call("PUT", path, "admin-1", {"credentialFields": {**fields, "secretAccessKey": "wrong"}})
    job = await begun(room, api, export(integration))
    assert (job["state"], counts(job)) == ("FAILED", (1, 1, 0, 0, 0))
    assert "credentialFields.secretAccessKey" in job["errorMessage"]
    await api.call("PUT", path, "admin-1", {"credentialFields": {**fields, "secretAccessKey": SECRET}})
    assert (await api.call("PUT", f"{PATH}/{job['id']}", "admin-1", PROCESSING)).status_code == 200
    await work(room)
    job = await api.get(f"{PATH}/{job['id']}")
    assert (job["state"], counts(job), "errorMessage" in job) == ("FULFILLED", (1, 1, 1, 0, 0), False)


@pytest.mark.parametrize("step", dying_jobs.STEPS)
async def test_a_worker_that_is_killed_at_any_step_stores_each_once(
    room: Room, api: Api, bucket: RealBucket, database_url: str, tmp_path: Path, step: str
) -> None:
    recordings = [await room.sealed(0.5) for _ in range(5)]
    integration = await connect(api, bucket)
    job = await make(api, export(integration))
    await api.call("PUT", f"{PATH}/{job}", "admin-1", PROCESSING)
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, dying_jobs.__file__, database_url, str(tmp_path), step, str(START.timestamp())),
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert await killed.wait() == -signal.SIGKILL
    await work(room)
    told = await api.get(f"{PATH}/{job}")
    assert (told["state"], counts(told)) == ("FULFILLED", (5, 5, 5, 0, 0))
    assert bucket.keys() == sorted(key for each in recordings for key in (place(each), f"{place(each)}_metadata.json"))
    for each in recordings:
        assert hashlib.sha256(bucket.content(place(each))).digest() == each.sha256
    entries = await room.rows("select subject_id from ledger.entry where kind = 'recording.exported'")
    assert sorted(row["subject_id"] for row in entries) == sorted(each.id for each in recordings)


async def test_a_bucket_that_is_gone_for_a_while_is_waited_for(room: Room, api: Api, tmp_path: Path) -> None:
    await room.sealed()
    with seaweed(tmp_path) as server:
        bucket = RealBucket(server, server.bucket("recordings"))
        server.buckets.append(bucket.name)
        integration = await connect(api, bucket)
        job = await make(api, export(integration))
        await work(room)
        server.kill()
        await api.call("PUT", f"{PATH}/{job}", "admin-1", PROCESSING)
        await work(room)
        told = await api.get(f"{PATH}/{job}")
        assert (told["state"], counts(told)) == ("PROCESSING", (1, 1, 0, 0, 0))
        assert "cannot be reached right now" in told["obstacle"]
        await asyncio.to_thread(server.start)
        await room.rows("update discovery.recording_job set retry_at = null returning id")
        await work(room)
        told = await api.get(f"{PATH}/{job}")
        assert (told["state"], counts(told), "obstacle" in told) == ("FULFILLED", (1, 1, 1, 0, 0), False)
        assert len(bucket.keys()) == 2


async def test_what_is_stored_is_locked_where_that_is_wanted(room: Room, api: Api, s3: Seaweed) -> None:
    recording = await room.sealed()
    bucket = RealBucket(s3, s3.bucket("locked-recordings", lock=True))
    integration = await connect(api, bucket, objectLockMode="GOVERNANCE", objectLockDays=3)
    job = await begun(room, api, export(integration))
    assert (job["state"], counts(job)) == ("FULFILLED", (1, 1, 1, 0, 0)), job
    for key in (place(recording), f"{place(recording)}_metadata.json"):
        head = bucket.client.head_object(Bucket=bucket.name, Key=key)
        assert head["ObjectLockMode"] == "GOVERNANCE"
        kept = head["ObjectLockRetainUntilDate"] - datetime.now(UTC)
        assert timedelta(days=2, hours=23) < kept <= timedelta(days=3)
    again = await begun(room, api, export(integration))
    assert (again["state"], counts(again)) == ("FULFILLED", (1, 1, 1, 0, 0)), again
