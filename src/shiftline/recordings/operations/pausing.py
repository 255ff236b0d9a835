"""Recording pauses and goes on: asked for in the call's transaction, done by media nodes, and confirmed by them."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import Interval
from shiftline.recordings.control import rules, store
from shiftline.recordings.control.errors import PauseUnconfirmed
from shiftline.recordings.control.model import Announcement, Pause, RecordedPause, Scope, ScopedPolicy
from shiftline.recordings.events import ConsentAnnounced, PauseBegun, PauseEnded
from shiftline.recordings.model import Recording, SourceFacts
from shiftline.recordings.operations.entering import append_of

PAUSED = "recording.paused"
RESUMED = "recording.resumed"

CONFIRMED_WITHIN = timedelta(seconds=5)
"""A media node that lives does it within tenths of a second; of one that died, the recordings are stopped within this."""
LOOK_EVERY = 0.03


async def find_policy(reader: Reader, organization_id: str, scope: Scope) -> ScopedPolicy:
    """The policy that holds for a conversation."""
    return rules.choose_policy(await store.find_policies(reader, organization_id), scope)


async def begin_pause_in(tx: Transaction, conversation_id: str) -> Pause:
    """Nothing of a conversation is recorded from now on; while a pause lasts, that one stays."""
    organization_id, pause_id = tx.context.organization_id, new_id()
    begun = await store.begin_pause(tx, pause_id, conversation_id)
    pause = await store.find_pause(tx, organization_id, conversation_id)
    assert pause is not None
    if begun:
        happened = PauseBegun(
            organization_id=organization_id,
            conversation_id=conversation_id,
            pause_id=pause_id,
            at=pause.from_at,
            by=pause.from_by,
        )
        tx.record(happened)
        for recording_id in await store.list_open(tx, organization_id, conversation_id):
            await append_of(tx, PAUSED, recording_id, conversation_id, happened)
    return pause


async def end_pause_in(tx: Transaction, conversation_id: str) -> Pause | None:
    """A conversation is recorded again, or over; None when it was not paused."""
    pause = await store.end_pause(tx, conversation_id)
    if pause is None or pause.until_at is None or pause.until_by is None:
        return None
    happened = PauseEnded(
        organization_id=tx.context.organization_id,
        conversation_id=conversation_id,
        pause_id=pause.id,
        at=pause.until_at,
        by=pause.until_by,
    )
    tx.record(happened)
    for recording_id in await store.list_open(tx, tx.context.organization_id, conversation_id):
        await append_of(tx, RESUMED, recording_id, conversation_id, happened)
    return pause


async def find_pause(reader: Reader, organization_id: str, conversation_id: str) -> Pause | None:
    """The pause of a conversation that lasts."""
    return await store.find_pause(reader, organization_id, conversation_id)


async def list_pauses(
    reader: Reader, organization_id: str, recording_ids: Collection[str]
) -> dict[str, list[RecordedPause]]:
    """The pauses that fall into recordings, by recording."""
    return await store.list_pauses(reader, organization_id, recording_ids) if recording_ids else {}


async def announce_in(tx: Transaction, conversation_id: str, prompt: str, lasting: timedelta) -> bool:
    """That a conversation is recorded is said in it from now on; False when it was said before."""
    now = tx.context.now()
    if not await store.insert_announcement(tx, Announcement(conversation_id, prompt, now, now + lasting)):
        return False
    tx.record(
        ConsentAnnounced(
            organization_id=tx.context.organization_id,
            conversation_id=conversation_id,
            prompt=prompt,
            at=now,
            until=now + lasting,
        )
    )
    return True


async def find_announcement(reader: Reader, organization_id: str, conversation_id: str) -> Announcement | None:
    """When it was, or is, said in a conversation that it is recorded."""
    return await store.find_announcement(reader, organization_id, conversation_id)


async def with_pauses(reader: Reader, recording: Recording, until: datetime, facts: SourceFacts) -> SourceFacts:
    """What is known of a recording's sources, with the pauses that lie in it until an instant."""
    pauses = await store.list_pauses(reader, recording.organization_id, [recording.id])
    span = Interval(recording.started_at, max(until, recording.started_at))
    return replace(facts, pauses=rules.list_silences(pauses.get(recording.id, []), span))


async def confirm_silence(context: Context, pause_id: str, recording_id: str, at: datetime) -> None:
    """Whoever writes a recording says from which instant on it holds nothing."""
    async with context.transaction() as tx:
        await store.say_silent(tx, pause_id, recording_id, at)


async def confirm_sound(context: Context, pause_id: str, recording_id: str, at: datetime) -> None:
    """Whoever writes a recording says from which instant on it holds something again."""
    async with context.transaction() as tx:
        await store.say_heard(tx, pause_id, recording_id, at)


async def await_silence(context: Context, pause: Pause, patience: timedelta = CONFIRMED_WITHIN) -> None:
    """Wait until every recording of a pause's conversation keeps nothing any more. Raises PauseUnconfirmed."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience.total_seconds()
    while True:
        async with context.reader() as reader:
            missing = await store.count_unconfirmed(reader, context.organization_id, pause.conversation_id, pause.id)
        if not missing:
            return
        if loop.time() >= until:
            raise PauseUnconfirmed(missing)
        await asyncio.sleep(LOOK_EVERY)
