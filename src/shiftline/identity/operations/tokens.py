"""Who calls, and the tokens by which they prove it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shiftline.authorization.operations import require
from shiftline.authorization.rules import grants_of
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Reader, Transaction
from shiftline.foundation.ids import new_secret
from shiftline.identity import rules, store
from shiftline.identity.errors import BadToken, PersonNotFound
from shiftline.identity.events import TokenIssued, TokensRevoked
from shiftline.identity.model import TOKEN_LIFETIME, IssuedToken, KnownClient, TokenOrder, Tokens
from shiftline.identity.operations import standing

REFRESH_LIFETIME = timedelta(days=30)


async def authenticate(database: Database, clock: Clock, token: str) -> Actor:
    """Who a bearer token stands for, read from the truth. Raises BadToken, Unavailable."""
    async with database.reader() as reader:
        return await authenticate_in(reader, clock, token)


async def authenticate_in(reader: Reader, clock: Clock, token: str) -> Actor:
    """``authenticate`` on the caller's connection."""
    return await authenticate_digest_in(reader, clock, rules.digest(token))


async def authenticate_digest_in(reader: Reader, clock: Clock, digest: bytes) -> Actor:
    """Who a token stands for, given its digest by something that proves to come from its holder. Raises BadToken."""
    row = await store.find_authentication(reader, digest)
    if row is None or row["client_state"] == "deleted":
        raise BadToken
    if row["revoked_at"] is not None:
        raise BadToken("bad.credentials", f"This token was revoked ({row['revoke_reason']}). Sign in again.")
    if row["expired"]:
        raise BadToken("credentials.expired", "This token has expired. Sign in again.")
    return Actor(
        organization_id=row["organization_id"],
        kind="person" if row["person_id"] is not None else "client",
        person_id=row["person_id"],
        client_id=row["client_id"],
        token_digest=digest,
        division_id=row["division_id"],
        grants=grants_of(row["holdings"]),
        barred=standing.judge(row, clock, subject_id=row["person_id"] or row["client_id"]),
    )


async def issue_token_in(
    tx: Transaction,
    *,
    person_id: str | None,
    client_id: str,
    lifetime: timedelta = TOKEN_LIFETIME,
    with_refresh: bool = False,
) -> IssuedToken:
    """A new access token (and a refresh token when wanted) in the caller's transaction."""
    return await issue_in(tx, TokenOrder(person_id, client_id, lifetime, with_refresh))


async def issue_in(tx: Transaction, order: TokenOrder) -> IssuedToken:
    """What is ordered, in the caller's transaction."""
    text, refresh = new_secret(), new_secret() if order.with_refresh else None
    digest = rules.digest(text)
    kept = await store.insert_token(tx, digest, order, order.lifetime, "access")
    if refresh is not None:
        await store.insert_token(tx, rules.digest(refresh), order, REFRESH_LIFETIME, "refresh")
    tx.record(
        TokenIssued(
            organization_id=tx.context.organization_id,
            digest=digest.hex(),
            person_id=order.person_id,
            client_id=order.client_id,
            issued_at=kept["issued_real"],
            expires_at=kept["expires_at"],
            address=tx.context.remote_address,
        )
    )
    return IssuedToken(
        text=text,
        expires_in=round(order.lifetime.total_seconds()),
        organization_id=tx.context.organization_id,
        person_id=order.person_id,
        client_id=order.client_id,
        refresh=refresh,
    )


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """A token that is good now, as introspection tells it; instants are real time."""

    client_id: str
    organization_id: str
    person_id: str | None
    issued_at: datetime
    expires_at: datetime


async def introspect_token(context: Context, caller: KnownClient, token: str) -> TokenFacts | None:
    """What a token stands for now, for a client of its own organization; None when it would be refused."""
    async with context.reader() as reader:
        try:
            actor = await authenticate_in(reader, context.clock, token)
        except BadToken:
            return None
        row = await store.find_token(reader, rules.digest(token))
    if row is None or actor.barred is not None or actor.organization_id != caller.organization_id:
        return None
    return TokenFacts(row["client_id"], row["organization_id"], row["person_id"], row["issued_real"], row["expires_at"])


async def revoke_own_token(context: Context) -> None:
    """Sign out: the calling token ends now."""
    async with context.transaction() as tx:
        await revoke_in(tx, "signed out", Tokens(digest=context.actor.token_digest))


async def revoke_tokens_of(context: Context, person_id: str) -> int:
    """End every token of a person; how many there were. Raises PersonNotFound."""
    if person_id != context.actor.person_id:
        require(context, "oauth:token:delete")
    async with context.transaction() as tx:
        if not await store.find_people(tx, context.organization_id, [person_id]):
            raise PersonNotFound(person_id)
        return await revoke_in(tx, "revoked by an administrator", Tokens(person_id=person_id))


async def revoke_token(context: Context, client_id: str, token: str) -> None:
    """End a token at its client's wish; one that is unknown or another client's is left alone (RFC 7009).

    A refresh token takes along the access tokens that came from it.
    """
    digest = rules.digest(token)
    async with context.reader() as reader:
        found = await store.find_token(reader, digest)
    if found is None or found["client_id"] != client_id or found["revoked_at"] is not None:
        return
    acting = context.acting_as(
        Actor(
            found["organization_id"],
            "client" if found["person_id"] is None else "person",
            person_id=found["person_id"],
            client_id=client_id,
        )
    )
    family = found["family"] if found["kind"] == "refresh" else None
    async with acting.transaction() as tx:
        which = Tokens(digest=digest) if family is None else Tokens(family=bytes(family))
        await revoke_in(tx, "revoked by its client", which)


async def revoke_in(tx: Transaction, reason: str, which: Tokens) -> int:
    """End what matches, in the caller's transaction; how many there were."""
    revoked = await store.revoke_tokens(tx, reason, which)
    for holder, digests in revoked.items():
        tx.record(
            TokensRevoked(
                organization_id=tx.context.organization_id,
                person_id=holder,
                reason=reason,
                digests=tuple(sorted(each.hex() for each in digests)),
            )
        )
    return sum(len(digests) for digests in revoked.values())
