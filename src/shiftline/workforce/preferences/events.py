"""What happened to wishes."""

from dataclasses import dataclass

from shiftline.foundation.events import event
from shiftline.workforce.preferences.model import Family, Wish


@event("workforce.preferences.changed", service="WorkforceManagement", entity=("Agent", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class WishesChanged:
    """An agent's wishes of one family were stated, changed or removed."""

    organization_id: str
    person_id: str
    family: Family
    stated: tuple[Wish, ...]
    removed: tuple[str, ...]
