"""Legs, media nodes, and a call as its rules see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from shiftline.conversations.model.conversations import Conversation, Participant

LARGEST_SDP = 64 * 1024
"""Characters of a session description; a browser's for one audio line has about 2,000."""
LARGEST_FRAGMENT = 4 * 1024
MOST_CANDIDATES = 100

# Real time. The vendor's client accepts at once or never; ICE and DTLS take tenths of a second on a network that works.
PROPOSAL_LIFETIME = timedelta(seconds=60)
SETUP_LIFETIME = timedelta(seconds=12)
RESUME_LIFETIME = timedelta(seconds=20)
RETURN_LIFETIME = timedelta(seconds=5)
"""A web caller who closed their connection makes another at once, or has gone without a word."""
PARTING_LIFETIME = timedelta(seconds=2)
"""A softphone that ends a call says so beside its connection's end, on another way: for so long its word is waited for."""
RECALL_LIFETIME = timedelta(seconds=15)
"""A page that was loaded anew is back within seconds."""

NODE_LIFETIME = timedelta(seconds=2)
NODE_RENEWAL = timedelta(milliseconds=500)


class LegKind(StrEnum):
    """Who is at the other end."""

    SOFTPHONE = "softphone"
    WEB = "web"


class LegState(StrEnum):
    """Where a leg is on its way. ``OFFERED`` is our offer to a softphone; a web caller's own offer is ``REQUESTED``."""

    PROPOSED = "proposed"
    REQUESTED = "requested"
    OFFERED = "offered"
    ANSWERED = "answered"
    CONNECTED = "connected"
    LOST = "lost"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Leg:
    """One media session. ``generation`` grows when it is made anew on another node; ``session_id`` is its name then.

    ``session_conversation_id`` is the conversation that the softphone's session began with: a persistent one keeps it.
    ``former_session_id`` is what it was called before. ``wish``: what the queue that is called has to know (priority, skills).
    ``due_at`` (real time): when the present state is given up. ``ice_offer`` and ``ice_answer``: a restart of its ICE
    that its other side asked for, and our part of it.
    """

    organization_id: str
    id: str
    kind: LegKind
    session_id: str
    state: LegState
    made_at: datetime
    conversation_id: str | None = None
    participant_id: str | None = None
    person_id: str | None = None
    offer_id: str | None = None
    node_id: str | None = None
    generation: int = 1
    former_session_id: str | None = None
    session_conversation_id: str | None = None
    jid: str | None = None
    auto_answer: bool = False
    persistent: bool = False
    reinvite: bool = False
    local_sdp: str | None = None
    remote_sdp: str | None = None
    remote_candidates: tuple[str, ...] = ()
    ice_offer: str | None = None
    ice_answer: str | None = None
    remote_address: str | None = None
    secret_digest: bytes | None = None
    wish: Mapping[str, Any] = field(default_factory=dict[str, Any])
    digits: str = ""
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    due_at: datetime | None = None
    stats: Mapping[str, Any] | None = None
    version: int = 1

    @property
    def live(self) -> bool:
        """Whether it is not ended."""
        return self.state is not LegState.ENDED

    @property
    def key(self) -> str:
        """What the media engine knows this generation of it by."""
        return f"{self.id}.{self.generation}"


SpeakTo = Literal["DESTINATION", "OBJECT", "BOTH"]
"""With whom the initiator of a consultation speaks: the one consulted, the one who is to be transferred, both.

Source: the vendor's ConsultTransferUpdate.
"""


@dataclass(frozen=True, slots=True)
class Consultation:
    """An agent (the initiator) asks a destination before they transfer somebody (the object). Ids are participants'."""

    id: str
    initiator_id: str
    object_id: str
    destination_id: str
    speak_to: SpeakTo = "DESTINATION"


@dataclass(frozen=True, slots=True)
class Call:
    """A conversation with its live legs and the consultation under way, read together.

    ``announcing``: it is being said in it that it is recorded.
    """

    conversation: Conversation
    legs: tuple[Leg, ...] = ()
    consultation: Consultation | None = None
    announcing: bool = False

    def leg_of(self, participant_id: str) -> Leg | None:
        """The live leg of a participant."""
        return next((leg for leg in self.legs if leg.participant_id == participant_id and leg.live), None)

    def participant_of(self, leg: Leg) -> Participant | None:
        """Who is at a leg."""
        found = (each for each in self.conversation.participants if each.id == leg.participant_id)
        return next(found, None)


class Treatment(StrEnum):
    """What is played to a leg that hears nobody."""

    SILENCE = "silence"
    WAITING = "waiting"
    """Its place in the queue and music."""
    HOLD = "hold"
    RINGBACK = "ringback"
    CONSENT = "consent"
    """That the call is recorded, before its sides hear each other."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a leg hears and gives: the sound of ``others`` (leg ids), or without any a treatment.

    ``silenced``: what it says goes nowhere. ``recorded``: what it gives is kept.
    """

    others: frozenset[str] = frozenset()
    treatment: Treatment = Treatment.SILENCE
    silenced: bool = True
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class MediaNode:
    """A media process that lives, with what it carries: ``persistent`` of the organization that asks. Instants are real time."""

    id: str
    slot: str
    started_at: datetime
    expires_at: datetime
    legs: int = 0
    persistent: int = 0


@dataclass(frozen=True, slots=True)
class Callee:
    """Whom a call or transfer is for: a person by id, a queue, or an address (an agent's e-mail or chat address)."""

    person_id: str | None = None
    queue_id: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class OutboundDraft:
    """A call as asked for: whom to ring, on behalf of which queue, and what a called queue's agents must know."""

    callees: tuple[Callee, ...]
    from_queue_id: str | None = None
    priority: int = 0
    skill_ids: tuple[str, ...] = ()
    language_id: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class WebDraft:
    """A web caller's wish: a queue, their offer, where they come from, and what their page says of them."""

    queue_id: str
    offer: str
    name: str = ""
    origin: str | None = None
    address: str | None = None


WebState = Literal["connecting", "waiting", "ringing", "connected", "held", "lost", "ended"]


@dataclass(frozen=True, slots=True)
class WebStatus:
    """How a web caller's call stands; ``expected_wait`` None where nothing can be said."""

    leg_id: str
    conversation_id: str
    state: WebState
    generation: int
    position: int | None = None
    expected_wait: timedelta | None = None
    end_reason: str | None = None
