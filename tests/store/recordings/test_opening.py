"""Recordings begin complete, or the database refuses them."""

from datetime import datetime, timedelta

import psycopg
import pytest
from tests.store.recordings.conftest import CHICAGO, START, Room

from shiftline.foundation.errors import Conflict
from shiftline.foundation.time import TZDATA_VERSION, InstantNaive, ZoneUnknown
from shiftline.recordings.errors import KeysUnavailable, RecordingNotFound
from shiftline.recordings.events import RecordingNotMade, RecordingOpened, RecordingStopped
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.opening import (
    decide_recording,
    find_open,
    get_data_key,
    open_recording_in,
    stop_recording_in,
)
from shiftline.recordings.operations.policies import set_policy

ALL = "select * from recordings.recording"


async def test_a_recording_begins_with_all_that_is_known(room: Room) -> None:
    opened = await room.open()
    (row,) = await room.rows(ALL)
    assert (row["id"], row["leg_id"], row["state"]) == (opened.id, opened.leg_id, "open")
    assert (row["started_at"], row["zone"], row["utc_offset_seconds"]) == (START, CHICAGO, -5 * 3600)
    assert row["tzdata_version"] == TZDATA_VERSION
    assert (row["person_id"], row["queue_id"], row["direction"]) == (room.agent.id, "voice", "inbound")
    assert row["division_ids"] == [room.calls.division_id]
    assert [each["purpose"] for each in row["participants"]] == ["customer", "acd", "agent"]
    assert row["participants"][2]["name"] == "Ana Ruiz"
    assert (row["reason"], row["revision"], row["ended_at"]) == ("policy.record", 0, None)
    (news,) = await room.tenant.news(RecordingOpened)
    assert (news.recording_id, news.utc_offset_seconds, news.zone) == (opened.id, -18000, CHICAGO)


async def test_a_leg_is_recorded_once_at_a_time(room: Room) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    first = await room.open_for(conversation, agent)
    assert await room.open_for(conversation, agent) == first
    await room.stop(first)
    second = await room.open_for(conversation, agent)
    assert second.id != first.id
    assert len(await room.rows(ALL)) == 2
    assert len(await room.tenant.news(RecordingOpened)) == 2


async def test_open_recordings_are_found_by_leg_until_they_are_stopped(room: Room) -> None:
    opened = await room.open()
    async with room.context.reader() as reader:
        assert await find_open(reader, "org-1", [opened.leg_id, "another"]) == [opened]
        assert await find_open(reader, "org-2", [opened.leg_id]) == []
        assert await find_open(reader, "org-1", []) == []
    await room.stop(opened)
    async with room.context.reader() as reader:
        assert await find_open(reader, "org-1", [opened.leg_id]) == []


async def test_the_first_who_stops_is_heard(room: Room) -> None:
    opened = await room.open()
    room.clock.advance(timedelta(seconds=7))
    await room.stop(opened)
    room.clock.advance(timedelta(seconds=7))
    await room.stop(opened)
    (row,) = await room.rows(ALL)
    assert (row["state"], row["stop_at"], row["stop_by"]) == ("stopping", START + timedelta(seconds=7), "call")
    assert len(await room.tenant.news(RecordingStopped)) == 1


async def test_a_stop_before_the_start_is_at_the_start(room: Room) -> None:
    opened = await room.open()
    async with room.context.transaction() as tx:
        await stop_recording_in(tx, opened.id, START - timedelta(hours=1))
    (row,) = await room.rows(ALL)
    assert row["stop_at"] == START


async def test_an_unknown_recording_cannot_be_stopped(room: Room) -> None:
    async with room.context.transaction() as tx:
        with pytest.raises(RecordingNotFound):
            await stop_recording_in(tx, "nothing", START)


async def test_a_call_with_people_of_no_division_belongs_to_the_home_division(room: Room) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    async with room.context.transaction() as tx:
        draft = room.draft(conversation, agent, conversation_id="elsewhere", participant_id="p", participants=())
        await open_recording_in(tx, draft)
    home = await room.rows('select id from "authorization".division where home')
    assert (await room.rows(ALL))[0]["division_ids"] == [home[0]["id"]]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"zone": "America/Chikago"}, ZoneUnknown),
        ({"zone": ""}, ZoneUnknown),
        ({"started_at": datetime(2023, 10, 27, 6)}, InstantNaive),  # noqa: DTZ001 - the point of it
    ],
)
async def test_a_start_without_place_in_time_is_refused(room: Room, wrong: dict[str, object], refusal: type) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    async with room.context.transaction() as tx:
        with pytest.raises(refusal):
            await open_recording_in(tx, room.draft(conversation, agent, **wrong))
    assert await room.rows(ALL) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "started_at = null",
        "started_at = 'infinity'",
        "zone = null",
        "zone = ''",
        "zone = 'no such zone'",
        "utc_offset_seconds = null",
        "utc_offset_seconds = 90000",
        "tzdata_version = ''",
        "participants = null",
        "participants = '{}'",
        "division_ids = '{}'",
        "division_ids = array[null]::text[]",
        "participant_id = ''",
        "leg_id = null",
        "state = 'sealed'",
        "state = 'stopping'",
        "state = 'lost'",
        "ended_at = started_at",
        "stop_at = started_at - interval '1 second', stop_by = 'call'",
        "archive_at = started_at - interval '1 day'",
        "wrapped_key = '\\x00'::bytea, key_id = 'k'",
        "key_id = 'k'",
        "packets = -1",
        "object_key = 'somewhere'",
    ],
)
async def test_the_database_refuses_what_cannot_be(room: Room, wrong: str) -> None:
    await room.open()
    with pytest.raises((Conflict, psycopg.DataError)):
        await room.rows(f"update recordings.recording set {wrong} returning id")


# Whether to record


async def test_what_a_policy_does_not_want_is_not_recorded_and_the_audit_says_why(room: Room) -> None:
    await set_policy(room.tenant.context, "voice", record=False)
    await room.tenant.news()
    conversation, agent = await room.calls.talk(room.agent.id)
    async with room.context.transaction() as tx:
        assert await open_recording_in(tx, room.draft(conversation, agent)) is None
        assert await open_recording_in(tx, room.draft(conversation, agent, queue_id=None, leg_id="other")) is not None
    (news,) = await room.tenant.news(RecordingNotMade)
    assert (news.leg_id, news.codes) == (f"leg-of-{agent.id}", ("policy.none",))
    assert "queue voice are not recorded, as set by admin-1" in news.sentence


async def test_without_keys_nothing_is_recorded_and_the_call_goes_on(room: Room) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    async with room.context.transaction() as tx:
        assert await open_recording_in(tx, room.draft(conversation, agent), Keys(None)) is None
    assert await room.rows(ALL) == []
    (news,) = await room.tenant.news(RecordingNotMade)
    assert news.codes == ("storage.unavailable",)


async def test_all_gates_are_told(room: Room) -> None:
    await set_policy(room.tenant.context, None, record=False)
    async with room.context.reader() as reader:
        decision = await decide_recording(reader, "org-1", "voice", START, Keys(None))
    assert [(gate.code, gate.holds) for gate in decision.gates] == [
        ("policy.none", False),
        ("storage.unavailable", False),
    ]
    assert decision.sentence.startswith("This call may not be recorded: Calls of the organization are not recorded")


async def test_a_program_without_keys_cannot_know_the_storage(room: Room) -> None:
    async with room.context.reader() as reader:
        decision = await decide_recording(reader, "org-1", None, START)
        assert [gate.code for gate in decision.gates] == ["policy.record"]
        decision = await decide_recording(reader, "org-1", None, START, room.vault.keys)
        assert [gate.code for gate in decision.gates] == ["policy.record", "storage.available"]


# Keys


async def test_a_recording_keeps_the_key_that_it_was_given_first(room: Room) -> None:
    opened = await room.open()
    first = await get_data_key(room.context, opened.id, room.vault.keys)
    assert await get_data_key(room.context, opened.id, room.vault.keys) == first
    (row,) = await room.rows(ALL)
    assert first not in row["wrapped_key"]
    assert row["key_id"].startswith("kek-")


async def test_no_key_without_the_file(room: Room) -> None:
    opened = await room.open()
    with pytest.raises(KeysUnavailable):
        await get_data_key(room.context, opened.id, Keys(None))
    with pytest.raises(RecordingNotFound):
        await get_data_key(room.context, "nothing", room.vault.keys)
