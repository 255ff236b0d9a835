"""Who calls, and the tokens by which they prove it."""

from datetime import timedelta

from shiftline.authorization.operations import require
from shiftline.authorization.rules import grants_of
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Reader, Row, Transaction
from shiftline.foundation.decision import Decision, Source
from shiftline.foundation.ids import new_secret
from shiftline.identity import rules, store
from shiftline.identity.errors import BadToken
from shiftline.identity.events import TokensRevoked
from shiftline.identity.model import TOKEN_LIFETIME, IssuedToken

REFRESH_LIFETIME = timedelta(days=30)


async def authenticate(database: Database, clock: Clock, token: str) -> Actor:
    """Who a bearer token stands for, read from the truth. Raises BadToken, Unavailable."""
    async with database.reader() as reader:
        return await authenticate_in(reader, clock, token)


async def authenticate_in(reader: Reader, clock: Clock, token: str) -> Actor:
    """``authenticate`` on the caller's connection."""
    digest = rules.digest(token)
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
        barred=_standing(row, clock),
    )


def _standing(row: Row, clock: Clock) -> Decision | None:
    gates = [
        rules.judge_organization(
            row["organization_name"],
            row["organization_active"],
            Source("identity.organization", row["organization_since"], row["organization_changed_by"]),
        )
    ]
    if row["person_id"] is not None:
        source = Source("identity.person", row["person_since"], row["person_changed_by"])
        gates.append(rules.judge_person(row["person_name"], row["person_state"], source))
    return rules.judge_standing(row["person_id"] or row["client_id"], tuple(gates), clock.now())


async def issue_token_in(
    tx: Transaction,
    *,
    person_id: str | None,
    client_id: str,
    lifetime: timedelta = TOKEN_LIFETIME,
    with_refresh: bool = False,
) -> IssuedToken:
    """A new access token (and a refresh token when wanted) in the caller's transaction."""
    text, refresh = new_secret(), new_secret() if with_refresh else None
    await store.insert_token(tx, rules.digest(text), lifetime, person_id=person_id, client_id=client_id, kind="access")
    if refresh is not None:
        await store.insert_token(
            tx, rules.digest(refresh), REFRESH_LIFETIME, person_id=person_id, client_id=client_id, kind="refresh"
        )
    return IssuedToken(
        text=text,
        expires_in=round(lifetime.total_seconds()),
        organization_id=tx.context.organization_id,
        person_id=person_id,
        client_id=client_id,
        refresh=refresh,
    )


async def revoke_own_token(context: Context) -> None:
    """Sign out: the calling token ends now."""
    async with context.transaction() as tx:
        await _revoke(tx, "signed out", digest=context.actor.token_digest)


async def revoke_tokens_of(context: Context, person_id: str) -> int:
    """End every token of a person; how many there were."""
    if person_id != context.actor.person_id:
        require(context, "oauth:token:delete")
    async with context.transaction() as tx:
        return await _revoke(tx, "revoked by an administrator", person_id=person_id)


async def revoke_token(context: Context, token: str, client_id: str) -> None:
    """End a token at its client's wish; one that is unknown or another client's is left alone (RFC 7009)."""
    digest = rules.digest(token)
    async with context.transaction() as tx:
        found = await store.find_token(tx, digest)
        if found is not None and found["client_id"] == client_id and found["revoked_at"] is None:
            await _revoke(tx, "revoked by its client", digest=digest)


async def _revoke(tx: Transaction, reason: str, *, digest: bytes | None = None, person_id: str | None = None) -> int:
    revoked = await store.revoke_tokens(tx, reason, digest=digest, person_id=person_id)
    if revoked:
        tx.record(
            TokensRevoked(
                organization_id=tx.context.organization_id,
                person_id=person_id or tx.context.actor.id,
                reason=reason,
                digests=tuple(sorted(each.hex() for each in revoked)),
            )
        )
    return len(revoked)
