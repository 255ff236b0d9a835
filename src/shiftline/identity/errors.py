"""What this room refuses."""

from collections.abc import Sequence
from datetime import timedelta

from shiftline.foundation.errors import Conflict, LimitReached, NotFound, Refusal, Unauthenticated
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


class SignInRequestWrong(Refusal):
    """What an application asked of the sign-in page cannot be answered.

    ``redirect`` is where to say so; None when the client or the redirect itself is wrong, which is told on a page only.
    """

    def __init__(self, code: str, message: str, redirect: str | None = None) -> None:
        super().__init__(code, message)
        self.redirect = redirect


class CredentialsWrong(Refusal):
    """No one has this e-mail address and password: which of the two is wrong is never told."""

    def __init__(self) -> None:
        super().__init__("bad.credentials", "This e-mail address and password do not belong together.")


class OrganizationUnclear(Refusal):
    """The same e-mail address and password are good in several organizations, given as (id, name)."""

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__("organization.unclear", "You belong to several organizations. Choose one and sign in again.")
        self.choices = choices


class TooManySignIns(LimitReached):
    """The attempts for an e-mail address or a network address are used up for a while."""

    def __init__(self, limit: int, retry_after: timedelta) -> None:
        super().__init__(
            "There were too many attempts to sign in.",
            limit=("sign.in.failures.per.quarter.hour", "identity", limit),
            retry_after=retry_after,
        )
