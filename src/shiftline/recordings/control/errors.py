"""What is refused of policies, pauses, snippets, reasons and annotations."""

from collections.abc import Sequence
from datetime import timedelta

from shiftline.foundation.decision import Decision
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem, Refused, Unavailable


class PolicyInvalid(Invalid):
    """A policy that contradicts itself or is of what is not there."""


class PolicyExists(Conflict):
    """There is a policy of the same queue, direction and channel."""

    def __init__(self, what: str, changed_by: str | None) -> None:
        super().__init__(
            f"There is a policy for {what} already, and of two equal ones nobody could say which holds. Change it by PUT.",
            code="recording.policy.exists",
            changed_by=changed_by,
        )


class PolicyNotFound(NotFound):
    """No policy of that queue, direction and channel."""

    def __init__(self, what: str) -> None:
        super().__init__("recording policy", what)


class ControlRefused(Refused):
    """A policy does not allow to pause, or to record by hand."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision, code=decision.blockers[0].code)


class PauseUnconfirmed(Unavailable):
    """A media node did not say in time that it keeps nothing any more."""

    def __init__(self, missing: int) -> None:
        super().__init__(
            f"Recording is being paused, but {missing} recording(s) have not confirmed it yet: say nothing secret until this is "
            "asked again and answered.",
            timedelta(seconds=1),
        )


class ReasonMissing(Invalid):
    """A policy asks why somebody hears a recording."""

    def __init__(self, known: Sequence[str], given: str | None) -> None:
        codes = ", ".join(known)
        was = "is missing" if given is None else f"was {given[:50]!r}, which is none of this organization's"
        super().__init__(
            Problem(
                "reason",
                f"{was}. Its policy asks why it is heard: send the query parameter reason with one of {codes}.",
                "recording.reason.required",
            )
        )


class ReasonsInvalid(Invalid):
    """A list of reasons that cannot be."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(Problem(field, sentence, "recording.reason.invalid"))


class AnnotationNotFound(NotFound):
    """No such annotation of that recording."""

    def __init__(self, annotation_id: str) -> None:
        super().__init__("annotation", annotation_id)


class AnnotationInvalid(Invalid):
    """An annotation that does not lie in its recording."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(Problem(field, sentence, "recording.annotation.invalid"))
