"""What this room refuses."""

from shiftline.foundation.errors import Conflict, Refusal


class FileDiffers(Conflict):
    """A file of that name is there already, and it is another one."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} is there already with other bytes. Nothing was overwritten: choose an empty destination."
        )


class SourceDiffers(Refusal):
    """What was read is not what was frozen."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__("export.source.differs", f"{path}: frozen as {expected}, but its source gave {found}.")
