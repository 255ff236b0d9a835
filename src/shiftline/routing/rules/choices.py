"""Who is offered what, and why not the others. Pure.

Interactions in their order (``lines``), for each the best of the agents who may have it (``eligibility``): who served the
customer last where the queue prefers that; not who missed it just now, unless there is nobody else; with the queue's BEST, who
knows best what is asked for; who handles least; who has been idle longest.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from shiftline.routing.model.choices import Agent, Choice, Evidence, Hindrance, Need, Passed, Refusal, Snapshot, Waiting
from shiftline.routing.model.queues import LastAgentRouting, Medium, SkillEvaluation
from shiftline.routing.rules.eligibility import OWN_RULES, QUEUE_RULES, Ask, apply, judge, rate
from shiftline.routing.rules.lines import order
from shiftline.routing.rules.rings import reach_ring, relax

REFUSAL_PAUSE = timedelta(seconds=60)
"""Who declined an interaction is not offered it again for so long; who missed it only if nobody else is free."""

Group: TypeAlias = tuple[str, Need, int]
"""Interactions of a queue that ask for the same at the same ring: the same agents may have them."""


def group_of(interaction: Waiting, snapshot: Snapshot, now: datetime) -> Group:
    """The queue of an interaction, what it asks for just now, and the ring reached."""
    rings = snapshot.queues[interaction.queue_id].rings
    ring = reach_ring(rings, now - interaction.enqueued_at)
    return interaction.queue_id, relax(interaction.need, rings, ring), ring


def choose_offers(snapshot: Snapshot, now: datetime, limit: int) -> list[Choice]:
    """Who shall be offered what, at most ``limit`` offers, in the order in which they were chosen; nobody gets two."""
    choices: list[Choice] = []
    free = {agent.person_id for agent in snapshot.agents}
    pools: dict[Group, list[Agent]] = {}
    refusals = _by_interaction(snapshot.refusals)
    for interaction in order(snapshot.waiting, snapshot.queues):
        if not free or len(choices) == limit:
            break
        group = group_of(interaction, snapshot, now)
        if group not in pools:
            pools[group] = _find_eligible(snapshot, group)
        rank = _Rank(snapshot, group, interaction, refusals.get(interaction.id, {}))
        able = [each for each in pools[group] if each.person_id in free and not rank.declined(each)]
        if able:
            agent = min(able, key=rank.key)
            free.discard(agent.person_id)
            choices.append(Choice(interaction, agent))
    return choices


def _by_interaction(refusals: Iterable[Refusal]) -> dict[str, dict[str, bool]]:
    """Who refused an interaction, and whether by their own word, by interaction and person."""
    found: dict[str, dict[str, bool]] = {}
    for each in refusals:
        people = found.setdefault(each.interaction_id, {})
        people[each.person_id] = each.declined or people.get(each.person_id, False)
    return found


def _ask(snapshot: Snapshot, group: Group) -> Ask:
    queue_id, need, ring = group
    return Ask(queue_id, need, ring, snapshot.queues[queue_id].skill_evaluation, snapshot.utilization)


def _find_eligible(snapshot: Snapshot, group: Group) -> list[Agent]:
    ask = _ask(snapshot, group)
    return [agent for agent in snapshot.agents if not judge(agent, ask)]


Key: TypeAlias = tuple[bool, bool, float, int, datetime, str]


class _Rank:
    """In which order the agents who may have an interaction are asked, and what put one behind another."""

    def __init__(self, snapshot: Snapshot, group: Group, interaction: Waiting, refused: Mapping[str, bool]) -> None:
        settings = snapshot.queues[group[0]]
        prefers = settings.last_agent_routing is not LastAgentRouting.DISABLED
        self._last = interaction.last_agent_id if prefers else None
        self._best = settings.skill_evaluation is SkillEvaluation.BEST
        self._need = group[1]
        self._refused = refused

    def declined(self, agent: Agent) -> bool:
        return self._refused.get(agent.person_id, False)

    def key(self, agent: Agent) -> Key:
        """The lowest one is asked."""
        return (
            agent.person_id != self._last,
            agent.person_id in self._refused,
            -rate(agent, self._need) if self._best else 0.0,
            sum(agent.load.values()),
            agent.since,
            agent.person_id,
        )

    def compare(self, agent: Agent, chosen: Agent) -> Hindrance:
        """What put an agent behind the chosen one: the first thing in which they differ."""
        mine, best = self.key(agent), self.key(chosen)
        if mine[0] != best[0]:
            return Hindrance("last.agent.preferred", {})
        if mine[1] != best[1]:
            return Hindrance("missed.before", {"pauseSeconds": REFUSAL_PAUSE.total_seconds()})
        if mine[2] != best[2]:
            return Hindrance("skill.lower", {"chosenProficiency": -best[2]})
        if mine[3] != best[3]:
            return Hindrance("handles.more", {"chosenHandles": best[3]})
        return Hindrance("idle.for.less.time", {"chosenIdleSince": best[4].isoformat()})


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the members of queues do not get what waits there. ``snapshot.agents``: all of them, not the free ones alone."""

    snapshot: Snapshot
    now: datetime
    _judged: dict[Group, list[tuple[Agent, tuple[Hindrance, ...]]]] = field(default_factory=dict)
    _own: dict[Medium, list[tuple[Agent, tuple[Hindrance, ...]]]] = field(default_factory=dict)

    def explain(self, interaction: Waiting, chosen: Agent | None, taken: Collection[str]) -> Evidence:
        """Who got an interaction (None: nobody), and why not each of the others.

        ``taken``: who was given something else in the same moment.
        """
        group = group_of(interaction, self.snapshot, self.now)
        refused = _by_interaction(self.snapshot.refusals).get(interaction.id, {})
        rank = _Rank(self.snapshot, group, interaction, refused)
        passed: dict[tuple[object, ...], tuple[tuple[Hindrance, ...], list[str]]] = {}
        for agent, hindrances in self._judge(group):
            if chosen is not None and agent.person_id == chosen.person_id:
                continue
            found = hindrances or (_explain_eligible(agent, chosen, rank, taken),)
            key = tuple((each.code, *each.facts.items()) for each in found)
            passed.setdefault(key, (found, []))[1].append(agent.person_id)
        _, need, ring = group
        return Evidence(
            at=self.now,
            ring=ring,
            skill_ids=need.skill_ids,
            language_id=need.language_id,
            person_id=chosen and chosen.person_id,
            passed=tuple(Passed(found, tuple(people)) for found, people in passed.values()),
        )

    def _judge(self, group: Group) -> Sequence[tuple[Agent, tuple[Hindrance, ...]]]:
        """What hinders the members of a queue; what hinders them in any queue is judged once."""
        if group not in self._judged:
            queue_id, need, _ = group
            ask = _ask(self.snapshot, group)
            if need.medium not in self._own:
                self._own[need.medium] = [(each, apply(OWN_RULES, each, ask)) for each in self.snapshot.agents]
            self._judged[group] = [
                (agent, own + apply(QUEUE_RULES, agent, ask))
                for agent, own in self._own[need.medium]
                if queue_id in agent.places
            ]
        return self._judged[group]


def _explain_eligible(agent: Agent, chosen: Agent | None, rank: _Rank, taken: Collection[str]) -> Hindrance:
    """Why somebody whom nothing hinders did not get it."""
    if agent.person_id in taken:
        return Hindrance("busy.with.offer", {})
    if rank.declined(agent):
        return Hindrance("declined.before", {"pauseSeconds": REFUSAL_PAUSE.total_seconds()})
    if chosen is None:
        return Hindrance("next.in.turn", {})
    return rank.compare(agent, chosen)
