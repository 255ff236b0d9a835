"""Management units on the wire."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, TypeAlias, cast

import msgspec
from msgspec import Meta

from shiftline.foundation.time import Weekday
from shiftline.foundation.web.wire import Identifier, Reference, ShortText, Wire
from shiftline.workforce.units.model import ManagementUnit, UnitDraft
from shiftline.workforce.units.wire.activity_codes import CategoryName, IdValues
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

CategoryNames: TypeAlias = Annotated[list[CategoryName], Meta(max_length=100)]


class IgnoredActivityCategories(Wire):
    """A list in the vendor's wrapper."""

    values: CategoryNames | None = None


class AdherenceSettings(Wire):
    """How adherence is judged; what is not said is not wanted (on-queue activities are tracked unless said otherwise)."""

    severe_alert_threshold_minutes: Annotated[int, Meta(ge=0, le=24 * 60)] | None = None
    adherence_target_percent: Annotated[int, Meta(ge=0, le=100)] | None = None
    adherence_exception_threshold_seconds: Annotated[int, Meta(ge=0, le=24 * 3600)] | None = None
    non_on_queue_activities_equivalent: bool | None = None
    track_on_queue_activity: bool | None = None
    ignored_activity_categories: IgnoredActivityCategories | None = None
    ignored_activity_code_ids: IdValues | None = None


class ManagementUnitSettings(Wire):
    """A management unit's settings. The groups are kept as they come, but for adherence."""

    adherence: AdherenceSettings | None = None
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
    draft = _unwrap(unit_draft(data, settings, version))
    if isinstance(data, CreateManagementUnitRequest):
        start = None if data.start_day_of_week is None else Weekday(data.start_day_of_week)
        return replace(draft, time_zone=data.time_zone, start_day_of_week=start)
    return draft


def _unwrap(draft: UnitDraft) -> UnitDraft:
    """Planning periods as they are kept and shown: requests wrap them, and take them away by a wrapper without a value."""
    scheduling = None if draft.settings is None else draft.settings.get("scheduling")
    if draft.settings is None or not isinstance(scheduling, Mapping):
        return draft
    plain = dict(cast("Mapping[str, Any]", scheduling))
    for name in ("planningPeriod", "monthlyPlanningPeriod"):
        if isinstance(plain.get(name), Mapping) and "startDate" not in plain[name]:
            plain[name] = plain[name].get("value")
    return replace(draft, settings={**draft.settings, "scheduling": plain})


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
