"""Presence definitions, system presences and sources."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.paging import Listing, Page, commas, listing
from shiftline.presence.operations import definitions, sources
from shiftline.presence.wire import (
    DefinitionBody,
    SourceBody,
    WireDefinition,
    WireDefinitions,
    WireOrganizationPresence,
    WireSource,
    WireSources,
    WireSystemPresence,
    read_definition,
    show_definition,
    show_organization_presence,
    show_source,
    show_system_presences,
)

TAGS = ["Presence"]

_ACTIVE = {"true": False, "false": True, "any": None}


@get("/api/v2/presence/definitions", operation_id="getPresenceDefinitions", tags=TAGS)
async def get_definitions(
    context: Context,
    deactivated: Annotated[str, Parameter(max_length=10, description="true, false or any")] = "false",
    division_ids: Annotated[str | None, Parameter(query="divisionId", max_length=5000)] = None,
) -> WireDefinitions:
    """The presence definitions that the caller may see."""
    if deactivated.lower() not in _ACTIVE:
        raise Invalid(Problem("deactivated", "must be true, false or any."))
    wanted = commas(division_ids)
    found = await definitions.list_definitions(
        context, active=_ACTIVE[deactivated.lower()], division_ids=None if wanted is None else tuple(wanted)
    )
    entities = [show_definition(definition) for definition in found]
    return WireDefinitions(total=len(entities), entities=entities, self_uri="/api/v2/presence/definitions")


@post("/api/v2/presence/definitions", operation_id="postPresenceDefinitions", status_code=200, tags=TAGS)
async def post_definition(context: Context, data: DefinitionBody) -> WireDefinition:
    """A new presence definition."""
    return show_definition(await definitions.create_definition(context, read_definition(data)))


@get("/api/v2/presence/definitions/{definition_id:str}", operation_id="getPresenceDefinition", tags=TAGS)
async def get_definition(context: Context, definition_id: str) -> WireDefinition:
    """One presence definition."""
    return show_definition(await definitions.get_definition(context, definition_id))


@put("/api/v2/presence/definitions/{definition_id:str}", operation_id="putPresenceDefinition", tags=TAGS)
async def put_definition(context: Context, definition_id: str, data: DefinitionBody) -> WireDefinition:
    """Change a presence definition."""
    return show_definition(await definitions.change_definition(context, definition_id, read_definition(data)))


@delete("/api/v2/presence/definitions/{definition_id:str}", operation_id="deletePresenceDefinition", tags=TAGS)
async def delete_definition(context: Context, definition_id: str) -> None:
    """Put a presence definition out of use."""
    await definitions.deactivate_definition(context, definition_id)


@get("/api/v2/presencedefinitions", operation_id="getPresencedefinitions", tags=TAGS)
async def get_organization_presences(
    context: Context, page: Page, deleted: Annotated[str, Parameter(max_length=10)] = "false"
) -> Listing[WireOrganizationPresence]:
    """The presence definitions in their older shape."""
    if deleted.lower() not in _ACTIVE:
        raise Invalid(Problem("deleted", "must be true, false or any."))
    found = await definitions.list_definitions(context, active=_ACTIVE[deleted.lower()])
    part = [show_organization_presence(each) for each in found[page.offset : page.offset + page.size]]
    return listing(part, len(found), page, "/api/v2/presencedefinitions")


@get("/api/v2/presencedefinitions/{definition_id:str}", operation_id="getPresencedefinition", tags=TAGS)
async def get_organization_presence(context: Context, definition_id: str) -> WireOrganizationPresence:
    """One presence definition in its older shape."""
    return show_organization_presence(await definitions.get_definition(context, definition_id))


@get("/api/v2/systempresences", operation_id="getSystempresences", tags=TAGS)
async def get_system_presences() -> list[WireSystemPresence]:
    """The ten things that anybody can be doing."""
    return show_system_presences()


@get("/api/v2/presence/sources", operation_id="getPresenceSources", tags=TAGS)
async def get_sources(context: Context) -> WireSources:
    """The registered presence sources."""
    entities = [show_source(source) for source in await sources.list_sources(context)]
    return WireSources(total=len(entities), entities=entities, self_uri="/api/v2/presence/sources")


@get("/api/v2/presence/sources/{source_id:str}", operation_id="getPresenceSource", tags=TAGS)
async def get_source(context: Context, source_id: str) -> WireSource:
    """One registered presence source."""
    return show_source(await sources.get_source(context, source_id))


@post("/api/v2/presence/sources", operation_id="postPresenceSources", status_code=200, tags=TAGS)
async def post_source(context: Context, data: SourceBody) -> WireSource:
    """Register a presence source."""
    return show_source(await sources.create_source(context, data.name, data.description))


ROUTES = [
    get_definitions,
    post_definition,
    get_definition,
    put_definition,
    delete_definition,
    get_organization_presences,
    get_organization_presence,
    get_system_presences,
    get_sources,
    get_source,
    post_source,
]
