"""Which policy holds, what contradicts itself, and what of a pause lies in a recording."""

from datetime import UTC, datetime, timedelta

import pytest

from shiftline.foundation.time import Interval
from shiftline.recordings.control import rules
from shiftline.recordings.control.errors import PolicyInvalid
from shiftline.recordings.control.model import Channel, Pause, RecordedPause, Scope, ScopedPolicy, Terms

NOW = datetime(2023, 10, 27, 11, 0, tzinfo=UTC)
OFF = Terms(record=False)


def policy(queue_id: str | None = None, direction: str | None = None, channel: Channel = Channel.CALL) -> ScopedPolicy:
    return ScopedPolicy(Scope(channel, queue_id, direction), OFF, NOW, "admin")


ALL = [policy("voice", "inbound"), policy("voice"), policy(None, "inbound"), policy()]


@pytest.mark.parametrize("there", range(16))
def test_the_narrowest_policy_holds(there: int) -> None:
    policies = [each for index, each in enumerate(ALL) if there & 1 << index]
    chosen = rules.choose_policy(list(reversed(policies)), Scope(Channel.CALL, "voice", "inbound"))
    assert chosen == (policies[0] if policies else ScopedPolicy(Scope(), Terms()))


def test_policies_of_others_do_not_hold() -> None:
    others = [policy("mail"), policy("voice", "outbound"), policy("voice", "inbound", Channel.EMAIL)]
    assert rules.choose_policy(others, Scope(Channel.CALL, "voice", "inbound")).since is None
    assert rules.choose_policy(others, Scope(Channel.EMAIL, "voice", "inbound")) == others[2]
    assert rules.choose_policy(ALL, Scope(Channel.CALL, None, "outbound")) == ALL[3]


def test_the_reason_names_the_policy_that_decided() -> None:
    reason = rules.judge_policy(policy("voice", "inbound"))
    assert (reason.code, reason.holds, reason.facts["policy"]) == ("policy.none", False, "voice.inbound.call")
    assert reason.sentence == "Inbound calls of queue voice are not recorded, as set by admin."
    by_default = rules.judge_policy(ScopedPolicy(Scope(), Terms()))
    assert by_default.sentence == "Calls of the organization are recorded, by default."


def test_a_snippet_is_recorded_only_while_somebody_does_so() -> None:
    by_hand = ScopedPolicy(Scope(), Terms(record=False, snippet=True))
    assert rules.judge_policy(by_hand).holds is False
    assert rules.judge_policy(by_hand, by_hand=True).holds is True
    assert rules.judge_policy(policy(), by_hand=True).holds is False
    assert rules.judge_snippet(by_hand, NOW).allowed is True
    assert [gate.code for gate in rules.judge_snippet(policy(), NOW).blockers] == ["snippet.forbidden"]


@pytest.mark.parametrize(
    ("scope", "terms", "field"),
    [
        (Scope(), Terms(record=True, snippet=True), "snippet"),
        (Scope(Channel.MESSAGE), Terms(record=False, snippet=True), "snippet"),
        (Scope(Channel.EMAIL), Terms(announce=True), "announceConsent"),
        (Scope(), Terms(record=False, announce=True), "announceConsent"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused_by_its_field(scope: Scope, terms: Terms, field: str) -> None:
    with pytest.raises(PolicyInvalid) as error:
        rules.check_policy(scope, terms)
    assert [each.field for each in error.value.problems] == [field]


def test_what_holds_together_is_taken() -> None:
    rules.check_policy(Scope(), Terms(announce=True, reason_required=True, pause=False))
    rules.check_policy(Scope(), Terms(record=False, snippet=True, announce=True))


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("recorded", [True, False])
def test_a_pause_needs_something_to_pause_and_a_policy_that_allows_it(allowed: bool, recorded: bool) -> None:
    decision = rules.judge_pause(ScopedPolicy(Scope(), Terms(pause=allowed)), recorded=recorded, now=NOW)
    assert decision.allowed is (allowed and recorded)
    assert [gate.code for gate in decision.blockers] == [
        *([] if recorded else ["recording.none"]),
        *([] if allowed else ["pause.forbidden"]),
    ]


# What lies in a recording


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def paused(start: float, end: float | None, silent: tuple[float | None, float | None] = (None, None)) -> RecordedPause:
    pause = Pause("p", "c", at(start), "ana", None if end is None else at(end), None if end is None else "ana")
    first, last = (None if each is None else at(each) for each in silent)
    return RecordedPause(pause, first, last)


def silences(*pauses: RecordedPause) -> list[tuple[float, float]]:
    found = rules.list_silences(pauses, Interval(at(0), at(100)))
    return [((each.start - NOW).total_seconds(), (each.end - NOW).total_seconds()) for each in found]


def test_what_the_node_said_counts_else_what_was_asked() -> None:
    assert silences(paused(10, 20, (10.3, 20.2))) == [(10.3, 20.2)]
    assert silences(paused(10, 20)) == [(10, 20)]
    assert silences(paused(10, None, (10.1, None))) == [(10.1, 100)]


def test_silences_lie_in_the_recording_in_order_and_do_not_overlap() -> None:
    assert silences(paused(30, 40), paused(-5, 3), paused(38, 50), paused(99, 130), paused(200, 210)) == [
        (0, 3),
        (30, 40),
        (40, 50),
        (99, 100),
    ]
