"""What happened to wishes."""

from dataclasses import dataclass

from shiftline.foundation.events import event
from shiftline.workforce.preferences.model import Family, PreferenceSettings, StandingWish, Wish


@event("workforce.preferences.changed", service="WorkforceManagement", entity=("Agent", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class WishesChanged:
    """An agent's wishes of one family were stated, changed or removed."""

    organization_id: str
    person_id: str
    family: Family
    stated: tuple[Wish, ...]
    removed: tuple[str, ...]


@event("workforce.standing_preference.changed", service="WorkforceManagement", entity=("Agent", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class StandingWishChanged:
    """An agent's standing wish was stated, replaced or (``active`` false) taken away."""

    organization_id: str
    person_id: str
    wish: StandingWish
    active: bool


@event("workforce.preferences.settings_changed", service="WorkforceManagement", entity=("Unit", "unit_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceSettingsChanged:
    """A unit takes wishes of a family, or takes none any more, or treats those against the contract otherwise."""

    organization_id: str
    unit_id: str
    family: Family
    settings: PreferenceSettings
