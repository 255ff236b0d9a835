"""What happens to stations without a caller."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every, on
from shiftline.identity.events import TenantSettingsChanged
from shiftline.stations.operations.associations import announce_tenant_switch
from shiftline.stations.operations.repairs import end_stale_associations


@on(TenantSettingsChanged)
async def follow_tenant(context: Context, happened: TenantSettingsChanged) -> None:
    """Softphones whose connection is to stay between calls from now on, or no more, are told to read their station."""
    if "persistent_connection_required" in happened.turned:
        await announce_tenant_switch(context)


@every(timedelta(seconds=30))
async def sweep_associations(context: Context) -> None:
    """Take people from stations that they cannot use any more."""
    await end_stale_associations(context)
