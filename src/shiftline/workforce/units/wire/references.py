"""References, versions and the fields that units share."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from shiftline.foundation.time import Weekday
from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.units.model import Stamp, UnitDraft

ROOT = "/api/v2/workforcemanagement"

WeekdayName: TypeAlias = Literal["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00]*$")]
Group: TypeAlias = dict[str, Any]


def user_ref(person_id: str) -> Reference:
    """A reference to a person."""
    return Reference(id=person_id, self_uri=f"/api/v2/users/{person_id}")


def division_ref(division_id: str) -> Reference:
    """A reference to a division."""
    return Reference(id=division_id, self_uri=f"/api/v2/authorization/divisions/{division_id}")


def management_unit_ref(unit_id: str) -> Reference:
    """A reference to a management unit."""
    return Reference(id=unit_id, self_uri=f"{ROOT}/managementunits/{unit_id}")


def business_unit_ref(unit_id: str) -> Reference:
    """A reference to a business unit."""
    return Reference(id=unit_id, self_uri=f"{ROOT}/businessunits/{unit_id}")


class Metadata(Wire):
    """The vendor's WfmVersionedEntityMetadata; only the version is read from a request."""

    version: int | None = None
    modified_by: Reference | None = None
    date_modified: datetime | None = None
    created_by: Reference | None = None
    date_created: datetime | None = None

    @classmethod
    def of(cls, stamp: Stamp) -> "Metadata":
        """Who made and last changed something, and its version."""
        return cls(
            version=stamp.version,
            modified_by=user_ref(stamp.changed_by),
            date_modified=stamp.changed_at,
            created_by=None if stamp.created_by is None else user_ref(stamp.created_by),
            date_created=stamp.created_at,
        )


class VersionOnly(Wire):
    """The version that a change is based on."""

    version: Annotated[int, Meta(ge=1)] | None = None


def unit_draft(data: Any, settings: Any, version: int | None) -> UnitDraft:
    """The request as a draft: what the two kinds of unit have in common."""
    groups: dict[str, Any] = {} if settings is None else msgspec.to_builtins(settings)
    start, zone = groups.pop("startDayOfWeek", None), groups.pop("timeZone", None)
    groups.pop("metadata", None)
    return UnitDraft(
        name=data.name,
        division_id=data.division_id,
        time_zone=zone,
        start_day_of_week=None if start is None else Weekday(start),
        settings=groups or None,
        version=version,
        id=getattr(data, "id", None),
    )
