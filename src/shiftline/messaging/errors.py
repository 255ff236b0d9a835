"""What this room refuses."""

from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem


class DeploymentNotFound(NotFound):
    """No such deployment, or none that takes this guest. Whether there is one at all is not said."""

    def __init__(self, deployment_id: str) -> None:
        super().__init__("messaging deployment", deployment_id)


class DeploymentChanged(Conflict):
    """Somebody changed the deployment meanwhile."""


class DeploymentNameTaken(Conflict):
    """Another deployment has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is already a messaging deployment {name!r}.", code="messaging.deployment.name.taken")


class GuestNotFound(NotFound):
    """No such guest, or another secret."""

    def __init__(self, guest_id: str) -> None:
        super().__init__("guest", guest_id)


class MessageNotFound(NotFound):
    """No such message in this conversation."""

    def __init__(self, message_id: str) -> None:
        super().__init__("message", message_id)


class CommunicationNotFound(NotFound):
    """The caller has no such communication in this conversation."""

    def __init__(self, communication_id: str) -> None:
        super().__init__("communication", communication_id)


class AttachmentNotFound(NotFound):
    """No such file, or not one of this conversation."""

    def __init__(self, attachment_id: str) -> None:
        super().__init__("attachment", attachment_id)


class NotInConversation(Conflict):
    """Only who is connected writes."""

    def __init__(self, state: str) -> None:
        super().__init__(
            f"This part of the conversation is {state}: only who is connected writes. Accept it first.",
            code="message.not.connected",
        )


class ConversationFull(Conflict):
    """A conversation has had all its messages."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"This conversation has {most} messages already: end it and begin another.", code="message.too.many"
        )


class MessageDiffers(Conflict):
    """A repeat that says something else."""

    def __init__(self, client_id: str) -> None:
        super().__init__(
            f"A message {client_id} was written already, and says something else. Give each message an id of its own.",
            code="message.client.id.taken",
        )


class TextInvalid(Invalid):
    """A message that says nothing, or too much."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(Problem(field, sentence, "message.text"))


class FileRefused(Invalid):
    """A file that is not let in; the problem says why."""


class NotAlerting(Conflict):
    """Nothing is offered to this participant."""

    def __init__(self) -> None:
        super().__init__(
            "The conversation is not offered to this participant any more: another has it, or nobody answered in time.",
            code="conversation.state.conflict",
        )


class TransferImpossible(Conflict):
    """Nobody answers here who could hand it on."""

    def __init__(self) -> None:
        super().__init__(
            "Only an agent who is connected can hand a conversation on: accept it first, or look who has it now.",
            code="conversation.state.conflict",
        )


class TransferInvalid(Invalid):
    """It cannot be handed to that."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(Problem(field, sentence))


class MailRefused(Invalid):
    """An e-mail that is not taken; the sentence tells its sender why."""

    def __init__(self, sentence: str, code: str = "mail.refused") -> None:
        super().__init__(Problem("mail", sentence, code))
        self.sentence = sentence


class AddressNotFound(NotFound):
    """No such address of ours."""

    def __init__(self, address: str) -> None:
        super().__init__("e-mail address", address)


class AddressTaken(Conflict):
    """The address leads elsewhere already."""

    def __init__(self, address: str) -> None:
        super().__init__(f"The address {address} cannot be used: it is in use.", code="mail.address.taken")


class NoRelay(Conflict):
    """No relay is configured, so that nothing can be sent."""

    def __init__(self) -> None:
        super().__init__(
            "No mail relay is configured, so no e-mail can be sent: set SHIFTLINE_SMTP_RELAY.", code="mail.no.relay"
        )
