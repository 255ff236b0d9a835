"""Recording on plain facts: policies of queues, storage, and what became of one call's recordings."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.access.test_rules import NOW, READY, time_off

from shiftline.access.model.recording import (
    NotMadeFact,
    PauseFact,
    PolicyFact,
    Recorded,
    RecordedQueue,
    RecordingFact,
    RecordingWish,
    SpeakerFact,
)
from shiftline.access.rules.recording import judge_recorded, judge_recordings
from shiftline.foundation.decision import Decision
from shiftline.recordings.model import Storage

MINUTE = timedelta(minutes=1)
CHANGED = "on the page (/recordings?part=policies) or by PUT /api/v2/shiftline/recordings/policies"
VOICE, SALES = RecordedQueue("q1", "Voice"), RecordedQueue("q2", "Sales")
NONE_OF_SALES = PolicyFact("q2", record=False, since=NOW - MINUTE, by="boss", by_name="Bea Boss")
NONE = PolicyFact(None, record=False, since=NOW - MINUTE, by="boss", by_name="Bea Boss")
KEPT, NOT_KEPT = Storage(keys_file="/keys"), Storage("The file of keys is missing.", "/keys")


def judge(wish: RecordingWish, storage: Storage | None = KEPT) -> Decision:
    return judge_recordings(READY, wish, storage)


def codes(decision: Decision) -> list[str]:
    return [gate.code for gate in decision.gates]


def test_all_is_recorded_by_default() -> None:
    decision = judge(RecordingWish(joined=(VOICE,)))
    assert decision.allowed is True
    assert codes(decision) == ["policy.record", "storage.available"]
    assert decision.sentence.startswith("Calls of Ana Ruiz are recorded: ")


def test_a_queue_that_differs_is_named_with_who_decided_it() -> None:
    decision = judge(RecordingWish((NONE_OF_SALES,), joined=(VOICE, SALES)))
    assert codes(decision) == ["policy.record", "policy.none", "storage.available"]
    assert decision.sentence == (
        "Not all calls of Ana Ruiz are recorded: Calls of queue Sales are not recorded, as set by Bea Boss. "
        f"The policies default.any.call, q2.any.call decide; they are changed {CHANGED}."
    )
    gate = decision.blockers[0]
    assert gate.facts["queueId"] == "q2"
    assert gate.source is not None
    assert (gate.source.by, gate.source.since) == ("boss", NOW - MINUTE)
    assert [remedy.what for remedy in decision.remedies] == ["switch recording on"]


@pytest.mark.parametrize(
    ("named", "policies", "allowed", "words"),
    [
        (VOICE, (NONE_OF_SALES,), True, "Calls of the queue Voice are recorded: Calls of the organization"),
        (SALES, (NONE_OF_SALES,), False, "Calls of the queue Sales are not recorded: Calls of queue Sales"),
        (VOICE, (NONE,), False, "Calls of the queue Voice are not recorded: Calls of the organization"),
        (SALES, (NONE, replace(NONE_OF_SALES, record=True)), True, "Calls of the queue Sales are recorded"),
    ],
)
def test_a_queue_follows_its_own_policy_or_the_organizations(
    named: RecordedQueue, policies: tuple[PolicyFact, ...], allowed: bool, words: str
) -> None:
    decision = judge(RecordingWish(policies, named=named))
    assert decision.allowed is allowed
    assert decision.sentence.startswith(words)
    assert len(decision.gates) == 2


INBOUND = replace(NONE, direction="inbound")
BY_HAND = replace(NONE_OF_SALES, snippet=True)


@pytest.mark.parametrize(
    ("policies", "told", "deciding"),
    [
        (
            (INBOUND,),
            "Not all calls of the queue Voice are recorded: Inbound calls of the organization are not recorded, as set by Bea Boss.",
            ["default.inbound.call", "default.any.call"],
        ),
        (
            (NONE, replace(NONE, queue_id="q1", record=True), replace(NONE, queue_id="q1", direction="outbound")),
            "Not all calls of the queue Voice are recorded: Outbound calls of queue Voice are not recorded, as set by Bea Boss.",
            ["q1.any.call", "q1.outbound.call"],
        ),
        (
            (replace(NONE, direction="inbound", record=True), replace(NONE, direction="outbound")),
            "Not all calls of the queue Voice are recorded: Outbound calls of the organization are not recorded, as set by Bea Boss.",
            ["default.inbound.call", "default.outbound.call"],
        ),
        (
            (replace(BY_HAND, queue_id="q1"),),
            "Calls of the queue Voice are recorded in part only: Calls of queue Voice are recorded only while somebody records",
            ["q1.any.call"],
        ),
    ],
)
def test_the_policy_of_queue_and_direction_decides(
    policies: tuple[PolicyFact, ...], told: str, deciding: list[str]
) -> None:
    decision = judge(RecordingWish(policies, named=VOICE))
    assert decision.sentence.startswith(told)
    assert [gate.facts.get("policy") for gate in decision.gates][:-1] == deciding
    assert all(name in decision.sentence for name in deciding)
    assert CHANGED in decision.sentence
    assert decision.allowed is False


def test_what_cannot_be_kept_is_not_recorded() -> None:
    decision = judge(RecordingWish(joined=(VOICE,)), NOT_KEPT)
    assert [gate.code for gate in decision.blockers] == ["storage.unavailable"]
    assert decision.sentence == "Calls of Ana Ruiz are not recorded: The file of keys is missing."


def test_without_knowledge_of_the_storage_only_the_policy_is_told() -> None:
    assert codes(judge(RecordingWish(), None)) == ["policy.record"]


def test_time_off_is_no_cause() -> None:
    decision = judge_recordings(replace(READY, time_off=(time_off("PENDING", NOW),)), RecordingWish(), KEPT)
    assert [each.code for each in decision.not_a_cause] == ["timeoff.pending"]


ANA = SpeakerFact("p2", "agent", "ana", "Ana Ruiz", "home", NOW - 5 * MINUTE, NOW - MINUTE)
CALLER = SpeakerFact("p1", "customer", None, None, None, NOW - 8 * MINUTE, NOW - MINUTE)
OF_ANA = RecordingFact(
    id="r1",
    participant_id="p2",
    leg_id="l2",
    state="sealed",
    reason="policy.record",
    started_at=NOW - 5 * MINUTE,
    ended_at=NOW - MINUTE,
    ended_by="call",
    duration_ms=240_000,
    packets=12_000,
    lost=3,
    size=900_000,
    sha256="ab" * 32,
    revision=1,
)
OF_CALLER = replace(OF_ANA, id="r2", participant_id="p1", leg_id="l1", sha256="cd" * 32)
WHOLE = Recorded("c1", True, (CALLER, ANA), (OF_ANA, OF_CALLER), zone="America/Chicago")
NOT_MADE = NotMadeFact(
    "p1",
    "l1",
    NOW - 5 * MINUTE,
    ("policy.none",),
    "This call may not be recorded: Calls of the organization are not recorded, as set by boss.",
)


def recorded(whole: Recorded) -> Decision:
    return judge_recorded(READY, whole)


def test_a_sealed_call_names_each_one_with_its_hash() -> None:
    decision = recorded(WHOLE)
    assert decision.allowed is True
    assert decision.sentence == (
        "This call is recorded: "
        "Ana Ruiz is recorded from 05:53:00 America/Chicago for 4 min, sealed with the SHA-256 abababababab. "
        "The customer is recorded from 05:53:00 America/Chicago for 4 min, sealed with the SHA-256 cdcdcdcdcdcd. "
        f"The policy default.any.call decides; it is changed {CHANGED}."
    )
    assert [gate.facts["sha256"] for gate in decision.gates] == ["ab" * 32, "cd" * 32]
    assert [gate.facts["recordingId"] for gate in decision.gates] == ["r1", "r2"]


PAUSE = PauseFact(NOW - 4 * MINUTE, "ana", "Ana Ruiz", "home", NOW - 3 * MINUTE, "boss", "Bea Boss", "home")


def test_a_pause_is_told_with_who_it_was_and_is_no_fault() -> None:
    decision = recorded(replace(WHOLE, pauses=(PAUSE,)))
    assert decision.allowed is True
    assert codes(decision)[-1] == "recording.was_paused"
    assert decision.sentence.startswith("This call is recorded, but for the time in which it was paused: Ana Ruiz is")
    assert (
        "Recording was paused from 05:54:00 America/Chicago until 05:55:00 America/Chicago by Ana Ruiz, and resumed by Bea Boss: "
        "nothing of that time is kept." in decision.sentence
    )
    hidden = recorded(replace(WHOLE, pauses=(replace(PAUSE, from_by="", from_name=None),)))
    assert "by another agent, and resumed by Bea Boss" in hidden.sentence


def test_a_pause_that_lasts_stands_against_it_and_says_how_it_ends() -> None:
    lasting = replace(PAUSE, until_at=None, until_by=None, until_name=None)
    for decision in (
        recorded(replace(WHOLE, pauses=(lasting,))),
        judge_recorded(replace(READY, at=NOW - 3.5 * MINUTE), replace(WHOLE, pauses=(PAUSE,))),
    ):
        assert [gate.code for gate in decision.blockers] == ["recording.paused"]
        assert decision.sentence.startswith(
            "Not all of this call is recorded: Recording is paused since 05:54:00 America/Chicago by Ana Ruiz: "
            "nothing that is said is kept until somebody resumes."
        )
        assert ["recordingstate" in each.sentence for each in decision.remedies] == [True]


def test_the_policy_as_it_stood_then_decided() -> None:
    """Of the queue and direction of each leg; what was set later, or was over before, did not."""
    then = NOW - 5 * MINUTE
    old = PolicyFact("q1", True, then - MINUTE, "boss", None, "outbound", until=then + MINUTE)
    policies = (
        old,
        replace(old, since=then + MINUTE, record=False, until=None),
        PolicyFact("q1", False, then - 3 * MINUTE, "boss", until=then - 2 * MINUTE),
    )
    legs = (replace(OF_ANA, queue_id="q1"), OF_CALLER)
    decision = recorded(replace(WHOLE, recordings=legs, policies=policies, direction="outbound"))
    assert decision.sentence.endswith(
        f"The policies q1.outbound.call, default.any.call decide; they are changed {CHANGED}."
    )


def test_what_was_not_made_names_the_policy_that_did_not_want_it() -> None:
    none = replace(NONE, since=NOW - 9 * MINUTE)
    both = (NOT_MADE, replace(NOT_MADE, participant_id="p2"))
    decision = recorded(replace(WHOLE, recordings=(), not_made=both, policies=(none,)))
    assert decision.sentence.endswith(f"The policy default.any.call decides; it is changed {CHANGED}.")


def test_a_crash_is_told() -> None:
    crashed = replace(WHOLE, recordings=(replace(OF_ANA, ended_by="crash"), OF_CALLER))
    assert "for 4 min, up to the crash that ended it, sealed" in recorded(crashed).sentence


def test_what_goes_on_is_open() -> None:
    now = replace(OF_ANA, state="open", ended_at=None)
    decision = recorded(replace(WHOLE, recordings=(now, OF_CALLER)))
    assert decision.allowed is True
    assert codes(decision) == ["recording.open", "recording.sealed"]
    then = judge_recorded(replace(READY, at=NOW - 3 * MINUTE), WHOLE)
    assert codes(then) == ["recording.open", "recording.open"]


def test_a_lost_one_stands_against_it_with_the_reason() -> None:
    lost = replace(OF_ANA, state="lost", sha256=None, why_lost="The disk was full.")
    decision = recorded(replace(WHOLE, recordings=(lost, OF_CALLER)))
    assert [gate.code for gate in decision.blockers] == ["recording.lost"]
    assert decision.sentence == (
        "Not all of this call is recorded: The recording of Ana Ruiz from 05:53:00 America/Chicago on is lost: "
        "nothing of its sound was found. The disk was full."
    )


def test_one_that_was_not_made_tells_by_which_gate() -> None:
    decision = recorded(replace(WHOLE, recordings=(), not_made=(NOT_MADE, replace(NOT_MADE, participant_id="p2"))))
    assert decision.allowed is False
    assert decision.sentence.startswith(
        "This call is not recorded: The customer is not recorded, as decided at 05:53:00 America/Chicago: "
        "Calls of the organization are not recorded, as set by boss."
    )
    assert decision.blockers[0].facts["codes"] == ["policy.none"]


def test_where_nothing_tells_of_a_recording_it_is_not_known() -> None:
    decision = recorded(replace(WHOLE, recordings=(OF_ANA,)))
    assert decision.allowed is None
    assert codes(decision) == ["recording.sealed", "recording.unknown"]
    assert decision.sentence.startswith("Whether all of this call is recorded could not be known: The customer was")


@pytest.mark.parametrize(
    ("speakers", "words"),
    [
        ((CALLER,), "only customer was connected"),
        ((replace(CALLER, ended_at=ANA.connected_at), ANA), "nobody was connected with somebody else"),
        ((), "nobody was connected with somebody else"),
    ],
)
def test_waiting_is_not_recorded(speakers: tuple[SpeakerFact, ...], words: str) -> None:
    decision = recorded(Recorded("c1", True, speakers))
    assert codes(decision) == ["recording.not_begun"]
    assert (
        decision.sentence
        == f"This call is not recorded: There was nothing to record: {words}, and waiting is not recorded."
    )


def test_a_colleague_without_a_name_is_another_agent() -> None:
    whole = replace(WHOLE, speakers=(CALLER, replace(ANA, name=None)))
    assert "Another agent is recorded from" in recorded(whole).sentence
