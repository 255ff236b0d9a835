"""The calling token, and the tokens of others."""

from litestar import delete, get, head

from shiftline.foundation.context import Context
from shiftline.identity.operations.clients import get_own_client_name
from shiftline.identity.operations.organizations import get_organization
from shiftline.identity.operations.tokens import revoke_own_token, revoke_tokens_of
from shiftline.identity.wire import oauth as wire


@get("/api/v2/tokens/me", operation_id="getTokensMe", status_code=200, tags=["Tokens"], opt={"even_if_barred": True})
async def get_tokens_me(context: Context) -> wire.TokenInfo:
    """Describe the calling token; a deactivated person's too."""
    organization = await get_organization(context)
    return wire.token_info(organization, context.actor.client_id, await get_own_client_name(context))


@head("/api/v2/tokens/me", operation_id="headTokensMe", status_code=200, tags=["Tokens"], opt={"even_if_barred": True})
async def head_tokens_me() -> None:
    """Say that the calling token is good."""


@delete(
    "/api/v2/tokens/me", operation_id="deleteTokensMe", status_code=204, tags=["Tokens"], opt={"even_if_barred": True}
)
async def delete_tokens_me(context: Context) -> None:
    """Sign out: the calling token ends now."""
    await revoke_own_token(context)


@delete("/api/v2/tokens/{user_id:str}", operation_id="deleteToken", status_code=204, tags=["Tokens"])
async def delete_token(context: Context, user_id: str) -> None:
    """End every token of a user."""
    await revoke_tokens_of(context, user_id)


ROUTES = [get_tokens_me, head_tokens_me, delete_tokens_me, delete_token]
