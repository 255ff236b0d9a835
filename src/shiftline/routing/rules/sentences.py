"""What each hindrance means, in words; the codes are stable. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from shiftline.routing.model.choices import Hindrance

Facts: TypeAlias = Mapping[str, Any]


def _permission(facts: Facts) -> str:
    if "permission" in facts:
        return f"No role gave them {facts['permission']} in their division, or WebRTC was switched off for everybody."
    return "They were not active, or the whole organization was not."


def _session(facts: Facts) -> str:
    if facts.get("otherSession"):
        return "They had a live session, but none of a softphone."
    return "They had no live session."


def _skills(facts: Facts) -> str:
    return f"They lacked what was asked for: {', '.join(facts['skillIds'])}."


def _capacity(facts: Facts) -> str:
    medium = facts["medium"]
    if "notInterruptedBy" in facts:
        return f"They handled a {medium}, which a {facts['notInterruptedBy']} may not interrupt."
    return f"They handled as much of the medium {medium} as the utilization allows ({facts['capacity']})."


def _interacting(facts: Facts) -> str:
    return f"They were interacting. {_capacity(facts)}" if facts else "They were interacting."


def _ring(facts: Facts) -> str:
    return f"They are in ring {facts['ring']} of the bullseye, and waiting had reached ring {facts['reached']}."


def _proficiency(facts: Facts) -> str:
    return f"Another knew what was asked for better, {facts['chosenProficiency']:g} of 5 on the mean."


SENTENCES: Mapping[str, str | Callable[[Facts], str]] = {
    "not.member": "They are not a member of the queue.",
    "not.permitted": _permission,
    "not.joined": "They are a member of the queue, but had left it for a while.",
    "no.session": _session,
    "no.station": "They had no station for a call to ring at.",
    "not.on.queue": "They were not on queue.",
    "status.INTERACTING": _interacting,
    "status.NOT_RESPONDING": "They had missed an offer and not said that they were there again.",
    "status.COMMUNICATING": "They were on a call of their own.",
    "capacity.reached": _capacity,
    "busy.with.offer": "Another interaction alerted them.",
    "ring.not.reached": _ring,
    "skill.missing": _skills,
    "declined.before": "They had declined it a moment before.",
    "missed.before": "They had missed it a moment before, and another was free.",
    "last.agent.preferred": "Another served this customer last, whom the queue prefers.",
    "skill.lower": _proficiency,
    "handles.more": "Another handled less just then.",
    "idle.for.less.time": "Another had been idle for longer.",
    "next.in.turn": "Nothing stood against it: they are asked next.",
}
"""By code: every reason for which somebody does not get an interaction."""


def phrase(hindrance: Hindrance) -> str:
    """A hindrance in words."""
    said = SENTENCES[hindrance.code]
    return said if isinstance(said, str) else said(hindrance.facts)
