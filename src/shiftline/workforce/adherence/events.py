"""What happened to adherence. Each carries the whole of what it is about."""

from dataclasses import dataclass

from shiftline.foundation.events import event
from shiftline.workforce.adherence.model import Explanation, JobKind, Seen

SERVICE = "WorkforceManagement"


@event("workforce.adherence.changed", service=SERVICE, entity=("Adherence", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AdherenceChanged:
    """An agent stands otherwise than before, or is an agent no more (``removed``)."""

    organization_id: str
    person_id: str
    seen: Seen


@event("workforce.adherence_explanation.added", service=SERVICE, entity=("AdherenceExplanation", "explanation_id"), action="Create")  # fmt: skip
@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationAdded:
    """An agent explained, or a supervisor did for them."""

    organization_id: str
    explanation_id: str
    explanation: Explanation
    by: str


@event("workforce.adherence_explanation.decided", service=SERVICE, entity=("AdherenceExplanation", "explanation_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationDecided:
    """An explanation was approved or denied."""

    organization_id: str
    explanation_id: str
    former_status: str
    explanation: Explanation
    by: str


@event("workforce.adherence_job.ended", service=SERVICE, entity=("AdherenceJob", "job_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnded:
    """Work that somebody asked for is done, or failed. The result itself is not in here."""

    organization_id: str
    job_id: str
    kind: JobKind
    status: str
    started_by: str
    download_urls: tuple[str, ...] = ()
    explanation: Explanation | None = None
