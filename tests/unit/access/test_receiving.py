"""Receiving on plain facts: each gate firing and silent, all at once, what ends by itself, and that no rule of routing is left out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.access.test_rules import AGENT, TENANT, shift, time_off
from tests.unit.access.test_rules import READY as CONNECTED

from shiftline.access.model.connecting import Snapshot
from shiftline.access.model.offers import LineFact
from shiftline.access.model.receiving import (
    HandledFact,
    LeftFact,
    MembershipFact,
    OfferedFact,
    PresenceFact,
    QueueFact,
    Reception,
    SessionFact,
    SkillFact,
    StatusFact,
)
from shiftline.access.rules.receiving import ANY_CALL, GATES, OF_CONNECTING, Wish, judge_reception
from shiftline.foundation.decision import Decision
from shiftline.routing.model.queues import Medium, QueueSettings, Ring, SkillEvaluation
from shiftline.routing.model.utilization import DEFAULT_UTILIZATION, MediaUtilization
from shiftline.routing.rules.eligibility import RULES

NOW = CONNECTED.at
MINUTE = timedelta(minutes=1)
SINCE = NOW - 12 * MINUTE
VOICE = MembershipFact("q1", "Voice", active=True, joined=True, ring_number=1, since=SINCE, by="boss")
SALES = replace(VOICE, queue_id="q2", queue="Sales")
QUEUE = QueueFact("q1", "Voice", QueueSettings())
READY = Reception(
    sessions=(SessionFact("xmpp", SINCE),),
    presence=PresenceFact("OnQueue", SINCE, "ana"),
    status=StatusFact("IDLE", SINCE, SINCE, "ana"),
    memberships=(VOICE,),
    queue=QUEUE,
)
CALL = LineFact("i1", "q1", "Voice", QueueSettings(), Medium.CALL, ("s1",), "s2", NOW - MINUTE)
NAMES = {"s1": "Billing", "s2": "Spanish"}
SKILLED = (SkillFact("s1", 3.0), SkillFact("s2", 5.0))
HANDLED = HandledFact("c7", Medium.CALL, "Voice", NOW - 3 * MINUTE, wrapping_up=False)
ALERT = OfferedFact("o7", "c7", "Voice", NOW - MINUTE)


def judge(reception: Reception, snapshot: Snapshot = CONNECTED, wish: Wish = ANY_CALL) -> Decision:
    return judge_reception(snapshot, reception, wish)


def blockers(decision: Decision) -> list[str]:
    return [gate.code for gate in decision.blockers]


def sentence(decision: Decision, code: str) -> str:
    return next(gate.sentence for gate in decision.gates if gate.code == code)


def test_every_rule_of_the_router_is_a_gate() -> None:
    assert {rule for rule, _ in GATES} | set(OF_CONNECTING) == set(RULES)
    assert len(GATES) + len(OF_CONNECTING) == len(RULES)


def test_nothing_against_it() -> None:
    decision = judge(READY)
    assert decision.sentence == "Ana Ruiz may receive calls of Voice: nothing stands against it."
    assert [gate.code for gate in decision.gates][5:] == [
        "session.live",
        "station.associated",
        "presence.on_queue",
        "status.free",
        "queue.joined",
        "capacity.left",
        "alert.none",
    ]
    assert all(gate.source for gate in decision.gates if gate.code in ("session.live", "status.free", "queue.joined"))


@pytest.mark.parametrize(
    ("change", "codes", "words"),
    [
        ({"sessions": ()}, ["no.session"], "No softphone is connected."),
        (
            {"sessions": (), "left": LeftFact(SINCE, "revoked")},
            ["no.session"],
            "No softphone is connected: the last one was disconnected on 2023-10-27 10:46 UTC.",
        ),
        ({"sessions": (SessionFact("json", SINCE),)}, ["no.session"], "something else listens"),
        ({"presence": PresenceFact("Break", SINCE, "ana")}, ["presence.not_on_queue"], "The presence is Break since"),
        ({"presence": None}, ["presence.not_on_queue"], "The presence is Offline, not On Queue."),
        ({"status": None}, ["not.on.queue"], "OFF_QUEUE: it follows from the presence."),
        ({"status": StatusFact("NOT_RESPONDING", SINCE, SINCE, "x")}, ["status.NOT_RESPONDING"], "was not answered"),
        (
            {"status": StatusFact("NOT_RESPONDING", SINCE, SINCE, "x"), "missed": replace(ALERT, settled_at=NOW)},
            ["status.NOT_RESPONDING"],
            "since 2023-10-27 10:46 UTC: a call of Voice that rang on 2023-10-27 10:57 UTC was not answered.",
        ),
        (
            {"status": StatusFact("COMMUNICATING", SINCE, SINCE, "x")},
            ["status.COMMUNICATING"],
            "in a call of their own",
        ),
        ({"status": StatusFact("INTERACTING", SINCE, SINCE, "x")}, ["status.INTERACTING"], "until it is IDLE again"),
        (
            {"status": StatusFact("INTERACTING", SINCE, SINCE, "x"), "handled": (HANDLED,)},
            ["status.INTERACTING"],
            "Ana Ruiz handles a call of Voice since 2023-10-27 10:55 UTC, and no more fits beside it.",
        ),
        (
            {
                "status": StatusFact("INTERACTING", SINCE, SINCE, "x"),
                "handled": (replace(HANDLED, wrapping_up=True),),
            },
            ["status.INTERACTING"],
            "Ana Ruiz is in the after-call work of a call of Voice since",
        ),
        ({"handled": (HANDLED,)}, ["capacity.reached"], "and no more fits beside it."),
        (
            {"utilization": {**DEFAULT_UTILIZATION, Medium.CALL: MediaUtilization(0)}},
            ["capacity.reached"],
            "The utilization gives nobody any call.",
        ),
        ({"memberships": (replace(VOICE, joined=False),)}, ["not.joined"], "has left it for a while since"),
        (
            {"memberships": (replace(VOICE, joined=False, active=False),)},
            ["not.member"],
            "is no member of the queue Voice since",
        ),
        ({"memberships": ()}, ["not.member"], "Ana Ruiz is no member of the queue Voice."),
        ({"alert": ALERT}, ["busy.with.offer"], "is ringing at Ana Ruiz's phone since 2023-10-27 10:57 UTC."),
    ],
)
def test_each_gate_blocks_alone(change: Mapping[str, Any], codes: list[str], words: str) -> None:
    decision = judge(replace(READY, **change))
    assert blockers(decision) == codes
    assert words in sentence(decision, codes[0])
    assert words in decision.sentence
    assert decision.remedies


def test_no_station_blocks_and_is_no_mere_warning() -> None:
    decision = judge(READY, replace(CONNECTED, station=None))
    assert blockers(decision) == ["no.station"]
    assert decision.warnings == ()


def test_all_blockers_are_named_those_of_connecting_first() -> None:
    snapshot = replace(CONNECTED, station=None, holdings=(), tenant=replace(TENANT, webrtc_enabled=False))
    reception = replace(READY, sessions=(), presence=None, status=None, memberships=(), alert=ALERT)
    assert blockers(judge(reception, snapshot)) == [
        "tenant.webrtc_disabled",
        "permission.missing",
        "no.session",
        "no.station",
        "presence.not_on_queue",
        "not.on.queue",
        "not.member",
        "busy.with.offer",
    ]


def test_one_remedy_for_the_presence_and_the_status_that_follows_from_it() -> None:
    decision = judge(replace(READY, presence=None, status=None))
    assert [remedy.what for remedy in decision.remedies] == ["go on queue"]


def test_who_interacts_may_get_more_where_the_utilization_lets_them() -> None:
    reception = replace(
        READY,
        status=StatusFact("INTERACTING", SINCE, SINCE, "x"),
        handled=(HANDLED,),
        utilization={**DEFAULT_UTILIZATION, Medium.CALL: MediaUtilization(2)},
    )
    decision = judge(reception)
    assert decision.allowed is True
    assert "handles a call of Voice since 2023-10-27 10:55 UTC, and more fits beside it" in sentence(
        decision, "status.free"
    )


@pytest.mark.parametrize(
    ("memberships", "codes", "words"),
    [
        ((VOICE, replace(SALES, joined=False)), [], "Ana Ruiz has joined Voice."),
        ((VOICE, SALES), [], "Ana Ruiz has joined Voice and Sales."),
        (
            (replace(VOICE, joined=False), replace(SALES, joined=False)),
            ["not.joined"],
            "Ana Ruiz has joined none of their queues, Voice and Sales.",
        ),
        ((), ["not.member"], "Ana Ruiz is a member of no queue."),
    ],
)
def test_without_a_queue_one_is_enough(memberships: tuple[MembershipFact, ...], codes: list[str], words: str) -> None:
    decision = judge(replace(READY, queue=None, memberships=memberships))
    assert blockers(decision) == codes
    assert sentence(decision, codes[0] if codes else "queue.joined") == words


def test_a_call_asks_for_its_skills() -> None:
    wish = Wish(CALL, NAMES)
    assert blockers(judge(replace(READY, skills=SKILLED), wish=wish)) == []
    decision = judge(replace(READY, skills=SKILLED[:1]), wish=wish)
    assert blockers(decision) == ["skill.missing"]
    assert decision.sentence == (
        "Ana Ruiz may not get this call: The call asks for Billing and Spanish, and Ana Ruiz lacks Spanish."
    )


def test_skills_are_disregarded_where_the_queue_does() -> None:
    line = replace(CALL, settings=QueueSettings(skill_evaluation=SkillEvaluation.NONE))
    decision = judge(READY, wish=Wish(line, NAMES))
    assert decision.allowed is True
    assert "disregards" in sentence(decision, "skills.suffice")


RINGS = QueueSettings(rings=(Ring(3 * MINUTE, ("s1",)), Ring(MINUTE)))


def test_an_outer_ring_is_reached_with_waiting_and_the_decision_tells_when() -> None:
    reception = replace(READY, memberships=(replace(VOICE, ring_number=2),), skills=SKILLED)
    decision = judge(reception, wish=Wish(replace(CALL, settings=RINGS), NAMES))
    assert blockers(decision) == ["ring.not.reached"]
    assert decision.next_change_at == NOW + 2 * MINUTE
    later = judge(reception, replace(CONNECTED, at=NOW + 2 * MINUTE), Wish(replace(CALL, settings=RINGS), NAMES))
    assert later.allowed is True
    assert later.next_change_at is None


def test_a_ring_takes_skills_away_that_are_then_not_asked_for() -> None:
    line = replace(CALL, settings=RINGS, enqueued_at=NOW - 4 * MINUTE, language_id=None)
    assert blockers(judge(READY, wish=Wish(line, NAMES))) == []
    assert blockers(judge(READY, wish=Wish(replace(line, enqueued_at=NOW), NAMES))) == ["skill.missing"]


def test_of_a_queue_an_outer_ring_is_something_to_keep_in_mind() -> None:
    reception = replace(READY, memberships=(replace(VOICE, ring_number=3),), queue=replace(QUEUE, settings=RINGS))
    decision = judge(reception)
    assert decision.allowed is True
    assert [note.code for note in decision.warnings] == ["ring.later"]
    assert "after waiting 4 min" in decision.warnings[0].sentence
    assert judge(replace(reception, memberships=(VOICE,))).warnings == ()


def test_who_declined_a_call_is_not_offered_it_for_a_minute() -> None:
    reception = replace(READY, skills=SKILLED)
    decision = judge(reception, wish=Wish(CALL, NAMES, NOW - MINUTE / 2))
    assert blockers(decision) == ["declined.before"]
    assert decision.next_change_at == NOW + MINUTE / 2
    assert judge(reception, wish=Wish(CALL, NAMES, NOW - MINUTE)).allowed is True


def test_time_off_and_swaps_and_recordings_are_no_cause() -> None:
    busy = replace(CONNECTED, shifts=(shift(NOW, swapped=True),), time_off=(time_off("PENDING", NOW),))
    decision = judge(READY, busy)
    assert decision.allowed is True
    assert [each.code for each in decision.not_a_cause] == ["timeoff.pending", "shift.swapped", "recording.metadata"]


def test_the_shift_rule_counts_and_tells_its_end() -> None:
    ruled = replace(CONNECTED, tenant=replace(TENANT, softphone_within_shift=True), shifts=(shift(NOW + 60 * MINUTE),))
    decision = judge(READY, ruled)
    assert blockers(decision) == ["shift.outside"]
    assert decision.next_change_at == NOW + 45 * MINUTE


def test_of_an_instant_to_come_no_token_is_asked_for() -> None:
    ahead = replace(CONNECTED, token=None, holdings=(AGENT,))
    assert blockers(judge_reception(ahead, READY)) == ["token.none"]
    assert blockers(judge_reception(ahead, READY, ahead=True)) == []
