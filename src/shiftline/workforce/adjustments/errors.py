"""What this room refuses."""

from shiftline.foundation.decision import text_of
from shiftline.foundation.errors import Conflict, NotFound
from shiftline.workforce.adjustments.model import Adjustment


class AdjustmentNotFound(NotFound):
    """No such adjustment (of that agent)."""

    def __init__(self, adjustment_id: str) -> None:
        super().__init__("adherence adjustment", adjustment_id)


class ReasonCodeNotFound(NotFound):
    """No such reason code in the business unit."""

    def __init__(self, code_id: str) -> None:
        super().__init__("adherence adjustment reason code", code_id)


class AdjustmentOverlaps(Conflict):
    """The time, or a part of it, is adjusted already."""

    def __init__(self, other: Adjustment) -> None:
        super().__init__(
            f"Adjustment {other.id} ({other.status.value}) covers {text_of(other.start)} to {text_of(other.end)} already. "
            "Choose another time, or have that one denied first.",
            code="adjustment.overlaps",
            current_version=other.stamp.version,
            changed_by=other.stamp.changed_by,
            changed_at=other.stamp.changed_at,
        )


class AdjustmentClosed(Conflict):
    """The agent can change or delete it no more: it was decided, or is older than they may go back."""

    def __init__(self, found: Adjustment, days: int) -> None:
        why = (
            f"older than the {days} days that agents may go back"
            if found.status.value == "Pending"
            else f"{found.status.value} already"
        )
        super().__init__(
            f"Adjustment {found.id} is {why}. Ask whoever reviews adherence.",
            code="adjustment.closed",
            current_version=found.stamp.version,
            changed_by=found.stamp.changed_by,
            changed_at=found.stamp.changed_at,
        )
