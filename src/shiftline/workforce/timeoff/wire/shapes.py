"""Fields that several of the vendor's shapes of time off share."""

from datetime import date, datetime
from typing import Annotated, TypeAlias

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Reference, Wire
from shiftline.workforce.timeoff.model import Days
from shiftline.workforce.units.model import Stamp

ROOT = "/api/v2/workforcemanagement"


class TimeOffMetadata(Wire):
    """The vendor's WfmVersionedEntityMetadata; only the version is read from a request."""

    version: Annotated[int, Meta(ge=1)] | None = None
    modified_by: Reference | None = None
    date_modified: datetime | None = None
    created_by: Reference | None = None
    date_created: datetime | None = None


class TimeOffVersion(Wire):
    """The version that was read."""

    version: Annotated[int, Meta(ge=1)] | None = None


class LocalDateRange(Wire):
    """The vendor's LocalDateRange: both days included."""

    start_date: date
    end_date: date


Ranges: TypeAlias = Annotated[list[LocalDateRange], Meta(max_length=366)]
Ids: TypeAlias = Annotated[list[Identifier], Meta(max_length=500)]


def metadata_of(stamp: Stamp) -> TimeOffMetadata:
    """Who made and last changed something, and its version."""
    return TimeOffMetadata(
        version=stamp.version,
        modified_by=user_ref(stamp.changed_by),
        date_modified=stamp.changed_at,
        created_by=None if stamp.created_by is None else user_ref(stamp.created_by),
        date_created=stamp.created_at,
    )


def user_ref(person_id: str) -> Reference:
    """A reference to a person."""
    return Reference(id=person_id, self_uri=f"/api/v2/users/{person_id}")


def unit_ref(management_unit_id: str) -> Reference:
    """A reference to a management unit."""
    return Reference(id=management_unit_id, self_uri=f"{ROOT}/managementunits/{management_unit_id}")


def limit_ref(business_unit_id: str, limit_id: str) -> Reference:
    """A reference to a time-off limit."""
    return Reference(id=limit_id, self_uri=f"{ROOT}/businessunits/{business_unit_id}/timeofflimits/{limit_id}")


def days_of(ranges: list[LocalDateRange] | None) -> list[Days]:
    """Ranges of days as the room knows them."""
    return [Days(each.start_date, each.end_date) for each in ranges or ()]
