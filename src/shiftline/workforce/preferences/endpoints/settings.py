"""Settings of preferences and unavailable times over HTTP."""

from litestar import get, patch, post

from shiftline.foundation.context import Context
from shiftline.workforce.preferences.model import Family
from shiftline.workforce.preferences.operations import settings as operations
from shiftline.workforce.preferences.wire import settings as wire
from shiftline.workforce.preferences.wire.stating import PREFIX

BU = f"{PREFIX}/businessunits/{{business_unit_id:str}}"
TAGS = ["Workforce Management"]


@get(
    f"{BU}/schedulingpreferences/settings",
    operation_id="getWorkforcemanagementBusinessunitSchedulingpreferencesSettings",
    tags=TAGS,
)
async def get_settings(context: Context, business_unit_id: str) -> wire.WishSettings:
    """Whether a business unit takes preferences, and what follows when one contradicts the contract."""
    return wire.show(await operations.get_settings(context, business_unit_id))


@patch(
    f"{BU}/schedulingpreferences/settings",
    operation_id="patchWorkforcemanagementBusinessunitSchedulingpreferencesSettings",
    tags=TAGS,
)
async def patch_settings(context: Context, business_unit_id: str, data: wire.WishSettingsRequest) -> wire.WishSettings:
    """Change that; what is not named stays."""
    return wire.show(
        await operations.change_settings(context, business_unit_id, enabled=data.enabled, conflicts=data.conflicts())
    )


@get(
    f"{PREFIX}/schedulingpreferences/settings",
    operation_id="getWorkforcemanagementSchedulingpreferencesSettings",
    tags=TAGS,
)
async def get_own_settings(context: Context) -> wire.WishSettings:
    """The same, of the caller's business unit."""
    return wire.show(await operations.get_own_settings(context, Family.PREFERENCES))


@get(
    f"{PREFIX}/unavailabletimes/settings",
    operation_id="getWorkforcemanagementUnavailabletimesSettings",
    tags=TAGS,
)
async def get_own_unit_settings(context: Context) -> wire.WishSettings:
    """Whether the caller's management unit takes unavailable times, and what follows when one contradicts the contract."""
    return wire.show(await operations.get_own_settings(context, Family.UNAVAILABLE_TIMES))


@patch(
    f"{PREFIX}/managementunits/{{management_unit_id:str}}/unavailabletimes/settings",
    operation_id="patchWorkforcemanagementManagementunitUnavailabletimesSettings",
    tags=TAGS,
)
async def patch_unit_settings(
    context: Context, management_unit_id: str, data: wire.WishSettingsRequest
) -> wire.WishSettings:
    """Change that of a management unit; what is not named stays."""
    return wire.show(
        await operations.change_unit_settings(
            context, management_unit_id, enabled=data.enabled, conflicts=data.conflicts()
        )
    )


@post(
    f"{BU}/unavailabletimes/settings/query",
    operation_id="postWorkforcemanagementBusinessunitUnavailabletimesSettingsQuery",
    status_code=200,
    tags=TAGS,
)
async def query_unit_settings(
    context: Context, business_unit_id: str, data: wire.QueryAvailabilityManagementUnitsSettingsRequest
) -> wire.QueryAvailabilityManagementUnitsSettingsResponse:
    """The settings of unavailable times of a business unit's management units."""
    found = await operations.list_settings(context, business_unit_id, data.management_unit_ids or ())
    return wire.show_units(found)


ROUTES = [
    get_settings,
    patch_settings,
    get_own_settings,
    get_own_unit_settings,
    patch_unit_settings,
    query_unit_settings,
]
