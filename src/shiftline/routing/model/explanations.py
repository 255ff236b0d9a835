"""How interactions found their agents, or not, as it is told."""

from dataclasses import dataclass
from datetime import timedelta

from shiftline.routing.model.choices import Evidence
from shiftline.routing.model.interactions import Interaction, Offer


@dataclass(frozen=True, slots=True)
class OfferStory:
    """An offer and who was considered for it."""

    offer: Offer
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class InteractionStory:
    """An interaction with its offers, oldest first.

    ``shortage``: why nobody was free, while it waits as the router saw it last, and of one that nobody took as it was then.
    ``position`` (from 1) and ``expected_wait`` while it waits.
    """

    interaction: Interaction
    queue_name: str
    offers: tuple[OfferStory, ...]
    shortage: Evidence | None
    position: int | None = None
    expected_wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class WaitingInLine:
    """An interaction that waits, its position (from 1) and how long it has waited."""

    position: int
    interaction: Interaction
    waited: timedelta
