"""What this room refuses."""

from collections.abc import Collection

from shiftline.authorization.model import EVERY_DIVISION, Granter
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


class LastAdministrator(Conflict):
    """A change after which nobody active could grant roles any more: nobody could undo it."""

    def __init__(self, last: Granter) -> None:
        where = "in every division" if last.division_id == EVERY_DIVISION else f"in division {last.division_id}"
        super().__init__(
            f"{last.name} ({last.subject_id}) is the last who is active and may grant roles {where} "
            "(authorization:grant:add). Nothing was changed: nobody could ever undo it. Give somebody else such a role first.",
            code="last.administrator",
        )
