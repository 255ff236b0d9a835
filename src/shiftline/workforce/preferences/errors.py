"""What this room refuses."""

from shiftline.foundation.errors import Conflict, NotFound
from shiftline.workforce.preferences.model import Wish


class WishNotFound(NotFound):
    """No such wish of that agent."""

    def __init__(self, wish_id: str) -> None:
        super().__init__("timeSpan", wish_id)


class WishesOverlap(Conflict):
    """A new or changed wish shares time with one that stands."""

    def __init__(self, field: str, other: Wish) -> None:
        super().__init__(
            f"{field}: overlaps the {other.level} time of {other.span.start.isoformat()} to "
            f"{other.span.end.isoformat()} (id {other.id}).",
            code="wishes.overlap",
        )
