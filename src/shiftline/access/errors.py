"""What this room refuses."""

from shiftline.foundation.errors import NotFound


class DecisionNotFound(NotFound):
    """No decision with this id was made, or not in this organization."""

    def __init__(self, decision_id: str) -> None:
        super().__init__("decision", decision_id)
