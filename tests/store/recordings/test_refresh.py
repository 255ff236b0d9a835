"""Metadata are refreshed: new revisions with their difference and reason, and nothing where nothing differs."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.store.recordings.conftest import START, Api, Room

from shiftline.foundation.jobs import JOBS, context_of
from shiftline.identity.operations.people import change_person
from shiftline.recordings import rules, store
from shiftline.recordings.events import RecordingRefreshed
from shiftline.recordings.jobs import make_jobs
from shiftline.recordings.model import Recording
from shiftline.recordings.operations import refreshing
from unit.recordings.sounds import tone

PATH = "/api/v2/recordings/metadata/refresh"
OURS = "/api/v2/shiftline/recordings"
REFRESH = "recording:metadata:refresh"


async def refresh(api: Api, body: dict[str, Any], who: Any = "admin-1") -> dict[str, Any]:
    answer = await api.call("POST", PATH, who, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def spoil(room: Room, recording: Recording, change: str) -> None:
    """Make what is stored wrong, as another release might have."""
    await room.rows(f"update recordings.recording set {change} where id = %(id)s returning id", id=recording.id)


async def test_a_refresh_that_finds_nothing_makes_no_revision_and_says_so(room: Room, api: Api) -> None:
    recording = await room.sealed()
    told = await refresh(api, {"conversationIds": [recording.conversation_id]})
    assert (told["state"], told["total"], told["unchanged"], told["revised"]) == ("done", 1, 1, 0)
    assert told["results"] == [
        {
            "recordingId": recording.id,
            "outcome": "unchanged",
            "conversationId": recording.conversation_id,
            "revision": 1,
            "difference": [],
        }
    ]
    assert len((await api.get(f"{OURS}/{recording.id}/revisions"))["entities"]) == 1
    assert await room.tenant.news(RecordingRefreshed) == []


async def test_what_is_wrong_is_computed_anew_from_its_sources(room: Room, api: Api) -> None:
    recording = await room.sealed()
    wrong = "duration_ms = 1, packets = 7, lost = 9, utc_offset_seconds = 0, person_id = null, tzdata_version = '2020a'"
    await spoil(room, recording, f'{wrong}, offsets = \'[{{"at": "2023-10-27T11:00:00Z", "utc_offset_seconds": 0}}]\'')
    told = await refresh(api, {"conversationIds": [recording.conversation_id], "reason": "after the swap of Oct 27"})
    (result,) = told["results"]
    assert (result["outcome"], result["revision"]) == ("revised", 2)
    changed = {each["field"]: (each["before"], each["after"]) for each in result["difference"]}
    assert set(changed) == {
        "durationMs", "packets", "packetsLost", "utcOffsetSeconds", "userId", "offsets", "tzdataVersion",
    }  # fmt: skip
    assert changed["durationMs"] == (1, 3000)
    assert changed["userId"] == (None, room.agent.id)
    shown = await api.get(f"{OURS}/{recording.id}")
    assert (shown["durationMs"], shown["utcOffset"], shown["revision"]) == (3000, "-05:00", 2)
    first, second = (await api.get(f"{OURS}/{recording.id}/revisions"))["entities"]
    assert (second["reason"], second["by"]["id"], second["difference"]) == (
        "after the swap of Oct 27",
        "admin-1",
        result["difference"],
    )
    assert first["metadata"]["durationMs"] == 3000  # it was right when it was sealed
    (news,) = await room.tenant.news(RecordingRefreshed)
    assert (news.revision, news.reason) == (2, "after the swap of Oct 27")
    assert (await refresh(api, {"conversationIds": [recording.conversation_id]}))["unchanged"] == 1


async def test_a_person_who_is_called_otherwise_now_is(room: Room, api: Api) -> None:
    from dataclasses import replace

    recording = await room.sealed()
    await change_person(room.tenant.context, room.agent.id, None, lambda person: replace(person, name="Ana Díaz"))
    (result,) = (await refresh(api, {"userIds": [room.agent.id]}))["results"]
    (change,) = result["difference"]
    assert change["field"] == "participants"
    assert [each["name"] for each in change["after"]] == ["Caller", "Voice", "Ana Díaz"]
    assert recording.revision == 1


async def test_revisions_are_chained_and_cannot_be_changed(room: Room, api: Api) -> None:
    recording = await room.sealed()
    for packets in (1, 2):
        await spoil(room, recording, f"packets = {packets}")
        await refresh(api, {"userIds": [room.agent.id], "reason": f"try {packets}"})
    async with room.context.reader() as reader:
        revisions = await store.list_revisions(reader, "org-1", recording.id)
    assert [each.number for each in revisions] == [1, 2, 3]
    former = b""
    for each in revisions:
        assert each.digest == rules.digest_revision(former, each.number, each.metadata, each.reason)
        former = each.digest
    for statement in (
        "update recordings.revision set reason = 'x' returning 1",
        "delete from recordings.revision returning 1",
    ):
        with pytest.raises(Exception, match="never changed"):
            await room.rows(statement)
    with pytest.raises(Exception, match="never changed"):
        await api.call("GET", f"{OURS}/{recording.id}/media")
        await room.rows("delete from recordings.access_log returning 1")


async def test_recordings_are_meant_by_agents_conversations_or_time(room: Room, api: Api) -> None:
    first = await room.sealed()
    room.clock.set(START + timedelta(hours=1))
    second = await room.sealed()

    async def meant(body: dict[str, Any]) -> list[str]:
        return [each["recordingId"] for each in (await refresh(api, body))["results"]]

    assert await meant({"userIds": [room.agent.id]}) == [first.id, second.id]
    assert await meant({"conversationIds": [second.conversation_id]}) == [second.id]
    assert await meant({"interval": "2023-10-27T06:00:00-05:00/2023-10-27T06:30:00-05:00"}) == [first.id]
    told = await refresh(api, {"userIds": ["nobody", room.agent.id]})
    assert (told["total"], told["withoutRecordings"]) == (2, ["nobody"])
    told = await refresh(api, {"conversationIds": ["nothing"]})
    assert (told["total"], told["results"], told["withoutRecordings"]) == (0, [], ["nothing"])


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"userIds", "conversationIds", "interval"}),
        ({"userIds": ["a"], "interval": "x"}, {"userIds", "interval"}),
        ({"userIds": ["a"], "conversationIds": ["b"]}, {"userIds", "conversationIds"}),
        ({"userIds": []}, {"userIds"}),
        ({"userIds": "a"}, {"userIds"}),
        ({"userIds": ["a b"]}, {"userIds[0]"}),
        ({"conversationIds": [1]}, {"conversationIds[0]"}),
        ({"interval": "yesterday"}, {"interval"}),
        ({"interval": "2023-10-27T06:00:00/2023-10-27T07:00:00"}, {"interval"}),
        ({"interval": "2023-10-27T07:00:00Z/2023-10-27T06:00:00Z"}, {"interval"}),
        ({"userIds": ["a"], "reason": ""}, {"reason"}),
    ],
)
async def test_exactly_one_selector_is_needed_and_errors_name_the_field(
    room: Room, api: Api, body: dict[str, Any], fields: set[str]
) -> None:
    answer = await api.call("POST", PATH, body=body)
    assert answer.status_code == 400
    assert {each["fieldName"] for each in answer.json()["details"]} == fields, answer.text


async def test_what_is_still_recorded_or_lost_is_left_out_with_its_reason(room: Room, api: Api) -> None:
    opened = await room.open()
    (result,) = (await refresh(api, {"userIds": [room.agent.id]}))["results"]
    assert (result["recordingId"], result["outcome"]) == (opened.id, "skipped")
    assert result["problem"] == "It is still being recorded."


async def test_what_cannot_be_read_fails_alone(room: Room, api: Api, tmp_path: Path) -> None:
    first, second = await room.sealed(), await room.sealed()
    await spoil(room, first, "packets = 1")
    await spoil(room, second, "packets = 1")
    (tmp_path / "objects" / str(first.object_key)).unlink()
    told = await refresh(api, {"userIds": [room.agent.id]})
    assert (told["total"], told["revised"], told["failed"]) == (2, 1, 1)
    outcomes = {each["recordingId"]: each for each in told["results"]}
    assert "not where it was stored" in outcomes[first.id]["problem"]
    assert outcomes[second.id]["outcome"] == "revised"


async def test_without_keys_nothing_is_refreshed(room: Room, api: Api, tmp_path: Path) -> None:
    recording = await room.sealed()
    (tmp_path / "keys.json").unlink()
    answer = await api.call("POST", PATH, body={"conversationIds": [recording.conversation_id]})
    assert answer.status_code == 503


async def test_a_refresh_needs_its_permission_in_the_division(room: Room, api: Api) -> None:
    recording = await room.sealed()
    await spoil(room, recording, "packets = 1")
    answer = await api.call("POST", PATH, room.agent, {"userIds": [room.agent.id]})
    assert (answer.status_code, answer.json()["messageParams"]["permissions"]) == (403, REFRESH)
    (home,) = await room.rows('select id from "authorization".division where home')
    elsewhere = await room.tenant.person("Elsewhere", REFRESH, division_id=home["id"])
    assert (await refresh(api, {"userIds": [room.agent.id]}, elsewhere))["total"] == 0
    north = await room.tenant.person("North", REFRESH, division_id=room.calls.division_id)
    assert (await refresh(api, {"userIds": [room.agent.id]}, north))["revised"] == 1


async def test_a_repeat_with_its_key_answers_the_same(room: Room, api: Api) -> None:
    recording = await room.sealed()
    await spoil(room, recording, "packets = 1")
    body = {"conversationIds": [recording.conversation_id]}
    first = await api.call("POST", PATH, body=body, Idempotency_Key="once")
    again = await api.call("POST", PATH, body=body, Idempotency_Key="once")
    assert (first.json(), first.json()["revised"]) == (again.json(), 1)
    assert again.headers["idempotency-replayed"] == "true"


# Many


async def test_many_are_refreshed_by_a_job_that_can_be_resumed(
    room: Room, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "AT_ONCE", 2)
    monkeypatch.setattr(refreshing, "BATCH", 2)
    recordings = [await room.sealed(0.2) for _ in range(5)]
    for each in recordings[:4]:
        await spoil(room, each, "packets = 1")
    (tmp_path / "objects" / str(recordings[0].object_key)).unlink()
    answer = await api.call("POST", PATH, body={"userIds": [room.agent.id], "reason": "all of them"})
    assert answer.status_code == 202, answer.text
    begun = answer.json()
    assert (begun["state"], begun["total"], begun["revised"]) == ("running", 5, 0)
    assert begun["selfUri"] == f"{PATH}/jobs/{begun['id']}"
    assert await api.get(begun["selfUri"]) == begun
    await run_the_job(room, monkeypatch, dies_after=1)
    halfway = await api.get(begun["selfUri"])
    assert (halfway["state"], halfway["revised"] + halfway["unchanged"] + halfway["failed"]) == ("running", 2)
    await run_the_job(room, monkeypatch)
    done = await api.get(begun["selfUri"])
    assert (done["state"], done["revised"], done["unchanged"], done["failed"]) == ("done", 3, 1, 1)
    (problem,) = done["results"]
    assert (problem["recordingId"], problem["outcome"]) == (recordings[0].id, "failed")
    revisions = (await api.get(f"{OURS}/{recordings[1].id}/revisions"))["entities"]
    assert [each["reason"] for each in revisions] == ["recording.sealed", "all of them"]
    assert [each["by"]["id"] for each in revisions] == ["System", "admin-1"]
    assert (await api.call("GET", begun["selfUri"], room.agent)).status_code == 403
    assert (await api.call("GET", f"{PATH}/jobs/nothing")).status_code == 404


async def run_the_job(room: Room, monkeypatch: pytest.MonkeyPatch, dies_after: int | None = None) -> None:
    """Run the deferred job as the worker does; it dies after so many batches."""
    (row,) = await room.rows("select task_name, args from procrastinate_jobs")
    arguments = dict(row["args"])
    make_jobs(room.vault)
    advance, batches = store.advance_refresh, 0

    async def dying(*each: Any) -> None:
        nonlocal batches
        batches += 1
        if dies_after is not None and batches > dies_after:
            raise ConnectionError("killed")
        await advance(*each)

    with monkeypatch.context() as patched:
        patched.setattr(store, "advance_refresh", dying)
        job = JOBS[row["task_name"]](context_of(room.context, arguments), **arguments)
        if dies_after is None:
            await job
        else:
            with pytest.raises(ConnectionError):
                await job


async def test_a_job_sees_the_divisions_of_who_began_it(room: Room, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "AT_ONCE", 0)
    recording = await room.sealed()
    await spoil(room, recording, "packets = 1, division_ids = '{elsewhere}'")
    other = await room.sealed(0.2)
    await spoil(room, other, "packets = 1")
    north = await room.tenant.person("North", REFRESH, division_id=room.calls.division_id)
    answer = await api.call("POST", PATH, north, {"userIds": [room.agent.id]})
    assert answer.json()["total"] == 1
    await run_the_job(room, monkeypatch)
    assert (await api.get(answer.json()["selfUri"]))["revised"] == 1
    assert (await api.get(f"{OURS}/{recording.id}"))["revision"] == 1
    assert tone(0.2)
