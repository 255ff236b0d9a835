"""Integrations and credentials over HTTP: the vendor's operations, and a probe."""

from typing import Annotated, Any, TypeAlias

from litestar import Request, delete, get, patch, post, put
from litestar.params import Parameter

from shiftline.authorization.operations import require
from shiftline.discovery.integrations import wire
from shiftline.discovery.integrations.model import IntegrationFilter
from shiftline.discovery.integrations.operations import credentials, integrations
from shiftline.discovery.integrations.operations.credentials import VIEW
from shiftline.discovery.integrations.operations.probing import probe
from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.vault import Vault

ONE = f"{wire.PATH}/{{integration_id:str}}"
CREDENTIAL = f"{wire.CREDENTIALS}/{{credential_id:str}}"
TAGS = ["Integrations"]
Asked: TypeAlias = Request[Any, Any, Any]

Ids = Annotated[list[str] | None, Parameter(query="ids", max_items=100)]
OfType = Annotated[str | None, Parameter(query="integrationType", max_length=200)]
Reported = Annotated[str | None, Parameter(query="reportedState", max_length=40)]
OfCredential = Annotated[str | None, Parameter(query="credentialId", max_length=100)]


def _keys(request: Asked) -> Keys:
    vault: Vault = request.app.state.vault
    return vault.keys


async def _show(context: Context, integration: Any) -> wire.WireIntegration:
    return wire.show_integration(integration, await integrations.find_names(context, integration))


@get(wire.PATH, operation_id="getIntegrations", tags=TAGS)
async def get_integrations(
    context: Context,
    page: Page,
    *,
    ids: Ids = None,
    integration_type: OfType = None,
    reported_state: Reported = None,
    credential_id: OfCredential = None,
) -> Listing[wire.WireIntegration]:
    """Integrations, by name."""
    state = None if reported_state is None else reported_state.upper()
    wanted = IntegrationFilter(wire.read_ids(ids), integration_type, state, credential_id)
    found, total = await integrations.list_integrations(context, wanted, page)
    return listing([await _show(context, each) for each in found], total, page, wire.PATH)


@post(wire.PATH, operation_id="postIntegrations", status_code=200, tags=TAGS)
async def post_integration(context: Context, data: wire.IntegrationBody) -> wire.WireIntegration:
    """Make an integration; it is configured and enabled after that."""
    return await _show(context, await integrations.create_integration(context, data.name, data.integration_type.id))


@get(ONE, operation_id="getIntegration", tags=TAGS)
async def get_integration(context: Context, integration_id: str) -> wire.WireIntegration:
    """An integration, with its configuration and how it is."""
    return await _show(context, await integrations.get_integration(context, integration_id))


@patch(ONE, operation_id="patchIntegration", tags=TAGS)
async def patch_integration(
    request: Asked, context: Context, integration_id: str, data: wire.IntegrationPatch
) -> wire.WireIntegration:
    """Name, enable or disable an integration; when it is enabled its bucket is probed, and ``reportedState`` says what was found."""
    change = wire.read_change(data)
    changed = await integrations.change_integration(context, _keys(request), integration_id, change, probe)
    return await _show(context, changed)


@delete(ONE, operation_id="deleteIntegration", status_code=200, tags=TAGS)
async def delete_integration(context: Context, integration_id: str) -> wire.WireIntegration:
    """Delete an integration; nothing is stored by it any more, what was stored stays."""
    return await _show(context, await integrations.delete_integration(context, integration_id))


@get(f"{ONE}/config/current", operation_id="getIntegrationConfigCurrent", tags=TAGS)
async def get_configuration(context: Context, integration_id: str) -> wire.WireConfiguration:
    """The configuration of an integration, without secrets."""
    found = await integrations.get_integration(context, integration_id)
    return wire.show_configuration(found, await integrations.find_names(context, found))


@put(f"{ONE}/config/current", operation_id="putIntegrationConfigCurrent", tags=TAGS)
async def put_configuration(
    request: Asked, context: Context, integration_id: str, data: wire.ConfigurationBody
) -> wire.WireConfiguration:
    """Configure an integration; ``version`` is that of the configuration which this one changes."""
    wanted = wire.read_configuration(data)
    changed = await integrations.configure(context, _keys(request), integration_id, wanted, probe)
    return wire.show_configuration(changed, await integrations.find_names(context, changed))


@post(
    f"{wire.OURS}/{{integration_id:str}}/probe",
    operation_id="postShiftlineIntegrationProbe",
    status_code=200,
    tags=TAGS,
)
async def post_probe(request: Asked, context: Context, integration_id: str) -> wire.WireVerdict:
    """Go to the bucket now and say whether recordings can be stored there."""
    return wire.show_verdict(await integrations.probe_integration(context, _keys(request), integration_id, probe))


@get(wire.CREDENTIALS, operation_id="getIntegrationsCredentials", tags=TAGS)
async def get_credentials(context: Context, page: Page) -> Listing[wire.WireCredential]:
    """Credentials by name, without their secrets."""
    found, total = await credentials.list_credentials(context, page)
    return listing([wire.show_credential(each) for each in found], total, page, wire.CREDENTIALS)


@post(wire.CREDENTIALS, operation_id="postIntegrationsCredentials", status_code=200, tags=TAGS)
async def post_credential(request: Asked, context: Context, data: wire.CredentialBody) -> wire.WireCredential:
    """Store a credential; its secret is sealed and never shown again."""
    kind = wire.read_type(data)
    made = await credentials.create_credential(context, _keys(request), data.name, kind, data.credential_fields)
    return wire.show_credential(made)


@get(CREDENTIAL, operation_id="getIntegrationsCredential", tags=TAGS)
async def get_credential(context: Context, credential_id: str) -> wire.WireCredential:
    """A credential, without its secret."""
    return wire.show_credential(await credentials.get_credential(context, credential_id))


@put(CREDENTIAL, operation_id="putIntegrationsCredential", tags=TAGS)
async def put_credential(
    request: Asked, context: Context, credential_id: str, data: wire.CredentialBody
) -> wire.WireCredential:
    """Store a credential anew."""
    fields = data.credential_fields
    changed = await credentials.change_credential(context, _keys(request), credential_id, data.name, fields)
    return wire.show_credential(changed)


@delete(CREDENTIAL, operation_id="deleteIntegrationsCredential", status_code=204, tags=TAGS)
async def delete_credential(context: Context, credential_id: str) -> None:
    """Delete a credential that no integration uses."""
    await credentials.delete_credential(context, credential_id)


@get(f"{wire.CREDENTIALS}/types", operation_id="getIntegrationsCredentialsTypes", tags=TAGS)
async def get_credential_types(context: Context) -> list[wire.WireCredentialType]:
    """Which credentials there can be."""
    require(context, VIEW)
    return wire.show_credential_types()


@get(wire.TYPES, operation_id="getIntegrationsTypes", tags=TAGS)
async def get_types(context: Context, page: Page) -> Listing[wire.WireType]:
    """Which integrations there can be."""
    require(context, VIEW)
    types = [wire.show_type()]
    return listing(types[page.offset : page.offset + page.size], len(types), page, wire.TYPES)


@get(f"{wire.TYPES}/{{type_id:str}}", operation_id="getIntegrationsType", tags=TAGS)
async def get_type(context: Context, type_id: str) -> wire.WireType:
    """One of them."""
    require(context, VIEW)
    return wire.show_type(type_id)


@get(
    f"{wire.TYPES}/{{type_id:str}}/configschemas/{{config_type:str}}",
    operation_id="getIntegrationsTypeConfigschema",
    tags=TAGS,
)
async def get_schema(context: Context, type_id: str, config_type: str) -> dict[str, Any]:
    """The JSON schema of a part of its configuration: properties, or advanced."""
    require(context, VIEW)
    return wire.show_schema(type_id, config_type)


ROUTES = [
    get_integrations,
    post_integration,
    get_integration,
    patch_integration,
    delete_integration,
    get_configuration,
    put_configuration,
    post_probe,
    get_credentials,
    post_credential,
    get_credential,
    put_credential,
    delete_credential,
    get_credential_types,
    get_types,
    get_type,
    get_schema,
]
