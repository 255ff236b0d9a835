"""The vendor's Python SDK, unmodified, pauses recordings, makes them by hand, and notes things on them."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest
from PureCloudPlatformClientV2.rest import ApiException
from tests.conftest import SettableContext
from tests.contract.driving import Sdk, client, drive, listening
from tests.store.calls.exchange import CALLS as PERMISSIONS
from tests.store.calls.exchange import Exchange
from tests.store.calls.test_recording_control import confirm
from tests.store.conftest import make_tenant
from tests.store.conversations.centre import make_calls
from tests.store.recordings.conftest import START, Room
from tests.store.routing.floor import Floor

from shiftline.calls.endpoints import ROUTES as CALLS
from shiftline.calls.model import Leg
from shiftline.foundation.objects import Objects
from shiftline.recordings.control.model import Scope
from shiftline.recordings.endpoints import ROUTES
from shiftline.recordings.keys import Keys, create_key_file
from shiftline.recordings.operations.scoping import set_scoped_policy
from shiftline.recordings.operations.vault import Vault
from shiftline.recordings.spool.files import Spool

sdk: Any = Vendor


async def test_a_recording_is_annotated(context: SettableContext, tmp_path: Path) -> None:
    context.clock.set(START)
    tenant = await make_tenant(context)
    create_key_file(tmp_path / "keys.json", START)
    vault = Vault(Objects((tmp_path / "objects").as_uri()), Keys(tmp_path / "keys.json"))
    ana = await tenant.person("Ana Ruiz", "recording:recording:view")
    spool = Spool(tmp_path / "spool", context.clock)
    recording = await Room(tenant, await make_calls(tenant), vault, spool, ana, context.clock).sealed()
    place = (recording.conversation_id, recording.id)

    def script(admin: Sdk, agent: Sdk) -> None:
        api, hers = sdk.RecordingApi(admin), sdk.RecordingApi(agent)
        note = {"name": "Here", "type": "bookmark", "location": 1200, "durationMs": 500, "description": "A promise"}
        made = api.post_conversation_recording_annotations(*place, note)
        assert (made.name, made.location, made.duration_ms, made.user.id) == ("Here", 1200, 500, "admin-1")
        (listed,) = api.get_conversation_recording_annotations(*place)
        assert (listed.id, listed.description, listed.absolute_location) == (made.id, "A promise", 1200)
        read = api.get_conversation_recording_annotation(*place, made.id)
        read.location, read.description = 100, "Sooner"
        changed = api.put_conversation_recording_annotation(*place, made.id, read)
        assert (changed.location, changed.description, changed.name) == (100, "Sooner", "Here")
        assert [each.id for each in api.get_conversation_recordingmetadata(place[0])[0].annotations] == [made.id]
        # COMPAT: the vendor leaves notes out for those who may not see them.
        assert hers.get_conversation_recordingmetadata(place[0])[0].annotations == []
        for method, more in (
            ("get_conversation_recording_annotations", ()),
            ("post_conversation_recording_annotations", (note,)),
            ("get_conversation_recording_annotation", (made.id,)),
            ("put_conversation_recording_annotation", (made.id, note)),
            ("delete_conversation_recording_annotation", (made.id,)),
        ):
            with pytest.raises(ApiException) as error:
                getattr(hers, method)(*place, *more)
            assert error.value.status == 403, method
        for wrong, field in (
            ({**note, "location": 3600_000}, "location"),
            ({**note, "durationMs": 99_999}, "durationMs"),
        ):
            with pytest.raises(ApiException) as error:
                api.post_conversation_recording_annotations(*place, wrong)
            assert (error.value.status, f'"fieldName":"{field}"' in str(error.value.body)) == (400, True)
        api.delete_conversation_recording_annotation(*place, made.id)
        assert api.get_conversation_recording_annotations(*place) == []
        with pytest.raises(ApiException) as error:
            api.get_conversation_recording_annotation(*place, made.id)
        assert error.value.status == 404

    await drive(tenant, ROUTES, script, "admin-1", ana.id)


@pytest.fixture
async def exchange(context: SettableContext) -> Exchange:
    floor = Floor(await make_tenant(context), context)
    await floor.prepare()
    exchange = Exchange(floor)
    await exchange.node()
    return exchange


async def talking(exchange: Exchange) -> Leg:
    queue_id = await exchange.queue()
    ben = await exchange.floor.tenant.person("Ben Okafor", *PERMISSIONS, "conversation:call:record", person_id="ben")
    exchange.agents[ben.id] = ben
    await exchange.floor.staff(ben.id, queue_id)
    return (await exchange.talk(queue_id, ben.id))[1]


async def driven(exchange: Exchange, leg: Leg, script: Any) -> None:
    """Run a script with the agent's client, while the node confirms what it is told."""

    async def node() -> None:
        while True:
            await confirm(exchange, leg)
            await asyncio.sleep(0.02)

    confirming = asyncio.create_task(node())
    try:
        async with listening(exchange.floor.context, CALLS) as address:
            api = sdk.ConversationsApi(client(address, exchange.floor.tenant.tokens["ben"]))
            await asyncio.to_thread(script, api)
    finally:
        confirming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await confirming


async def test_a_call_is_paused_by_each_of_the_vendors_ways(exchange: Exchange) -> None:
    leg = await talking(exchange)

    def script(api: Sdk) -> None:
        call, part = leg.conversation_id, leg.participant_id
        assert api.put_conversations_call_recordingstate(call, {"recordingState": "PAUSED"}) == "Accepted"
        assert api.put_conversations_call_recordingstate(call, {"recordingState": "ACTIVE"}) == "Accepted"
        assert api.patch_conversation_recordingstate(call, {"recordingState": "PAUSED"}) is None
        assert api.patch_conversation_recordingstate(call, {"recordingState": "ACTIVE"}) is None
        # Our own way beside the vendor's: as what is muted and held is said.
        api.patch_conversations_call_participant(call, part, {"recordingState": "paused", "muted": True})
        with pytest.raises(ApiException) as error:
            api.put_conversations_call_recordingstate(call, {"recordingState": "NONE"})
        assert (error.value.status, '"fieldName":"recordingState"' in str(error.value.body)) == (400, True)

    await driven(exchange, leg, script)
    rows = await exchange.rows("select from_by, until_by from recordings.pause order by from_at")
    assert [(row["from_by"], row["until_by"]) for row in rows] == [("ben", "ben"), ("ben", "ben"), ("ben", None)]


async def test_a_snippet_is_begun_and_ended(exchange: Exchange) -> None:
    await set_scoped_policy(exchange.floor.context, Scope(), {"record": False, "snippet": True})
    leg = await talking(exchange)

    def script(api: Sdk) -> None:
        place = (leg.conversation_id, leg.participant_id)
        assert api.post_conversations_call_participant_snippet_record(*place, {"type": "snippet", "record": True})
        assert api.post_conversations_call_participant_snippet_record(*place, {"type": "snippet", "record": False})
        api.patch_conversations_call_participant(*place, {"recording": True})

    await driven(exchange, leg, script)
    rows = await exchange.rows("select kind, until_at is null as lasts from recordings.snippet order by from_at")
    assert [(row["kind"], row["lasts"]) for row in rows] == [("snippet", False), ("adhoc", True)]
