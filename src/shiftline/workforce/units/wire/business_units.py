"""Business units on the wire."""

from collections.abc import Sequence

import msgspec

from shiftline.foundation.web.wire import Identifier, Reference, ShortText, Wire
from shiftline.workforce.units.model import BusinessUnit, UnitDraft
from shiftline.workforce.units.wire.references import (
    ROOT,
    Group,
    Metadata,
    Name,
    VersionOnly,
    WeekdayName,
    division_ref,
    unit_draft,
)


class BusinessUnitSettings(Wire):
    """A business unit's settings. The groups are kept as they come."""

    start_day_of_week: WeekdayName | None = None
    time_zone: ShortText | None = None
    short_term_forecasting: Group | None = None
    scheduling: Group | None = None
    notifications: Group | None = None
    learning: Group | None = None
    coaching: Group | None = None


class BusinessUnitSettingsChange(BusinessUnitSettings):
    """Settings to change, with the version that was read."""

    metadata: VersionOnly | None = None


class BusinessUnitSettingsResponse(BusinessUnitSettings):
    """Settings as they are."""

    metadata: Metadata | None = None


class CreateBusinessUnitRequest(Wire):
    """A new business unit; ``id`` is an extension for imports."""

    name: Name
    settings: BusinessUnitSettings
    division_id: Identifier | None = None
    id: Identifier | None = None


class UpdateBusinessUnitRequest(Wire):
    """What shall change."""

    name: Name | None = None
    division_id: Identifier | None = None
    settings: BusinessUnitSettingsChange | None = None


class BusinessUnitResponse(Wire):
    """A business unit."""

    id: str
    name: str
    division: Reference
    settings: BusinessUnitSettingsResponse
    self_uri: str


class BusinessUnitListItem(Wire):
    """A business unit in a list."""

    id: str
    name: str
    authorized: bool
    division: Reference
    self_uri: str


class BusinessUnitListing(Wire):
    """All business units."""

    entities: list[BusinessUnitListItem]


_GROUPS = ("shortTermForecasting", "scheduling", "notifications", "learning", "coaching")


def business_unit_draft(data: CreateBusinessUnitRequest | UpdateBusinessUnitRequest) -> UnitDraft:
    """The request as a draft."""
    settings = data.settings
    change = settings if isinstance(settings, BusinessUnitSettingsChange) else None
    version = change.metadata.version if change is not None and change.metadata is not None else None
    return unit_draft(data, settings, version)


def business_unit_response(unit: BusinessUnit) -> BusinessUnitResponse:
    """A business unit on the wire."""
    groups = {name: unit.settings[name] for name in _GROUPS if name in unit.settings}
    settings = msgspec.convert(
        {**groups, "startDayOfWeek": unit.start_day_of_week.value, "timeZone": unit.time_zone},
        BusinessUnitSettingsResponse,
    )
    settings.metadata = Metadata.of(unit.stamp)
    return BusinessUnitResponse(
        id=unit.id,
        name=unit.name,
        division=division_ref(unit.division_id),
        settings=settings,
        self_uri=f"{ROOT}/businessunits/{unit.id}",
    )


def business_unit_listing(units: Sequence[tuple[BusinessUnit, bool]]) -> BusinessUnitListing:
    """A list of business units on the wire."""
    return BusinessUnitListing(
        entities=[
            BusinessUnitListItem(
                id=unit.id,
                name=unit.name,
                authorized=authorized,
                division=division_ref(unit.division_id),
                self_uri=f"{ROOT}/businessunits/{unit.id}",
            )
            for unit, authorized in units
        ]
    )
