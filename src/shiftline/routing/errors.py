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


class InteractionNotFound(NotFound):
    """The conversation does not wait in any queue, and did not."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__("interaction", conversation_id)


class OfferNotFound(NotFound):
    """No such offer."""

    def __init__(self, offer_id: str) -> None:
        super().__init__("offer", offer_id)


class OfferSettled(Conflict):
    """The offer stands no more: it was answered, missed or withdrawn meanwhile."""

    def __init__(self, offer_id: str, state: str) -> None:
        super().__init__(f"The offer {offer_id} is {state} and can no longer be answered.", code="offer.settled")
        self.state = state


class AlreadyQueued(Conflict):
    """The conversation waits in another queue."""

    def __init__(self, conversation_id: str, queue_id: str) -> None:
        super().__init__(f"The conversation {conversation_id} waits in the queue {queue_id}.", code="already.queued")


class QueueInUse(Conflict):
    """Interactions wait in the queue."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} interactions wait in this queue. Transfer or end them first.", code="queue.in.use")
