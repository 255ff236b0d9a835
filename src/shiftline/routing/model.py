"""Queues, members, skills, wrap-up codes, utilization."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

EVERY_DIVISION = "*"
MEMBERS_AT_ONCE = 100
SKILLS_AT_ONCE = 100
HIGHEST_PROFICIENCY = 5


class SkillKind(StrEnum):
    """What a skill is about."""

    SKILL = "skill"
    LANGUAGE = "language"


class WrapupPrompt(StrEnum):
    """How a person is asked for a wrap-up code after an interaction."""

    MANDATORY = "MANDATORY"
    OPTIONAL = "OPTIONAL"
    MANDATORY_TIMEOUT = "MANDATORY_TIMEOUT"
    MANDATORY_FORCED_TIMEOUT = "MANDATORY_FORCED_TIMEOUT"
    AGENT_REQUESTED = "AGENT_REQUESTED"


class ScoringMethod(StrEnum):
    """What decides which waiting interaction goes first."""

    TIMESTAMP_AND_PRIORITY = "TimestampAndPriority"
    PRIORITY_ONLY = "PriorityOnly"


class SkillEvaluation(StrEnum):
    """How skills choose among a queue's members: not at all, the best one, anybody who has all."""

    NONE = "NONE"
    BEST = "BEST"
    ALL = "ALL"


class LastAgentRouting(StrEnum):
    """Whether whoever served a caller last is preferred."""

    DISABLED = "Disabled"
    QUEUE_MEMBERS_ONLY = "QueueMembersOnly"
    ANY_AGENT = "AnyAgent"


class Medium(StrEnum):
    """A kind of interaction."""

    CALL = "call"
    CALLBACK = "callback"
    CHAT = "chat"
    EMAIL = "email"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Record:
    """Who made and who last changed something, and its version."""

    version: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Division:
    """The division that something belongs to."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill or language. Without division it is everybody's to see."""

    id: str
    kind: SkillKind
    name: str
    division: Division | None
    version: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class SkillDraft:
    """What a skill or language shall be."""

    name: str
    kind: SkillKind = SkillKind.SKILL
    division_id: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class SkillFilter:
    """Which skills: all that match every field that is not None."""

    kind: SkillKind
    name: str | None = None
    ids: tuple[str, ...] | None = None
    visible_in: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PersonSkill:
    """A person's skill or language; ``proficiency`` from 0 to 5."""

    person_id: str
    skill_id: str
    kind: SkillKind
    name: str
    proficiency: float


@dataclass(frozen=True, slots=True)
class SkillLevel:
    """How well a skill is, or shall be, known."""

    skill_id: str
    proficiency: float


@dataclass(frozen=True, slots=True)
class SkillWish:
    """What a person shall be able to do; with ``only``, nothing else of that kind. ``listed``: asked for as a list."""

    levels: tuple[SkillLevel, ...]
    kind: SkillKind = SkillKind.SKILL
    only: bool = False
    listed: bool = True

    def field(self, index: int, name: str) -> str:
        """Where the request names a field of one of the levels."""
        return f"[{index}].{name}" if self.listed else name


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The share (0 to 1) of interactions that shall be answered within a time."""

    percentage: float
    duration_ms: int


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """How interactions of one medium are offered."""

    alerting_timeout_seconds: int = 30
    enable_auto_answer: bool = False
    service_level: ServiceLevel | None = None


@dataclass(frozen=True, slots=True)
class AfterCallWork:
    """What happens between an interaction's end and the next one. ``timeout_ms`` None: no limit."""

    wrapup_prompt: WrapupPrompt = WrapupPrompt.OPTIONAL
    timeout_ms: int | None = None


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """How a queue works. Each medium has settings: what is not given takes the defaults."""

    media: Mapping[Medium, MediaSettings] = field(default_factory=dict[Medium, MediaSettings])
    acw: AfterCallWork = AfterCallWork()
    scoring_method: ScoringMethod = ScoringMethod.TIMESTAMP_AND_PRIORITY
    skill_evaluation: SkillEvaluation = SkillEvaluation.ALL
    last_agent_routing: LastAgentRouting = LastAgentRouting.DISABLED
    auto_answer_only: bool = True
    enable_transcription: bool = False
    enable_audio_monitoring: bool = False
    enable_manual_assignment: bool = False
    suppress_in_queue_call_recording: bool = True
    calling_party_name: str | None = None
    calling_party_number: str | None = None
    peer_id: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "media", {medium: self.media.get(medium, MediaSettings()) for medium in Medium})


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, with how many are in it and how many of those joined."""

    id: str
    name: str
    description: str | None
    division: Division
    settings: QueueSettings
    record: Record
    member_count: int = 0
    joined_count: int = 0


@dataclass(frozen=True, slots=True)
class QueueDraft:
    """What a queue shall be. Without division it belongs to the home division."""

    name: str
    description: str | None = None
    division_id: str | None = None
    settings: QueueSettings = field(default_factory=QueueSettings)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which queues: all that match every field that is not None. ``name`` may begin and end with ``*``."""

    name: str | None = None
    ids: tuple[str, ...] | None = None
    division_ids: tuple[str, ...] | None = None
    peer_ids: tuple[str, ...] | None = None
    has_peer: bool | None = None
    visible_in: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person's place in a queue."""

    queue_id: str
    person_id: str
    name: str
    email: str
    joined: bool
    ring_number: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's place as it is stored."""

    person_id: str
    joined: bool
    ring_number: int


@dataclass(frozen=True, slots=True)
class MemberChange:
    """How a membership shall be; None leaves it as it is. ``field`` is where the request names the person."""

    person_id: str
    joined: bool | None = None
    ring_number: int | None = None
    field: str = "id"


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members of a queue: all that match every field that is not None."""

    name: str | None = None
    joined: bool | None = None
    person_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PersonQueue:
    """A queue as one of its members has it."""

    queue: Queue
    joined: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """Whose queues, and whether only those they joined (or did not join)."""

    person_id: str
    joined: bool | None = None


@dataclass(frozen=True, slots=True)
class WrapupCode:
    """What can come of an interaction. Its division may be ``*``."""

    id: str
    name: str
    description: str | None
    division: Division
    record: Record


@dataclass(frozen=True, slots=True)
class WrapupCodeDraft:
    """What a wrap-up code shall be. Without division it belongs to the home division."""

    name: str
    description: str | None = None
    division_id: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class WrapupCodeFilter:
    """Which wrap-up codes: all that match every field that is not None."""

    name: str | None = None
    ids: tuple[str, ...] | None = None
    division_ids: tuple[str, ...] | None = None
    queue_id: str | None = None
    visible_in: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class MediaUtilization:
    """How many interactions of a medium one person handles at a time, and which other media may interrupt them."""

    maximum_capacity: int
    interruptable_media_types: tuple[Medium, ...] = ()
    include_non_acd: bool = False


DEFAULT_UTILIZATION: Mapping[Medium, MediaUtilization] = {
    Medium.CALL: MediaUtilization(1),
    Medium.CALLBACK: MediaUtilization(1),
    Medium.CHAT: MediaUtilization(4),
    Medium.EMAIL: MediaUtilization(1, (Medium.CALL, Medium.CALLBACK, Medium.CHAT)),
    Medium.MESSAGE: MediaUtilization(4),
}


@dataclass(frozen=True, slots=True)
class RoutingSettings:
    """An organization's settings of routing."""

    reset_agent_score_on_presence_change: bool = False
    utilization: Mapping[Medium, MediaUtilization] = field(default_factory=lambda: dict(DEFAULT_UTILIZATION))
