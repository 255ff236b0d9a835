"""What happened to legs, and what softphones must be told."""

from dataclasses import dataclass
from typing import Literal

from shiftline.foundation.events import event
from shiftline.foundation.repairs import Repair


@event("calls.leg.changed", service="Telephony", entity=("Leg", "leg_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class LegChanged:
    """A leg was made, moved or ended: its node looks at it again."""

    organization_id: str
    leg_id: str
    conversation_id: str | None
    node_id: str | None
    person_id: str | None
    state: str
    generation: int
    reason: str | None = None


@event("calls.softphone.told", service="Telephony", entity=("Leg", "leg_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class SoftphoneTold:
    """Something that the person's softphones must be told; with ``jid`` that one only.

    ``persistent``: a proposal that is accepted in silence and stays beyond its call. The offer's description is read from its leg.
    """

    organization_id: str
    person_id: str
    leg_id: str
    session_id: str
    conversation_id: str
    kind: Literal["propose", "offer", "candidate", "retract", "terminate"]
    jid: str | None = None
    auto_answer: bool = False
    persistent: bool = False
    reinvite: bool = False
    reason: str | None = None


@event("calls.node.changed", service="Telephony", entity=("Edge", "node_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeChanged:
    """A media node came or went. It belongs to the installation: ``organization_id`` is empty."""

    organization_id: str
    node_id: str
    slot: str
    alive: bool
    reason: str | None = None


@event("calls.leg.repaired", service="Telephony", entity=("Leg", "leg_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class LegRepaired(Repair):
    """A leg whose media node is gone is made anew on another one, or waited for there."""

    leg_id: str
    conversation_id: str | None
    former_node_id: str
    node_id: str | None


@event("calls.conversation.repaired", service="Telephony", entity=("Conversation", "conversation_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class CallRepaired(Repair):
    """A call was ended that had no leg any more, so that nobody could speak or hang up."""

    conversation_id: str
