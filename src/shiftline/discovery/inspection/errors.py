"""What makes a package impossible to look at."""

from shiftline.foundation.errors import Invalid, Problem, Unavailable


class NoPackage(Invalid):
    """A body that is no package."""

    def __init__(self, sentence: str) -> None:
        super().__init__(Problem("content", sentence, "package.unreadable"))


class PackageTooLarge(Invalid):
    """More bytes than the server takes; unpacked, where the ZIP says so."""

    def __init__(self, what: str, size: int, most: int) -> None:
        sentence = f"has {size} bytes {what}, and at most {most} are looked at here. Run `shiftline verify` where the package lies: it has no bound."
        super().__init__(Problem("content", sentence, "package.too.large"))


class NoRoom(Unavailable):
    """The server's disk is full."""
