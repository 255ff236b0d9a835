"""Utilization and the other settings of routing."""

from litestar import get, put

from shiftline.foundation.context import Context
from shiftline.routing.operations import settings
from shiftline.routing.wire.settings import (
    UtilizationBody,
    WireRoutingSettings,
    WireUtilization,
    read_utilization,
    show_settings,
    show_utilization,
)

SETTINGS = "/api/v2/routing/settings"
UTILIZATION = "/api/v2/routing/utilization"
TAGS = ["Routing"]


@get(SETTINGS, operation_id="getRoutingSettings", tags=TAGS)
async def get_settings(context: Context) -> WireRoutingSettings:
    """The settings of routing."""
    return show_settings(await settings.get_settings(context))


@put(SETTINGS, operation_id="putRoutingSettings", tags=TAGS)
async def put_settings(context: Context, data: WireRoutingSettings) -> WireRoutingSettings:
    """Change the settings of routing."""
    reset = data.reset_agent_score_on_presence_change
    return show_settings(await settings.set_settings(context, reset_agent_score_on_presence_change=reset))


@get(UTILIZATION, operation_id="getRoutingUtilization", tags=TAGS)
async def get_utilization(context: Context) -> WireUtilization:
    """How many interactions of each medium one user handles at a time."""
    return show_utilization(await settings.get_utilization(context))


@put(UTILIZATION, operation_id="putRoutingUtilization", tags=TAGS)
async def put_utilization(context: Context, data: UtilizationBody) -> WireUtilization:
    """Set how many interactions of each medium one user handles; a medium left out gets its default."""
    return show_utilization(await settings.set_utilization(context, read_utilization(data)))


ROUTES = [get_settings, put_settings, get_utilization, put_utilization]
