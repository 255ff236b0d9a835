"""What this room refuses."""

from shiftline.discovery.bulk.model import Job
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem


class JobNotFound(NotFound):
    """No such recording job in the organization."""

    def __init__(self, job_id: str) -> None:
        super().__init__("recordingJob", job_id)


class JobOver(Conflict):
    """A job that was fulfilled or cancelled is not begun again."""

    def __init__(self, job: Job) -> None:
        super().__init__(
            f"The recording job {job.id} is {job.state.value}: it cannot be begun. Make another one.",
            code="recording.job.over",
            changed_by=job.started_by or job.created_by,
            changed_at=job.ended_at,
        )


class JobInvalid(Invalid):
    """A job that cannot be meant; ``field`` as it was sent."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(Problem(field, sentence, "recording.job.invalid"))
