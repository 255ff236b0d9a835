"""What this room refuses."""

from shiftline.foundation.errors import Invalid, NotFound, Problem, Refusal, Unavailable


class NoteError(ValueError):
    """A signed note, checkpoint, key or entry is not what it should be; the text says what."""


class LedgerEmpty(NotFound):
    """Nothing was entered yet."""

    def __init__(self, organization_id: str) -> None:
        super().__init__("ledger", organization_id)
        self.message = "Nothing was entered in this organization's ledger yet."


class EntryNotFound(NotFound):
    """No such entry in this organization's ledger."""

    def __init__(self, entry_id: str) -> None:
        super().__init__("ledger entry", entry_id)


class TileNotFound(NotFound):
    """The tree has no such tile, or not of that width."""

    def __init__(self, path: str) -> None:
        super().__init__("tile", path)


class EntryWaits(Unavailable):
    """An entry has no place yet."""

    def __init__(self, entry_id: str) -> None:
        super().__init__(
            f"The entry {entry_id} waits for its place in the ledger, which it gets within seconds. Ask again."
        )


class SizeUnknown(Invalid):
    """A tree of that size was never there, or it is not the earlier one."""

    def __init__(self, field: str, size: int, sentence: str) -> None:
        super().__init__(Problem(field, f"{size} {sentence}", "ledger.size.unknown"))


class SigningUnavailable(Unavailable):
    """Checkpoints cannot be signed now; entries wait."""


class LedgerDamaged(Refusal):
    """What is stored of a ledger contradicts what was signed: nothing more is signed on top of it."""

    def __init__(self, organization_id: str, sentence: str) -> None:
        super().__init__("ledger.damaged", f"The ledger of organization {organization_id} is damaged: {sentence}")
