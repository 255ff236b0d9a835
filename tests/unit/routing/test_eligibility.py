"""Each rule that can hinder an offer, firing and silent."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shiftline.authorization.model import SOFTPHONE
from shiftline.authorization.rules import covers
from shiftline.routing.model.choices import Agent, Fact, Hindrance, Need, Place
from shiftline.routing.model.queues import HIGHEST_RING, Medium, SkillEvaluation
from shiftline.routing.model.utilization import DEFAULT_UTILIZATION, MediaUtilization
from shiftline.routing.rules import eligibility
from shiftline.routing.rules.eligibility import (
    RULES,
    SOFTPHONE_PATTERNS,
    Ask,
    judge,
    judge_activity,
    judge_alert,
    judge_capacity,
    judge_joining,
    judge_permission,
    judge_ring,
    judge_session,
    judge_skills,
    judge_station,
    judge_status,
    rate,
)
from shiftline.routing.rules.sentences import SENTENCES, phrase

CALL, CHAT, EMAIL = Medium.CALL, Medium.CHAT, Medium.EMAIL

ANA = Agent(
    person_id="ana",
    active=True,
    permitted=True,
    reachable=True,
    connected=True,
    station_id="station",
    auto_answer=False,
    status="IDLE",
    since=datetime(2023, 10, 27, 11, tzinfo=UTC),
    skills={"sales": 3.0, "german": 5.0},
    places={"voice": Place(joined=True, ring_number=2)},
)
ASK = Ask("voice", Need(CALL, ("sales",), "german"), 2, SkillEvaluation.ALL, DEFAULT_UTILIZATION)
FOR_CHAT = replace(ASK, need=Need(CHAT))

Rule = Callable[[Agent, Ask], Hindrance | None]


def test_whom_nothing_hinders_is_eligible() -> None:
    assert judge(ANA, ASK) == ()


FIRING = [
    (judge_activity, replace(ANA, active=False), ASK, "not.permitted", {"active": False}),
    (judge_permission, replace(ANA, permitted=False), ASK, "not.permitted", {"permission": SOFTPHONE}),
    (judge_joining, replace(ANA, places={"voice": Place(joined=False, ring_number=1)}), ASK, "not.joined", {}),
    (judge_joining, replace(ANA, places={}), ASK, "not.joined", {}),
    (judge_session, replace(ANA, reachable=False, connected=False), ASK, "no.session", {}),
    (judge_session, replace(ANA, reachable=False), ASK, "no.session", {"otherSession": True}),
    (judge_session, replace(ANA, reachable=False, connected=False), FOR_CHAT, "no.session", {}),
    (judge_station, replace(ANA, station_id=None), ASK, "no.station", {}),
    (judge_status, replace(ANA, status="OFF_QUEUE"), ASK, "not.on.queue", {}),
    (judge_status, replace(ANA, status="NOT_RESPONDING"), ASK, "status.NOT_RESPONDING", {}),
    (judge_status, replace(ANA, status="COMMUNICATING"), ASK, "status.COMMUNICATING", {}),
    (
        judge_status,
        replace(ANA, status="INTERACTING", load={CALL: 1}),
        ASK,
        "status.INTERACTING",
        {"medium": "call", "capacity": 1},
    ),
    (judge_status, replace(ANA, status="INTERACTING"), ASK, "status.INTERACTING", {}),
    (judge_capacity, replace(ANA, load={CALL: 1}), ASK, "capacity.reached", {"medium": "call", "capacity": 1}),
    (
        judge_capacity,
        replace(ANA, load={CHAT: 1}),
        ASK,
        "capacity.reached",
        {"medium": "chat", "notInterruptedBy": "call"},
    ),
    (
        judge_capacity,
        ANA,
        replace(ASK, utilization={**DEFAULT_UTILIZATION, CALL: MediaUtilization(0)}),
        "capacity.reached",
        {"medium": "call", "capacity": 0},
    ),
    (judge_alert, replace(ANA, alerted=True), ASK, "busy.with.offer", {}),
    (judge_ring, ANA, replace(ASK, ring=1), "ring.not.reached", {"ring": 2, "reached": 1}),
    (judge_skills, replace(ANA, skills={"german": 5.0}), ASK, "skill.missing", {"skillIds": ("sales",)}),
    (judge_skills, replace(ANA, skills={"sales": 5.0}), ASK, "skill.missing", {"skillIds": ("german",)}),
    (
        judge_skills,
        replace(ANA, skills={}),
        replace(ASK, evaluation=SkillEvaluation.BEST),
        "skill.missing",
        {"skillIds": ("sales", "german")},
    ),
]

SILENT = [
    (judge_activity, ANA, ASK),
    (judge_permission, ANA, ASK),
    (judge_permission, replace(ANA, permitted=False), FOR_CHAT),
    (judge_joining, ANA, ASK),
    (judge_session, ANA, ASK),
    (judge_session, replace(ANA, reachable=False), FOR_CHAT),
    (judge_station, ANA, ASK),
    (judge_station, replace(ANA, station_id=None), FOR_CHAT),
    (judge_status, ANA, ASK),
    (judge_status, replace(ANA, status="INTERACTING", load={EMAIL: 1}), ASK),
    (judge_status, replace(ANA, status="INTERACTING", load={CHAT: 3}), FOR_CHAT),
    (judge_capacity, ANA, ASK),
    (judge_capacity, replace(ANA, load={EMAIL: 1}), ASK),
    (judge_capacity, replace(ANA, load={CHAT: 3}), FOR_CHAT),
    (judge_alert, ANA, ASK),
    (judge_ring, ANA, ASK),
    (judge_ring, ANA, replace(ASK, ring=HIGHEST_RING)),
    (judge_skills, ANA, ASK),
    (judge_skills, replace(ANA, skills={}), replace(ASK, evaluation=SkillEvaluation.NONE)),
    (judge_skills, replace(ANA, skills={}), replace(ASK, need=Need(CALL))),
]


@pytest.mark.parametrize(("rule", "agent", "ask", "code", "facts"), FIRING)
def test_a_rule_fires(rule: Rule, agent: Agent, ask: Ask, code: str, facts: Mapping[str, Fact]) -> None:
    hindrance = rule(agent, ask)
    assert hindrance == Hindrance(code, facts)
    assert hindrance in judge(agent, ask)
    assert phrase(hindrance).endswith(".")


@pytest.mark.parametrize(("rule", "agent", "ask"), SILENT)
def test_a_rule_is_silent(rule: Rule, agent: Agent, ask: Ask) -> None:
    assert rule(agent, ask) is None


def test_every_rule_has_a_firing_and_a_silent_example() -> None:
    written = {getattr(eligibility, name) for name in dir(eligibility) if name.startswith("judge_")}
    assert written == set(RULES) == {each[0] for each in FIRING} == {each[0] for each in SILENT}


def test_all_that_hinders_is_told_not_the_first_thing_alone() -> None:
    away = replace(ANA, status="OFF_QUEUE", reachable=False, connected=False, skills={})
    assert [each.code for each in judge(away, ASK)] == ["no.session", "not.on.queue", "skill.missing"]


@pytest.mark.parametrize(
    "pattern", ["webRTC:enable", "webRTC:*", "*:enable", "*:*", "*:*:*", "webRTC:disable", "routing:*", "webrtc:enable"]
)
def test_the_patterns_of_the_softphone_are_those_that_cover_it(pattern: str) -> None:
    assert covers(pattern, SOFTPHONE) == (pattern in SOFTPHONE_PATTERNS)


def test_proficiency_is_the_mean_of_what_is_asked_for_and_what_is_lacking_counts_nothing() -> None:
    assert rate(ANA, Need(CALL, ("sales",), "german")) == 4.0
    assert rate(ANA, Need(CALL, ("sales", "billing"))) == 1.5
    assert rate(ANA, Need(CALL)) == 0.0


def test_every_code_has_a_sentence() -> None:
    made = {each[3] for each in FIRING}
    between = {"declined.before", "missed.before", "last.agent.preferred", "skill.lower", "handles.more"}
    assert set(SENTENCES) == made | between | {"idle.for.less.time", "next.in.turn", "not.member"}
