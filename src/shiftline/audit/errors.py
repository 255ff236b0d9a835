"""What this room refuses."""

from shiftline.foundation.errors import NotFound


class QueryNotFound(NotFound):
    """No such query, or it is older than a week."""

    def __init__(self, query_id: str) -> None:
        super().__init__("audit query", query_id)
