"""What this room refuses."""

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem
from shiftline.presence.model import RoutingState


class DefinitionNotFound(NotFound):
    """No such presence definition."""

    def __init__(self, definition_id: str) -> None:
        super().__init__("presenceDefinition", definition_id)


class SourceNotFound(NotFound):
    """No such registered source."""

    def __init__(self, source_id: str) -> None:
        super().__init__("presenceSource", source_id)


class LeaseNotFound(NotFound):
    """No such session lease."""

    def __init__(self, lease_id: str) -> None:
        super().__init__("sessionLease", lease_id)


class SystemDefinitionFixed(Invalid):
    """The ten system definitions are everybody's and stay as they are."""

    def __init__(self) -> None:
        super().__init__(
            Problem("type", "system presence definitions cannot be changed or removed.", "system.definition.fixed")
        )


class RoutingStatusMisused(Invalid):
    """A routing status that nobody can simply set."""

    def __init__(self, wanted: RoutingState, current: RoutingState, sentence: str) -> None:
        message = f"{wanted} cannot be set while the status is {current}: {sentence}"
        super().__init__(Problem("status", message, "routing.status.misused"))


class NameTaken(Conflict):
    """Another source has the name or id."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is already a presence source named {name}.")
