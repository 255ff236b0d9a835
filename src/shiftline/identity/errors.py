"""What this room refuses."""

from shiftline.foundation.errors import Conflict, NotFound, Refusal, Unauthenticated
from shiftline.identity.model import Organization, Person


class PersonNotFound(NotFound):
    """No such person."""

    def __init__(self, person_id: str) -> None:
        super().__init__("user", person_id)


class ClientNotFound(NotFound):
    """No such OAuth client."""

    def __init__(self, client_id: str) -> None:
        super().__init__("client", client_id)


class EmailTaken(Conflict):
    """Another person of the organization has the e-mail address or id."""

    def __init__(self, email: str) -> None:
        super().__init__(f"There is already a user with the e-mail address {email}.")


class StaleVersion(Conflict):
    """The thing changed since the caller read it."""

    def __init__(self, current: Person | Organization, sent: int) -> None:
        super().__init__(
            f"You sent version {sent}; the current version is {current.version}.",
            current_version=current.version,
            changed_by=current.changed_by,
            changed_at=current.since,
        )


class BadToken(Unauthenticated):
    """A token that proves nothing: unknown, expired or revoked."""

    def __init__(self, code: str = "bad.credentials", message: str = "Invalid login credentials.") -> None:
        super().__init__(code, message)


class OAuthError(Refusal):
    """A refusal in OAuth's own words (RFC 6749 section 5.2): ``code`` is the error, 401 for ``invalid_client``."""
