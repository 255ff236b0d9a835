"""What this room refuses."""

from shiftline.foundation.errors import NotFound


class NoticeNotFound(NotFound):
    """No such notice of the caller."""

    def __init__(self, notice_id: str) -> None:
        super().__init__("notification", notice_id)
