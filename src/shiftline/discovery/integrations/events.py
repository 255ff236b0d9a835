"""What happened to integrations and credentials. Never a secret."""

from dataclasses import dataclass

from shiftline.foundation.events import event

SERVICE = "Integrations"
INTEGRATION = ("Integration", "integration_id")
CREDENTIAL = ("IntegrationCredential", "credential_id")


@event("discovery.integration.created", service=SERVICE, entity=INTEGRATION, action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationCreated:
    """There is a new integration."""

    organization_id: str
    integration_id: str
    name: str
    type: str


@event("discovery.integration.changed", service=SERVICE, entity=INTEGRATION)
@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationChanged:
    """An integration was named, enabled, disabled or configured otherwise; ``bucket`` and ``endpoint`` as configured."""

    organization_id: str
    integration_id: str
    name: str
    enabled: bool
    version: int
    bucket: str | None
    endpoint: str | None


@event("discovery.integration.deleted", service=SERVICE, entity=INTEGRATION, action="Delete")
@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationDeleted:
    """An integration is gone; its exports keep their reference to it."""

    organization_id: str
    integration_id: str
    name: str


@event("discovery.integration.probed", service=SERVICE, entity=INTEGRATION, action="Verify")
@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationProbed:
    """What a probe of the bucket found."""

    organization_id: str
    integration_id: str
    works: bool
    sentence: str


@event("discovery.credential.changed", service=SERVICE, entity=CREDENTIAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialChanged:
    """A credential was stored, or stored anew."""

    organization_id: str
    credential_id: str
    name: str
    version: int


@event("discovery.credential.deleted", service=SERVICE, entity=CREDENTIAL, action="Delete")
@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialDeleted:
    """A credential is gone, and its secret with it."""

    organization_id: str
    credential_id: str
    name: str
