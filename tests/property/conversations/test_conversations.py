"""Whatever happens in whatever order: ended stays ended, versions count changes, and news tells the whole state."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.model.changes import (
    BeginWrapup,
    Change,
    EndConsultation,
    EndWrapup,
    ExpireWrapup,
    Join,
    Move,
    SetAttributes,
    SetConfined,
    SetHeld,
    SetMuted,
    SetRecording,
    SetRecordingPaused,
    SetTag,
)
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    DisconnectType,
    Participant,
    Purpose,
    RecordingState,
    Wrapup,
    WrapupPrompt,
)
from shiftline.conversations.rules import changing
from shiftline.foundation.errors import Refusal
from shiftline.foundation.events import decode, encode
from unit.conversations.drafts import AT, begun, draft, later

# Three may be there; the third is named before they come, too.
ids = st.sampled_from(["caller", "agent", "third"])
prompts = st.sampled_from(WrapupPrompt)
timeouts = st.none() | st.integers(0, 60_000)
drafts = st.builds(
    draft,
    ids,
    st.sampled_from(Purpose),
    state=st.sampled_from([state for state in CallState if state not in ("disconnected", "terminated")]),
    wrapup_prompt=st.none() | prompts,
    wrapup_timeout_ms=timeouts,
    division_id=st.none() | st.sampled_from(["chicago", "manila"]),
)
moves = st.builds(
    Move, ids, st.sampled_from(CallState), st.none() | st.sampled_from(DisconnectType), st.none() | st.just("!")
)
wrapups = st.builds(Wrapup, st.none() | st.sampled_from(["solved", "open"]), provisional=st.booleans())
ends = st.builds(Move, ids, st.sampled_from([CallState.DISCONNECTED, CallState.TERMINATED]))
changes: st.SearchStrategy[Change] = st.one_of(
    moves,
    moves,
    ends,
    ends,
    st.builds(Join, drafts),
    st.builds(SetMuted, ids, st.booleans()),
    st.builds(SetHeld, ids, st.booleans()),
    st.builds(SetConfined, ids, st.booleans()),
    st.builds(EndConsultation, ids),
    st.builds(SetRecording, ids, st.booleans()),
    st.builds(SetRecordingPaused, st.booleans()),
    st.builds(BeginWrapup, ids, prompts, timeouts),
    st.builds(EndWrapup, ids, st.none() | wrapups, st.booleans()),
    st.builds(ExpireWrapup, ids),
    st.builds(SetAttributes, ids, st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"))),
    st.builds(SetTag, st.none() | st.sampled_from(["crm-1", "crm-2", ""])),
)
# Clocks of several processes: mostly forward, sometimes a little back.
steps = st.lists(st.tuples(st.integers(-2, 40), st.lists(changes, min_size=1, max_size=3)), min_size=5, max_size=25)


def walk(happening: list[tuple[int, list[Change]]]) -> list[Conversation]:
    """The versions that a conversation goes through; what is refused together is tried one by one, and then skipped."""
    seen, now = [begun()], AT
    for seconds, wanted in happening:
        now += timedelta(seconds=seconds)
        for tried in (wanted, *([change] for change in wanted)):
            try:
                seen.append(changing.apply(seen[-1], tried, now))
            except Refusal:
                continue
            if tried is wanted:
                break
    return seen


def unversioned(conversation: Conversation) -> Conversation:
    """What a conversation says, however many versions it took."""
    participants = tuple(replace(each, changed_version=0) for each in conversation.participants)
    return replace(conversation, version=0, participants=participants)


def together(conversation: Conversation, wanted: list[Change], now: datetime) -> Conversation | type[Refusal]:
    try:
        return unversioned(changing.apply(conversation, wanted, now))
    except Refusal as refused:
        return type(refused)


def one_by_one(conversation: Conversation, wanted: list[Change], now: datetime) -> Conversation | type[Refusal]:
    try:
        for change in wanted:
            conversation = changing.apply(conversation, [change], now)
    except Refusal as refused:
        return type(refused)
    return unversioned(conversation)


@given(steps, st.lists(changes, max_size=8))
def test_changes_one_by_one_and_together_come_to_the_same(
    happening: list[tuple[int, list[Change]]], more: list[Change]
) -> None:
    conversation, now = walk(happening)[-1], later(1000)
    assert one_by_one(conversation, more, now) == together(conversation, more, now)


@given(steps)
def test_an_effective_change_is_one_version_and_marks_whom_it_changed(
    happening: list[tuple[int, list[Change]]],
) -> None:
    seen = walk(happening)
    for before, after in pairwise(seen):
        if after is before:
            continue
        assert after.version == before.version + 1
        known = {each.id: each for each in before.participants}
        for each in after.participants:
            assert (each.changed_version == after.version) == (known.get(each.id) != each)


@given(steps)
def test_an_ended_conversation_has_nobody_live_in_it_and_none_comes_back(
    happening: list[tuple[int, list[Change]]],
) -> None:
    seen = walk(happening)
    for before, after in pairwise(seen):
        assert after.live == any(each.live for each in after.participants)
        assert [each.id for each in after.participants][: len(before.participants)] == [
            each.id for each in before.participants
        ]
        for each in before.participants:
            now = after.participant(each.id)
            assert now is not None
            assert each.live or not now.live
            assert each.ended_at is None or now.ended_at == each.ended_at
        assert before.live or after.ended_at == before.ended_at


@given(steps)
def test_what_is_said_of_a_participant_holds_together(happening: list[tuple[int, list[Change]]]) -> None:
    for conversation in walk(happening):
        recorded = any(each.recording for each in conversation.participants)
        active = conversation.recording_state is RecordingState.ACTIVE
        assert active == (recorded and conversation.recording_state is not RecordingState.PAUSED)
        assert conversation.live or conversation.recording_state is RecordingState.NONE
        for each in conversation.participants:
            check(each)


def check(each: Participant) -> None:
    """What the table of participants holds by its constraints."""
    assert (each.ended_at is None) == each.live == (each.disconnect_type is None)
    assert each.held == (each.held_at is not None)
    assert each.live or not each.recording
    if each.acw_started_at is not None or each.wrapup is not None or each.wrapup_skipped:
        assert not each.live
        assert each.purpose in (Purpose.AGENT, Purpose.USER)
    order = (each.started_at, each.connected_at, each.ended_at, each.acw_started_at, each.acw_ended_at)
    known = [instant for instant in order if instant is not None]
    assert known == sorted(known)
    assert each.acw_ended_at is None or each.acw_started_at is not None


@given(steps)
def test_news_carries_the_whole_state(happening: list[tuple[int, list[Change]]]) -> None:
    conversation = walk(happening)[-1]
    told = ConversationChanged(
        organization_id="org-1", conversation_id="c", version=conversation.version, conversation=conversation
    )
    assert decode("conversations.conversation.changed", 1, encode(told)) == told
