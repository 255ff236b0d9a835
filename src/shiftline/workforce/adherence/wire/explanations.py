"""Explanations on the wire."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Instant, LongText, Reference, Wire
from shiftline.workforce.adherence.model import Explanation, ExplanationDraft, ExplanationStatus, Job, JobKind
from shiftline.workforce.adherence.operations.answers import explanations_of

ROOT = "/api/v2/workforcemanagement"
JOBS = f"{ROOT}/adherence/explanations/jobs"

Type: TypeAlias = Literal["Late"]
Status: TypeAlias = Literal["Pending", "Approved", "Denied"]
Minutes: TypeAlias = Annotated[int, Meta(ge=1, le=24 * 60)]
Ids: TypeAlias = Annotated[list[Identifier], Meta(max_length=1000)]


class AddAdherenceExplanationAgentRequest(Wire):
    """An explanation of one's own."""

    type: Type
    start_date: Instant
    length_minutes: Minutes
    notes: LongText | None = None

    def draft(self) -> ExplanationDraft:
        """The request as a draft."""
        return ExplanationDraft(self.type, self.start_date, self.length_minutes, self.notes)


class AddAdherenceExplanationAdminRequest(Wire):
    """An explanation for an agent."""

    type: Type
    start_date: Instant
    length_minutes: Minutes
    notes: LongText | None = None
    status: Status = "Pending"

    def draft(self) -> ExplanationDraft:
        """The request as a draft."""
        status = ExplanationStatus(self.status)
        return ExplanationDraft(self.type, self.start_date, self.length_minutes, self.notes, status)


class UpdateAdherenceExplanationStatusRequest(Wire):
    """A decision."""

    status: Status


class AgentQueryAdherenceExplanationsRequest(Wire):
    """Explanations within a span."""

    start_date: Instant
    end_date: Instant


class BuQueryAdherenceExplanationsRequest(AgentQueryAdherenceExplanationsRequest):
    """Explanations of a business unit within a span."""

    management_unit_ids: Ids | None = None
    agent_ids: Ids | None = None


class AdherenceExplanationResponse(Wire):
    """An explanation."""

    id: str
    agent: Reference
    management_unit: Reference
    business_unit: Reference
    type: str
    status: Status
    start_date: datetime
    length_minutes: int
    self_uri: str
    notes: str | None = None
    reviewed_by: Reference | None = None
    reviewed_date: datetime | None = None


class AdherenceExplanationListing(Wire):
    """Explanations in order of time."""

    entities: list[AdherenceExplanationResponse]


class AdherenceExplanationJobReference(Wire):
    """Where an answer is kept."""

    id: str
    type: str
    status: str
    self_uri: str


class AdherenceExplanationAsyncResponse(Wire):
    """The job that was done."""

    job: AdherenceExplanationJobReference


class QueryAdherenceExplanationsResponse(Wire):
    """What was found, or (``forceAsync``) the job under which it is kept."""

    job: AdherenceExplanationJobReference | None = None
    result: AdherenceExplanationListing | None = None


class AdherenceExplanationJob(Wire):
    """A job with its result.

    COMPAT: the vendor's templates stand for what its download would hold; here they hold it, and nothing is left to download.
    """

    id: str
    type: str
    status: str
    self_uri: str
    adherence_explanation: AdherenceExplanationResponse | None = None
    agent_query_response_template: AdherenceExplanationListing | None = None
    bu_query_response_template: AdherenceExplanationListing | None = None


def show(explanation: Explanation) -> AdherenceExplanationResponse:
    """An explanation on the wire."""
    person, unit, site = explanation.person_id, explanation.business_unit_id, explanation.management_unit_id
    reviewer = explanation.reviewed_by
    return AdherenceExplanationResponse(
        id=explanation.id,
        agent=Reference(id=person, self_uri=f"/api/v2/users/{person}"),
        management_unit=Reference(id=site, self_uri=f"{ROOT}/managementunits/{site}"),
        business_unit=Reference(id=unit, self_uri=f"{ROOT}/businessunits/{unit}"),
        type=explanation.type,
        status=explanation.status.value,
        start_date=explanation.start,
        length_minutes=explanation.length_minutes,
        self_uri=f"{ROOT}/agents/{person}/adherence/explanations/{explanation.id}",
        notes=explanation.notes,
        reviewed_by=None if reviewer is None else Reference(id=reviewer, self_uri=f"/api/v2/users/{reviewer}"),
        reviewed_date=explanation.reviewed_at,
    )


def show_list(found: Iterable[Explanation]) -> AdherenceExplanationListing:
    """Explanations on the wire."""
    return AdherenceExplanationListing(entities=[show(each) for each in found])


def reference(job: Job) -> AdherenceExplanationJobReference:
    """Where a job is asked for."""
    return AdherenceExplanationJobReference(
        id=job.id, type=job.kind.value, status=job.status, self_uri=f"{JOBS}/{job.id}"
    )


def show_job(job: Job) -> AdherenceExplanationJob:
    """A job with what it found."""
    found = explanations_of(job)
    listing = show_list(found)
    return AdherenceExplanationJob(
        id=job.id,
        type=job.kind.value,
        status=job.status,
        self_uri=f"{JOBS}/{job.id}",
        adherence_explanation=show(found[0]) if job.kind in (JobKind.ADD, JobKind.UPDATE) else None,
        agent_query_response_template=listing if job.kind is JobKind.QUERY_AGENT else None,
        bu_query_response_template=listing if job.kind is JobKind.QUERY_UNIT else None,
    )
