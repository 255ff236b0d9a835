"""Whether something may be done with a recording now, and if not, why. Pure."""

from collections.abc import Mapping, Sequence

from shiftline.discovery.bulk.model import Action, Job
from shiftline.recordings.matters.model import Holder
from shiftline.recordings.model import Recording, State

_STATES: Mapping[State, str] = {
    State.OPEN: "It is still being made: make another job once its call is over.",
    State.LOST: "Nothing of its sound was found.",
    State.DESTROYED: "It was destroyed.",
}


def waits(recording: Recording | None) -> bool:
    """Whether its file is being sealed right now, so that a moment later something can be done."""
    return recording is not None and recording.state is State.STOPPING


def find_problem(job: Job, recording: Recording | None, holders: Sequence[Holder] = ()) -> str | None:
    """Why a job cannot do its action with a recording; None: it can."""
    if recording is None:
        return "There is no such recording any more."
    if job.division_ids is not None and not set(job.division_ids).intersection(recording.division_ids):
        return f"{job.started_by or job.created_by}, who began the job, may not do that in any division of it."
    if recording.state is not State.SEALED:
        return _STATES.get(recording.state, f"It is {recording.state.value}.")
    if job.wanted.action is Action.DELETE and holders:
        return _held(holders)
    return None


def _held(holders: Sequence[Holder]) -> str:
    """Names every matter that holds it, by its name and since when."""
    matters = ", ".join(f"{each.matter_name!r} (since {each.since:%Y-%m-%dT%H:%M:%SZ})" for each in holders)
    return f"It is held by {'the matter' if len(holders) == 1 else 'the matters'} {matters}: it is not deleted before it is released."
