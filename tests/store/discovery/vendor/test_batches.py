"""Batch requests: nothing is left out, whoever may read them does, and a killed worker's batch is gone on with."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.store.conftest import Tenant
from tests.store.discovery.vendor import dying
from tests.store.recordings.conftest import Api, Room

from shiftline.authorization.operations import create_division
from shiftline.discovery.batches import operations
from shiftline.discovery.batches.events import BatchCompleted, BatchRequested
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.objects import Objects
from shiftline.recordings.operations.vault import Vault
from unit.recordings.sounds import tone

PATH = "/api/v2/recording/batchrequests"
VIEW = "recording:recording:view"
SOURCE = Path(__file__).parents[4] / "src"


class Unreachable(Objects):
    """Objects whose store does not answer."""

    async def size(self, key: str) -> int | None:
        raise Unavailable(f"{key} cannot be reached.")


async def ask(api: Api, *asked: dict[str, str], who: Any = "admin-1", **more: Any) -> str:
    answer = await api.call("POST", PATH, who, {"batchDownloadRequestList": list(asked), **more})
    assert answer.status_code == 200, answer.text
    assert answer.json()["selfUri"] == f"{PATH}/{answer.json()['id']}"
    return answer.json()["id"]


async def settle(room: Room) -> None:
    while await operations.settle_some(room.tenant.context, room.vault):
        pass


async def test_each_recording_of_what_is_asked_for_comes_with_a_uri(room: Room, api: Api) -> None:
    one, two = await room.sealed(), await room.sealed()
    batch = await ask(
        api,
        {"conversationId": one.conversation_id},
        {"conversationId": two.conversation_id, "recordingId": two.id},
    )
    told = await api.get(f"{PATH}/{batch}")
    assert (told["status"], told["expectedResultCount"], told["resultCount"], told["results"]) == (
        "InProgress",
        2,
        0,
        [],
    )
    await settle(room)
    told = await api.get(f"{PATH}/{batch}")
    assert (told["status"], told["expectedResultCount"], told["resultCount"], told["errorCount"]) == (
        "Completed",
        2,
        2,
        0,
    )
    assert [(each["conversationId"], each["recordingId"]) for each in told["results"]] == [
        (one.conversation_id, one.id),
        (two.conversation_id, two.id),
    ]
    for each in told["results"]:
        sound = await api.call("GET", each["resultUrl"].replace("https://api.localhost:8443", ""), None)
        assert (sound.status_code, sound.headers["content-type"]) == (200, each["contentType"])
        assert sound.content == tone(3.0)
        assert sound.headers["content-disposition"].startswith("attachment")
    asked, completed = await room.tenant.news(BatchRequested, BatchCompleted)
    assert (asked.asked, asked.expected, completed.results, completed.errors) == (2, 2, 2, 0)


async def test_what_cannot_be_had_says_why(room: Room, api: Api) -> None:
    gone, opened = await room.sealed(), await room.open()
    (open_row,) = await room.rows("select conversation_id from recordings.recording where id = %(id)s", id=opened.id)
    await room.vault.objects.delete(gone.object_key or "")
    batch = await ask(
        api,
        {"conversationId": "no-such"},
        {"conversationId": gone.conversation_id},
        {"conversationId": gone.conversation_id, "recordingId": "no-such-recording"},
        {"conversationId": open_row["conversation_id"]},
    )
    await settle(room)
    told = await api.get(f"{PATH}/{batch}")
    assert (told["status"], told["resultCount"], told["errorCount"]) == ("Completed", 4, 4)
    said = [each["errorMsg"] for each in told["results"]]
    assert said == [
        "Conversation no-such has no recording in a division of yours.",
        f"The object of recording {gone.id} is not where it was stored. An operator must look into it.",
        f"Conversation {gone.conversation_id} has no recording no-such-recording in a division of yours.",
        f"Recording {opened.id} is still being made: ask again once its call is over.",
    ]
    assert not any("resultUrl" in each for each in told["results"])


async def test_whoever_holds_the_permission_reads_it_and_by_their_own_divisions(room: Room, api: Api) -> None:
    recording = await room.sealed()
    batch = await ask(api, {"conversationId": recording.conversation_id})
    await settle(room)
    colleague = await room.tenant.person("Colleague", VIEW)
    south = await create_division(room.tenant.context, "South", None)
    elsewhere = await room.tenant.person("Elsewhere", VIEW, division_id=south.id)
    nobody = await room.tenant.person("Nobody")
    (result,) = (await api.get(f"{PATH}/{batch}", colleague))["results"]
    assert (await api.call("GET", result["resultUrl"].split("8443", 1)[1], None)).status_code == 200
    (result,) = (await api.get(f"{PATH}/{batch}", elsewhere))["results"]
    assert (
        result["errorMsg"] == f"Recording {recording.id} is in no division in which you hold recording:recording:view."
    )
    assert "resultUrl" not in result
    assert (await api.call("GET", f"{PATH}/{batch}", nobody)).status_code == 403
    assert (
        await api.call("POST", PATH, nobody, {"batchDownloadRequestList": [{"conversationId": "x"}]})
    ).status_code == 403
    listed = await api.get("/api/v2/shiftline/recording/batchrequests", colleague)
    assert [(each["id"], each["status"]) for each in listed["entities"]] == [(batch, "Completed")]
    mine = await ask(api, {"conversationId": recording.conversation_id}, who=elsewhere)
    await settle(room)
    (result,) = (await api.get(f"{PATH}/{mine}", elsewhere))["results"]
    assert result["errorMsg"] == f"Conversation {recording.conversation_id} has no recording in a division of yours."


async def test_another_organization_finds_nothing(room: Room, api: Api, other_tenant: Tenant) -> None:
    recording = await room.sealed()
    batch = await ask(api, {"conversationId": recording.conversation_id})
    room.tenant.tokens |= other_tenant.tokens
    assert (await api.call("GET", f"{PATH}/{batch}", "admin-2")).status_code == 404
    theirs = await ask(api, {"conversationId": recording.conversation_id}, who="admin-2")
    await settle(room)
    (result,) = (await api.get(f"{PATH}/{theirs}", "admin-2"))["results"]
    assert result["errorMsg"] == f"Conversation {recording.conversation_id} has no recording in a division of yours."


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"batchDownloadRequestList": []}, "batchDownloadRequestList"),
        ({"batchDownloadRequestList": [{"recordingId": "r"}]}, "conversationId"),
        ({"batchDownloadRequestList": [{"conversationId": "c"}], "mediaFormat": "WAV"}, "mediaFormat"),
    ],
)
async def test_a_bad_request_names_the_field(room: Room, api: Api, body: dict[str, Any], field: str) -> None:
    answer = await api.call("POST", PATH, "admin-1", body)
    assert answer.status_code == 400
    assert field in answer.text


async def test_a_recording_whose_file_is_being_sealed_is_waited_for(room: Room, api: Api) -> None:
    opened = await room.open()
    (row,) = await room.rows("select conversation_id from recordings.recording where id = %(id)s", id=opened.id)
    other = await room.sealed()
    await room.stop(opened)
    batch = await ask(api, {"conversationId": row["conversation_id"]}, {"conversationId": other.conversation_id})
    await settle(room)
    told = await api.get(f"{PATH}/{batch}")
    assert (told["status"], told["resultCount"]) == ("InProgress", 1)
    await room.record(opened, tone(3.0))
    await settle(room)
    told = await api.get(f"{PATH}/{batch}")
    assert (told["status"], told["resultCount"], told["errorCount"]) == ("Completed", 2, 0)


async def test_nothing_is_said_of_recordings_while_the_objects_cannot_be_reached(
    room: Room, api: Api, tmp_path: Path
) -> None:
    recording = await room.sealed()
    batch = await ask(api, {"conversationId": recording.conversation_id})
    vault = Vault(Unreachable((tmp_path / "elsewhere").as_uri()), room.vault.keys)
    assert not await operations.settle_some(room.tenant.context, vault)
    assert (await api.get(f"{PATH}/{batch}"))["resultCount"] == 0
    await settle(room)
    assert (await api.get(f"{PATH}/{batch}"))["errorCount"] == 0


async def test_a_worker_that_is_killed_costs_no_result(room: Room, api: Api, database_url: str, tmp_path: Path) -> None:
    """Killed after each of its transactions in turn; whoever comes next goes on where it stood."""
    recording = await room.sealed()
    asked = [{"conversationId": recording.conversation_id}, {"conversationId": "no-such"}] * 5
    batch = await ask(api, *asked)
    deaths = 0
    while (told := await api.get(f"{PATH}/{batch}"))["status"] != "Completed":
        before = told["resultCount"]
        killed = await asyncio.create_subprocess_exec(
            sys.executable, dying.__file__, database_url, str(tmp_path), env={**os.environ, "PYTHONPATH": str(SOURCE)}
        )
        assert await killed.wait() == -signal.SIGKILL
        assert (await api.get(f"{PATH}/{batch}"))["resultCount"] == before + 3 - (before == 9) * 2
        deaths += 1
    assert deaths == 4
    assert (told["resultCount"], told["errorCount"]) == (10, 5)
    assert [each.get("recordingId") for each in told["results"]] == [recording.id, None] * 5
