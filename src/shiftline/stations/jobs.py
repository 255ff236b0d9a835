"""What happens to stations without a caller."""

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import on
from shiftline.identity.events import TenantSettingsChanged
from shiftline.stations.operations.associations import announce_tenant_switch


@on(TenantSettingsChanged)
async def follow_tenant(context: Context, happened: TenantSettingsChanged) -> None:
    """Softphones whose connection is to stay between calls from now on, or no more, are told to read their station."""
    if "persistent_connection_required" in happened.turned:
        await announce_tenant_switch(context)
