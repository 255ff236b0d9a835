"""Stations, and who is at which."""

from collections.abc import Sequence
from typing import Annotated

from litestar import delete, get, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.web.paging import Listing, Page, commas, listing
from shiftline.identity.operations.targets import own_person_id
from shiftline.stations.model import StationFilter
from shiftline.stations.operations import associations
from shiftline.stations.wire import WireStation, WireUserStations, show_person_stations, show_station

TAGS = ["Stations"]
USERS = ["Users"]


@get("/api/v2/stations", operation_id="getStations", tags=TAGS)
async def get_stations(
    context: Context,
    page: Page,
    *,
    name: Annotated[str | None, Parameter(max_length=256)] = None,
    selectable: Annotated[bool | None, Parameter(query="userSelectable")] = None,
    user_id: Annotated[str | None, Parameter(query="webRtcUserId", max_length=100)] = None,
    ids: Annotated[str | None, Parameter(query="id", max_length=5000)] = None,
    line_id: Annotated[str | None, Parameter(query="lineAppearanceId", max_length=100)] = None,
) -> Listing[WireStation]:
    """Stations by name. ``userSelectable``: those that the caller can be at, which are their own."""
    person_id = own_person_id(context) if selectable and user_id is None else user_id
    wanted_ids = commas(ids)
    wanted = StationFilter(name, person_id, None if wanted_ids is None else tuple(wanted_ids), line_id)
    found, total = await associations.list_stations(context, page, wanted)
    return listing([show_station(station) for station in found], total, page, "/api/v2/stations")


@get("/api/v2/stations/{station_id:str}", operation_id="getStation", tags=TAGS)
async def get_station(context: Context, station_id: str) -> WireStation:
    """One station."""
    return show_station(await associations.get_station(context, station_id))


@delete("/api/v2/stations/{station_id:str}/associateduser", operation_id="deleteStationAssociateduser", tags=TAGS)
async def delete_station_associateduser(context: Context, station_id: str) -> None:
    """Take whoever is at a station from it."""
    await associations.clear_station(context, station_id)


@get("/api/v2/users/{user_id:str}/station", operation_id="getUserStation", tags=USERS)
async def get_user_station(context: Context, user_id: str) -> WireUserStations:
    """A user's stations."""
    return show_person_stations(await associations.get_person_stations(context, user_id))


@put(
    "/api/v2/users/{user_id:str}/station/associatedstation/{station_id:str}",
    operation_id="putUserStationAssociatedstationStationId",
    status_code=204,
    tags=USERS,
)
async def put_user_associated_station(context: Context, user_id: str, station_id: str) -> None:
    """Put a user at a station of theirs."""
    await associations.associate_station(context, user_id, station_id)


@delete(
    "/api/v2/users/{user_id:str}/station/associatedstation",
    operation_id="deleteUserStationAssociatedstation",
    tags=USERS,
)
async def delete_user_associated_station(context: Context, user_id: str) -> None:
    """Take a user from the station they are at."""
    await associations.disassociate_station(context, user_id)


@put(
    "/api/v2/users/{user_id:str}/station/defaultstation/{station_id:str}",
    operation_id="putUserStationDefaultstationStationId",
    status_code=204,
    tags=USERS,
)
async def put_user_default_station(context: Context, user_id: str, station_id: str) -> None:
    """Give a user a default station of theirs."""
    await associations.set_default_station(context, user_id, station_id)


@delete(
    "/api/v2/users/{user_id:str}/station/defaultstation", operation_id="deleteUserStationDefaultstation", tags=USERS
)
async def delete_user_default_station(context: Context, user_id: str) -> None:
    """Leave a user without a default station."""
    await associations.set_default_station(context, user_id, None)


@get("/api/v2/users/stations/me", operation_id="getUsersStationsMe", tags=USERS)
async def get_my_station(context: Context) -> WireUserStations:
    """The caller's stations."""
    return show_person_stations(await associations.get_person_stations(context, own_person_id(context)))


@put(
    "/api/v2/users/stations/me/associatedstation/{station_id:str}",
    operation_id="putUsersStationsMeAssociatedstationStationId",
    status_code=204,
    tags=USERS,
)
async def put_my_associated_station(context: Context, station_id: str) -> None:
    """Put the caller at a station of theirs."""
    await associations.associate_station(context, own_person_id(context), station_id)


@delete(
    "/api/v2/users/stations/me/associatedstation", operation_id="deleteUsersStationsMeAssociatedstation", tags=USERS
)
async def delete_my_associated_station(context: Context) -> None:
    """Take the caller from the station they are at."""
    await associations.disassociate_station(context, own_person_id(context))


async def expand_station(
    reader: Reader, organization_id: str, person_ids: Sequence[str]
) -> dict[str, WireUserStations]:
    """What ``expand=station`` adds to users, by user id."""
    found = await associations.find_stations_of(reader, organization_id, person_ids)
    return {person_id: show_person_stations(stations) for person_id, stations in found.items()}


ROUTES = [
    get_stations,
    get_station,
    delete_station_associateduser,
    get_user_station,
    put_user_associated_station,
    delete_user_associated_station,
    put_user_default_station,
    delete_user_default_station,
    get_my_station,
    put_my_associated_station,
    delete_my_associated_station,
]
