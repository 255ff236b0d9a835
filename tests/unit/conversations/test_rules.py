"""How conversations change: what may follow what, and what follows by itself."""

import pytest

from shiftline.conversations.errors import (
    ConversationEnded,
    MoveRefused,
    ParticipantEnded,
    ParticipantExists,
    ParticipantNotFound,
    TooManyAttributes,
)
from shiftline.conversations.model.changes import (
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
    ENDED,
    CallState,
    ConversationDraft,
    Direction,
    DisconnectType,
    Purpose,
    RecordingState,
    WrapupPrompt,
)
from shiftline.conversations.rules import changing
from shiftline.conversations.rules.changing import MOVES, PersonFacts, QueueFacts
from unit.conversations.drafts import AT, CALLER, begun, changed, draft, later, one, states, talking

LIVE = [state for state in CallState if state not in ENDED]


def test_a_conversation_begins_as_version_one_with_all_who_are_in_it() -> None:
    conversation = begun()
    assert (conversation.version, conversation.started_at, conversation.live) == (1, AT, True)
    assert [each.changed_version for each in conversation.participants] == [1, 1]
    assert conversation.division_ids == ("chicago",)
    assert one(conversation, "caller").connected_at == AT
    assert (one(conversation).connected_at, one(conversation).alerted_at) == (None, AT)


def test_nobody_begins_a_conversation_of_nobody_or_of_who_has_left() -> None:
    with pytest.raises(ValueError, match="begins with a participant"):
        changing.begin(ConversationDraft(direction=Direction.INBOUND, participants=()), "org-1", AT)
    with pytest.raises(ValueError, match="left it already"):
        begun(draft("agent", state=CallState.DISCONNECTED))


@pytest.mark.parametrize("current", LIVE)
@pytest.mark.parametrize("wanted", list(CallState))
def test_a_live_call_moves_as_the_table_says(current: CallState, wanted: CallState) -> None:
    conversation = begun(draft("agent", state=current))
    if wanted in MOVES[current]:
        after = changed(conversation, Move("agent", wanted))
        assert (one(after).state, after.version) == (wanted, 2)
    elif wanted is current:
        assert changed(conversation, Move("agent", wanted)) is conversation
    else:
        with pytest.raises(MoveRefused, match=f"is {current}: it cannot become {wanted}"):
            changed(conversation, Move("agent", wanted))


@pytest.mark.parametrize("ended", sorted(ENDED))
@pytest.mark.parametrize("wanted", LIVE)
def test_an_ended_call_never_comes_back(ended: CallState, wanted: CallState) -> None:
    with pytest.raises(ParticipantEnded):
        changed(changed(begun(), Move("agent", ended)), Move("agent", wanted))


def test_ending_twice_is_no_error_and_keeps_the_first_end() -> None:
    gone = changed(begun(), Move("agent", CallState.DISCONNECTED, DisconnectType.TIMEOUT), seconds=5)
    assert changed(gone, Move("agent", CallState.DISCONNECTED, DisconnectType.CLIENT), seconds=6) is gone
    terminated = changed(gone, Move("agent", CallState.TERMINATED, DisconnectType.CLIENT), seconds=7)
    ended = one(terminated)
    assert (ended.state, ended.ended_at, ended.disconnect_type) == (
        CallState.TERMINATED,
        later(5),
        DisconnectType.TIMEOUT,
    )
    assert changed(terminated, Move("agent", CallState.DISCONNECTED), seconds=8) is terminated


def test_a_conversation_is_over_when_nobody_is_live_any_more() -> None:
    alone = changed(begun(), Move("caller", CallState.TERMINATED, DisconnectType.ENDPOINT))
    assert (alone.live, alone.ended_at) == (True, None)
    over = changed(alone, Move("agent", CallState.DISCONNECTED), seconds=21)
    assert (over.live, over.ended_at, over.state) == (False, later(21), CallState.TERMINATED)
    assert one(over).disconnect_type is DisconnectType.OTHER
    assert changed(over, SetTag("crm-4"), seconds=99).ended_at == later(21)


def test_nobody_joins_what_is_over_not_even_in_the_same_breath() -> None:
    ends = (Move("caller", CallState.DISCONNECTED), Move("agent", CallState.DISCONNECTED))
    with pytest.raises(ConversationEnded):
        changed(begun(), *ends, Join(draft("next")))
    handed_over = changed(begun(), Join(draft("next")), *ends)
    assert (handed_over.live, states(handed_over)[-1]) == (True, CallState.ALERTING)


def test_ids_are_of_one_participant_each() -> None:
    with pytest.raises(ParticipantExists):
        changed(begun(), Join(CALLER))
    with pytest.raises(ParticipantNotFound):
        changed(begun(), SetMuted("nobody", muted=True))


def test_only_whom_a_version_changed_carries_its_number() -> None:
    after = changed(changed(begun(), SetMuted("agent", muted=True)), SetTag("crm-4"))
    assert after.version == 3
    assert [each.changed_version for each in after.participants] == [1, 2]


def test_what_changes_nothing_makes_no_version() -> None:
    conversation = begun()
    back_again = (SetMuted("agent", muted=True), SetHeld("agent", held=True), SetHeld("agent", held=False))
    assert changed(conversation, *back_again, SetMuted("agent", muted=False)) is conversation
    assert changed(conversation) is conversation
    assert changed(conversation, SetTag(None), SetTag(""), SetAttributes("agent", {})) is conversation


def test_held_since_when_and_not_anew_when_it_is_said_again() -> None:
    held = changed(talking(), SetHeld("caller", held=True), seconds=30)
    assert one(held, "caller").held_at == later(30)
    assert changed(held, SetHeld("caller", held=True), seconds=40) is held
    assert one(changed(held, SetHeld("caller", held=False), seconds=50), "caller").held_at is None


@pytest.mark.parametrize(
    "change",
    [
        SetMuted("agent", muted=True),
        SetHeld("agent", held=True),
        SetConfined("agent", confined=True),
        SetRecording("agent", recording=True),
    ],
    ids=lambda change: type(change).__name__,
)
def test_an_ended_participant_is_not_touched_but_told_so(change: SetMuted) -> None:
    gone = changed(begun(), Move("agent", CallState.DISCONNECTED))
    with pytest.raises(ParticipantEnded):
        changed(gone, change)


def test_what_an_ended_participant_is_already_can_be_said_again() -> None:
    gone = changed(begun(), Move("agent", CallState.DISCONNECTED))
    assert changed(gone, SetRecording("agent", recording=False), SetHeld("agent", held=False)) is gone


def test_a_conversation_is_recorded_while_somebody_in_it_is() -> None:
    recorded = changed(talking(), SetRecording("agent", recording=True), SetRecording("caller", recording=True))
    assert recorded.recording_state is RecordingState.ACTIVE
    paused = changed(recorded, SetRecordingPaused(paused=True))
    assert paused.recording_state is RecordingState.PAUSED
    assert changed(paused, SetRecordingPaused(paused=False)).recording_state is RecordingState.ACTIVE
    one_left = changed(paused, Move("agent", CallState.DISCONNECTED))
    assert (one_left.recording_state, one(one_left).recording) == (RecordingState.PAUSED, False)
    assert changed(one_left, Move("caller", CallState.DISCONNECTED)).recording_state is RecordingState.NONE


def test_a_pause_lasts_while_nobody_is_recorded_so_that_nothing_goes_on_by_accident() -> None:
    """A media node died: its recordings end, and others begin in their place."""
    both = (SetRecording("agent", recording=True), SetRecording("caller", recording=True))
    paused = changed(talking(), *both, SetRecordingPaused(paused=True))
    lost = changed(paused, SetRecording("agent", recording=False), SetRecording("caller", recording=False))
    assert lost.recording_state is RecordingState.PAUSED
    assert changed(lost, *both).recording_state is RecordingState.PAUSED
    assert changed(lost, SetRecordingPaused(paused=False)).recording_state is RecordingState.NONE
    assert changed(lost, *both, SetRecordingPaused(paused=False)).recording_state is RecordingState.ACTIVE


def test_what_begins_to_be_recorded_in_a_pause_begins_paused() -> None:
    early = changed(talking(), SetRecordingPaused(paused=True))
    assert early.recording_state is RecordingState.PAUSED
    assert changed(early, SetRecording("agent", recording=True)).recording_state is RecordingState.PAUSED


def test_what_is_over_or_not_paused_stays_as_it_is() -> None:
    conversation = talking()
    assert changed(conversation, SetRecordingPaused(paused=False)) is conversation
    over = changed(conversation, Move("agent", CallState.DISCONNECTED), Move("caller", CallState.DISCONNECTED))
    assert over.recording_state is RecordingState.NONE
    assert changed(over, SetRecordingPaused(paused=True)) is over


def test_an_end_releases_hold() -> None:
    held = changed(talking(), SetHeld("agent", held=True))
    ended = one(changed(held, Move("agent", CallState.DISCONNECTED)))
    assert (ended.held, ended.held_at) == (False, None)


def test_attributes_are_added_after_the_end_too_and_are_not_without_number() -> None:
    over = changed(begun(), SetAttributes("agent", {"a": "1", "b": "2"}), Move("agent", CallState.DISCONNECTED))
    assert one(changed(over, SetAttributes("agent", {"b": "3"}))).attributes == {"a": "1", "b": "3"}
    many = {str(number): "x" for number in range(changing.ATTRIBUTES_AT_MOST)}
    assert len(one(changed(begun(), SetAttributes("agent", many))).attributes) == changing.ATTRIBUTES_AT_MOST
    with pytest.raises(TooManyAttributes):
        changed(over, SetAttributes("agent", many))


def test_attributes_are_not_without_length_either() -> None:
    long = {str(number): "x" * 4000 for number in range(8)}
    full = changed(begun(), SetAttributes("agent", long))
    with pytest.raises(TooManyAttributes, match="characters"):
        changed(full, SetAttributes("agent", {"more": "x" * 1000}))


def test_an_error_of_a_live_call_is_kept() -> None:
    failed = changed(begun(), Move("agent", CallState.ALERTING, error="The phone did not answer."))
    assert (one(failed).error, failed.version) == ("The phone did not answer.", 2)
    assert one(changed(failed, Move("agent", CallState.TERMINATED))).error == "The phone did not answer."


def test_instants_never_go_back_when_another_clock_is_behind() -> None:
    over = changed(talking(), Move("agent", CallState.DISCONNECTED), seconds=-5)
    assert one(over).ended_at == later(10)


QUEUE = QueueFacts("voice", "Voice", "chicago", WrapupPrompt.TIMEOUT, 30_000)
ADA = PersonFacts("ada", "Ada", "manila")


def test_a_queue_gives_its_agents_what_it_asks_of_them() -> None:
    completed = changing.complete(draft("agent"), QUEUE, ADA)
    assert (completed.name, completed.queue_name, completed.division_id) == ("Ada", "Voice", "chicago")
    assert (completed.wrapup_prompt, completed.wrapup_timeout_ms) == (WrapupPrompt.TIMEOUT, 30_000)


def test_what_a_draft_says_itself_stays() -> None:
    said = draft("agent", name="Dr. Ada", wrapup_prompt=WrapupPrompt.OPTIONAL, division_id="berlin")
    completed = changing.complete(said, QUEUE, ADA)
    assert (completed.name, completed.division_id, completed.wrapup_prompt) == (
        "Dr. Ada",
        "berlin",
        WrapupPrompt.OPTIONAL,
    )


def test_the_queue_itself_and_its_callers_wrap_nothing_up() -> None:
    acd = changing.complete(draft("acd", Purpose.ACD), QUEUE, None)
    assert (acd.name, acd.wrapup_prompt) == ("Voice", None)
    assert changing.complete(draft("caller", Purpose.CUSTOMER), QUEUE, None).wrapup_prompt is None


def test_who_is_there_for_no_queue_brings_their_own_division() -> None:
    assert changing.complete(draft("user", Purpose.USER), None, ADA).division_id == "manila"
    assert changing.complete(draft("caller", Purpose.CUSTOMER), None, None).division_id is None


def test_a_conversation_is_of_each_division_once() -> None:
    joined = changed(begun(), Join(draft("x", division_id="manila")), Join(draft("y", division_id="chicago")))
    assert joined.division_ids == ("chicago", "manila")


def test_whom_one_talks_with_is_the_one_from_outside() -> None:
    three = changed(begun(), Join(draft("acd", Purpose.ACD)), Join(draft("second")))
    assert three.other_than(one(three)) == one(three, "caller")
    assert three.other_than(one(three, "caller")) == one(three)
    two_of_us = begun(draft("second"))
    assert two_of_us.other_than(one(two_of_us, "second")) == one(two_of_us, "caller")
