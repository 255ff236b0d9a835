"""From the engine's recorder to the spool, and from there to the objects."""

from collections.abc import Callable

from shiftline.calls.media.model import RecordingSummary
from shiftline.recordings.spool.files import Claimed, SpoolFile


class SpoolSink:
    """Takes the pages of one recording; its end is handed on to be sealed."""

    def __init__(self, file: SpoolFile, seal: Callable[[Claimed], None]) -> None:
        self._file = file
        self._seal = seal

    def write(self, data: bytes) -> None:
        """Whole Ogg pages."""
        self._file.write(data)

    def finish(self, summary: RecordingSummary) -> None:
        """The recording is over."""
        self._seal(self._file.finish(summary))
