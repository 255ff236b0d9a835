"""What this room refuses."""

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem
from shiftline.workforce.units.model import Stamp


class BusinessUnitNotFound(NotFound):
    """No such business unit."""

    def __init__(self, business_unit_id: str) -> None:
        super().__init__("business unit", business_unit_id)


class ManagementUnitNotFound(NotFound):
    """No such management unit."""

    def __init__(self, management_unit_id: str) -> None:
        super().__init__("management unit", management_unit_id)


class AgentNotFound(NotFound):
    """The person is in no management unit (of those asked about)."""

    def __init__(self, person_id: str) -> None:
        super().__init__("agent", person_id)


class ActivityCodeNotFound(NotFound):
    """No such activity code in the business unit."""

    def __init__(self, code_id: str) -> None:
        super().__init__("activity code", code_id)


class StaleVersion(Conflict):
    """The unit or list changed since the caller read it."""

    def __init__(self, current: Stamp, sent: int) -> None:
        super().__init__(
            f"You sent version {sent}; the current version is {current.version}.",
            current_version=current.version,
            changed_by=current.changed_by,
            changed_at=current.changed_at,
        )


class VersionMissing(Invalid):
    """A change that does not say which version it changes."""

    def __init__(self, field: str) -> None:
        super().__init__(Problem(field, "must be the version that you read.", "version.required"))


class NameTaken(Conflict):
    """Another unit or code has the name, or the id."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is already {'an' if kind[0] in 'aeiou' else 'a'} {kind} named {name}.")


class UnitInUse(Conflict):
    """A unit that still holds something cannot be deleted."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="unit.in.use")


class DefaultCodeFixed(Conflict):
    """A default activity code cannot be deleted, nor change its category."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is a default activity code: it cannot be deleted and keeps its category.")


class PeopleUnknown(Invalid):
    """Ids that are no people of this organization."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(*problems)
