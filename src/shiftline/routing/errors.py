"""What this room refuses."""

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem


class QueueNotFound(NotFound):
    """No such queue."""

    def __init__(self, queue_id: str) -> None:
        super().__init__("queue", queue_id)


class MemberNotFound(NotFound):
    """The person is not in the queue."""

    def __init__(self, person_id: str) -> None:
        super().__init__("queueMember", person_id)


class SkillNotFound(NotFound):
    """No such skill or language."""

    def __init__(self, kind: str, skill_id: str) -> None:
        super().__init__(kind, skill_id)


class WrapupCodeNotFound(NotFound):
    """No such wrap-up code."""

    def __init__(self, code_id: str) -> None:
        super().__init__("wrapupCode", code_id)


class NameTaken(Conflict):
    """Another thing of this kind has the name or id."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is already a {kind} named {name}.")


class Unknown(Invalid):
    """The request names something that does not exist here."""

    def __init__(self, field: str, kind: str, unknown_id: str) -> None:
        super().__init__(Problem(field, f"there is no {kind} with id {unknown_id}."))


class NotAMember(Invalid):
    """The request changes the membership of somebody who is not in the queue."""

    def __init__(self, field: str, person_id: str) -> None:
        super().__init__(Problem(field, f"the user {person_id} is not a member of this queue.", "member.unknown"))
