"""Queues and how they work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from shiftline.routing.model.places import Division, Record

HIGHEST_RING = 6


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
class Ring:
    """One ring of a bullseye: how long an interaction stays in it, and the skills no more asked for after that."""

    timeout: timedelta
    skills_to_remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WebCalls:
    """Whether callers from the web reach a queue, and from pages of which origins (none named: of any)."""

    enabled: bool = False
    allowed_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """How a queue works. Each medium has settings: what is not given takes the defaults. ``rings`` empty: no bullseye."""

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
    rings: tuple[Ring, ...] = ()
    web_calls: WebCalls = WebCalls()

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
class PersonQueue:
    """A queue as one of its members has it."""

    queue: Queue
    joined: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """Whose queues, and whether only those they joined (or did not join)."""

    person_id: str
    joined: bool | None = None
