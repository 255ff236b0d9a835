"""Why somebody did or did not get one call, told from evidence by value: every reason that routing writes has its words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.access.test_rules import NOW, READY

from shiftline.access.model.offers import HindranceFact, LineFact, OfferFact, PartFact, Queueing
from shiftline.access.rules.offers import find_declined, find_waiting, judge_offers, with_history
from shiftline.access.rules.receiving import Wish, judge_reception
from shiftline.foundation.decision import Decision
from shiftline.routing.model.queues import Medium, QueueSettings
from shiftline.routing.rules.sentences import SENTENCES

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
OFFERED = NOW - 5 * MINUTE
LINE = LineFact("i1", "q1", "Voice", QueueSettings(), Medium.CALL, ("s1",), None, OFFERED - MINUTE, assigned_at=OFFERED)
TO_BEN = OfferFact(
    id="o1",
    line_id="i1",
    queue="Voice",
    person_id="ben",
    name="Ben Carter",
    division_id="home",
    state="accepted",
    offered_at=OFFERED,
    settled_at=OFFERED + 4 * SECOND,
    reason=None,
    passed=(HindranceFact("idle.for.less.time", {"chosenIdleSince": (OFFERED - 12 * MINUTE).isoformat()}),),
    status="IDLE",
    status_since=OFFERED - 3 * MINUTE,
)
TO_ANA = replace(TO_BEN, id="o2", person_id="ana", name="Ana Ruiz", offered_at=OFFERED + MINUTE, passed=None)
TOLD = Queueing("c1", True, (LINE,), (TO_BEN,), skills={"s1": "Spanish"}, zone="America/Chicago")

# The facts that routing writes with each reason, and what is said of them.
REASONS: dict[str, tuple[dict[str, Any], str]] = {
    "not.member": ({}, "while Ana Ruiz was no member of the queue Voice"),
    "not.permitted": ({"permission": "webRTC:enable"}, "while Ana Ruiz might not use a softphone (webRTC:enable)"),
    "not.joined": ({}, "while Ana Ruiz had not joined the queue Voice"),
    "no.session": ({}, "while Ana Ruiz had no softphone connected"),
    "no.station": ({}, "while Ana Ruiz had no station"),
    "not.on.queue": ({}, "while Ana Ruiz was off queue since 05:50:00 America/Chicago"),
    "status.INTERACTING": ({"medium": "call", "capacity": 1}, "while Ana Ruiz handled 1 call already, and no more fit"),
    "status.NOT_RESPONDING": ({}, "while Ana Ruiz was not responding since 05:50:00 America/Chicago"),
    "status.COMMUNICATING": ({}, "while Ana Ruiz was in a call of their own since 05:50:00 America/Chicago"),
    "capacity.reached": (
        {"medium": "chat", "notInterruptedBy": "call"},
        "while Ana Ruiz handled a chat, which a call may not interrupt",
    ),
    "busy.with.offer": ({}, "while another call was being offered to Ana Ruiz"),
    "ring.not.reached": ({"ring": 3, "reached": 1}, "while Ana Ruiz was in ring 3, and waiting had reached ring 1"),
    "skill.missing": ({"skillIds": ["s1", "s9"]}, "while Ana Ruiz lacked Spanish and s9"),
    "declined.before": ({"pauseSeconds": 60.0}, "since Ana Ruiz had declined it less than 1 min before"),
    "missed.before": ({"pauseSeconds": 60.0}, "since Ana Ruiz had missed it less than 1 min before"),
    "last.agent.preferred": ({}, "who had served this customer last"),
    "skill.lower": ({"chosenProficiency": 4.5}, "who knows better what the call asks for (4.5 of 5)"),
    "handles.more": ({"chosenHandles": 0}, "who had less at hand (0 interactions)"),
    "idle.for.less.time": (
        {"chosenIdleSince": (OFFERED - 12 * MINUTE).isoformat()},
        "who had been idle for longer (12 min against 3 min)",
    ),
    "next.in.turn": ({}, "and Ana Ruiz was next in turn"),
}


def judge(queueing: Queueing) -> Decision:
    return judge_offers(READY, queueing)


def blockers(decision: Decision) -> list[str]:
    return [gate.code for gate in decision.blockers]


def passed(*reasons: HindranceFact, **more: Any) -> Queueing:
    return replace(TOLD, offers=(replace(TO_BEN, passed=reasons, **more),))


def test_every_reason_of_routing_is_told_here() -> None:
    assert set(REASONS) == set(SENTENCES)


def test_the_sentence_names_who_got_it_and_how_long_both_had_been_idle() -> None:
    decision = judge(TOLD)
    assert decision.allowed is False
    assert decision.sentence == (
        "Ana Ruiz did not get this call: at 05:53:00 America/Chicago it was offered to Ben Carter, "
        "who had been idle for longer (12 min against 3 min)."
    )


@pytest.mark.parametrize("code", REASONS)
def test_each_reason_in_words(code: str) -> None:
    facts, words = REASONS[code]
    decision = judge(passed(HindranceFact(code, facts)))
    assert blockers(decision) == [code]
    assert decision.sentence == (
        f"Ana Ruiz did not get this call: at 05:53:00 America/Chicago it was offered to Ben Carter, {words}."
    )
    assert decision.blockers[0].facts["offerId"] == "o1"
    assert set(facts) <= set(decision.blockers[0].facts)


def test_all_that_hindered_is_a_gate_each_and_one_clause() -> None:
    decision = judge(passed(HindranceFact("no.session", {}), HindranceFact("not.on.queue", {})))
    assert blockers(decision) == ["no.session", "not.on.queue"]
    assert "had no softphone connected and was off queue since" in decision.sentence
    assert [remedy.what for remedy in decision.remedies] == ["connect the softphone", "go on queue"]


def test_whoever_was_not_considered_was_no_member() -> None:
    decision = judge(replace(TOLD, offers=(replace(TO_BEN, passed=None),)))
    assert blockers(decision) == ["not.member"]


@pytest.mark.parametrize(
    ("longer", "shorter", "words"),
    [
        (3 * MINUTE, 12 * SECOND, "3 min against 12 s"),
        (3 * MINUTE + 40 * SECOND, 3 * MINUTE + 38.5 * SECOND, "220.0 s against 218.5 s"),
        (125 * MINUTE, 65 * MINUTE, "2 h 5 min against 1 h 5 min"),
    ],
)
def test_spans_are_told_so_that_they_differ(longer: timedelta, shorter: timedelta, words: str) -> None:
    reason = HindranceFact("idle.for.less.time", {"chosenIdleSince": (OFFERED - longer).isoformat()})
    assert f"({words})" in judge(passed(reason, status_since=OFFERED - shorter)).sentence


def test_who_may_not_know_names_is_told_of_another_agent() -> None:
    decision = judge(replace(TOLD, offers=(replace(TO_BEN, person_id="", name=None),)))
    assert "offered to another agent, who had been idle for longer" in decision.sentence
    assert "Ben" not in str(decision)
    assert "ben" not in str(decision)


def test_an_offer_of_another_day_is_told_with_its_date() -> None:
    decision = judge_offers(replace(READY, at=NOW + timedelta(days=3)), TOLD)
    assert "on 2023-10-27 at 05:53:00 America/Chicago it was offered" in decision.sentence


def test_whoever_took_it_got_it_and_what_was_before_is_kept_in_mind() -> None:
    missed = replace(TO_BEN, state="missed")
    decision = judge(replace(TOLD, offers=(missed, replace(TO_ANA, settled_at=TO_ANA.offered_at + 4 * SECOND))))
    assert decision.allowed is True
    assert decision.sentence == (
        "Ana Ruiz got this call: at 05:54:00 America/Chicago it was offered, and at 05:54:04 America/Chicago accepted."
    )
    assert [note.code for note in decision.warnings] == ["idle.for.less.time"]


def test_what_rings_is_being_offered() -> None:
    decision = judge(replace(TOLD, offers=(replace(TO_ANA, state="alerting", settled_at=None),)))
    assert decision.allowed is True
    assert decision.sentence.startswith("Ana Ruiz is being offered this call: it rings")


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("missed", None, "and at 05:54:30 America/Chicago it was over without an answer"),
        ("declined", None, "who declined it at 05:54:30 America/Chicago"),
        ("failed", "ice.timeout", "whose phone did not come up until 05:54:30 America/Chicago (ice.timeout)"),
        ("withdrawn", "abandoned", "and at 05:54:30 America/Chicago taken back (abandoned)"),
    ],
)
def test_an_own_offer_that_came_to_nothing(state: str, reason: str | None, words: str) -> None:
    settled = TO_ANA.offered_at + 30 * SECOND
    own = replace(TO_ANA, state=state, reason=reason, settled_at=settled)
    after = replace(TO_BEN, id="o3", offered_at=settled, settled_at=settled + SECOND)
    decision = judge(replace(TOLD, offers=(own, after)))
    assert blockers(decision) == [f"offer.{state}", "idle.for.less.time"]
    assert decision.sentence.startswith(
        f"Ana Ruiz did not get this call: at 05:54:00 America/Chicago it was offered to Ana Ruiz, {words}; at 05:54:30"
    )


def test_as_it_was_at_an_instant_while_it_rang() -> None:
    offers = (replace(TO_ANA, state="missed", settled_at=TO_ANA.offered_at + 30 * SECOND),)
    then = replace(READY, at=TO_ANA.offered_at + 10 * SECOND)
    assert judge_offers(then, replace(TOLD, offers=offers)).sentence.startswith("Ana Ruiz is being offered this call")


LEFT = replace(LINE, assigned_at=None, ended_at=OFFERED, end_reason="abandoned")


def test_what_nobody_got_tells_why_nobody_was_free() -> None:
    line = replace(LEFT, seen_at=OFFERED - SECOND, passed=(HindranceFact("no.station", {}),))
    decision = judge(replace(TOLD, lines=(line,), offers=()))
    assert blockers(decision) == ["no.station"]
    assert decision.sentence == (
        "Ana Ruiz did not get this call: at 05:53:00 America/Chicago it left the queue Voice (abandoned): "
        "when it was looked last, at 05:52:59 America/Chicago, nobody was free, while Ana Ruiz had no station."
    )


def test_what_left_before_anybody_looked() -> None:
    assert blockers(judge(replace(TOLD, lines=(LEFT,), offers=()))) == ["offer.none"]


def test_what_waited_in_no_queue() -> None:
    decision = judge(replace(TOLD, lines=(), offers=()))
    assert decision.sentence == "Ana Ruiz did not get this call: it waited in no queue."
    assert blockers(decision) == ["conversation.not_queued"]
    rang = PartFact("agent", OFFERED, None, OFFERED + MINUTE)
    assert (
        "it rang at 05:53:00 America/Chicago, by no queue"
        in judge(Queueing("c1", True, parts=(rang,), zone=TOLD.zone)).sentence
    )


def test_who_came_in_by_no_offer_got_it_too() -> None:
    decision = judge(replace(TOLD, parts=(PartFact("agent", OFFERED, OFFERED + MINUTE, None),)))
    assert decision.allowed is True
    assert [gate.code for gate in decision.gates] == ["conversation.joined"]
    assert [note.code for note in decision.warnings] == ["idle.for.less.time"]


def test_many_offers_are_told_shortly_and_all_are_gates() -> None:
    offers = tuple(replace(TO_BEN, id=f"o{n}", offered_at=OFFERED + n * SECOND, state="missed") for n in range(9))
    decision = judge(replace(TOLD, offers=offers))
    assert len(decision.blockers) == 9
    assert decision.sentence.count("it was offered to Ben Carter") == 3
    assert "(6 more offers)" in decision.sentence


WAITS = replace(LINE, assigned_at=None)


def test_what_waits_is_found_unless_it_rings_somewhere() -> None:
    missed = replace(TO_BEN, state="missed")
    assert find_waiting(replace(TOLD, lines=(WAITS,), offers=(missed,)), NOW) == WAITS
    assert find_waiting(replace(TOLD, lines=(WAITS,), offers=(missed,)), OFFERED + SECOND) is None
    assert find_waiting(replace(TOLD, lines=(LEFT,), offers=()), NOW) is None
    assert find_waiting(replace(TOLD, lines=(LEFT,), offers=()), LEFT.enqueued_at) == LEFT
    assert find_waiting(TOLD, NOW) is None


def test_the_latest_decline_counts() -> None:
    offers = (replace(TO_ANA, state="declined"), replace(TO_ANA, id="o3", state="missed", settled_at=NOW))
    assert find_declined(replace(TOLD, offers=offers), WAITS, "ana") == TO_ANA.settled_at
    assert find_declined(replace(TOLD, offers=offers), WAITS, "ben") is None


def test_what_waits_is_judged_now_with_its_history_kept_in_mind() -> None:
    from tests.unit.access.test_receiving import READY as RECEPTION

    queueing = replace(TOLD, lines=(WAITS,), offers=(replace(TO_ANA, state="missed"),))
    decision = with_history(judge_reception(READY, RECEPTION, Wish(WAITS, {"s1": "Spanish"})), READY, queueing)
    assert blockers(decision) == ["skill.missing"]
    assert [note.code for note in decision.warnings] == ["offer.missed"]
