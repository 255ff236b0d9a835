"""Whether a recording that was asked for can be fetched, and if not, why. Pure."""

from collections.abc import Collection, Mapping

from shiftline.discovery.batches.model import Result
from shiftline.recordings.model import Recording, State

_WITHOUT_SOUND: Mapping[State, str] = {
    State.OPEN: "is still being made: ask again once its call is over.",
    State.STOPPING: "is being sealed: ask again in a moment.",
    State.LOST: "is lost: nothing of its sound was found.",
    State.DESTROYED: "was destroyed.",
}
_ARCHIVED = "is archived: move its archiveDate, or take it away, and ask again."


def waits(recording: Recording | None) -> bool:
    """Whether its file is being sealed right now, so that a moment later there is a better answer."""
    return recording is not None and recording.state is State.STOPPING


def settle(result: Result, recording: Recording | None, stored_size: int | None) -> str | None:
    """Why a result cannot be fetched; None: it can. ``stored_size``: bytes of its object, None when there is none."""
    if not result.known or recording is None:
        return _unknown(result)
    if recording.state is not State.SEALED:
        return f"Recording {recording.id} {_WITHOUT_SOUND.get(recording.state, f'is {recording.state.value}.')}"
    if recording.archived_at is not None:
        return f"Recording {recording.id} {_ARCHIVED}"
    if stored_size is None:
        return f"The object of recording {recording.id} is not where it was stored. An operator must look into it."
    if stored_size != recording.stored_size:
        return f"The object of recording {recording.id} is not what was stored. An operator must look into it."
    return None


def _unknown(result: Result) -> str:
    if result.recording_id is None:
        return f"Conversation {result.conversation_id} has no recording in a division of yours."
    return f"Conversation {result.conversation_id} has no recording {result.recording_id} in a division of yours."


def tell(result: Result, division_ids: Collection[str] | None) -> str | None:
    """Why a settled result has no uri for somebody who may hear in these divisions (None: everywhere); None: it has one."""
    if result.problem is not None or not result.known:
        return result.problem
    if division_ids is not None and not set(division_ids).intersection(result.division_ids):
        return f"Recording {result.recording_id} is in no division in which you hold recording:recording:view."
    if result.state != State.SEALED.value:
        return f"Recording {result.recording_id} was destroyed since it was asked for."
    return None
