"""What may become of a job. Pure."""

from datetime import datetime, timedelta

from shiftline.discovery.bulk.errors import JobOver
from shiftline.discovery.bulk.model import OVER, Job, JobState

PATIENCE = timedelta(hours=1)
"""How long an obstacle is waited out before a job fails; it can be begun again then."""
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=1)


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


def pause_after(since: datetime, now: datetime) -> timedelta:
    """How long after an obstacle, met first at ``since``, the next try is: as long as it lasts already, within bounds."""
    return min(LONGEST_PAUSE, max(SHORTEST_PAUSE, now - since))


def gives_up(since: datetime, now: datetime) -> bool:
    """Whether an obstacle has lasted too long."""
    return now - since >= PATIENCE
