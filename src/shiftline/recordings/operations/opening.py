"""Recordings begin and are asked to end, in the transactions that connect and end their legs."""

from collections.abc import Collection
from datetime import datetime

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.decision import Decision, Reason
from shiftline.foundation.errors import Conflict
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import TZDATA_VERSION, find_zone, to_instant
from shiftline.recordings import rules, store
from shiftline.recordings.control import store as control
from shiftline.recordings.control.model import Channel, Scope
from shiftline.recordings.control.rules import judge_policy
from shiftline.recordings.deletion.operations.retaining import require_present_in
from shiftline.recordings.errors import RecordingNotFound
from shiftline.recordings.events import RecordingNotMade, RecordingOpened, RecordingStopped
from shiftline.recordings.keys import Keys
from shiftline.recordings.model import EndedBy, OpenRecording, RecordingDraft
from shiftline.recordings.operations.entering import OPENED, enter_in
from shiftline.recordings.operations.pausing import find_policy
from shiftline.recordings.operations.vault import inspect_storage


async def decide_recording(
    reader: Reader, organization_id: str, queue_id: str | None, now: datetime, keys: Keys | None = None
) -> Decision:
    """Whether legs of a queue (None: of a call without one) are recorded now, gate by gate; the subject is the queue.

    Of calls of both directions; a policy for one direction is asked for by ``decide_draft``. Storage is judged where ``keys``
    are given: a program without them cannot know.
    """
    policy = await find_policy(reader, organization_id, Scope(Channel.CALL, queue_id))
    return _decide(queue_id or organization_id, judge_policy(policy), now, keys)


async def decide_draft(
    reader: Reader, organization_id: str, draft: RecordingDraft, now: datetime, keys: Keys | None = None
) -> Decision:
    """Whether a leg is recorded: by the policy of its queue and direction, or by hand."""
    policy = await find_policy(
        reader, organization_id, Scope(Channel(draft.medium), draft.queue_id, str(draft.direction))
    )
    snippet = None
    if policy.terms.snippet:
        snippet = await control.find_snippet(reader, organization_id, draft.conversation_id)
    gate = judge_policy(policy, by_hand=snippet is not None)
    return _decide(draft.queue_id or organization_id, gate, now, keys)


def _decide(subject: str, gate: Reason, now: datetime, keys: Keys | None) -> Decision:
    gates = (gate,) if keys is None else (gate, rules.judge_storage(inspect_storage(keys)))
    return Decision("record", subject, evaluated_at=now, gates=gates, who="This call", what="be recorded")


async def open_recording_in(tx: Transaction, draft: RecordingDraft, keys: Keys | None = None) -> OpenRecording | None:
    """A new recording, complete from its first instant, if a policy wants it; the one that a leg has stays.

    Start, zone and the zone's offset at the start are fixed here. None: it is not to be recorded (or, where ``keys`` are
    given, cannot be kept), and the audit says why; the call goes on. Raises ZoneUnknown, InstantNaive.
    """
    organization_id = tx.context.organization_id
    decision = await decide_draft(tx, organization_id, draft, tx.context.now(), keys)
    if decision.blockers:
        tx.record(_not_made(organization_id, draft, decision))
        return None
    zone, started_at = find_zone(draft.zone, "zone"), to_instant(draft.started_at, "started_at")
    recording_id, seconds = draft.id or new_id(), rules.offset_seconds(started_at, zone)
    reason, offset = draft.reason or decision.gates[0].code, (seconds, TZDATA_VERSION)
    if not await store.insert_recording(tx, draft, recording_id=recording_id, reason=reason, offset=offset):
        return await _present(tx, draft.leg_id)
    opened = RecordingOpened(
        organization_id=organization_id,
        recording_id=recording_id,
        conversation_id=draft.conversation_id,
        participant_id=draft.participant_id,
        leg_id=draft.leg_id,
        person_id=draft.person_id,
        queue_id=draft.queue_id,
        started_at=started_at,
        zone=draft.zone,
        utc_offset_seconds=seconds,
        reason=reason,
    )
    tx.record(opened)
    await enter_in(tx, OPENED, opened)
    return OpenRecording(recording_id, draft.leg_id, organization_id)


def _not_made(organization_id: str, draft: RecordingDraft, decision: Decision) -> RecordingNotMade:
    return RecordingNotMade(
        organization_id=organization_id,
        conversation_id=draft.conversation_id,
        participant_id=draft.participant_id,
        leg_id=draft.leg_id,
        codes=tuple(gate.code for gate in decision.blockers),
        sentence=decision.sentence,
    )


async def _present(tx: Transaction, leg_id: str) -> OpenRecording:
    for each in await store.find_open(tx, tx.context.organization_id, [leg_id]):
        return each
    raise Conflict(f"The recording of leg {leg_id} was stopped just now. Nothing was changed.")


async def get_data_key(context: Context, recording_id: str, keys: Keys) -> bytes:
    """The key that encrypts a recording: made and wrapped when it is first asked for, the same one ever after.

    Raises RecordingNotFound, RecordingDestroyed, KeysUnavailable, KeyUnknown.
    """
    async with context.transaction() as tx:
        recording = await store.lock_recording(tx, recording_id)
        if recording is None:
            raise RecordingNotFound(recording_id)
        await require_present_in(tx, recording)
        if recording.wrapped_key is not None and recording.key_id is not None:
            return keys.unwrap(recording.wrapped_key, recording.key_id, recording_id)
        data_key = keys.new_data_key()
        wrapped = keys.wrap(data_key, recording_id)
        await store.set_key(tx, recording_id, wrapped.key_id, wrapped.wrapped)
        return data_key


async def stop_recording_in(tx: Transaction, recording_id: str, ended_at: datetime, by: EndedBy = EndedBy.CALL) -> None:
    """Ask for the end of a recording; the first who asks is heard. Raises RecordingNotFound."""
    row = await store.stop_recording(tx, recording_id, to_instant(ended_at, "ended_at"), by)
    if row is not None:
        tx.record(
            RecordingStopped(
                organization_id=tx.context.organization_id,
                recording_id=recording_id,
                conversation_id=row["conversation_id"],
                leg_id=row["leg_id"],
                stop_at=row["stop_at"],
                by=by.value,
            )
        )
    elif await store.find_recording(tx, tx.context.organization_id, recording_id) is None:
        raise RecordingNotFound(recording_id)


async def find_open(reader: Reader, organization_id: str, leg_ids: Collection[str]) -> list[OpenRecording]:
    """The recordings that are to be written for some legs now; one that is not among them any more is to be finished."""
    return await store.find_open(reader, organization_id, leg_ids)
