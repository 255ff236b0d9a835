"""What this room refuses."""

from collections.abc import Sequence

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem, Unavailable
from shiftline.imports.model import Problem as Found


class ImportNotFound(NotFound):
    """No such import."""

    def __init__(self, import_id: str) -> None:
        super().__init__("import", import_id)


class ItemNotFound(NotFound):
    """No such item in quarantine."""

    def __init__(self, item_id: str) -> None:
        super().__init__("quarantineItem", item_id)


class FolderInvalid(Invalid):
    """A folder that cannot be read, or is none that may be."""

    def __init__(self, sentence: str) -> None:
        super().__init__(Problem("folder", sentence, "import.folder.invalid"))


class ImportRunning(Conflict):
    """One folder of an organization is read at a time."""

    def __init__(self) -> None:
        super().__init__(
            "Another import of this organization is being read. Try again when it is done.", code="import.running"
        )


class ItemSettled(Conflict):
    """An item that became a recording, or was superseded, is repaired no more."""

    def __init__(self, item_id: str, state: str) -> None:
        done = (
            "became a recording: refresh or correct that one"
            if state == "adopted"
            else "came again with something else"
        )
        super().__init__(f"The item {item_id} {done}. Nothing was changed.", code=f"import.item.{state}")


class StillWrong(Invalid):
    """What was given does not solve all; each problem that is left is a detail."""

    def __init__(self, left: Sequence[Found]) -> None:
        super().__init__(*(Problem(each.field, each.sentence, f"import.{each.rule.value}") for each in left))


class NotAcceptable(Invalid):
    """A rule whose problem cannot be taken as it is."""

    def __init__(self, rule: str, allowed: Sequence[str]) -> None:
        super().__init__(
            Problem("accept", f"{rule} cannot be taken as it is; only {', '.join(allowed)} can.", "import.accept")
        )


class FolderUnset(Unavailable):
    """The installation names no folder that imports may be read from."""

    def __init__(self) -> None:
        super().__init__(
            "No folder for imports is set (SHIFTLINE_IMPORTS). An operator sets it, or runs shiftline import-recordings."
        )
