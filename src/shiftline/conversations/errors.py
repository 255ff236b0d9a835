"""What this room refuses."""

from shiftline.conversations.model.conversations import CallState
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem


class ConversationNotFound(NotFound):
    """No such conversation."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__("conversation", conversation_id)


class ParticipantNotFound(NotFound):
    """Nobody in the conversation has this id."""

    def __init__(self, participant_id: str) -> None:
        super().__init__("participant", participant_id)


class WrapupNotFound(NotFound):
    """The participant gave no wrap-up."""

    def __init__(self, participant_id: str) -> None:
        super().__init__("wrapup of participant", participant_id)


class ParticipantExists(Conflict):
    """Somebody in the conversation has this id already."""

    def __init__(self, participant_id: str) -> None:
        super().__init__(f"There is already a participant {participant_id}.", code="participant.exists")


class ConversationEnded(Conflict):
    """Nobody comes into a conversation that is over."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(f"The conversation {conversation_id} has ended.", code="conversation.ended")


class ParticipantEnded(Conflict):
    """An ended participant stays as they are and never comes back."""

    def __init__(self, participant_id: str) -> None:
        super().__init__(f"The call of participant {participant_id} has ended.", code="participant.ended")


class MoveRefused(Conflict):
    """A call's state that cannot follow the one it is in."""

    def __init__(self, participant_id: str, current: CallState, wanted: CallState) -> None:
        super().__init__(
            f"The call of participant {participant_id} is {current}: it cannot become {wanted}.",
            code="call.state.refused",
        )


class WrapupTooEarly(Conflict):
    """A wrap-up before the call has ended."""

    def __init__(self, participant_id: str) -> None:
        super().__init__(
            f"The call of participant {participant_id} has not ended: a wrap-up comes after it.",
            code="wrapup.too.early",
        )


class WrapupNotTheirs(Invalid):
    """Only agents and users wrap up."""

    def __init__(self, purpose: str) -> None:
        super().__init__(Problem("wrapup", f"a participant of purpose {purpose} gives no wrap-up."))


class WrapupCodeMissing(Invalid):
    """The queue asks for a wrap-up code, and none was given."""

    def __init__(self) -> None:
        super().__init__(
            Problem("wrapup.code", "is required: the queue asks for a wrap-up code.", "wrapup.code.required")
        )


class WrapupCodeUnknown(Invalid):
    """A wrap-up code that the participant's queue does not offer."""

    def __init__(self, code_id: str) -> None:
        super().__init__(Problem("wrapup.code", f"the queue offers no wrap-up code {code_id}.", "wrapup.code.unknown"))


class TooManyAttributes(Invalid):
    """More attributes than a participant can have."""

    def __init__(self, most: str) -> None:
        super().__init__(Problem("attributes", f"a participant has at most {most}."))
