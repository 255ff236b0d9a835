"""Standing preferences over HTTP: ours."""

from typing import Annotated

from litestar import Response, delete, get, post, put
from litestar.openapi import ResponseSpec
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.workforce.preferences.operations import standing as operations
from shiftline.workforce.preferences.wire import standing as wire

OWN = f"{wire.PREFIX}/standingpreferences"
TAGS = ["Workforce Management"]
Version = Annotated[int, Parameter(query="version", ge=1, le=2**31 - 1, description="The version that was read")]


@get(OWN, operation_id="getShiftlineWorkforceStandingpreferences", tags=TAGS)
async def list_own(context: Context) -> wire.StandingPreferenceListing:
    """The caller's standing preferences: days of the week, starts, and colleagues."""
    return wire.show_all(await operations.list_own_standing(context))


@get(
    f"{wire.PREFIX}/agents/{{agent_id:str}}/standingpreferences",
    operation_id="getShiftlineWorkforceAgentStandingpreferences",
    tags=TAGS,
)
async def list_of_agent(context: Context, agent_id: str) -> wire.StandingPreferenceListing:
    """An agent's standing preferences."""
    return wire.show_all(await operations.list_standing_of(context, agent_id))


@post(
    OWN,
    operation_id="postShiftlineWorkforceStandingpreferences",
    tags=TAGS,
    responses={200: ResponseSpec(wire.StandingPreference, description="The same preference, stated before")},
)
async def state(context: Context, data: wire.StandingPreferenceRequest) -> Response[wire.StandingPreference]:
    """State a standing preference: 201, or 200 with the same one that stands already."""
    stated, new = await operations.state_standing(context, data.draft())
    return Response(wire.show_stated(stated), status_code=201 if new else 200)


@put(f"{OWN}/{{wish_id:str}}", operation_id="putShiftlineWorkforceStandingpreference", tags=TAGS)
async def replace(
    context: Context, wish_id: str, data: wire.ReplaceStandingPreferenceRequest
) -> wire.StandingPreference:
    """Put another in place of a standing preference, at the version that was read."""
    return wire.show_stated(await operations.replace_standing(context, wish_id, data.draft(), data.version))


@delete(f"{OWN}/{{wish_id:str}}", operation_id="deleteShiftlineWorkforceStandingpreference", tags=TAGS)
async def remove(context: Context, wish_id: str, version: Version) -> None:
    """Take a standing preference away, at the version that was read."""
    await operations.remove_standing(context, wish_id, version)


ROUTES = [list_own, list_of_agent, state, replace, remove]
