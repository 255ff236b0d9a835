"""Whether anything was lost or doubled: what both ends of the calls heard, beside what PostgreSQL says."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from benchmarks.survival.agents import Agent, Talk
from benchmarks.survival.callers import Call, InsistentCaller
from benchmarks.survival.keeping import KeepingAgent
from benchmarks.survival.truth import Row, Truth
from benchmarks.survival.voices import Ear, Spell

SLACK = 0.3
"""Seconds by which two may seem to be heard at once: packets under way when one call ends and the next begins."""
UNRECORDED = 2.0
"""Seconds of a talk that a killed process may have kept to itself."""


@dataclass
class Verdict:
    """What was found; ``faults``: one sentence for each thing that must not be."""

    figures: dict[str, Any]
    faults: list[str]


def judge(
    callers: Sequence[InsistentCaller], agents: Sequence[Agent], truth: Truth, *, unrecorded: float = UNRECORDED
) -> Verdict:
    """Look at everything. ``unrecorded``: seconds of a talk of which no recording needs to know."""
    calls = [(caller, call) for caller in callers for call in caller.calls]
    talks = [talk for agent in agents for talk in agent.talks]
    by_conversation: dict[str, list[Talk]] = {}
    for talk in talks:
        by_conversation.setdefault(talk.conversation, []).append(talk)
    lost = [f"{caller.name}: {why}" for caller, call in calls if (why := _lost(caller, call, by_conversation))]
    both = [*_at_once(callers), *_at_once(agents)]
    uncovered = _uncovered(callers, agents, truth)
    gaps = _gaps(agents)
    faults = [f"lost: {each}" for each in (*lost, *truth.left_badly())]
    faults += [f"doubled: {each}" for each in (*truth.doubled(), *both)]
    faults += [f"overtaken: {each}" for each in truth.overtaken()]
    faults += [f"left over: {count} {what}" for what, count in truth.left_over.items() if count]
    faults += [f"refused: {each}" for caller in callers for each in caller.refusals]
    faults += [f"stuck: {each}" for each in _stuck(agents, truth)]
    faults += [f"unrecorded: {seconds:.1f} s of {what}" for what, seconds in uncovered if seconds > unrecorded]
    return Verdict(
        {
            "calls": len(calls),
            "talks": len([talk for talk in talks if talk.heard_at]),
            "given_up": len([call for _, call in calls if call.hung_up]),
            "lost": len(lost) + len(truth.left_badly()),
            "doubled": len(truth.doubled()) + len(both),
            "overtaken": len(truth.overtaken()),
            "renewed_by_callers": sum(len(call.renewed) for _, call in calls),
            "reoffered_to_agents": sum(max(0, len(talk.sessions) - 1) for talk in talks),
            "begun_anew_by_callers": len({p["conversation_id"] for p in truth.participants}) - len(calls),
            "interruptions": {
                "count": len(gaps),
                "median_s": round(median(gaps), 1) if gaps else None,
                "worst_s": round(max(gaps), 1) if gaps else None,
            },
            "kept_connections": sum(agent.lines for agent in agents if isinstance(agent, KeepingAgent)),
            "sockets": sum(agent.sockets for agent in agents),
            "channels": sum(agent.channels for agent in agents),
            "not_responding": sum(truth.absent.values()),
            "offers": _count(each["state"] for each in truth.offers),
            "recordings": _count(map(_outcome, truth.recordings)),
            "unrecorded_worst_s": round(max((seconds for _, seconds in uncovered), default=0.0), 1),
            "deadlocks": truth.deadlocks,
        },
        faults,
    )


def _lost(caller: InsistentCaller, call: Call, talks: dict[str, list[Talk]]) -> str:
    """Why a call counts as lost; empty where it does not."""
    mine = talks.get(call.conversation, [])
    if not call.ended:
        return f"{call.conversation} never came to an end: {caller.status}"
    if call.hung_up:
        return ""
    end = call.ended + 1
    heard = [each for each in caller.ear.spells if each.until >= call.began and each.began <= end and each.seconds > 0]
    problems = {
        "reached nobody": not heard,
        "ended although nobody hung up": not any(talk.hung_up for talk in mine),
        "had an agent who sat in silence": any(talk.silent for talk in mine),
        "was never heard by an agent": not any(talk.heard_at for talk in mine),
    }
    return "".join(f"{call.conversation} {what} ({call.reason}). " for what, holds in problems.items() if holds)


def _at_once(parties: Sequence[InsistentCaller] | Sequence[Agent]) -> list[str]:
    found: list[str] = []
    for party in parties:
        spells = sorted(party.ear.spells, key=lambda each: each.began)
        found += [
            f"{party.name} heard {first.whom} and {second.whom} at once"
            for first, second in pairwise(spells)
            if first.whom != second.whom and first.until - second.began > SLACK
        ]
    return found


def _gaps(agents: Sequence[Agent]) -> list[float]:
    """Seconds in which an agent did not hear a caller whom they heard before and after, in one talk."""
    found: list[float] = []
    for agent in agents:
        for talk in agent.talks:
            spells = _within(agent.ear, talk.began, talk.ended, talk.whom)
            found += [later.began - former.until for former, later in pairwise(spells)]
    return found


def _within(ear: Ear, began: float, ended: float, whom: str) -> list[Spell]:
    """The spells of one in a span, cut to it."""
    cut = [
        Spell(each.whom, max(each.began, began), min(each.until, ended or each.until))
        for each in ear.spells
        if each.whom == whom
    ]
    return [each for each in cut if each.seconds > 0]


def _uncovered(callers: Sequence[InsistentCaller], agents: Sequence[Agent], truth: Truth) -> list[tuple[str, float]]:
    """Seconds that the other side heard and that no recording holds, by whose sound it was."""
    kept = truth.recorded()
    by_name = {agent.name: agent for agent in agents}
    found: list[tuple[str, float]] = []
    heard: dict[tuple[str, str | None], float] = {}
    for agent in agents:
        for talk in agent.talks:
            key = (talk.conversation, None)
            spells = _within(agent.ear, talk.began, talk.ended, talk.whom)
            heard[key] = heard.get(key, 0.0) + sum(each.seconds for each in spells)
    for caller in callers:
        for call in caller.calls:
            for spell in caller.ear.spells:
                if spell.began >= call.began and (not call.ended or spell.began <= call.ended):
                    key = (call.conversation, str(by_name[spell.whom].given["userId"]))
                    heard[key] = heard.get(key, 0.0) + spell.seconds
    for (conversation, person), seconds in heard.items():
        whose = "the caller" if person is None else f"agent {person}"
        found.append((f"{whose} in {conversation}", seconds - kept.get((conversation, person), 0.0)))
    return found


def _stuck(agents: Sequence[Agent], truth: Truth) -> list[str]:
    """Agents who are not idle at the end, and more absences than offers that came to nothing."""
    found = [
        f"{agent.name} is {status}"
        for agent in agents
        if (status := truth.statuses.get(agent.given["userId"])) != "IDLE"
    ]
    missed: dict[str, int] = {}
    for offer in truth.offers:
        if offer["state"] in {"missed", "failed"}:
            missed[offer["person_id"]] = missed.get(offer["person_id"], 0) + 1
    found += [
        f"{person} was not responding {times} times and missed {missed.get(person, 0)} offers"
        for person, times in truth.absent.items()
        if times > missed.get(person, 0)
    ]
    return found


def _outcome(recording: Row) -> str:
    """What became of a recording."""
    if recording["state"] == "stopping" and not recording["has_key"]:
        return "never begun"
    return f"{recording['state']} by crash" if recording["ended_by"] == "crash" else str(recording["state"])


def _count(words: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return found
