"""What this room refuses."""

from shiftline.foundation.decision import text_of
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem
from shiftline.workforce.adherence.model import Explanation


class ExplanationNotFound(NotFound):
    """No such explanation (of that agent)."""

    def __init__(self, explanation_id: str) -> None:
        super().__init__("adherence explanation", explanation_id)


class JobNotFound(NotFound):
    """No such job of the caller; results are kept for a day."""

    def __init__(self, job_id: str) -> None:
        super().__init__("job", job_id)


class ExplanationOverlaps(Conflict):
    """The time, or a part of it, is explained already."""

    def __init__(self, other: Explanation) -> None:
        super().__init__(
            f"Explanation {other.id} ({other.status.value}) covers {text_of(other.start)} to {text_of(other.end)} already. "
            "Choose another time, or have that one denied first.",
            code="explanation.overlaps",
            current_version=other.version,
            changed_by=other.reviewed_by or other.submitted_by,
            changed_at=other.reviewed_at or other.submitted_at,
        )


class NoDecision(Invalid):
    """A status that nobody can be given again."""

    def __init__(self, current: str) -> None:
        sentence = f"Pending is no decision (it is {current} now); say Approved or Denied."
        super().__init__(Problem("status", sentence, "explanation.status"))


class AgentsUnknown(Invalid):
    """People who are no agents of the unit that was asked about."""

    def __init__(self, field: str, person_ids: list[str]) -> None:
        some = ", ".join(person_ids[:5])
        super().__init__(Problem(field, f"{some}: no agents of this management unit, now or in the time asked about."))
