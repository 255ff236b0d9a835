"""A queue's bullseye in the vendor's shape, and our extension for callers from the web."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Wire
from shiftline.routing.model.queues import HIGHEST_RING, Ring, WebCalls
from shiftline.routing.model.skills import SkillKind
from shiftline.routing.wire.skills import PLACES

DAY_SECONDS = 24 * 60 * 60
SKILLS_PER_RING = 50
"""The vendor's bound. Source: https://help.mypurecloud.com/articles/specify-routing-settings/"""


class WireExpansion(Wire):
    """ExpansionCriterium: how long to stay in a ring."""

    type: Literal["TIMEOUT_SECONDS"]
    threshold: Annotated[float, Meta(ge=0, le=DAY_SECONDS)]


class WireRemovedSkill(Wire):
    """SkillsToRemove."""

    id: Identifier
    name: str | None = None
    self_uri: str | None = None


class WireRingActions(Wire):
    """Actions."""

    skills_to_remove: Annotated[list[WireRemovedSkill], Meta(max_length=SKILLS_PER_RING)] | None = None


class WireRing(Wire):
    """Ring."""

    expansion_criteria: Annotated[list[WireExpansion], Meta(min_length=1, max_length=1)]
    actions: WireRingActions | None = None


class WireBullseye(Wire):
    """Bullseye."""

    rings: Annotated[list[WireRing], Meta(max_length=HIGHEST_RING)] | None = None


class WireWebCalls(Wire):
    """Whether callers from the web reach the queue, and from pages of which origins; none named: of any. Our extension."""

    enabled: bool
    allowed_origins: (
        Annotated[list[Annotated[str, Meta(max_length=256, pattern=r"^https?://[^/\s\x00]+$")]], Meta(max_length=50)]
        | None
    ) = None


def show_bullseye(rings: Sequence[Ring]) -> WireBullseye | None:
    """A queue's rings; None for a queue without."""
    return WireBullseye(rings=[_show_ring(ring) for ring in rings]) if rings else None


def _show_ring(ring: Ring) -> WireRing:
    skills = [WireRemovedSkill(id=each, self_uri=f"{PLACES[SkillKind.SKILL]}/{each}") for each in ring.skills_to_remove]
    return WireRing(
        expansion_criteria=[WireExpansion(type="TIMEOUT_SECONDS", threshold=ring.timeout.total_seconds())],
        actions=WireRingActions(skills_to_remove=skills),
    )


def read_bullseye(body: WireBullseye) -> tuple[Ring, ...]:
    """What a queue's rings shall be."""
    return tuple(_read_ring(ring) for ring in body.rings or ())


def _read_ring(body: WireRing) -> Ring:
    removed = (body.actions and body.actions.skills_to_remove) or []
    (criterium,) = body.expansion_criteria
    return Ring(timedelta(seconds=criterium.threshold), tuple(each.id for each in removed))


def show_web_calls(settings: WebCalls) -> WireWebCalls:
    """Whether callers from the web reach a queue."""
    return WireWebCalls(enabled=settings.enabled, allowed_origins=list(settings.allowed_origins))


def read_web_calls(body: WireWebCalls) -> WebCalls:
    """Whether callers from the web shall reach a queue."""
    return WebCalls(body.enabled, tuple(body.allowed_origins or ()))
