"""How a program comes by a token: client credentials, an authorization code, a refresh token (RFC 6749)."""

from datetime import timedelta

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Reader
from shiftline.identity import rules, store
from shiftline.identity.errors import OAuthError
from shiftline.identity.model import (
    TOKEN_LIFETIME,
    WEB_CLIENT_ID,
    Client,
    CodeProof,
    IssuedToken,
    KnownClient,
    TokenOrder,
    Tokens,
)
from shiftline.identity.operations import standing
from shiftline.identity.operations.tokens import issue_in, revoke_in


def web_client(environment: str) -> KnownClient:
    """The built-in client of our own pages: public, so it must prove itself by PKCE."""
    client = Client(
        id=WEB_CLIENT_ID,
        name="Shiftline",
        description="The pages of this installation",
        grant_type="CODE",
        redirect_uris=rules.web_redirects(environment),
        token_seconds=round(TOKEN_LIFETIME.total_seconds()),
        state="active",
        version=1,
    )
    return KnownClient(organization_id=None, client=client)


async def find_clients(reader: Reader, environment: str, client_id: str) -> list[KnownClient]:
    """The active clients with an id."""
    if client_id == WEB_CLIENT_ID:
        return [web_client(environment)]
    return [known for known in await store.find_known_clients(reader, client_id) if known.client.state == "active"]


async def authenticate_client(reader: Reader, client_id: str, secret: str) -> KnownClient:
    """The active client that proves itself by its secret. Raises OAuthError."""
    found: KnownClient | None = None
    for known in await store.find_known_clients(reader, client_id):
        if known.secret_digest is not None and rules.is_same_secret(secret, known.secret_digest):
            found = known
    if found is None:
        raise OAuthError("invalid_client", "No client has this id and secret.")
    if found.client.state != "active":
        raise OAuthError("invalid_client", f"The client {found.client.name} is switched off.")
    return found


async def grant_client_credentials(context: Context, client_id: str, secret: str) -> IssuedToken:
    """A token for the client itself; it holds what its own grants give. Raises OAuthError."""
    async with context.reader() as reader:
        known = await authenticate_client(reader, client_id, secret)
        organization_id = known.organization_id
        if known.client.grant_type != "CLIENT-CREDENTIALS" or organization_id is None:
            raise OAuthError("unauthorized_client", "This client may not use the grant type client_credentials.")
        await _check_standing(context, reader, (organization_id, None), client_id)
    acting = context.acting_as(Actor(organization_id, "client", client_id=client_id))
    async with acting.transaction() as tx:
        return await issue_in(tx, TokenOrder(None, client_id, timedelta(seconds=known.client.token_seconds)))


async def exchange_code(context: Context, environment: str, proof: CodeProof) -> IssuedToken:
    """The tokens that a code stands for, once. A code shown twice ends the tokens it gave. Raises OAuthError."""
    digest = rules.digest(proof.code)
    async with context.reader() as reader:
        if proof.secret is not None:
            await authenticate_client(reader, proof.client_id, proof.secret)
        code = await store.find_code(reader, digest)
        if code is None:
            raise OAuthError("invalid_grant", "There is no such code.")
        fault = rules.find_code_fault(code, proof)
        if fault is not None:
            raise OAuthError("invalid_grant", fault)
        if proof.secret is None and code.challenge is None:
            raise OAuthError("invalid_client", "This client must authenticate itself or use PKCE.")
        lifetime = await _lifetime(reader, environment, code.client_id, code.organization_id)
        await _check_standing(context, reader, (code.organization_id, code.person_id), code.client_id)
    actor = Actor(code.organization_id, "person", person_id=code.person_id, client_id=code.client_id)
    async with context.acting_as(actor).transaction() as tx:
        if await store.use_code(tx, digest):
            order = TokenOrder(code.person_id, code.client_id, lifetime, proof.secret is not None, digest)
            return await issue_in(tx, order)
        # Somebody else has had this code: RFC 6749 section 4.1.2 wants its tokens ended.
        await revoke_in(tx, "its authorization code was used twice", Tokens(family=digest))
    raise OAuthError("invalid_grant", "The code was used before; the tokens that it gave are revoked. Sign in again.")


async def refresh_token(context: Context, client_id: str, secret: str, refresh: str) -> IssuedToken:
    """A new access token for a refresh token, which stays good: only its authenticated client can use it, and a
    repeat after a lost answer must not end the session (RFC 9700 section 4.14 asks rotation of public clients only).
    Raises OAuthError.
    """
    async with context.reader() as reader:
        known = await authenticate_client(reader, client_id, secret)
        row = await store.find_token(reader, rules.digest(refresh))
        if (
            row is None
            or row["kind"] != "refresh"
            or (row["client_id"], row["organization_id"]) != (client_id, known.organization_id)
        ):
            raise OAuthError("invalid_grant", "There is no such refresh token of this client.")
        if row["revoked_at"] is not None or row["expired"]:
            raise OAuthError("invalid_grant", "The refresh token has ended. Sign in again.")
        await _check_standing(context, reader, (row["organization_id"], row["person_id"]), client_id)
    actor = Actor(row["organization_id"], "person", person_id=row["person_id"], client_id=client_id)
    order = TokenOrder(row["person_id"], client_id, timedelta(seconds=known.client.token_seconds), False, row["family"])
    async with context.acting_as(actor).transaction() as tx:
        issued = await issue_in(tx, order)
    return IssuedToken(
        text=issued.text,
        expires_in=issued.expires_in,
        organization_id=issued.organization_id,
        person_id=issued.person_id,
        client_id=issued.client_id,
        refresh=refresh,
    )


async def _lifetime(reader: Reader, environment: str, client_id: str, organization_id: str) -> timedelta:
    for known in await find_clients(reader, environment, client_id):
        if known.organization_id in (None, organization_id):
            return timedelta(seconds=known.client.token_seconds)
    raise OAuthError("invalid_client", "There is no such client any more.")


async def _check_standing(context: Context, reader: Reader, whose: tuple[str, str | None], client_id: str) -> None:
    organization_id, person_id = whose
    row = await store.find_standing(reader, organization_id, person_id)
    assert row is not None
    barred = standing.judge(row, context.clock, subject_id=person_id or client_id, what="have a token now")
    if barred is not None:
        raise OAuthError("unauthorized_client" if person_id is None else "invalid_grant", barred.sentence)
