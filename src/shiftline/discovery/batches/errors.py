"""What this room refuses."""

from shiftline.foundation.errors import Invalid, NotFound, Problem


class BatchNotFound(NotFound):
    """No such batch request in the organization."""

    def __init__(self, batch_id: str) -> None:
        super().__init__("batchRequest", batch_id)


class FormatUnavailable(Invalid):
    """Recordings are handed out as they were made, and no other format was made."""

    def __init__(self, asked: str) -> None:
        super().__init__(
            Problem(
                "mediaFormat",
                f"{asked[:40]!r} cannot be had: recordings are handed out as they were made, which is OGG_OPUS. Leave it out.",
                "recording.format.unavailable",
            )
        )
