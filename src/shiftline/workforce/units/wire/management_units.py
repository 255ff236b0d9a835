"""Management units on the wire."""

from dataclasses import replace
from datetime import datetime

import msgspec

from shiftline.foundation.time import Weekday
from shiftline.foundation.web.wire import Identifier, Reference, ShortText, Wire
from shiftline.workforce.units.model import ManagementUnit, UnitDraft
from shiftline.workforce.units.wire.references import (
    ROOT,
    Group,
    Metadata,
    Name,
    VersionOnly,
    WeekdayName,
    business_unit_ref,
    division_ref,
    unit_draft,
    user_ref,
)


class ManagementUnitSettings(Wire):
    """A management unit's settings. The groups are kept as they come."""

    adherence: Group | None = None
    short_term_forecasting: Group | None = None
    time_off: Group | None = None
    scheduling: Group | None = None
    shift_trading: Group | None = None


class ManagementUnitSettingsChange(ManagementUnitSettings):
    """Settings to change, with the version that was read."""

    metadata: VersionOnly | None = None


class ManagementUnitSettingsResponse(ManagementUnitSettings):
    """Settings as they are."""

    metadata: Metadata | None = None


class CreateManagementUnitRequest(Wire):
    """A new management unit; ``id`` is an extension for imports."""

    name: Name
    business_unit_id: Identifier
    time_zone: ShortText | None = None
    start_day_of_week: WeekdayName | None = None
    settings: ManagementUnitSettings | None = None
    division_id: Identifier | None = None
    id: Identifier | None = None


class UpdateManagementUnitRequest(Wire):
    """What shall change."""

    name: Name | None = None
    division_id: Identifier | None = None
    settings: ManagementUnitSettingsChange | None = None


class ManagementUnitResponse(Wire):
    """A management unit."""

    id: str
    name: str
    business_unit: Reference
    division: Reference
    start_day_of_week: WeekdayName
    time_zone: str
    settings: ManagementUnitSettingsResponse
    metadata: Metadata
    version: int
    modified_by: Reference
    date_modified: datetime
    self_uri: str


def management_unit_draft(data: CreateManagementUnitRequest | UpdateManagementUnitRequest) -> UnitDraft:
    """The request as a draft."""
    settings = data.settings
    change = settings if isinstance(settings, ManagementUnitSettingsChange) else None
    version = change.metadata.version if change is not None and change.metadata is not None else None
    draft = unit_draft(data, settings, version)
    if isinstance(data, CreateManagementUnitRequest):
        start = None if data.start_day_of_week is None else Weekday(data.start_day_of_week)
        return replace(draft, time_zone=data.time_zone, start_day_of_week=start)
    return draft


def management_unit_response(unit: ManagementUnit) -> ManagementUnitResponse:
    """A management unit on the wire."""
    metadata = Metadata.of(unit.stamp)
    settings = msgspec.convert(unit.settings, ManagementUnitSettingsResponse)
    settings.metadata = metadata
    return ManagementUnitResponse(
        id=unit.id,
        name=unit.name,
        business_unit=business_unit_ref(unit.business_unit_id),
        division=division_ref(unit.division_id),
        start_day_of_week=unit.start_day_of_week.value,
        time_zone=unit.time_zone,
        settings=settings,
        metadata=metadata,
        version=unit.stamp.version,
        modified_by=user_ref(unit.stamp.changed_by),
        date_modified=unit.stamp.changed_at,
        self_uri=f"{ROOT}/managementunits/{unit.id}",
    )
