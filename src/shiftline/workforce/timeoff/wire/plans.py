"""The vendor's shapes of time-off plans, and both conversions."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, TypeAlias

from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, Reference, Wire
from shiftline.workforce.timeoff.model import ApprovalRule, HrisType, Limit, OverrideType, Plan, PlanDraft
from shiftline.workforce.timeoff.wire.shapes import (
    ROOT,
    Ids,
    TimeOffMetadata,
    TimeOffVersion,
    limit_ref,
    metadata_of,
    unit_ref,
)

PlanName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00]*$")]
DaysBefore: TypeAlias = Annotated[int, Meta(ge=0, le=366)]
NO_GROUPS = "there are no staffing groups here; name management units."
HrisText: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00]*$")]


class OverrideDate(Wire):
    """The vendor's OverrideDate."""

    date: date
    type: OverrideType


Overrides: TypeAlias = Annotated[list[OverrideDate], Meta(max_length=366)]


class HrisTimeOffType(Wire):
    """The vendor's HrisTimeOffType: which time off of an HRIS the plan's activity codes stand for."""

    id: HrisText
    name: HrisText | None = None
    hris_integration_id: HrisText | None = None
    secondary_id: HrisText | None = None

    def read(self) -> HrisType:
        """The type as the room knows it."""
        return HrisType(self.id, self.name, self.hris_integration_id, self.secondary_id)


class ValueWrapperHrisTimeOffType(Wire):
    """The vendor's ValueWrapperHrisTimeOffType."""

    value: HrisTimeOffType | None = None


class CreateTimeOffPlanBusinessUnitAssociation(Wire):
    """The vendor's CreateTimeOffPlanBusinessUnitAssociation."""

    management_unit_ids: Ids | None = None
    staffing_group_ids: Ids | None = None


class CreateTimeOffPlanManagementUnitAssociation(Wire):
    """The vendor's CreateTimeOffPlanManagementUnitAssociation."""

    management_unit_id: Identifier
    staffing_group_ids: Ids | None = None


class BuCreateTimeOffPlanRequest(Wire, kw_only=True):
    """The vendor's BuCreateTimeOffPlanRequest."""

    name: PlanName
    activity_code_ids: Ids
    auto_approval_rule: ApprovalRule | None = None
    days_before_start_to_expire_from_waitlist: DaysBefore | None = None
    # COMPAT: approved time off always stands in the schedules in force here (decision 0015): the answer says true.
    auto_publish_approved_time_off_requests: bool | None = None
    restricted_activity_code_ids: Ids | None = None
    override_dates: Overrides | None = None
    hris_time_off_type: HrisTimeOffType | None = None
    enabled: bool | None = None
    count_against_time_off_limits: bool | None = None
    business_unit_association: CreateTimeOffPlanBusinessUnitAssociation | None = None
    management_unit_association: CreateTimeOffPlanManagementUnitAssociation | None = None

    def draft(self) -> PlanDraft:
        """The plan to be. Raises Invalid."""
        whole, one = self.business_unit_association, self.management_unit_association
        if (whole is None) == (one is None):
            sentence = "give either businessUnitAssociation or managementUnitAssociation."
            raise Invalid(Problem("businessUnitAssociation", sentence, "timeoff.plan.units"))
        _refuse_groups("businessUnitAssociation", None if whole is None else whole.staffing_group_ids)
        _refuse_groups("managementUnitAssociation", None if one is None else one.staffing_group_ids)
        units = whole.management_unit_ids or [] if whole is not None else []
        return PlanDraft(
            name=self.name,
            activity_code_ids=self.activity_code_ids,
            management_unit_ids=units if one is None else [one.management_unit_id],
            owner_id=None if one is None else one.management_unit_id,
            approval_rule=self.auto_approval_rule,
            days_before_start=self.days_before_start_to_expire_from_waitlist,
            restricted_code_ids=self.restricted_activity_code_ids,
            overrides=_overrides(self.override_dates),
            enabled=self.enabled,
            counts_against_limits=self.count_against_time_off_limits,
            hris_types=None if self.hris_time_off_type is None else [self.hris_time_off_type.read()],
        )


class SetWrapperString(Wire):
    """The vendor's SetWrapperString."""

    values: Ids | None = None


class ListWrapperOverrideDate(Wire):
    """The vendor's ListWrapperOverrideDate."""

    values: Overrides | None = None


class UpdateTimeOffPlanBusinessUnitAssociation(Wire):
    """The vendor's UpdateTimeOffPlanBusinessUnitAssociation."""

    management_unit_ids: SetWrapperString | None = None
    staffing_group_ids: SetWrapperString | None = None


class UpdateTimeOffPlanManagementUnitAssociation(Wire):
    """The vendor's UpdateTimeOffPlanManagementUnitAssociation."""

    staffing_group_ids: SetWrapperString | None = None


class BuUpdateTimeOffPlanRequest(Wire):
    """The vendor's BuUpdateTimeOffPlanRequest: what is not given stays."""

    metadata: TimeOffVersion
    name: PlanName | None = None
    activity_code_ids: SetWrapperString | None = None
    auto_approval_rule: ApprovalRule | None = None
    days_before_start_to_expire_from_waitlist: DaysBefore | None = None
    auto_publish_approved_time_off_requests: bool | None = None
    restricted_activity_code_ids: SetWrapperString | None = None
    override_dates: ListWrapperOverrideDate | None = None
    hris_time_off_type: ValueWrapperHrisTimeOffType | None = None
    enabled: bool | None = None
    count_against_time_off_limits: bool | None = None
    business_unit_association: UpdateTimeOffPlanBusinessUnitAssociation | None = None
    management_unit_association: UpdateTimeOffPlanManagementUnitAssociation | None = None

    def draft(self) -> PlanDraft:
        """What is to be changed. Raises Invalid."""
        whole, one = self.business_unit_association, self.management_unit_association
        _refuse_groups("businessUnitAssociation", None if whole is None else _unwrap(whole.staffing_group_ids))
        _refuse_groups("managementUnitAssociation", None if one is None else _unwrap(one.staffing_group_ids))
        hris = self.hris_time_off_type
        overrides = self.override_dates
        return PlanDraft(
            name=self.name,
            activity_code_ids=_unwrap(self.activity_code_ids),
            management_unit_ids=None if whole is None else _unwrap(whole.management_unit_ids),
            approval_rule=self.auto_approval_rule,
            days_before_start=self.days_before_start_to_expire_from_waitlist,
            restricted_code_ids=_unwrap(self.restricted_activity_code_ids),
            overrides=None if overrides is None else _overrides(overrides.values or [], "overrideDates.values"),
            enabled=self.enabled,
            counts_against_limits=self.count_against_time_off_limits,
            hris_types=None if hris is None else [] if hris.value is None else [hris.value.read()],
            version=self.metadata.version,
        )


def _unwrap(wrapper: SetWrapperString | None) -> list[str] | None:
    return None if wrapper is None else wrapper.values or []


def _overrides(given: list[OverrideDate] | None, field: str = "overrideDates") -> dict[date, OverrideType] | None:
    if given is None:
        return None
    overrides: dict[date, OverrideType] = {}
    for index, each in enumerate(given):
        if overrides.get(each.date, each.type) is not each.type:
            sentence = f"{each.date} is there twice, with different types."
            raise Invalid(Problem(f"{field}[{index}]", sentence, "timeoff.override.twice"))
        if not 1990 <= each.date.year <= 2200:  # noqa: PLR2004 - the years that time off can be in
            raise Invalid(Problem(f"{field}[{index}].date", "the year must be from 1990 to 2200.", "timeoff.year"))
        overrides[each.date] = each.type
    return dict(sorted(overrides.items()))


def _refuse_groups(field: str, groups: Sequence[str] | None) -> None:
    if groups:
        raise Invalid(Problem(f"{field}.staffingGroupIds", NO_GROUPS, "timeoff.staffing.groups"))


class TimeOffPlanBusinessUnitAssociation(Wire):
    """The vendor's TimeOffPlanBusinessUnitAssociation."""

    management_units: list[Reference]


class TimeOffPlanManagementUnitAssociation(Wire):
    """The vendor's TimeOffPlanManagementUnitAssociation."""

    management_unit: Reference


class RestrictedActivityCodes(Wire):
    """The vendor's ActivityCodesReference."""

    ids: list[str]
    self_uri: str


class BuTimeOffPlanResponse(Wire):
    """The vendor's BuTimeOffPlanResponse."""

    id: str
    name: str
    activity_code_ids: list[str]
    time_off_limits: list[Reference]
    auto_approval_rule: ApprovalRule
    days_before_start_to_expire_from_waitlist: int
    auto_publish_approved_time_off_requests: bool
    restricted_activity_codes: RestrictedActivityCodes
    override_dates: list[OverrideDate]
    enabled: bool
    count_against_time_off_limits: bool
    metadata: TimeOffMetadata
    self_uri: str
    business_unit_association: TimeOffPlanBusinessUnitAssociation | None = None
    management_unit_association: TimeOffPlanManagementUnitAssociation | None = None
    hris_time_off_type: HrisTimeOffType | None = None


class BuTimeOffPlanListing(Wire):
    """The vendor's BuTimeOffPlanListing."""

    entities: list[BuTimeOffPlanResponse]


def show_plan(plan: Plan, limits: Sequence[Limit]) -> BuTimeOffPlanResponse:
    """A plan on the wire, with those of the limits that bound its time off."""
    unit = f"{ROOT}/businessunits/{plan.business_unit_id}"
    bounding = [
        limit for limit in limits if plan.counts_against_limits and limit.management_unit_id in plan.management_unit_ids
    ]
    whole, one, hris = None, None, plan.hris_type
    if plan.owner_id is None:
        whole = TimeOffPlanBusinessUnitAssociation(
            management_units=[unit_ref(each) for each in plan.management_unit_ids]
        )
    else:
        one = TimeOffPlanManagementUnitAssociation(management_unit=unit_ref(plan.owner_id))
    return BuTimeOffPlanResponse(
        id=plan.id,
        name=plan.name,
        activity_code_ids=list(plan.activity_code_ids),
        time_off_limits=[limit_ref(plan.business_unit_id, limit.id) for limit in bounding],
        auto_approval_rule=plan.approval_rule,
        days_before_start_to_expire_from_waitlist=plan.days_before_start,
        auto_publish_approved_time_off_requests=True,
        restricted_activity_codes=RestrictedActivityCodes(
            ids=list(plan.restricted_code_ids), self_uri=f"{unit}/activitycodes"
        ),
        override_dates=[OverrideDate(date=day, type=kind) for day, kind in plan.overrides.items()],
        enabled=plan.enabled,
        count_against_time_off_limits=plan.counts_against_limits,
        metadata=metadata_of(plan.stamp),
        self_uri=f"{unit}/timeoffplans/{plan.id}",
        business_unit_association=whole,
        management_unit_association=one,
        hris_time_off_type=None
        if hris is None
        else HrisTimeOffType(hris.id, hris.name, hris.integration_id, hris.secondary_id),
    )


def show_plans(plans: Sequence[Plan], limits: Sequence[Limit]) -> BuTimeOffPlanListing:
    """Plans on the wire."""
    return BuTimeOffPlanListing(entities=[show_plan(plan, limits) for plan in plans])
