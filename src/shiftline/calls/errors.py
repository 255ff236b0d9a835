"""What this room refuses."""

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem, Unavailable


class LegNotFound(NotFound):
    """No such call leg, or it is over."""

    def __init__(self, session_id: str) -> None:
        super().__init__("call", session_id)


class QueueClosed(NotFound):
    """No queue of this id takes web callers. Whether there is one at all is not said."""

    def __init__(self, queue_id: str) -> None:
        super().__init__("queue for web callers", queue_id)


class DescriptionInvalid(Invalid):
    """A session description that cannot be used."""

    def __init__(self, sentence: str, field: str = "sdp") -> None:
        super().__init__(Problem(field, sentence, "invalid.sdp"))


class CalleeInvalid(Invalid):
    """Nobody can be called like that."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(Problem(field, sentence))


class NotPossibleNow(Conflict):
    """The call is not in a state in which this can be done."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="conversation.state.conflict")


class NoMediaProcess(Unavailable):
    """No media process lives just now; one that was killed is started again within seconds."""

    def __init__(self) -> None:
        super().__init__("No media process is running: calls cannot be connected right now.")
