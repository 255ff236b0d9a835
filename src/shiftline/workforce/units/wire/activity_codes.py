"""Activity codes on the wire."""

from dataclasses import replace
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from shiftline.foundation.web.wire import Identifier, Reference, ShortText, Wire
from shiftline.workforce.units.model import ActivityCategory, ActivityCode, ActivityCodes
from shiftline.workforce.units.wire.references import ROOT, Metadata, Name, VersionOnly

CategoryName: TypeAlias = Literal[
    "OnQueueWork", "Break", "Meal", "Meeting", "OffQueueWork", "TimeOff", "Training", "Unavailable"
]
CodeMinutes: TypeAlias = Annotated[int, Meta(ge=1, le=24 * 60)]


class ActivityCodeStyle(Wire):
    """How a code is drawn."""

    background_color: ShortText | None = None
    text_color_theme: Literal["Dark", "Light"] | None = None


Ids: TypeAlias = Annotated[list[Identifier], Meta(max_length=100)]


class ActivityCodeFields(Wire):
    """What a code and the request to make one have in common."""

    category: CategoryName
    name: Name
    length_in_minutes: CodeMinutes
    counts_as_paid_time: bool = False
    counts_as_work_time: bool = False
    agent_time_off_selectable: bool = False
    counts_toward_shrinkage: bool = False
    planned_shrinkage: bool = False
    interruptible: bool = False
    secondary_presences: Annotated[list[Reference], Meta(max_length=100)] = msgspec.field(
        default_factory=list[Reference]
    )
    style: ActivityCodeStyle | None = None


class CreateActivityCodeRequest(ActivityCodeFields):
    """A new code; ``id`` is an extension for imports."""

    planning_group_ids: Ids = msgspec.field(default_factory=list[str])
    id: Identifier | None = None


class IdValues(Wire):
    """A list in the vendor's wrapper."""

    values: Ids | None = None


class ReferenceValues(Wire):
    """A list of references in the vendor's wrapper."""

    values: Annotated[list[Reference], Meta(max_length=100)] | None = None


class StyleValue(Wire):
    """A style in the vendor's wrapper."""

    value: ActivityCodeStyle | None = None


class UpdateActivityCodeRequest(Wire):
    """What shall change, with the version of the whole list."""

    metadata: VersionOnly | None = None
    name: Name | None = None
    category: CategoryName | None = None
    length_in_minutes: CodeMinutes | None = None
    counts_as_paid_time: bool | None = None
    counts_as_work_time: bool | None = None
    agent_time_off_selectable: bool | None = None
    counts_toward_shrinkage: bool | None = None
    planned_shrinkage: bool | None = None
    interruptible: bool | None = None
    secondary_presences: ReferenceValues | UnsetType | None = UNSET
    planning_group_ids: IdValues | UnsetType | None = UNSET
    style: StyleValue | UnsetType | None = UNSET


class BusinessUnitActivityCode(Wire):
    """An activity code."""

    id: str
    name: str
    active: bool
    default_code: bool
    category: CategoryName
    length_in_minutes: int
    counts_as_paid_time: bool
    counts_as_work_time: bool
    agent_time_off_selectable: bool
    counts_toward_shrinkage: bool
    planned_shrinkage: bool
    interruptible: bool
    secondary_presences: list[Reference]
    planning_groups: list[Reference]
    style: ActivityCodeStyle
    metadata: Metadata
    self_uri: str


class ActivityCodeListing(Wire):
    """A business unit's activity codes."""

    entities: list[BusinessUnitActivityCode]


def activity_code_draft(data: CreateActivityCodeRequest) -> ActivityCode:
    """The request as a code."""
    style = data.style or ActivityCodeStyle()
    return ActivityCode(
        id=data.id or "",
        name=data.name,
        category=ActivityCategory(data.category),
        length_minutes=data.length_in_minutes,
        counts_as_paid=data.counts_as_paid_time,
        counts_as_work=data.counts_as_work_time,
        agent_time_off_selectable=data.agent_time_off_selectable,
        counts_toward_shrinkage=data.counts_toward_shrinkage,
        planned_shrinkage=data.planned_shrinkage,
        interruptible=data.interruptible,
        secondary_presence_ids=tuple(presence.id for presence in data.secondary_presences),
        planning_group_ids=tuple(data.planning_group_ids),
        background_color=style.background_color,
        text_color_theme=style.text_color_theme,
    )


_PLAIN = {
    "name": "name",
    "length_in_minutes": "length_minutes",
    "counts_as_paid_time": "counts_as_paid",
    "counts_as_work_time": "counts_as_work",
    "agent_time_off_selectable": "agent_time_off_selectable",
    "counts_toward_shrinkage": "counts_toward_shrinkage",
    "planned_shrinkage": "planned_shrinkage",
    "interruptible": "interruptible",
}


def apply_code_change(data: UpdateActivityCodeRequest, code: ActivityCode) -> ActivityCode:
    """The code as the request wants it."""
    values: dict[str, Any] = {
        mine: getattr(data, theirs) for theirs, mine in _PLAIN.items() if getattr(data, theirs) is not None
    }
    if data.category is not None:
        values["category"] = ActivityCategory(data.category)
    if isinstance(data.planning_group_ids, IdValues):
        values["planning_group_ids"] = tuple(data.planning_group_ids.values or ())
    if isinstance(data.secondary_presences, ReferenceValues):
        values["secondary_presence_ids"] = tuple(each.id for each in data.secondary_presences.values or ())
    if isinstance(data.style, StyleValue):
        style = data.style.value or ActivityCodeStyle()
        values |= {"background_color": style.background_color, "text_color_theme": style.text_color_theme}
    return replace(code, **values)


def activity_code(codes: ActivityCodes, code: ActivityCode) -> BusinessUnitActivityCode:
    """A code on the wire."""
    uri = f"{ROOT}/businessunits/{codes.business_unit_id}/activitycodes/{code.id}"
    style = {"backgroundColor": code.background_color, "textColorTheme": code.text_color_theme}
    return BusinessUnitActivityCode(
        id=code.id,
        name=code.name,
        active=code.active,
        default_code=code.default_code,
        category=code.category.value,
        length_in_minutes=code.length_minutes,
        counts_as_paid_time=code.counts_as_paid,
        counts_as_work_time=code.counts_as_work,
        agent_time_off_selectable=code.agent_time_off_selectable,
        counts_toward_shrinkage=code.counts_toward_shrinkage,
        planned_shrinkage=code.planned_shrinkage,
        interruptible=code.interruptible,
        secondary_presences=[Reference(id=presence_id) for presence_id in code.secondary_presence_ids],
        planning_groups=[Reference(id=group_id) for group_id in code.planning_group_ids],
        style=msgspec.convert(style, ActivityCodeStyle),
        metadata=Metadata.of(codes.stamp),
        self_uri=uri,
    )
