"""The vendor's shapes of adherence adjustments, and the conversions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlencode

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Reference, Wire
from shiftline.workforce.adjustments.model import (
    Adjustment,
    Change,
    CodeDraft,
    CodeState,
    Found,
    RangeSetting,
    ReasonCode,
    Status,
    Wanted,
)
from shiftline.workforce.adjustments.rules import check_query, is_expired
from shiftline.workforce.units.model import Stamp

ROOT = "/api/v2/workforcemanagement"
OWN = f"{ROOT}/adherence/adjustments"
AT_MOST = 100

Minutes: TypeAlias = Annotated[int, Meta(ge=1, le=1440)]
Notes: TypeAlias = Annotated[str, Meta(max_length=1000, pattern=r"^[^\x00]*$")]
CodeName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00]*$")]
Ids: TypeAlias = Annotated[list[Identifier], Meta(max_length=1500)]
StatusName: TypeAlias = Literal["Pending", "Approved", "Denied"]
StateName: TypeAlias = Literal["Active", "Inactive"]


class VersionRead(Wire):
    """The version that a change is based on; 0 is that of a setting that nobody has stated."""

    version: Annotated[int, Meta(ge=0)] | None = None


class AddAdherenceAdjustmentAgentRequest(Wire):
    """The vendor's AddAdherenceAdjustmentAgentRequest."""

    reason_code_id: Identifier
    start_date: datetime
    length_minutes: Minutes
    submitter_notes: Notes | None = None

    def change(self) -> Change:
        """What is asked for."""
        return Change(
            reason_code_id=self.reason_code_id,
            start=self.start_date,
            length_minutes=self.length_minutes,
            submitter_notes=self.submitter_notes,
        )


class UpdateAdherenceAdjustmentAgentRequest(Wire):
    """The vendor's UpdateAdherenceAdjustmentAgentRequest."""

    reason_code_id: Identifier | None = None
    start_date: datetime | None = None
    length_minutes: Minutes | None = None
    submitter_notes: Notes | None = None
    metadata: VersionRead | None = None

    def change(self) -> Change:
        """What shall change."""
        return Change(
            reason_code_id=self.reason_code_id,
            start=self.start_date,
            length_minutes=self.length_minutes,
            submitter_notes=self.submitter_notes,
            version=_version(self.metadata),
        )


class UpdateAdherenceAdjustmentAdminRequest(Wire):
    """The vendor's UpdateAdherenceAdjustmentAdminRequest."""

    reason_code_id: Identifier | None = None
    start_date: datetime | None = None
    length_minutes: Minutes | None = None
    reviewer_notes: Notes | None = None
    status: StatusName | None = None
    metadata: VersionRead | None = None

    def change(self) -> Change:
        """What shall change."""
        return Change(
            reason_code_id=self.reason_code_id,
            start=self.start_date,
            length_minutes=self.length_minutes,
            reviewer_notes=self.reviewer_notes,
            status=None if self.status is None else Status(self.status),
            version=_version(self.metadata),
        )


class UpdateAdherenceAdjustmentsBulkItem(Wire):
    """The vendor's UpdateAdherenceAdjustmentsBulkItem."""

    id: Identifier
    reviewer_notes: Notes | None = None
    status: StatusName | None = None
    metadata: VersionRead | None = None


class UpdateAdherenceAdjustmentsBulkRequest(Wire):
    """The vendor's UpdateAdherenceAdjustmentsBulkRequest."""

    adjustments: Annotated[list[UpdateAdherenceAdjustmentsBulkItem], Meta(max_length=AT_MOST)]

    def changes(self) -> list[Change]:
        """What shall change of each."""
        return [
            Change(
                id=each.id,
                reviewer_notes=each.reviewer_notes,
                status=None if each.status is None else Status(each.status),
                version=_version(each.metadata),
                field=f"adjustments[{index}].",
            )
            for index, each in enumerate(self.adjustments)
        ]


class AgentQueryAdherenceAdjustmentsRequest(Wire):
    """The vendor's AgentQueryAdherenceAdjustmentsRequest. Empty lists filter nothing."""

    start_date: datetime
    end_date: datetime
    reason_code_ids: Ids | None = None
    statuses: Annotated[list[StatusName], Meta(max_length=3)] | None = None

    def wanted(self, after: str | None, before: str | None, size: int) -> Wanted:
        """What is looked for. Raises Invalid naming the field."""
        return Wanted(
            span=check_query(self.start_date, self.end_date),
            reason_code_ids=tuple(self.reason_code_ids) if self.reason_code_ids else None,
            statuses=tuple(self.statuses) if self.statuses else None,
            after=after,
            before=None if after is not None else before,
            size=size,
        )


class BuQueryAdherenceAdjustmentsRequest(AgentQueryAdherenceAdjustmentsRequest, kw_only=True):
    """The vendor's BuQueryAdherenceAdjustmentsRequest."""

    user_ids: Ids | None = None
    management_unit_ids: Ids | None = None

    def wanted_in(self, after: str | None, before: str | None, size: int) -> Wanted:
        """What is looked for, with these people and units. Raises Invalid naming the field."""
        return replace(
            self.wanted(after, before, size),
            person_ids=tuple(self.user_ids) if self.user_ids else None,
            management_unit_ids=tuple(self.management_unit_ids) if self.management_unit_ids else None,
        )


class CreateAdherenceAdjustmentsReasonCodeRequest(Wire):
    """The vendor's CreateAdherenceAdjustmentsReasonCodeRequest."""

    name: CodeName
    state: StateName | None = None


class CreateAdherenceAdjustmentsReasonCodesBulkRequest(Wire):
    """The vendor's CreateAdherenceAdjustmentsReasonCodesBulkRequest."""

    reason_codes: Annotated[list[CreateAdherenceAdjustmentsReasonCodeRequest], Meta(max_length=AT_MOST)]


class UpdateAdherenceAdjustmentsReasonCodeRequest(Wire):
    """The vendor's UpdateAdherenceAdjustmentsReasonCodeRequest."""

    name: CodeName | None = None
    state: StateName | None = None
    metadata: VersionRead | None = None


class UpdateAdherenceAdjustmentsReasonCodesBulkItem(UpdateAdherenceAdjustmentsReasonCodeRequest, kw_only=True):
    """The vendor's UpdateAdherenceAdjustmentsReasonCodesBulkItem."""

    id: Identifier


class UpdateAdherenceAdjustmentsReasonCodesBulkRequest(Wire):
    """The vendor's UpdateAdherenceAdjustmentsReasonCodesBulkRequest."""

    reason_codes: Annotated[list[UpdateAdherenceAdjustmentsReasonCodesBulkItem], Meta(max_length=AT_MOST)]


class UpdateBuAdherenceAdjustmentsSettingsRequest(Wire):
    """The vendor's UpdateBuAdherenceAdjustmentsSettingsRequest."""

    submission_range_constraint_days: Annotated[int, Meta(ge=0, le=366)] | None = None
    metadata: VersionRead | None = None


class AdjustmentMetadata(Wire):
    """The vendor's WfmVersionedEntityMetadata."""

    version: int
    modified_by: Reference | None = None
    date_modified: datetime | None = None
    created_by: Reference | None = None
    date_created: datetime | None = None


class AdherenceAdjustment(Wire):
    """The vendor's AdherenceAdjustment and CurrentAgentAdherenceAdjustment."""

    id: str
    agent: Reference
    management_unit: Reference
    business_unit: Reference
    start_date: datetime
    length_minutes: int
    reason_code: Reference
    status: StatusName
    expired: bool
    metadata: AdjustmentMetadata
    self_uri: str
    submitter_notes: str | None = None
    reviewer_notes: str | None = None
    reviewed_by: Reference | None = None
    reviewed_date: datetime | None = None


class AdherenceAdjustmentsListing(Wire):
    """The vendor's AdherenceAdjustmentsListing."""

    entities: list[AdherenceAdjustment]


class CursorAdherenceAdjustmentsListing(Wire):
    """The vendor's CursorAdherenceAdjustmentsListing, and that of the current agent."""

    entities: list[AdherenceAdjustment]
    self_uri: str
    next_uri: str | None = None
    previous_uri: str | None = None


class AdherenceAdjustmentsReasonCode(Wire):
    """The vendor's AdherenceAdjustmentsReasonCode."""

    id: str
    name: str
    state: Literal["Active", "Inactive", "Deleted"]
    metadata: AdjustmentMetadata
    self_uri: str


class AdherenceAdjustmentsReasonCodesListing(Wire):
    """The vendor's AdherenceAdjustmentsReasonCodesListing."""

    entities: list[AdherenceAdjustmentsReasonCode]


class BuAdherenceAdjustmentsSettings(Wire):
    """The vendor's BuAdherenceAdjustmentsSettings."""

    submission_range_constraint_days: int
    metadata: AdjustmentMetadata


def _version(metadata: VersionRead | None) -> int | None:
    return None if metadata is None else metadata.version


def drafts_of(
    requests: Sequence[CreateAdherenceAdjustmentsReasonCodeRequest | UpdateAdherenceAdjustmentsReasonCodeRequest],
    ids: Sequence[str] | None = None,
    *,
    bulk: bool = True,
) -> list[CodeDraft]:
    """Requests on reason codes as drafts, for changes with the ids of the codes."""
    return [
        CodeDraft(
            name=each.name,
            state=None if each.state is None else CodeState(each.state),
            id=None if ids is None else ids[index],
            version=_version(each.metadata) if isinstance(each, UpdateAdherenceAdjustmentsReasonCodeRequest) else None,
            field=f"reasonCodes[{index}]." if bulk else "",
        )
        for index, each in enumerate(requests)
    ]


def _person(person_id: str) -> Reference:
    return Reference(id=person_id, self_uri=f"/api/v2/users/{person_id}")


def _metadata(stamp: Stamp) -> AdjustmentMetadata:
    return AdjustmentMetadata(
        version=stamp.version,
        modified_by=_person(stamp.changed_by),
        date_modified=stamp.changed_at,
        created_by=None if stamp.created_by is None else _person(stamp.created_by),
        date_created=stamp.created_at,
    )


def _adjustment(each: Adjustment, found: Found, *, own: bool) -> AdherenceAdjustment:
    place = OWN if own else f"{ROOT}/agents/{each.person_id}/adherence/adjustments"
    unit = f"{ROOT}/businessunits/{each.business_unit_id}"
    return AdherenceAdjustment(
        id=each.id,
        agent=_person(each.person_id),
        management_unit=Reference(
            id=each.management_unit_id, self_uri=f"{ROOT}/managementunits/{each.management_unit_id}"
        ),
        business_unit=Reference(id=each.business_unit_id, self_uri=unit),
        start_date=each.start,
        length_minutes=each.length_minutes,
        reason_code=Reference(id=each.reason_code_id, self_uri=_code_uri(each.business_unit_id, each.reason_code_id)),
        status=each.status.value,
        expired=is_expired(each, found.days, found.now),
        submitter_notes=each.submitter_notes,
        reviewer_notes=each.reviewer_notes,
        reviewed_by=None if each.reviewed_by is None else _person(each.reviewed_by),
        reviewed_date=each.reviewed_at,
        metadata=_metadata(each.stamp),
        self_uri=f"{place}/{each.id}",
    )


def show(found: Found, *, own: bool = False) -> AdherenceAdjustment:
    """The only adjustment of what was found."""
    (each,) = found.adjustments
    return _adjustment(each, found, own=own)


def show_all(found: Found) -> AdherenceAdjustmentsListing:
    """What was found, as a plain list."""
    return AdherenceAdjustmentsListing(entities=[_adjustment(each, found, own=False) for each in found.adjustments])


def show_page(found: Found, wanted: Wanted, path: str, *, own: bool = False) -> CursorAdherenceAdjustmentsListing:
    """A page, with the addresses of its neighbours."""
    shown, turned = found.adjustments, wanted.after is not None or wanted.before is not None

    def uri(**cursor: str) -> str:
        return f"{path}?{urlencode({**cursor, 'pageSize': wanted.size})}"

    return CursorAdherenceAdjustmentsListing(
        entities=[_adjustment(each, found, own=own) for each in shown],
        self_uri=path,
        next_uri=uri(after=shown[-1].id) if shown and found.more else None,
        previous_uri=uri(before=shown[0].id) if shown and turned else None,
    )


def _code_uri(business_unit_id: str, code_id: str) -> str:
    return f"{ROOT}/businessunits/{business_unit_id}/adherence/adjustments/reasoncodes/{code_id}"


def show_code(code: ReasonCode) -> AdherenceAdjustmentsReasonCode:
    """A reason code on the wire."""
    return AdherenceAdjustmentsReasonCode(
        id=code.id,
        name=code.name,
        state=code.state.value,
        metadata=_metadata(code.stamp),
        self_uri=_code_uri(code.business_unit_id, code.id),
    )


def show_codes(codes: Sequence[ReasonCode]) -> AdherenceAdjustmentsReasonCodesListing:
    """Reason codes on the wire."""
    return AdherenceAdjustmentsReasonCodesListing(entities=[show_code(code) for code in codes])


def show_setting(setting: RangeSetting) -> BuAdherenceAdjustmentsSettings:
    """How far back agents may submit, on the wire."""
    stamp = setting.stamp
    return BuAdherenceAdjustmentsSettings(
        submission_range_constraint_days=setting.days,
        metadata=AdjustmentMetadata(version=0) if stamp is None else _metadata(stamp),
    )
