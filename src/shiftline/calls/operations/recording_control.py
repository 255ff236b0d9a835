"""What a party does to the recording of a call: pause it, go on, record by hand."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.authorization.operations import may
from shiftline.calls.errors import NotPossibleNow
from shiftline.calls.model import Call
from shiftline.calls.operations.moving import lock_call_in, move_in, read_call
from shiftline.calls.operations.recording import agent_of, stop_by_hand_in
from shiftline.conversations.errors import ConversationNotFound, ParticipantNotFound
from shiftline.conversations.model.changes import SetRecordingPaused
from shiftline.conversations.model.conversations import RecordingState
from shiftline.conversations.operations.reading import require_in
from shiftline.conversations.topics import VIEW
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.decision import Decision
from shiftline.foundation.errors import Refused
from shiftline.recordings.control.errors import ControlRefused
from shiftline.recordings.control.model import Channel, Pause, Scope, ScopedPolicy, Snippet, SnippetKind
from shiftline.recordings.control.rules import judge_pause, judge_snippet
from shiftline.recordings.operations import pausing, snippets

RECORD = "conversation:call:record"
PAUSE_OTHERS = "conversation:recording:pauseOthers"


@dataclass(frozen=True, slots=True)
class RecordingControl:
    """How the recording of a call stands, and what may be done to it, each with the sentence why."""

    state: RecordingState
    pause: Pause | None
    snippet: Snippet | None
    may_pause: Decision
    may_record: Decision
    policy: ScopedPolicy


async def set_recording_paused(
    context: Context, conversation_id: str, *, paused: bool, participant_id: str | None = None
) -> None:
    """Pause a call's recording, or go on. Once this returns, nothing more that is said is kept anywhere.

    ``participant_id``: whose part it was asked of, checked only. Repeats change nothing. Raises ConversationNotFound,
    ParticipantNotFound, PermissionMissing, ControlRefused (the policy), NotPossibleNow (it is over), PauseUnconfirmed.
    """
    async with context.transaction() as tx:
        call = await _lock_theirs(context, tx, conversation_id, participant_id)
        if not call.conversation.live:
            raise NotPossibleNow("The call is over: there is nothing to record any more.")
        is_paused = call.conversation.recording_state is RecordingState.PAUSED
        pause = None
        if paused:
            await _check_pause(tx, call, context.now())
            pause = await pausing.begin_pause_in(tx, conversation_id)
        else:
            await pausing.end_pause_in(tx, conversation_id)
        if paused != is_paused:
            await move_in(tx, call, SetRecordingPaused(paused))
    if pause is not None:
        await pausing.await_silence(context, pause)


async def record_by_hand(
    context: Context, conversation_id: str, participant_id: str, *, record: bool, kind: SnippetKind
) -> None:
    """Begin to record a call by hand, or end it; all who are in it are recorded. Repeats change nothing.

    Raises ConversationNotFound, ParticipantNotFound, PermissionMissing, ControlRefused (the policy), NotPossibleNow (it is over).
    """
    async with context.transaction() as tx:
        call = await _lock_theirs(context, tx, conversation_id, participant_id)
        if not call.conversation.live:
            raise NotPossibleNow("The call is over: there is nothing to record any more.")
        if not record:
            if await snippets.end_snippet_in(tx, conversation_id):
                await move_in(tx, call, *await stop_by_hand_in(tx, call))
            return
        decision = judge_snippet(await find_policy_of(tx, call), context.now())
        if decision.blockers:
            raise ControlRefused(decision)
        if await snippets.begin_snippet_in(tx, conversation_id, kind):
            await move_in(tx, call)


async def read_control(context: Context, conversation_id: str) -> RecordingControl:
    """How the recording of a call stands, for whoever takes part or may see the call. Raises ConversationNotFound, PermissionMissing."""
    async with context.reader() as reader:
        call = await read_call(reader, context.organization_id, conversation_id)
        if call is None:
            raise ConversationNotFound(conversation_id)
        if not call.conversation.has_person(context.actor.person_id):
            require_in(context, call.conversation, VIEW)
        policy = await find_policy_of(reader, call)
        pause = await pausing.find_pause(reader, context.organization_id, conversation_id)
        snippet = await snippets.find_snippet(reader, context.organization_id, conversation_id)
    recorded = is_recorded(call, policy)
    return RecordingControl(
        state=call.conversation.recording_state,
        pause=pause,
        snippet=snippet,
        may_pause=judge_pause(policy, recorded=recorded, now=context.now()),
        may_record=judge_snippet(policy, context.now()),
        policy=policy,
    )


async def find_policy_of(reader: Reader, call: Call) -> ScopedPolicy:
    """The policy of the queue for which an agent is in a call."""
    agent = agent_of(call)
    scope = Scope(Channel.CALL, agent and agent.queue_id, str(call.conversation.direction))
    return await pausing.find_policy(reader, call.conversation.organization_id, scope)


def is_recorded(call: Call, policy: ScopedPolicy) -> bool:
    """Whether a call is recorded, or would be as soon as its sides hear each other."""
    recorded = call.conversation.recording_state is not RecordingState.NONE
    return recorded or (policy.terms.record and call.conversation.live)


async def _check_pause(tx: Transaction, call: Call, now: datetime) -> None:
    policy = await find_policy_of(tx, call)
    decision = judge_pause(policy, recorded=is_recorded(call, policy), now=now)
    if decision.blockers:
        raise ControlRefused(decision)


async def _lock_theirs(context: Context, tx: Transaction, conversation_id: str, participant_id: str | None) -> Call:
    """A call that the caller may control: their own with one permission, others' with another."""
    call = await lock_call_in(tx, conversation_id)
    if participant_id is not None and call.conversation.participant(participant_id) is None:
        raise ParticipantNotFound(participant_id)
    mine = context.actor.person_id
    over = not call.conversation.live
    is_there = mine is not None and any(
        each.person_id == mine and (each.live or over) for each in call.conversation.participants
    )
    try:
        require_in(context, call.conversation, RECORD if is_there else PAUSE_OTHERS)
    except Refused:
        if is_there or may(context, VIEW) or call.conversation.has_person(mine):
            raise
        raise ConversationNotFound(conversation_id) from None
    return call
