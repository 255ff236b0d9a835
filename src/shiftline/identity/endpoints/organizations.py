"""The caller's organization and its switches."""

from dataclasses import replace

from litestar import get, patch, put

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.errors import NotFound
from shiftline.identity.model import Organization
from shiftline.identity.operations.organizations import (
    change_organization,
    change_tenant_settings,
    get_organization_and_webrtc,
    get_tenant_settings,
)
from shiftline.identity.wire import organizations as wire


@get("/api/v2/organizations/me", operation_id="getOrganizationsMe", status_code=200, tags=["Organization"])
async def get_organizations_me(context: Context) -> wire.Organization:
    """Get the caller's organization."""
    return wire.organization(*await get_organization_and_webrtc(context))


@put("/api/v2/organizations/me", operation_id="putOrganizationsMe", status_code=200, tags=["Organization"])
async def put_organizations_me(context: Context, data: wire.OrganizationChange) -> wire.Organization:
    """Change the caller's organization; ``version`` is the one that was read."""

    def change(current: Organization) -> Organization:
        return replace(
            current,
            name=data.name or current.name,
            default_language=data.default_language or current.default_language,
            default_country_code=data.default_country_code or current.default_country_code,
            support_uri=data.support_uri or current.support_uri,
        )

    changed = await change_organization(context, data.version, change)
    return wire.organization(changed, (await get_tenant_settings(context)).webrtc_enabled)


@patch(
    "/api/v2/organizations/features/{feature_name:str}",
    operation_id="patchOrganizationsFeature",
    status_code=200,
    tags=["Organization"],
)
async def patch_organizations_feature(context: Context, feature_name: str, data: wire.FeatureSwitch) -> dict[str, bool]:
    """Switch a feature for the whole organization: ``webRTC`` is the one that is enforced here."""
    if feature_name.casefold() != wire.WEBRTC.casefold():
        raise NotFound("feature", feature_name)
    return wire.features((await change_tenant_settings(context, webrtc_enabled=data.enabled)).webrtc_enabled)


@get(
    "/api/v2/organizations/authentication/settings",
    operation_id="getOrganizationsAuthenticationSettings",
    status_code=200,
    tags=["Organization"],
)
async def get_authentication_settings(context: Context) -> wire.AuthenticationSettings:
    """Tell how people of the organization sign in."""
    require(context, "directory:organization:admin")
    return wire.authentication_settings()


@get("/api/v2/telephony/settings", operation_id="getTelephonySettings", status_code=200, tags=["Telephony"])
async def get_telephony_settings(context: Context) -> wire.TelephonySettings:
    """Get the tenant's telephony switches."""
    require(context, "telephony:settings:view")
    return wire.telephony_settings(await get_tenant_settings(context))


@put("/api/v2/telephony/settings", operation_id="putTelephonySettings", status_code=200, tags=["Telephony"])
async def put_telephony_settings(context: Context, data: wire.TelephonySettings) -> wire.TelephonySettings:
    """Turn the tenant's telephony switches that are given; live sessions that lose their right are closed."""
    settings = await change_tenant_settings(
        context,
        persistent_connection_required=data.persistent_connection_required,
        shift_rule=wire.rule_change(data.softphone_only_within_shift),
    )
    return wire.telephony_settings(settings)


ROUTES = [
    get_organizations_me,
    put_organizations_me,
    patch_organizations_feature,
    get_authentication_settings,
    get_telephony_settings,
    put_telephony_settings,
]
