"""What this room refuses."""

from collections.abc import Sequence

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem
from shiftline.workforce.preferences.model import ContractConflict, Family, StandingWish, Wish


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


class ValidationNotFound(NotFound):
    """No such validation is kept for the caller."""

    def __init__(self, validation_id: str) -> None:
        super().__init__("unavailableTimesValidationJob", validation_id)


class StandingWishNotFound(NotFound):
    """No such standing wish of that agent."""

    def __init__(self, wish_id: str) -> None:
        super().__init__("standing preference", wish_id)


class StaleVersion(Conflict):
    """A standing wish has changed since the caller read it."""

    def __init__(self, current: StandingWish, version: int) -> None:
        super().__init__(
            f"The standing preference {current.id} is at version {current.version}, changed by {current.changed_by}; "
            f"you have read version {version}. Read it again.",
            code="wishes.version",
            current_version=current.version,
            changed_by=current.changed_by,
            changed_at=current.changed_at,
        )


class WishesDisabled(Conflict):
    """The unit does not take wishes of the family now."""

    def __init__(self, family: Family, unit_id: str) -> None:
        super().__init__(
            f"Agents of the unit {unit_id} cannot state {family.value} now: its settings have them disabled.",
            code="wishes.disabled",
        )


class ContractContradicted(Invalid):
    """Wishes contradict the agent's work plan, and the unit's settings refuse such."""

    def __init__(self, conflicts: Sequence[ContractConflict]) -> None:
        super().__init__(*(Problem(each.field, each.sentence, each.code) for each in conflicts))
        self.conflicts = tuple(conflicts)
