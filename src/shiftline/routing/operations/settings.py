"""The organization's settings of routing: how much one person handles at a time."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.routing.events import RoutingSettingsChanged
from shiftline.routing.model.queues import Medium
from shiftline.routing.model.utilization import DEFAULT_UTILIZATION, MediaUtilization, RoutingSettings
from shiftline.routing.rules.settings import check_utilization
from shiftline.routing.store import settings

MANAGE_UTILIZATION = "routing:utilization:manage"
VIEW_UTILIZATION = (MANAGE_UTILIZATION, "routing:utilization:view")
MANAGE_SETTINGS = "routing:settings:manage"


async def find_settings(reader: Reader, organization_id: str) -> RoutingSettings:
    """The organization's settings, or the defaults."""
    return await settings.find_settings(reader, organization_id)


async def get_settings(context: Context) -> RoutingSettings:
    """The organization's settings, or the defaults."""
    async with context.reader() as reader:
        return await find_settings(reader, context.organization_id)


async def get_utilization(context: Context) -> Mapping[Medium, MediaUtilization]:
    """How much of each medium one person handles at a time. Raises PermissionMissing."""
    require(context, *VIEW_UTILIZATION)
    return (await get_settings(context)).utilization


async def set_utilization(
    context: Context, utilization: Mapping[Medium, MediaUtilization]
) -> Mapping[Medium, MediaUtilization]:
    """Set how much of each medium one person handles; a medium left out gets its default. Raises Invalid."""
    require(context, MANAGE_UTILIZATION)
    check_utilization(utilization)
    whole = {**DEFAULT_UTILIZATION, **utilization}
    return (await _change(context, lambda settings: replace(settings, utilization=whole))).utilization


async def set_settings(context: Context, *, reset_agent_score_on_presence_change: bool) -> RoutingSettings:
    """Set the other settings of routing. Raises PermissionMissing."""
    require(context, MANAGE_SETTINGS)
    return await _change(
        context,
        lambda settings: replace(settings, reset_agent_score_on_presence_change=reset_agent_score_on_presence_change),
    )


async def _change(context: Context, change: Callable[[RoutingSettings], RoutingSettings]) -> RoutingSettings:
    async with context.transaction() as tx:
        await settings.lock_settings(tx)
        current = await settings.find_settings(tx, context.organization_id)
        wanted = change(current)
        if wanted != current:
            version = await settings.put_settings(tx, wanted)
            tx.record(RoutingSettingsChanged(organization_id=context.organization_id, version=version))
        return wanted
