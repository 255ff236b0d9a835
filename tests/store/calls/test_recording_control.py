"""Pauses of a call's recording: who may, what holds meanwhile, and that an answer is only given once nothing is kept."""

import asyncio
import json
from datetime import timedelta

import pytest
from tests.store.calls.exchange import Caller, Exchange
from tests.store.calls.test_nodes import NOTHING, dies, resume

from shiftline.authorization.errors import PermissionMissing
from shiftline.calls.errors import NotPossibleNow
from shiftline.calls.media.model import PROMPTS
from shiftline.calls.model import Leg
from shiftline.calls.operations.recording import CONSENT_LASTS
from shiftline.calls.operations.recording_control import read_control, record_by_hand, set_recording_paused
from shiftline.conversations.errors import ConversationNotFound, ParticipantNotFound
from shiftline.conversations.model.conversations import RecordingState
from shiftline.foundation.context import Context
from shiftline.foundation.ids import new_id
from shiftline.recordings.control.errors import ControlRefused, PauseUnconfirmed
from shiftline.recordings.control.model import Scope
from shiftline.recordings.operations import pausing
from shiftline.recordings.operations.scoping import set_scoped_policy

RECORD = "conversation:call:record"
OTHERS = "conversation:recording:pauseOthers"


async def talking(exchange: Exchange) -> tuple[Caller, Leg]:
    queue_id = await exchange.queue()
    return await exchange.talk(queue_id, await exchange.agent("ana", queue_id))


def ana(exchange: Exchange, *permissions: str) -> Context:
    return exchange.acting_as("ana", *(permissions or (RECORD,)))


def call_of(leg: Leg) -> str:
    assert leg.conversation_id is not None
    return leg.conversation_id


async def paused(exchange: Exchange, who: Context, leg: Leg) -> None:
    """Pause as the media node carries it out: it says so for each recording a little later."""
    task = asyncio.create_task(set_recording_paused(who, call_of(leg), paused=True))
    while not task.done():
        await confirm(exchange, leg)
        await asyncio.sleep(0.01)
    await task


async def confirm(exchange: Exchange, leg: Leg) -> None:
    system = exchange.system
    async with system.reader() as reader:
        pause = await pausing.find_pause(reader, system.organization_id, call_of(leg))
    if pause is not None:
        for row in await exchange.rows("select id from recordings.recording where state = 'open'"):
            await pausing.confirm_silence(system, pause.id, row["id"], pause.from_at)


async def state_of(exchange: Exchange, leg: Leg) -> RecordingState:
    return (await read_control(exchange.system, call_of(leg))).state


async def test_an_agent_pauses_their_call_and_goes_on(exchange: Exchange) -> None:
    _, leg = await talking(exchange)
    await paused(exchange, ana(exchange), leg)
    assert await state_of(exchange, leg) is RecordingState.PAUSED
    (row,) = await exchange.rows("select from_by, until_at from recordings.pause")
    assert (row["from_by"], row["until_at"]) == ("ana", None)
    await paused(exchange, ana(exchange), leg)  # said again
    await set_recording_paused(ana(exchange), call_of(leg), paused=False)
    await set_recording_paused(ana(exchange), call_of(leg), paused=False)
    assert await state_of(exchange, leg) is RecordingState.ACTIVE
    (row,) = await exchange.rows("select until_by, until_at >= from_at as goes_on from recordings.pause")
    assert (row["until_by"], row["goes_on"]) == ("ana", True)


async def test_pauses_stand_in_the_ledger_for_each_recording(exchange: Exchange) -> None:
    _, leg = await talking(exchange)
    await paused(exchange, ana(exchange), leg)
    await set_recording_paused(ana(exchange), call_of(leg), paused=False)
    rows = await exchange.rows(
        "select kind, subject_id from ledger.entry where kind in ('recording.paused', 'recording.resumed')"
    )
    recordings = {row["id"] for row in await exchange.rows("select id from recordings.recording")}
    for kind in ("recording.paused", "recording.resumed"):
        assert {row["subject_id"] for row in rows if row["kind"] == kind} == recordings
    assert len(rows) == 4


async def test_nothing_is_answered_before_every_recording_has_said_that_it_keeps_nothing(exchange: Exchange) -> None:
    _, leg = await talking(exchange)
    task = asyncio.create_task(set_recording_paused(ana(exchange), call_of(leg), paused=True))
    await asyncio.sleep(0.3)
    assert not task.done()
    await confirm(exchange, leg)
    await asyncio.wait_for(task, 3)


async def test_where_no_node_says_so_the_caller_is_told_and_it_stays_paused(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, leg = await talking(exchange)
    monkeypatch.setattr(pausing.await_silence, "__defaults__", (timedelta(seconds=0.1),))
    with pytest.raises(PauseUnconfirmed, match="2 recording"):
        await set_recording_paused(ana(exchange), call_of(leg), paused=True)
    assert await state_of(exchange, leg) is RecordingState.PAUSED


async def test_who_may_pause(exchange: Exchange) -> None:
    _, leg = await talking(exchange)
    other = await exchange.agent("ben")
    with pytest.raises(PermissionMissing, match=RECORD):
        await set_recording_paused(exchange.acting_as("ana"), call_of(leg), paused=True)
    with pytest.raises(ConversationNotFound):
        await set_recording_paused(exchange.acting_as(other, RECORD), call_of(leg), paused=True)
    with pytest.raises(PermissionMissing, match=OTHERS):
        await set_recording_paused(
            exchange.acting_as(other, RECORD, "conversation:communication:view"), call_of(leg), paused=True
        )
    with pytest.raises(ParticipantNotFound):
        await set_recording_paused(ana(exchange), call_of(leg), paused=True, participant_id=new_id())
    assert await exchange.rows("select id from recordings.pause") == []
    await paused(exchange, exchange.acting_as(other, OTHERS), leg)
    (row,) = await exchange.rows("select from_by from recordings.pause")
    assert row["from_by"] == "ben"


async def test_a_policy_forbids_pauses_in_a_sentence(exchange: Exchange) -> None:
    _, leg = await talking(exchange)
    await set_scoped_policy(exchange.floor.context, Scope(direction="inbound"), {"pause": False})
    with pytest.raises(
        ControlRefused, match="Recording of inbound calls of the organization may not be paused"
    ) as error:
        await set_recording_paused(ana(exchange), call_of(leg), paused=True)
    assert error.value.code == "pause.forbidden"
    control = await read_control(ana(exchange), call_of(leg))
    assert control.may_pause.allowed is False
    assert "as set by" in control.may_pause.sentence
    # Whoever paused before goes on all the same.
    await set_recording_paused(ana(exchange), call_of(leg), paused=False)


async def test_what_is_not_recorded_cannot_be_paused(exchange: Exchange) -> None:
    await set_scoped_policy(exchange.floor.context, Scope(), {"record": False})
    _, leg = await talking(exchange)
    with pytest.raises(ControlRefused, match="Nothing of this call is recorded"):
        await set_recording_paused(ana(exchange), call_of(leg), paused=True)


async def test_a_node_that_dies_in_a_pause_leaves_it_paused(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    await paused(exchange, ana(exchange), leg)
    first = {row["id"] for row in await exchange.rows("select id from recordings.recording")}
    await exchange.node("node-2", "media-2")
    await dies(exchange)
    await exchange.later(NOTHING)
    assert await exchange.recorded() == []
    assert await state_of(exchange, leg) is RecordingState.PAUSED
    await resume(exchange, leg)
    await caller.renew()
    await caller.connect()
    rows = await exchange.rows("select id from recordings.recording where state = 'open'")
    assert rows
    assert not first & {row["id"] for row in rows}
    assert await state_of(exchange, leg) is RecordingState.PAUSED
    (row,) = await exchange.rows("select until_at from recordings.pause")
    assert row["until_at"] is None


async def test_the_end_of_a_call_ends_its_pause(exchange: Exchange) -> None:
    _, leg = await talking(exchange)
    await paused(exchange, ana(exchange), leg)
    await exchange.hang_up(leg)
    (row,) = await exchange.rows("select until_at is not null as ended from recordings.pause")
    assert row["ended"]
    with pytest.raises(NotPossibleNow):
        await set_recording_paused(ana(exchange), call_of(leg), paused=True)


# By hand


async def by_hand(exchange: Exchange, leg: Leg, *, record: bool) -> None:
    assert leg.participant_id is not None
    await record_by_hand(ana(exchange), call_of(leg), leg.participant_id, record=record, kind="snippet")


async def test_where_the_policy_leaves_it_to_them_an_agent_records_a_part(exchange: Exchange) -> None:
    await set_scoped_policy(exchange.floor.context, Scope(), {"record": False, "snippet": True})
    _, leg = await talking(exchange)
    assert await exchange.rows("select id from recordings.recording") == []
    assert (await read_control(ana(exchange), call_of(leg))).may_record.allowed is True
    await by_hand(exchange, leg, record=True)
    await by_hand(exchange, leg, record=True)
    rows = await exchange.rows("select state, reason from recordings.recording")
    assert [(row["state"], row["reason"]) for row in rows] == [("open", "policy.snippet")] * 2
    await exchange.wish("ana", leg, muted=True)
    await by_hand(exchange, leg, record=False)
    await exchange.wish("ana", leg, muted=False)
    rows = await exchange.rows("select state, stop_by from recordings.recording")
    assert [(row["state"], row["stop_by"]) for row in rows] == [("stopping", "policy")] * 2
    assert await state_of(exchange, leg) is RecordingState.NONE
    await by_hand(exchange, leg, record=True)
    assert len(await exchange.rows("select id from recordings.recording where state = 'open'")) == 2


async def test_what_is_recorded_anyway_is_not_recorded_by_hand(exchange: Exchange) -> None:
    _, leg = await talking(exchange)
    with pytest.raises(ControlRefused, match="not by hand"):
        await by_hand(exchange, leg, record=True)
    await set_scoped_policy(exchange.floor.context, Scope(), {"record": False})
    with pytest.raises(ControlRefused, match="are not recorded, and not by hand"):
        await by_hand(exchange, leg, record=True)


# Consent


async def test_that_a_call_is_recorded_is_said_once_where_its_policy_wants_it(exchange: Exchange) -> None:
    queue_id = await exchange.queue()
    await set_scoped_policy(exchange.floor.context, Scope(queue_id=queue_id, direction="inbound"), {"announce": True})
    _, leg = await exchange.talk(queue_id, await exchange.agent("ana", queue_id))
    (row,) = await exchange.rows(
        "select conversation_id, prompt, until_at - from_at as lasts from recordings.announcement"
    )
    assert (row["conversation_id"], row["prompt"], row["lasts"]) == (leg.conversation_id, "recorded", CONSENT_LASTS)
    await exchange.wish("ana", leg, held=True)
    await exchange.wish("ana", leg, held=False)
    assert len(await exchange.rows("select 1 as one from recordings.announcement")) == 1


async def test_of_what_is_not_recorded_nothing_is_said(exchange: Exchange) -> None:
    await set_scoped_policy(exchange.floor.context, Scope(), {"announce": True, "record": False, "snippet": True})
    _, leg = await talking(exchange)
    assert await exchange.rows("select 1 as one from recordings.announcement") == []
    await by_hand(exchange, leg, record=True)
    assert len(await exchange.rows("select 1 as one from recordings.announcement")) == 1


def test_the_prompt_is_over_before_the_sides_hear_each_other() -> None:
    manifest = json.loads((PROMPTS / "manifest.json").read_text())
    (prompt,) = [each for each in manifest if each["name"] == "recorded"]
    assert timedelta(milliseconds=prompt["duration_ms"]) < CONSENT_LASTS
