"""What exports refuse."""

from datetime import timedelta

from shiftline.discovery.exports.model import ExportState
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem, Refusal, Unavailable


class ExportNotFound(NotFound):
    """No export with that id in the organization."""

    def __init__(self, export_id: str) -> None:
        super().__init__("export", export_id)


class NothingSelected(Invalid):
    """A selection that takes nothing."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(Problem(field, sentence, "export.selection.empty"))


class DestinationInvalid(Invalid):
    """A destination that cannot be."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(Problem(field, sentence, "export.destination.invalid"))


class MatterTaken(Conflict):
    """Somebody else's export of the matter goes on."""

    def __init__(self, other: ExportState) -> None:
        super().__init__(
            f"The export {other.id} of the matter {other.matter_name} was begun by {other.operator_name} at "
            f"{other.created_at.isoformat(timespec='seconds')} and is {other.status.value} ({other.step.value}). "
            "Wait until it is sealed, or cancel it.",
            code="export.matter.taken",
            changed_by=other.operator_id,
            changed_at=other.created_at,
        )


class StatusForbids(Conflict):
    """What cannot be done to an export as it stands."""

    def __init__(self, export: ExportState, wanted: str) -> None:
        super().__init__(
            f"The export {export.id} is {export.status.value}: it cannot be {wanted}.",
            code=f"export.{export.status.value}",
            changed_by=export.changed_by,
            changed_at=export.changed_at,
        )


class Superseded(Exception):  # noqa: N818 - an outcome
    """Another run goes on with the export, or somebody paused or cancelled it."""


class Waiting(Exception):  # noqa: N818 - an outcome
    """The export goes on by itself once something else has happened; the text is a sentence."""


class ExportRefused(Refusal):
    """An export cannot go on until somebody changes something; the sentence says what."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence)


class DestinationRefused(ExportRefused):
    """A destination that cannot take the package, and why; nobody is to try again before something is changed."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"export.destination.{code}", sentence)


class DestinationUnavailable(Unavailable):
    """A destination that does not answer now, or answers that it cannot: the same may work later."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, timedelta(seconds=10))


class ObjectDiffers(ExportRefused):
    """An object is there already, and it is another one."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__(
            "export.object.differs",
            f"{path} is at the destination already with other bytes (SHA-256 {found}, planned {expected}). Nothing was "
            "overwritten. Find out who put it there, then begin a new export to an empty destination.",
        )


class ObjectDamaged(ExportRefused):
    """What was read back is not what was stored."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__("export.object.damaged", f"{path} was read back and is not as it was stored: {problem}.")
