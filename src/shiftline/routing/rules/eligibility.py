"""Whether an agent may be offered an interaction, one rule for each thing that hinders. Pure.

Each rule answers with a hindrance or None; an agent is eligible when all are silent. The codes are stable.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from shiftline.authorization.model import SOFTPHONE
from shiftline.routing.model.choices import Agent, Fact, Hindrance, Need
from shiftline.routing.model.queues import Medium, SkillEvaluation
from shiftline.routing.model.utilization import MediaUtilization

CALLS = frozenset({Medium.CALL, Medium.CALLBACK})
"""What rings at a softphone."""

SOFTPHONE_PATTERNS = (SOFTPHONE, "webRTC:*", "*:enable", "*:*")
"""The permissions, as roles may have them, of which one is needed for that (``authorization.rules.covers``)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of agents for an interaction: the need as it is now, the ring reached, the queue's way with skills."""

    queue_id: str
    need: Need
    ring: int
    evaluation: SkillEvaluation
    utilization: Mapping[Medium, MediaUtilization]


def judge_activity(agent: Agent, _: Ask) -> Hindrance | None:
    """Whoever is not active gets nothing."""
    return None if agent.active else Hindrance("not.permitted", {"active": False})


def judge_permission(agent: Agent, ask: Ask) -> Hindrance | None:
    """A call needs the permission to use a softphone, in the agent's division."""
    if agent.permitted or ask.need.medium not in CALLS:
        return None
    return Hindrance("not.permitted", {"permission": SOFTPHONE})


def judge_joining(agent: Agent, ask: Ask) -> Hindrance | None:
    """A member who left the queue for a while gets nothing of it."""
    place = agent.places.get(ask.queue_id)
    return None if place is not None and place.joined else Hindrance("not.joined", {})


def judge_session(agent: Agent, ask: Ask) -> Hindrance | None:
    """Nobody can be alerted without a live session; for a call it must be one of a softphone."""
    if agent.reachable or (agent.connected and ask.need.medium not in CALLS):
        return None
    return Hindrance("no.session", {"otherSession": True} if agent.connected else {})


def judge_station(agent: Agent, ask: Ask) -> Hindrance | None:
    """A call needs a phone to ring at."""
    if agent.station_id is not None or ask.need.medium not in CALLS:
        return None
    return Hindrance("no.station", {})


def judge_status(agent: Agent, ask: Ask) -> Hindrance | None:
    """Only who is on queue and free, or interacting with room for more."""
    if agent.status == "IDLE":
        return None
    if agent.status == "OFF_QUEUE":
        return Hindrance("not.on.queue", {})
    limit = _find_limit(agent, ask) if agent.load else {}
    if agent.status == "INTERACTING" and limit is None:
        return None
    return Hindrance(f"status.{agent.status}", limit or {})


def judge_capacity(agent: Agent, ask: Ask) -> Hindrance | None:
    """Who came back on queue while they still handle something is free only for what they may be given beside it."""
    limit = _find_limit(agent, ask) if agent.status == "IDLE" else None
    return None if limit is None else Hindrance("capacity.reached", limit)


def _find_limit(agent: Agent, ask: Ask) -> Mapping[str, Fact] | None:
    """What leaves no room: an agent handles so many of one medium, and of another only if it may interrupt what they handle.

    Source: vendor, "Agent utilization". https://help.mypurecloud.com/articles/utilization
    """
    medium = ask.need.medium
    if ask.utilization[medium].maximum_capacity < 1:
        return {"medium": medium, "capacity": 0}
    for held, count in agent.load.items():
        limit = ask.utilization[held]
        if held is medium and count >= limit.maximum_capacity:
            return {"medium": held, "capacity": limit.maximum_capacity}
        if held is not medium and medium not in limit.interruptable_media_types:
            return {"medium": held, "notInterruptedBy": medium}
    return None


def judge_alert(agent: Agent, _: Ask) -> Hindrance | None:
    """One at a time: whom an offer alerts gets no second one."""
    return Hindrance("busy.with.offer", {}) if agent.alerted else None


def judge_ring(agent: Agent, ask: Ask) -> Hindrance | None:
    """A member of an outer ring is asked only when waiting has reached it."""
    place = agent.places.get(ask.queue_id)
    if place is None or place.ring_number <= ask.ring:
        return None
    return Hindrance("ring.not.reached", {"ring": place.ring_number, "reached": ask.ring})


def judge_skills(agent: Agent, ask: Ask) -> Hindrance | None:
    """All skills and the language that are asked for, unless the queue disregards them.

    Source: vendor, "Routing and evaluation methods". https://help.mypurecloud.com/articles/acd-evaluation-routing-methods/
    """
    if ask.evaluation is SkillEvaluation.NONE:
        return None
    missing = tuple(each for each in asked_skills(ask.need) if each not in agent.skills)
    return Hindrance("skill.missing", {"skillIds": missing}) if missing else None


def asked_skills(need: Need) -> tuple[str, ...]:
    """The skills that are asked for, the language last."""
    return need.skill_ids if need.language_id is None else (*need.skill_ids, need.language_id)


def rate(agent: Agent, need: Need) -> float:
    """An agent's mean proficiency (0 to 5) in what is asked for; one that they lack counts 0. Nothing asked: 0."""
    asked = asked_skills(need)
    return sum(agent.skills.get(each, 0.0) for each in asked) / len(asked) if asked else 0.0


Rule: TypeAlias = Callable[[Agent, Ask], Hindrance | None]

OWN_RULES: tuple[Rule, ...] = (
    judge_activity,
    judge_permission,
    judge_session,
    judge_station,
    judge_status,
    judge_capacity,
    judge_alert,
)
"""What hinders an agent whichever queue it is, by the medium alone."""

QUEUE_RULES: tuple[Rule, ...] = (judge_joining, judge_ring, judge_skills)

RULES = (*OWN_RULES, *QUEUE_RULES)


def judge(agent: Agent, ask: Ask) -> tuple[Hindrance, ...]:
    """All that hinders an agent from being offered an interaction; nothing: they are eligible."""
    return apply(OWN_RULES, agent, ask) + apply(QUEUE_RULES, agent, ask)


def apply(rules: tuple[Rule, ...], agent: Agent, ask: Ask) -> tuple[Hindrance, ...]:
    """What some of the rules say."""
    found: list[Hindrance] = []
    for rule in rules:
        hindrance = rule(agent, ask)
        if hindrance is not None:
            found.append(hindrance)
    return tuple(found)
