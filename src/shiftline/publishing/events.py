"""What happened by swaps."""

from dataclasses import dataclass

from shiftline.foundation.events import event


@event("publishing.swap.published", service="WorkforceManagement", entity=("Swap", "swap_id"), action="Publish")
@dataclass(frozen=True, slots=True, kw_only=True)
class SwapPublished:
    """An agent's shifts were replaced in force; ``versions`` are the schedules' new ones by id."""

    organization_id: str
    swap_id: str
    person_id: str
    schedule_id: str
    reason: str | None
    versions: dict[str, int]
    time_off_request_ids: tuple[str, ...]
