"""The organization's OAuth clients: programs that may ask for tokens."""

from shiftline.authorization.operations import keeping_an_administrator, replace_grants_in, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Row, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id, new_secret
from shiftline.identity import rules, store
from shiftline.identity.errors import ClientNotFound
from shiftline.identity.events import ClientChanged
from shiftline.identity.model import WEB_CLIENT_ID, Client, ClientDraft, Tokens
from shiftline.identity.operations.tokens import revoke_in


async def get_own_client_name(context: Context) -> str | None:
    """What the program is called that the calling token was issued to."""
    client_id = context.actor.client_id
    if client_id is None:
        return None
    if client_id == WEB_CLIENT_ID:
        return "Shiftline"
    async with context.reader() as reader:
        for client in await store.list_clients(reader, context.organization_id, client_id):
            return client.name
    return None


async def list_clients(context: Context) -> list[Client]:
    """The organization's clients by name."""
    require(context, "oauth:client:view")
    async with context.reader() as reader:
        return await store.list_clients(reader, context.organization_id)


async def get_client(context: Context, client_id: str) -> Client:
    """One client. Raises ClientNotFound."""
    require(context, "oauth:client:view")
    async with context.reader() as reader:
        for client in await store.list_clients(reader, context.organization_id, client_id):
            return client
    raise ClientNotFound(client_id)


async def create_client(context: Context, draft: ClientDraft) -> tuple[Client, str]:
    """A new client and its secret, which is never told again."""
    require(context, "oauth:client:add")
    async with context.transaction() as tx:
        return await create_client_in(tx, draft)


async def create_client_in(tx: Transaction, draft: ClientDraft, secret: str | None = None) -> tuple[Client, str]:
    """A new client in the caller's transaction; its secret is made unless given."""
    _check(draft)
    text = secret or new_secret()
    client = Client(
        id=draft.id or new_id(),
        name=draft.name,
        description=draft.description,
        grant_type=draft.grant_type,
        redirect_uris=draft.redirect_uris,
        token_seconds=draft.token_seconds,
        state="active",
        version=1,
    )
    kept = await store.insert_client(tx, client, rules.digest(text))
    tx.record(_changed(tx, kept))
    if draft.roles:
        await replace_grants_in(tx, kept.id, draft.roles)
    return kept, text


async def change_client(context: Context, client_id: str, draft: ClientDraft) -> Client:
    """Make a client what is drafted; switched off, it loses its tokens. Raises ClientNotFound, LastAdministrator."""
    require(context, "oauth:client:edit")
    _check(draft)
    async with context.transaction() as tx, keeping_an_administrator(tx):
        found = await store.list_clients(tx, context.organization_id, client_id)
        if not found:
            raise ClientNotFound(client_id)
        if found[0].grant_type != draft.grant_type:
            raise Invalid(Problem("authorizedGrantType", "cannot be changed; make another client."))
        changes: Row = {
            "name": draft.name,
            "description": draft.description,
            "redirect_uris": list(draft.redirect_uris),
            "token_seconds": draft.token_seconds,
            "state": "active" if draft.active else "inactive",
        }
        client = await _change(tx, client_id, changes)
        if not draft.active:
            await revoke_in(tx, "its client was switched off", Tokens(client_id=client_id))
        if draft.roles is not None:
            await replace_grants_in(tx, client_id, draft.roles)
        return client


async def delete_client(context: Context, client_id: str) -> None:
    """Take a client out of use: its tokens end at once. Raises ClientNotFound, LastAdministrator."""
    require(context, "oauth:client:delete")
    async with context.transaction() as tx, keeping_an_administrator(tx):
        await _change(tx, client_id, {"state": "deleted"})
        await revoke_in(tx, "its client was deleted", Tokens(client_id=client_id))


async def renew_secret(context: Context, client_id: str) -> tuple[Client, str]:
    """Another secret; the former one is good for nothing from now on. Raises ClientNotFound."""
    require(context, "oauth:client:edit")
    secret = new_secret()
    async with context.transaction() as tx:
        return await _change(tx, client_id, {"secret_digest": rules.digest(secret)}), secret


async def _change(tx: Transaction, client_id: str, changes: Row) -> Client:
    client = await store.update_client(tx, client_id, changes)
    if client is None:
        raise ClientNotFound(client_id)
    tx.record(_changed(tx, client))
    return client


def _check(draft: ClientDraft) -> None:
    if draft.grant_type == "CODE" and not draft.redirect_uris:
        raise Invalid(Problem("registeredRedirectUri", "a client of the grant type CODE needs at least one."))
    for index, uri in enumerate(draft.redirect_uris):
        if not rules.is_redirect(uri):
            raise Invalid(
                Problem(
                    f"registeredRedirectUri[{index}]",
                    "must be an absolute https address without a fragment (http for localhost only).",
                )
            )


def _changed(tx: Transaction, client: Client) -> ClientChanged:
    return ClientChanged(
        organization_id=tx.context.organization_id, client_id=client.id, name=client.name, state=client.state
    )
