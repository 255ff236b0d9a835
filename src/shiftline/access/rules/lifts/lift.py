"""What a remedy does."""

from dataclasses import dataclass

from shiftline.access.model.remedies import Facts
from shiftline.foundation.decision import Operation


@dataclass(frozen=True, slots=True)
class Lift:
    """The one call, where there is one, and the facts after it, where they can be told.

    ``role``: the one that the call grants, to be named before anybody makes it.
    """

    operation: Operation | None = None
    after: Facts | None = None
    role: str | None = None
