"""OAuth clients: made, changed, and given another secret."""

from collections.abc import Sequence

from litestar import delete, get, post, put

from shiftline.authorization.operations import get_home_division
from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.identity.model import Client
from shiftline.identity.operations.clients import (
    change_client,
    create_client,
    delete_client,
    get_client,
    list_clients,
    renew_secret,
)
from shiftline.identity.operations.subjects import list_grants_of
from shiftline.identity.wire import clients as wire

PATH = "/api/v2/oauth/clients"


@get(PATH, operation_id="getOauthClients", status_code=200, tags=["OAuth"])
async def get_oauth_clients(context: Context, page: Page) -> Listing[wire.OAuthClient]:
    """List the organization's OAuth clients."""
    clients = await list_clients(context)
    shown = clients[page.offset : page.offset + page.size]
    return listing(await _shaped(context, shown), len(clients), page, PATH)


@post(PATH, operation_id="postOauthClients", status_code=200, tags=["OAuth"])
async def post_oauth_clients(context: Context, data: wire.ClientRequest) -> wire.OAuthClient:
    """Make an OAuth client; the answer holds its secret, which is never told again."""
    client, secret = await create_client(context, data.draft((await get_home_division(context)).id))
    return (await _shaped(context, [client], secret))[0]


@get(f"{PATH}/{{client_id:str}}", operation_id="getOauthClient", status_code=200, tags=["OAuth"])
async def get_oauth_client(context: Context, client_id: str) -> wire.OAuthClient:
    """Get an OAuth client."""
    return (await _shaped(context, [await get_client(context, client_id)]))[0]


@put(f"{PATH}/{{client_id:str}}", operation_id="putOauthClient", status_code=200, tags=["OAuth"])
async def put_oauth_client(context: Context, client_id: str, data: wire.ClientRequest) -> wire.OAuthClient:
    """Change an OAuth client; switched off, it loses its tokens."""
    draft = data.draft((await get_home_division(context)).id)
    return (await _shaped(context, [await change_client(context, client_id, draft)]))[0]


@delete(f"{PATH}/{{client_id:str}}", operation_id="deleteOauthClient", status_code=204, tags=["OAuth"])
async def delete_oauth_client(context: Context, client_id: str) -> None:
    """Delete an OAuth client and end its tokens."""
    await delete_client(context, client_id)


@post(f"{PATH}/{{client_id:str}}/secret", operation_id="postOauthClientSecret", status_code=200, tags=["OAuth"])
async def post_oauth_client_secret(context: Context, client_id: str) -> wire.OAuthClient:
    """Give an OAuth client another secret; the former one is good for nothing from now on."""
    client, secret = await renew_secret(context, client_id)
    return (await _shaped(context, [client], secret))[0]


@get("/api/v2/oauth/scopes", operation_id="getOauthScopes", status_code=200, tags=["OAuth"])
async def get_oauth_scopes() -> wire.OAuthScopes:
    """List the scopes by which a token can be narrowed: none, since roles decide what a token may do."""
    return wire.OAuthScopes(total=0, entities=[], self_uri="/api/v2/oauth/scopes")


async def _shaped(context: Context, clients: Sequence[Client], secret: str | None = None) -> list[wire.OAuthClient]:
    held = await list_grants_of(context, [client.id for client in clients])
    return [
        wire.oauth_client(client, [(grant.role.id, grant.division_id) for grant in held.get(client.id, [])], secret)
        for client in clients
    ]


ROUTES = [
    get_oauth_clients,
    post_oauth_clients,
    get_oauth_client,
    put_oauth_client,
    delete_oauth_client,
    post_oauth_client_secret,
    get_oauth_scopes,
]
