"""What this room refuses."""

from collections.abc import Sequence

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem
from shiftline.recordings.matters.model import Destroyed, Matter

_SHOWN = 5


class MatterNotFound(NotFound):
    """No such matter."""

    def __init__(self, matter_id: str) -> None:
        super().__init__("matter", matter_id)


class HoldNotFound(NotFound):
    """No such hold of this matter."""

    def __init__(self, hold_id: str) -> None:
        super().__init__("hold", hold_id)


class MatterNameTaken(Conflict):
    """Another matter has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is already a matter {name!r}. Nothing was opened: hold in that one, or take another name.",
            code="matter.name.taken",
        )


class MatterClosed(Conflict):
    """A matter that is closed holds nothing any more."""

    def __init__(self, matter: Matter) -> None:
        super().__init__(
            f"Matter {matter.name!r} was closed by {matter.closed_by}. Open another one to hold recordings.",
            code="matter.closed",
            changed_by=matter.closed_by,
            changed_at=matter.closed_at,
        )


class MatterIsProtection(Conflict):
    """The matter of the vendor's deletion protection is not closed as a whole."""

    def __init__(self, matter: Matter) -> None:
        super().__init__(
            f"Matter {matter.name!r} keeps the conversations that clients protect from deletion. Take the protection from "
            "conversations by PUT /api/v2/recordings/deletionprotection?protect=false, or release recordings by name.",
            code="matter.protection",
        )


class SelectionEmpty(Invalid):
    """Nothing says which recordings are meant."""

    def __init__(self) -> None:
        super().__init__(
            Problem(
                "selection",
                "at least one of recordingIds, conversationIds, userIds, queueIds, interval is needed.",
                "hold.selection.empty",
            )
        )


class NothingMatches(Invalid):
    """A selection that matches no recording in the caller's divisions."""

    def __init__(self) -> None:
        super().__init__(
            Problem(
                "selection",
                "matches no recording that you may hold. Nothing was held: look at the ids and the interval, or take "
                "standing: true to hold what is sealed later.",
                "hold.nothing.matches",
            )
        )


class AllDestroyed(Conflict):
    """Whatever a hold means was destroyed before."""

    def __init__(self, destroyed: Sequence[Destroyed]) -> None:
        told = ", ".join(f"{each.recording_id} at {each.destroyed_at.isoformat()}" for each in destroyed[:_SHOWN])
        more = f" and {len(destroyed) - _SHOWN} more" if len(destroyed) > _SHOWN else ""
        what = "The recording was" if len(destroyed) == 1 else "The recordings were"
        super().__init__(f"{what} destroyed: {told}{more}. Nothing was held.", code="recording.destroyed")
        self.destroyed = tuple(destroyed)


class NotHeld(Invalid):
    """Recordings that the matter does not hold cannot be released from it."""

    def __init__(self, recording_ids: Sequence[str]) -> None:
        told = ", ".join(recording_ids[:_SHOWN])
        super().__init__(
            Problem("recordingIds", f"the matter does not hold {told}. Nothing was released.", "hold.not.held")
        )


class HoldOver(Conflict):
    """A hold that is done cannot be paused or go on."""

    def __init__(self, hold_id: str) -> None:
        super().__init__(f"Hold {hold_id} has taken all that it was to take.", code="hold.done")
