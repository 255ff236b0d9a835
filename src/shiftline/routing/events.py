"""What happened to queues, members, skills and wrap-up codes."""

from dataclasses import dataclass
from typing import Literal

from shiftline.foundation.events import event
from shiftline.foundation.repairs import Repair


@event("routing.queue.changed", service="ContactCenter", entity=("Queue", "queue_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChanged:
    """A queue was made, changed or deleted."""

    organization_id: str
    queue_id: str
    name: str
    division_id: str
    active: bool
    version: int


@event("routing.member.changed", service="ContactCenter", entity=("Queue", "queue_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanged:
    """Somebody became a member of a queue, joined or left it for a while, or is no member any more."""

    organization_id: str
    queue_id: str
    person_id: str
    member: bool
    joined: bool
    ring_number: int


@event("routing.skill.changed", service="ContactCenter", entity=("RoutingSkill", "skill_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class SkillChanged:
    """A skill or language was made or deleted."""

    organization_id: str
    skill_id: str
    kind: Literal["skill", "language"]
    name: str
    active: bool
    version: int


@event("routing.person_skill.changed", service="ContactCenter", entity=("AgentRoutingInfo", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSkillChanged:
    """Somebody got a skill or language, another proficiency in it (0 to 5), or lost it (None)."""

    organization_id: str
    person_id: str
    skill_id: str
    proficiency: float | None


@event("routing.wrapup_code.changed", service="ContactCenter", entity=("WrapupCode", "wrapup_code_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class WrapupCodeChanged:
    """A wrap-up code was made or deleted."""

    organization_id: str
    wrapup_code_id: str
    name: str
    active: bool
    version: int


@event("routing.queue_wrapup_codes.changed", service="ContactCenter", entity=("Queue", "queue_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class QueueWrapupCodesChanged:
    """A queue got wrap-up codes or lost some."""

    organization_id: str
    queue_id: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@event("routing.settings.changed", service="ContactCenter",
       entity=("MaxOrgRoutingUtilizationCapacity", "organization_id"))  # fmt: skip
@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingSettingsChanged:
    """The organization's utilization or another setting of routing changed."""

    organization_id: str
    version: int


@event("routing.interaction.changed", service="ContactCenter", entity=("Conversation", "conversation_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionChanged:
    """A conversation began to wait in a queue, or its place there ended. What offers do to it is told by them."""

    organization_id: str
    interaction_id: str
    conversation_id: str
    queue_id: str
    state: str
    person_id: str | None = None
    reason: str | None = None


@event("routing.offer.changed", service="ContactCenter", entity=("Conversation", "conversation_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferChanged:
    """An interaction was offered to an agent, or the offer was accepted, declined, missed or withdrawn, or failed."""

    organization_id: str
    offer_id: str
    interaction_id: str
    conversation_id: str
    queue_id: str
    person_id: str
    state: str
    reason: str | None = None


@event("routing.offer.repaired", service="ContactCenter", entity=("Offer", "offer_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRepaired(Repair):
    """An offer was taken back that nobody could answer, or that nobody had missed in time."""

    offer_id: str
    conversation_id: str
    queue_id: str


@event("routing.interaction.repaired", service="ContactCenter", entity=("Interaction", "interaction_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionRepaired(Repair):
    """An interaction was ended that was assigned to somebody who had no part in its conversation, or in one that is over."""

    interaction_id: str
    conversation_id: str
    queue_id: str
