"""Integrations and credentials as the vendor shows them.

Source: Integration, CreateIntegrationRequest, IntegrationConfiguration, IntegrationStatusInfo, IntegrationType, Credential,
CredentialInfo, CredentialType. The properties of a configuration are ours: the vendor publishes no schema of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from shiftline.discovery.integrations import rules
from shiftline.discovery.integrations.errors import ConfigurationInvalid, TypeNotFound
from shiftline.discovery.integrations.model import (
    ACCESS_KEY,
    ACCESS_KEY_ID,
    BULK_ACTIONS,
    SECRET_ACCESS_KEY,
    Configuration,
    Credential,
    Integration,
    LockMode,
)
from shiftline.discovery.integrations.operations.integrations import USUAL_NAME, Change
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, LongText, ShortText, Wire

PATH = "/api/v2/integrations"
CREDENTIALS = f"{PATH}/credentials"
TYPES = f"{PATH}/types"
OURS = "/api/v2/shiftline/integrations"

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
_Field = Annotated[str, Meta(max_length=2000)]


class TypeReference(Wire):
    """Which type."""

    id: Identifier


class IntegrationBody(Wire):
    """A new integration; without a name it is called after its type."""

    integration_type: TypeReference
    name: Name | None = None


class IntegrationPatch(Wire):
    """What is to be otherwise; what is left out stays."""

    name: Name | None = None
    notes: LongText | None = None
    intended_state: Literal["ENABLED", "DISABLED"] | None = None


class CredentialReference(Wire):
    """A credential by its id; whatever else the vendor's CredentialInfo tells is not read."""

    id: Identifier


class ConfigurationBody(Wire):
    """A whole configuration; ``version`` is that of the one it changes."""

    version: Annotated[int, Meta(ge=1, le=2_000_000_000)]
    properties: dict[str, Any] | None = None
    advanced: dict[str, Any] | None = None
    credentials: dict[str, CredentialReference] | None = None
    name: ShortText | None = None
    notes: LongText | None = None


class CredentialBody(Wire, kw_only=True):
    """A credential with its secret."""

    type: TypeReference | None = None
    credential_fields: dict[str, _Field]
    name: Name | None = None


class WireCredentialType(Wire, kw_only=True):
    """Which fields a credential has."""

    id: str
    name: str
    properties: dict[str, Any] | None = None
    display_order: list[str] | None = None
    required: list[str] | None = None


class WireCredential(Wire, kw_only=True):
    """A credential; its secret is never shown."""

    id: str
    name: str
    type: WireCredentialType
    created_date: datetime
    modified_date: datetime
    self_uri: str


class WireConfiguration(Wire, kw_only=True):
    """What an integration was told."""

    id: str
    name: str | None = None
    version: int
    properties: dict[str, Any]
    advanced: dict[str, Any]
    credentials: dict[str, WireCredential]
    notes: str | None = None
    self_uri: str


class WireCurrent(Wire):
    """The configuration in force."""

    current: WireConfiguration


class WireMessage(Wire, kw_only=True):
    """What the last probe found."""

    localizable_message_code: str
    message: str


class WireStatus(Wire, kw_only=True):
    """How an integration is: ACTIVE, ACTIVATING, INACTIVE, ERROR."""

    code: str
    effective: str
    detail: WireMessage | None = None
    last_updated: datetime


class WireSpecification(Wire, kw_only=True):
    """A credential that a type needs."""

    required: bool
    title: str
    credential_types: list[str]


class WireType(Wire, kw_only=True):
    """A type of integrations."""

    id: str
    name: str
    description: str | None = None
    provider: str | None = None
    category: str | None = None
    config_properties_schema_uri: str | None = None
    config_advanced_schema_uri: str | None = None
    credentials: dict[str, WireSpecification] | None = None
    self_uri: str


class WireIntegration(Wire, kw_only=True):
    """An integration."""

    id: str
    name: str
    integration_type: WireType
    notes: str | None = None
    intended_state: str
    config: WireCurrent
    reported_state: WireStatus
    attributes: dict[str, str]
    self_uri: str


class WireVerdict(Wire, kw_only=True):
    """What a probe found: whether recordings can be stored there, in a sentence."""

    works: bool
    sentence: str
    checked_at: datetime


def read_change(body: IntegrationPatch) -> Change:
    """What a body changes."""
    enabled = None if body.intended_state is None else body.intended_state == "ENABLED"
    return Change(name=body.name, notes=body.notes, enabled=enabled)


def read_configuration(body: ConfigurationBody) -> Configuration:
    """The configuration that a body means; what is null in it is absent. Raises ConfigurationInvalid."""
    for name, value in (body.advanced or {}).items():
        if value is not None:
            raise ConfigurationInvalid(f"advanced.{name[:60]}", "is not known here: there are no advanced settings.")
    return Configuration(
        name=body.name,
        notes=body.notes,
        version=body.version,
        properties={name: value for name, value in (body.properties or {}).items() if value is not None},
        credentials={name: each.id for name, each in (body.credentials or {}).items()},
    )


def read_type(body: CredentialBody) -> str:
    """The type of a new credential. Raises Invalid."""
    if body.type is None:
        raise Invalid(Problem("type", f"is missing; known is {ACCESS_KEY}."))
    return body.type.id


def show_credential(credential: Credential) -> WireCredential:
    """CredentialInfo."""
    return WireCredential(
        id=credential.id,
        name=credential.name,
        type=WireCredentialType(id=ACCESS_KEY, name="Access key"),
        created_date=credential.created_at,
        modified_date=credential.changed_at,
        self_uri=f"{CREDENTIALS}/{credential.id}",
    )


def show_credential_types() -> list[WireCredentialType]:
    """The one type of credentials there is."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            ACCESS_KEY_ID: {"type": "string", "title": "Access key id"},
            SECRET_ACCESS_KEY: {"type": "string", "title": "Secret access key", "format": "password"},
        },
    }
    order = [ACCESS_KEY_ID, SECRET_ACCESS_KEY]
    return [
        WireCredentialType(id=ACCESS_KEY, name="Access key", properties=schema, display_order=order, required=order)
    ]


def show_type(type_id: str = BULK_ACTIONS) -> WireType:
    """IntegrationType. Raises TypeNotFound."""
    if type_id != BULK_ACTIONS:
        raise TypeNotFound(type_id)
    return WireType(
        id=BULK_ACTIONS,
        name=USUAL_NAME,
        description="Recordings are exported into a bucket of Amazon S3, or of any server that speaks S3.",
        provider="shiftline",
        category="Recording",
        config_properties_schema_uri=f"{TYPES}/{BULK_ACTIONS}/configschemas/properties",
        config_advanced_schema_uri=f"{TYPES}/{BULK_ACTIONS}/configschemas/advanced",
        credentials={ACCESS_KEY: WireSpecification(required=True, title="Access key", credential_types=[ACCESS_KEY])},
        self_uri=f"{TYPES}/{BULK_ACTIONS}",
    )


def show_schema(type_id: str, config_type: str) -> dict[str, Any]:
    """The JSON schema of a configuration's ``properties`` or ``advanced`` part. Raises TypeNotFound."""
    show_type(type_id)
    head = {"$schema": "http://json-schema.org/draft-04/schema#", "type": "object", "additionalProperties": False}
    if config_type == "advanced":
        return {**head, "title": "No advanced settings", "properties": {}}
    if config_type != "properties":
        raise TypeNotFound(config_type)
    text, days = {"type": "string"}, {"type": "integer", "minimum": 1, "maximum": rules.MOST_DAYS}
    described = {
        "bucket": {**text, "description": "The bucket that recordings are stored in."},
        "region": {**text, "description": "Its region.", "default": "us-east-1"},
        "endpoint": {**text, "description": "https://HOST[:PORT] of another server that speaks S3."},
        "prefix": {**text, "description": "A folder in the bucket."},
        "objectLockMode": {**text, "enum": list(LockMode), "description": "S3 Object Lock of each object."},
        "objectLockDays": {**days, "description": "How long each object is locked."},
    }
    return {**head, "title": "Bucket", "properties": described, "required": ["bucket"]}


def show_configuration(integration: Integration, credentials: Mapping[str, Credential]) -> WireConfiguration:
    """IntegrationConfiguration."""
    configuration = integration.configuration
    return WireConfiguration(
        id=integration.id,
        name=configuration.name,
        version=configuration.version,
        properties=dict(configuration.properties),
        advanced={},
        credentials={name: show_credential(each) for name, each in credentials.items()},
        notes=configuration.notes,
        self_uri=f"{PATH}/{integration.id}/config/current",
    )


def show_integration(integration: Integration, credentials: Mapping[str, Credential]) -> WireIntegration:
    """Integration."""
    state = "DELETED" if integration.deleted else "ENABLED" if integration.enabled else "DISABLED"
    return WireIntegration(
        id=integration.id,
        name=integration.name,
        integration_type=show_type(integration.type),
        notes=integration.notes,
        intended_state=state,
        config=WireCurrent(current=show_configuration(integration, credentials)),
        reported_state=_status(integration),
        attributes={},
        self_uri=f"{PATH}/{integration.id}",
    )


def _status(integration: Integration) -> WireStatus:
    reported = integration.reported
    code = rules.report(enabled=integration.enabled, works=None if reported is None else reported.works)
    message = None
    if reported is not None:
        word = "integration.bucket.works" if reported.works else "integration.bucket.fails"
        message = WireMessage(localizable_message_code=word, message=reported.sentence)
    effective = {
        "ACTIVE": "Recordings can be stored.",
        "ERROR": "Recordings cannot be stored.",
        "ACTIVATING": "The bucket was not looked at yet.",
        "INACTIVE": "The integration is not enabled.",
    }[code]
    last = integration.reported_at or integration.changed_at
    return WireStatus(code=code, effective=effective, detail=message, last_updated=last)


def show_verdict(integration: Integration) -> WireVerdict:
    """What the last probe found."""
    assert integration.reported is not None
    assert integration.reported_at is not None
    reported = integration.reported
    return WireVerdict(works=reported.works, sentence=reported.sentence, checked_at=integration.reported_at)


def read_ids(ids: Sequence[str] | None) -> tuple[str, ...] | None:
    """Ids that are given one by one, or joined by commas as the vendor's SDK does."""
    return None if ids is None else tuple(part for each in ids for part in each.split(",") if part)
