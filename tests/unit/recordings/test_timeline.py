"""What lies on a recording's time line: in elapsed time, cut to the recording, over nights on which clocks change too."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiftline.conversations.model.changes import Change, Join, Move, SetConfined, SetHeld, SetMuted
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    ConversationDraft,
    Direction,
    ParticipantDraft,
    Purpose,
)
from shiftline.conversations.rules.changing import apply, begin
from shiftline.foundation.time import Interval
from shiftline.recordings.control.model import Announcement, Happening, Pause, RecordedPause, TimelineEvent
from shiftline.recordings.control.timeline import Version, list_events

START = datetime(2023, 10, 27, 11, 0, tzinfo=UTC)


def drafted(identifier: str, purpose: Purpose, state: CallState = CallState.CONNECTED) -> ParticipantDraft:
    return ParticipantDraft(
        purpose=purpose, direction=Direction.INBOUND, state=state, id=identifier, person_id=f"of-{identifier}"
    )


def versions(*steps: tuple[float, Change], start: datetime = START) -> list[Version]:
    """A call of a caller and an agent, and what happened to it at seconds."""
    both = (drafted("caller", Purpose.CUSTOMER), drafted("agent", Purpose.AGENT, CallState.ALERTING))
    conversation: Conversation = begin(ConversationDraft(direction=Direction.INBOUND, participants=both), "o", start)
    found = [Version(start, "router", conversation)]
    for second, change in steps:
        at = start + timedelta(seconds=second)
        conversation = apply(conversation, [change], at)
        found.append(Version(at, "somebody", conversation))
    return found


def listed(
    happened: list[Version], start: float, end: float, *, lasts: bool = False, since: datetime = START, **more: object
) -> tuple[TimelineEvent, ...]:
    span = Interval(since + timedelta(seconds=start), since + timedelta(seconds=end))
    return list_events(happened, span, lasts=lasts, **more)  # type: ignore[arg-type]


def told(events: tuple[TimelineEvent, ...]) -> list[tuple[str, str | None, float, float | None]]:
    return [
        (
            each.kind.value,
            each.participant_id,
            each.offset.total_seconds(),
            None if each.duration is None else each.duration.total_seconds(),
        )
        for each in events
    ]


CONNECTED = (5.0, Move("agent", CallState.CONNECTED))
GONE = (60.0, Move("agent", CallState.DISCONNECTED))


def test_mute_hold_and_who_came_and_went() -> None:
    happened = versions(
        CONNECTED,
        (10, SetMuted("agent", muted=True)),
        (12, SetMuted("agent", muted=False)),
        (20, SetHeld("agent", held=True)),
        (20, SetConfined("caller", confined=True)),
        (35, SetHeld("agent", held=False)),
        (35, SetConfined("caller", confined=False)),
        GONE,
    )
    assert told(listed(happened, 5, 60)) == [
        ("connected", "agent", 0, 0),
        ("mute", "agent", 5, 2),
        ("hold", "agent", 15, 15),
        ("music", "caller", 15, 15),
        ("disconnected", "agent", 55, 0),
    ]


def test_one_of_ours_who_comes_after_another_is_a_transfer() -> None:
    happened = versions(
        CONNECTED,
        (30, Join(drafted("second", Purpose.AGENT, CallState.ALERTING))),
        (33, Move("second", CallState.CONNECTED)),
        (34, Move("agent", CallState.DISCONNECTED)),
    )
    assert told(listed(happened, 5, 60))[1:] == [("transfer", "second", 28, 0), ("disconnected", "agent", 29, 0)]


def test_what_reaches_beyond_the_recording_is_cut_to_it_and_tells_its_own_instant() -> None:
    happened = versions(CONNECTED, (10, SetMuted("agent", muted=True)), (50, SetMuted("agent", muted=False)), GONE)
    (mute,) = listed(happened, 20, 40)
    assert (mute.offset, mute.duration) == (timedelta(0), timedelta(seconds=20))
    assert mute.at == START + timedelta(seconds=10)
    assert listed(happened, 52, 55) == ()


def test_what_lasts_has_no_end_yet() -> None:
    happened = versions(CONNECTED, (10, SetMuted("agent", muted=True)))
    assert told(listed(happened, 5, 30, lasts=True))[-1] == ("mute", "agent", 5, None)
    assert told(listed(happened, 5, 30))[-1] == ("mute", "agent", 5, 20)


def test_pauses_and_the_announcement_lie_on_it() -> None:
    pause = Pause("p", "c", START + timedelta(seconds=20), "ana", START + timedelta(seconds=30), "ana")
    recorded = RecordedPause(pause, pause.from_at, START + timedelta(seconds=30.2))
    said = Announcement("c", "recorded", START + timedelta(seconds=5), START + timedelta(seconds=8))
    found = told(listed(versions(CONNECTED), 5, 60, pauses=[recorded], announcement=said))
    assert found == [("connected", "agent", 0, 0), ("consent", None, 0, 3), ("pause", None, 15, 10.2)]


@pytest.mark.parametrize(
    "start",
    [
        datetime(2023, 11, 5, 6, 59, 30, tzinfo=UTC),  # Chicago: 01:59:30, and half a minute later 01:00 again
        datetime(2024, 4, 6, 14, 59, 30, tzinfo=UTC),  # Lord Howe goes back by half an hour at 15:00Z
        datetime(2024, 3, 10, 7, 59, 30, tzinfo=UTC),  # Chicago leaps forward
    ],
)
def test_over_nights_on_which_clocks_change_it_is_the_same(start: datetime) -> None:
    steps = (CONNECTED, (29.5, SetMuted("agent", muted=True)), (30.5, SetMuted("agent", muted=False)), GONE)
    found = listed(versions(*steps, start=start), 5, 60, since=start)
    usual = listed(versions(*steps), 5, 60)
    assert told(found) == told(usual)
    offsets = [each.offset for each in found]
    assert offsets == sorted(offsets)
    assert [each.at - start for each in found] == [each.at - START for each in usual]


CHANGES = st.one_of(
    *(
        st.builds(kind, st.sampled_from(["agent", "caller"]), st.booleans())
        for kind in (SetMuted, SetHeld, SetConfined)
    ),
    st.just(Move("agent", CallState.CONNECTED)),
)


@given(st.lists(st.tuples(st.floats(-2, 30), CHANGES), max_size=20), st.floats(0, 40), st.floats(0, 40), st.booleans())
def test_nothing_runs_backwards_or_out_of_the_recording(
    steps: list[tuple[float, Change]], start: float, length: float, lasts: bool
) -> None:
    # Instants may fall: the clock of another process was behind.
    happened, at = versions(), START
    for step, change in steps:
        at += timedelta(seconds=step)
        happened.append(Version(at, "x", apply(happened[-1].conversation, [change], max(at, START))))
    found = listed(happened, start, start + length, lasts=lasts)
    offsets = [each.offset for each in found]
    assert offsets == sorted(offsets)
    for each in found:
        assert timedelta(0) <= each.offset <= timedelta(seconds=length) + timedelta(microseconds=1)
        if each.duration is None:
            assert lasts
        else:
            assert timedelta(0) <= each.duration
            assert each.offset + each.duration <= timedelta(seconds=length) + timedelta(microseconds=1)
        assert each.kind is not Happening.PAUSE


def test_versions_out_of_order_are_told_in_their_order() -> None:
    happened = versions(CONNECTED, (20, SetMuted("agent", muted=True)), (25, SetMuted("agent", muted=False)))
    happened[-1] = replace(happened[-1], at=START + timedelta(seconds=19))
    (mute,) = [each for each in listed(happened, 5, 60) if each.kind is Happening.MUTE]
    assert mute.duration == timedelta(0)
