"""What happened to organizations, people and credentials."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.foundation.events import event


@event("identity.organization.changed", service="Directory", entity=("Organization", "organization_id"),
       affects_access=True)  # fmt: skip
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationChanged:
    """The organization was made, renamed, switched off or on."""

    organization_id: str
    name: str
    active: bool
    version: int
    person_id: str | None = None


@event("identity.tenant_settings.changed", service="Telephony", entity=("TenantSettings", "organization_id"),
       affects_access=True)  # fmt: skip
@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSettingsChanged:
    """A switch of the tenant was turned; ``turned`` names those of the switches that are another now."""

    organization_id: str
    webrtc_enabled: bool
    softphone_within_shift: bool
    shift_margin_minutes: int
    version: int
    person_id: str | None = None
    persistent_connection_required: bool | None = None
    shift_grace_before_minutes: int | None = None
    shift_grace_after_minutes: int | None = None
    turned: tuple[str, ...] = ()


@event("identity.person.changed", service="Directory", entity=("User", "person_id"), affects_access=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged:
    """A person was made or changed; ``state`` and ``division_id`` decide access."""

    organization_id: str
    person_id: str
    state: str
    division_id: str
    version: int


@event("identity.token.issued", service="OAuth", entity=("Token", "digest"), action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssued:
    """An access token was issued; ``digest`` is its hex SHA-256, the instants are real time."""

    organization_id: str
    digest: str
    person_id: str | None
    client_id: str
    issued_at: datetime
    expires_at: datetime
    address: str | None


@event("identity.token.revoked", service="OAuth", entity=("User", "person_id"), action="Revoke", affects_access=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class TokensRevoked:
    """Tokens of a person (or of a client: its id) were revoked; ``digests`` are hex SHA-256."""

    organization_id: str
    person_id: str
    reason: str
    digests: tuple[str, ...]


@event("identity.client.changed", service="OAuth", entity=("Client", "client_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ClientChanged:
    """An OAuth client was made or changed."""

    organization_id: str
    client_id: str
    name: str
    state: str


@event("identity.sign_in.succeeded", service="OAuth", entity=("User", "person_id"), action="SignIn")
@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody signed in at the page."""

    organization_id: str
    person_id: str
    client_id: str


@event("identity.sign_in.refused", service="OAuth", entity=("User", "person_id"), action="SignInFailed")
@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRefused:
    """Somebody gave the right password and may not sign in; ``reasons`` are the codes of the gates."""

    organization_id: str
    person_id: str
    client_id: str
    reasons: tuple[str, ...]


@event("identity.password.set", service="Directory", entity=("User", "person_id"), action="SetPassword")
@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSet:
    """A person was given a password; the password itself is nowhere."""

    organization_id: str
    person_id: str
