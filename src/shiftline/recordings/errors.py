"""What this room refuses."""

from datetime import datetime, timedelta

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem, Unauthenticated, Unavailable


class RecordingNotFound(NotFound):
    """No such recording, or none of that conversation."""

    def __init__(self, recording_id: str) -> None:
        super().__init__("recording", recording_id)


class RefreshNotFound(NotFound):
    """No such refresh of metadata that the caller started."""

    def __init__(self, job_id: str) -> None:
        super().__init__("metadataRefresh", job_id)


class KeysUnavailable(Unavailable):
    """The key-encryption keys cannot be used: nothing can be recorded or played; calls go on."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem} Nothing can be recorded or played until then.", timedelta(seconds=30))


class KeyUnknown(Unavailable):
    """A recording's key was wrapped by a key-encryption key that the file does not hold, or not for it."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"The recording's key cannot be opened with the key-encryption key {key_id}: the file of keys does not hold "
            "it, or it is another one. An operator must bring it back.",
            timedelta(minutes=5),
        )


class MediaUnavailable(Unavailable):
    """A sealed recording's object is not where it was stored, or is not what was stored."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence} An operator must look into it.", timedelta(minutes=5))


class NotSealed(Conflict):
    """The sound of a recording that is still being made, or of which nothing is left."""

    def __init__(self, recording_id: str, state: str) -> None:
        sentence = "is lost: nothing of its sound was found" if state == "lost" else "is still being made"
        super().__init__(f"Recording {recording_id} {sentence}.", code=f"recording.{state}")


class NoSound(Conflict):
    """A waveform of what was written."""

    def __init__(self, recording_id: str, medium: str) -> None:
        sentence = (
            f"Recording {recording_id} is of medium {medium}: it has a transcript and no sound. Ask for its media."
        )
        super().__init__(sentence, code="recording.no.sound")


class Archived(Conflict):
    """The sound of an archived recording."""

    def __init__(self, recording_id: str, archived_at: datetime) -> None:
        super().__init__(
            f"Recording {recording_id} was archived at {archived_at.isoformat()}. Move its date of archiving (archiveDate) or "
            "take it away to hear it.",
            code="recording.archived",
        )


class TicketInvalid(Unauthenticated):
    """Neither a token nor a ticket that proves anything (any more)."""

    def __init__(self, sentence: str) -> None:
        super().__init__("ticket.invalid", f"{sentence} Ask for the recording again: it brings a new media uri.")


class RangeUnsatisfiable(Invalid):
    """A range of bytes that lies outside of the sound, or is none."""

    def __init__(self, size: int) -> None:
        super().__init__(Problem("Range", f"lies outside of the recording's {size} bytes.", "range.not.satisfiable"))
        self.size = size


class RetentionInvalid(Invalid):
    """A date of archiving or deletion that cannot be."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(Problem(field, sentence, "recording.retention.invalid"))
