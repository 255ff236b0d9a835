"""What this room refuses."""

from collections.abc import Collection

from shiftline.foundation.decision import Decision
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem, Refused


class PermissionMissing(Refused):
    """The actor lacks every one of the permissions that would do."""

    def __init__(self, decision: Decision, any_of: Collection[str]) -> None:
        code = "missing.permissions" if len(any_of) == 1 else "missing.any.permissions"
        super().__init__(decision, code=code, params={"permissions": ",".join(sorted(any_of))})


class RoleNotFound(NotFound):
    """No such role."""

    def __init__(self, role_id: str) -> None:
        super().__init__("role", role_id)


class DivisionNotFound(NotFound):
    """No such division."""

    def __init__(self, division_id: str) -> None:
        super().__init__("division", division_id)


class NameTaken(Conflict):
    """Another thing of this kind has the name."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is already a {kind} named {name}.")


class PermissionUnknown(Invalid):
    """A text that is no permission."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(Problem(field, f"{text!r} is not shaped like a permission: domain:entity:action."))
