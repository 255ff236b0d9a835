"""What may become of a job. Pure."""

from datetime import datetime, timedelta

from shiftline.discovery.bulk.errors import JobOver
from shiftline.discovery.bulk.model import OVER, Job, JobState

PATIENCE = timedelta(hours=1)
"""How long an obstacle is waited out before a job fails; it can be begun again then."""
PAUSES = tuple(timedelta(seconds=each) for each in (2, 5, 15, 30, 60))


def begin(job: Job) -> JobState | None:
    """The state of a job that is told to begin; None: it begins by itself once its selection is frozen.

    One that failed is begun again, and one that is going on goes on. Raises JobOver.
    """
    if job.state in (JobState.FULFILLED, JobState.CANCELLED):
        raise JobOver(job)
    return None if job.state is JobState.PENDING else JobState.PROCESSING


def is_over(job: Job) -> bool:
    """Whether nothing more happens by it."""
    return job.state in OVER


def pause_after(attempts: int) -> timedelta:
    """How long after an obstacle the next try is, after so many of them."""
    return PAUSES[min(attempts, len(PAUSES)) - 1] if attempts else PAUSES[0]


def gives_up(since: datetime, now: datetime) -> bool:
    """Whether an obstacle has lasted too long."""
    return now - since >= PATIENCE
