"""What stands when a router chooses who is offered what, and what it chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from shiftline.routing.model.queues import Medium, QueueSettings
from shiftline.routing.model.utilization import DEFAULT_UTILIZATION, MediaUtilization

Fact: TypeAlias = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why somebody does not get an interaction."""

    code: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Passed:
    """People who did not get an interaction, all for the same reasons."""

    hindrances: tuple[Hindrance, ...]
    person_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who was considered for an interaction, and why not the others.

    ``ring``: how many rings were reached by waiting. ``skill_ids``: what was still asked for then. ``person_id`` None: nobody
    was free.
    """

    at: datetime
    ring: int
    skill_ids: tuple[str, ...]
    language_id: str | None
    person_id: str | None
    passed: tuple[Passed, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A person's place in a queue."""

    joined: bool
    ring_number: int


@dataclass(frozen=True, slots=True)
class Agent:
    """A member of queues as a router sees them.

    ``active``: they and their organization are. ``permitted``: they hold the softphone's permission where they work, and WebRTC is
    switched on for the organization. ``reachable``: has a live session that a call can ring at;
    ``connected``: has any live session. ``status``: the routing status in the vendor's words, ``since`` when. ``alerted``: an
    offer alerts them. ``load``: the interactions that they handle, by medium. ``skills``: proficiency by the id of a skill or
    language. ``places``: by queue.
    """

    person_id: str
    active: bool
    permitted: bool
    reachable: bool
    connected: bool
    station_id: str | None
    auto_answer: bool
    status: str
    since: datetime
    alerted: bool = False
    load: Mapping[Medium, int] = field(default_factory=dict[Medium, int])
    skills: Mapping[str, float] = field(default_factory=dict[str, float])
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])


@dataclass(frozen=True, slots=True)
class Need:
    """What an interaction asks of an agent."""

    medium: Medium
    skill_ids: tuple[str, ...] = ()
    language_id: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An interaction that waits.

    ``oldest`` and ``newest``: between which all came that wait in its queue with its need, at the ring that it reached.
    """

    id: str
    conversation_id: str
    queue_id: str
    need: Need
    priority: int
    enqueued_at: datetime
    last_agent_id: str | None = None
    oldest: datetime | None = None
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An offer that came to nothing a short while ago. ``declined``: by the agent's own word."""

    interaction_id: str
    person_id: str
    declined: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a choice is made from. ``queues``: the settings of every queue that something waits in."""

    queues: Mapping[str, QueueSettings]
    waiting: Sequence[Waiting]
    agents: Sequence[Agent]
    refusals: Sequence[Refusal] = ()
    utilization: Mapping[Medium, MediaUtilization] = field(default_factory=lambda: dict(DEFAULT_UTILIZATION))


@dataclass(frozen=True, slots=True)
class Choice:
    """An interaction and who shall be offered it."""

    interaction: Waiting
    agent: Agent


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why nobody was free for what waits in a queue with one need at one ring, enqueued from ``oldest`` to ``newest``."""

    queue_id: str
    need: str
    ring: int
    oldest: datetime
    newest: datetime
    evidence: Evidence
