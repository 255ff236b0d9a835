"""How agents stand now."""

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.wire import Identifier
from shiftline.workforce.adherence.operations import watching
from shiftline.workforce.adherence.wire import boards as wire

MU = f"{wire.ROOT}/managementunits/{{management_unit_id:str}}"
TAGS = ["Workforce Management"]

# COMPAT: the vendor's switch to a download; the answer comes at once here, however big it is.
ForceDownload = Annotated[bool, Parameter(query="forceDownloadService", description="Without effect")]
UserIds = Annotated[list[Identifier], Parameter(query="userId", min_items=1, max_items=100)]


@get(f"{MU}/adherence", operation_id="getWorkforcemanagementManagementunitAdherence", tags=TAGS)
async def get_board(
    context: Context, management_unit_id: str, *, force_download: ForceDownload = False
) -> wire.UserScheduleAdherenceListing:
    """How the agents of a management unit stand now."""
    del force_download
    return wire.show_listing(await watching.watch_unit(context, management_unit_id))


@get(f"{wire.ROOT}/adherence", operation_id="getWorkforcemanagementAdherence", tags=TAGS)
async def get_agents(context: Context, user_id: UserIds) -> list[wire.UserScheduleAdherence]:
    """How some agents stand now; who is no agent is left out."""
    return [wire.show(each) for each in await watching.watch_agents(context, user_id)]


ROUTES = [get_board, get_agents]
