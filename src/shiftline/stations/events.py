"""What happened to stations, phones and sites."""

from dataclasses import dataclass
from typing import Literal

from shiftline.foundation.events import event
from shiftline.foundation.repairs import Repair


@event("stations.association.changed", service="Telephony", entity=("Station", "station_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationChanged:
    """A person was put at a station or left it, or the station they have behaves differently.

    ``station_id`` is the station it is about; ``effective_station_id`` the one they have now, None for none.
    """

    organization_id: str
    person_id: str
    station_id: str
    action: Literal["Associated", "Disassociated"]
    effective_station_id: str | None
    effective_station_name: str | None
    associated_station_id: str | None
    default_station_id: str | None
    reason: str | None = None


@event("stations.phone.changed", service="Telephony", entity=("Phone", "phone_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneChanged:
    """A phone was made, changed or removed."""

    organization_id: str
    phone_id: str
    name: str
    person_id: str
    station_id: str
    active: bool
    version: int


@event("stations.phone_base.changed", service="Telephony", entity=("PhoneBaseSettings", "phone_base_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneBaseChanged:
    """Phone base settings were made or changed."""

    organization_id: str
    phone_base_id: str
    name: str
    version: int


@event("stations.site.changed", service="Telephony", entity=("Site", "site_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChanged:
    """A site was made."""

    organization_id: str
    site_id: str
    name: str
    version: int


@event("stations.association.repaired", service="Telephony", entity=("Station", "station_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationRepaired(Repair):
    """Somebody was taken from a station that is gone, or another's, or whose person is."""

    station_id: str
