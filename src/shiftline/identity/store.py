"""Identity in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, LiteralString

from psycopg.types.json import Json

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.identity.model import (
    Client,
    Condition,
    IssuedCode,
    KnownClient,
    Organization,
    PeopleSearch,
    Person,
    PersonDraft,
    TenantSettings,
    TokenOrder,
    Tokens,
)

SQL = Queries.beside(__file__)


def _mark(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def _person(row: Row) -> Person:
    values: Row = {**row, "addresses": tuple(row["addresses"]), "profile_skills": tuple(row["profile_skills"])}
    values.pop("total", None)
    return Person(**values)


def _client(row: Row) -> Client:
    values: Row = {**row, "redirect_uris": tuple(row["redirect_uris"])}
    return Client(**values)


async def find_authentication(reader: Reader, digest: bytes) -> Row | None:
    """Everything a request needs to know of its token, in one read."""
    return await reader.one(SQL["authenticate"], {"digest": digest})


async def insert_token(tx: Transaction, digest: bytes, order: TokenOrder, lifetime: timedelta, kind: str) -> Row:
    """Keep a token's digest; when it was issued and ends, in real time."""
    values = {
        "organization_id": tx.context.organization_id,
        "digest": digest,
        "kind": kind,
        "person_id": order.person_id,
        "client_id": order.client_id,
        "family": order.family,
        "issued_at": tx.context.now(),
        "lifetime": lifetime,
    }
    row = await tx.one(SQL["insert_token"], values)
    assert row is not None
    return row


async def revoke_tokens(tx: Transaction, reason: str, which: Tokens) -> dict[str, list[bytes]]:
    """Revoke what matches; the digests revoked, by the person or client who held them."""
    rows = await tx.all(SQL["revoke_tokens"], {**_mark(tx), **asdict(which), "reason": reason})
    revoked: dict[str, list[bytes]] = {}
    for row in rows:
        revoked.setdefault(row["holder"], []).append(bytes(row["digest"]))
    return revoked


async def find_token(reader: Reader, digest: bytes) -> Row | None:
    """A token by its digest, whoever's."""
    return await reader.one(SQL["find_token"], {"digest": digest})


async def find_standing(reader: Reader, organization_id: str, person_id: str | None) -> Row | None:
    """Whether the organization and the person are active, since when and by whom."""
    return await reader.one(SQL["find_standing"], {"organization_id": organization_id, "person_id": person_id})


async def insert_organization(tx: Transaction, organization_id: str, name: str, domain: str) -> Organization:
    """A new organization with the default settings."""
    row = await tx.one(SQL["insert_organization"], {**_mark(tx), "id": organization_id, "name": name, "domain": domain})
    await tx.execute(SQL["insert_tenant_settings"], {**_mark(tx), "organization_id": organization_id})
    assert row is not None
    return Organization(**row)


async def find_organization(reader: Reader, organization_id: str) -> Organization | None:
    """An organization by its id."""
    row = await reader.one(SQL["find_organization"], {"organization_id": organization_id})
    return None if row is None else Organization(**row)


async def find_organization_and_webrtc(reader: Reader, organization_id: str) -> tuple[Organization, bool] | None:
    """An organization, and whether WebRTC is switched on there."""
    row = await reader.one(SQL["find_organization_and_webrtc"], {"organization_id": organization_id})
    if row is None:
        return None
    webrtc_enabled: bool = row.pop("webrtc_enabled")
    return Organization(**row), webrtc_enabled


async def list_organizations(reader: Reader) -> list[Organization]:
    """Every organization of this installation: for jobs, never for a request."""
    return [Organization(**row) for row in await reader.all(SQL["list_organizations"], {})]


async def update_organization(tx: Transaction, changed: Organization) -> Organization | None:
    """The organization as given, or None when its version moved on."""
    row = await tx.one(SQL["update_organization"], {**asdict(changed), **_mark(tx)})
    return None if row is None else Organization(**row)


async def find_tenant_settings(reader: Reader, organization_id: str) -> TenantSettings | None:
    """The organization's switches."""
    row = await reader.one(SQL["find_tenant_settings"], {"organization_id": organization_id})
    return None if row is None else TenantSettings(**row)


async def lock_tenant_settings(tx: Transaction) -> TenantSettings | None:
    """The organization's switches, which nobody else turns until the end of the transaction."""
    await tx.one(SQL["lock_tenant_settings"], {"organization_id": tx.context.organization_id})
    return await find_tenant_settings(tx, tx.context.organization_id)


async def update_tenant_settings(tx: Transaction, changes: dict[str, bool | int | None]) -> TenantSettings | None:
    """Change the switches that are not None."""
    row = await tx.one(SQL["update_tenant_settings"], {**_mark(tx), **changes})
    return None if row is None else TenantSettings(**row)


async def insert_person(
    tx: Transaction, person_id: str, draft: PersonDraft, *, division_id: str, jabber_id: str
) -> Person | None:
    """A new person, or None when the id is taken."""
    values: dict[str, Any] = {
        "id": person_id,
        "name": draft.name,
        "email": draft.email,
        "title": draft.title,
        "department": draft.department,
        "division_id": division_id,
        "state": draft.state,
        "jabber_id": jabber_id,
        "addresses": Json(list(draft.addresses)),
    }
    row = await tx.one(SQL["insert_person"], {**_mark(tx), **values})
    return None if row is None else _person(row)


async def find_people(reader: Reader, organization_id: str, ids: Collection[str]) -> list[Person]:
    """People by id, in no order; unknown ids are left out."""
    rows = await reader.all(SQL["find_people"], {"organization_id": organization_id, "ids": list(ids)})
    return [_person(row) for row in rows]


async def lock_person(tx: Transaction, person_id: str) -> Person | None:
    """A person, held against other changes until the end of the transaction."""
    row = await tx.one(SQL["lock_person"], {"organization_id": tx.context.organization_id, "id": person_id})
    return None if row is None else _person(row)


async def list_people(
    reader: Reader, organization_id: str, wanted: Row, *, limit: int, offset: int
) -> tuple[list[Person], int]:
    """One page of people by name, and how many there are."""
    return await _page(reader, SQL["list_people"], {"organization_id": organization_id, **wanted}, (limit, offset))


async def list_people_after(
    reader: Reader, organization_id: str, after: tuple[str, str] | None, limit: int
) -> list[Person]:
    """The people after somebody (name, id) by name; from the first when None."""
    name, person_id = after or (None, None)
    parameters = {"organization_id": organization_id, "name": name, "id": person_id, "limit": limit}
    return [_person(row) for row in await reader.all(SQL["list_people_after"], parameters)]


async def search_people(
    reader: Reader, organization_id: str, search: PeopleSearch, *, limit: int, offset: int
) -> tuple[list[Person], int]:
    """One page of who matches, and how many do."""
    parameters = {
        "organization_id": organization_id,
        "every": _conditions(search.every),
        "none": _conditions(search.none),
        "some": _conditions(search.some),
        "with_deleted": search.with_deleted,
        "sort_by": search.sort_by,
        "descending": search.descending,
    }
    return await _page(reader, SQL["search_people"], parameters, (limit, offset))


def _conditions(conditions: Sequence[Condition]) -> Json:
    return Json([asdict(condition) for condition in conditions])


async def _page(
    reader: Reader, statement: LiteralString, parameters: Row, span: tuple[int, int]
) -> tuple[list[Person], int]:
    limit, offset = span
    rows = await reader.all(statement, {**parameters, "limit": limit, "offset": offset})
    if not rows and offset > 0:  # past the end: the total stands on any row before it
        first = await reader.one(statement, {**parameters, "limit": 1, "offset": 0})
        return [], 0 if first is None else first["total"]
    return [_person(row) for row in rows], rows[0]["total"] if rows else 0


async def update_person(tx: Transaction, changed: Person) -> Person:
    """The person as given, with the next version."""
    values = {**asdict(changed), "addresses": Json(list(changed.addresses))}
    values["profile_skills"] = list(changed.profile_skills)
    row = await tx.one(SQL["update_person"], {**values, **_mark(tx)})
    assert row is not None
    return _person(row)


async def set_password(tx: Transaction, person_id: str, hashed: str) -> None:
    """Keep an argon2 hash."""
    await tx.execute(SQL["set_password"], {**_mark(tx), "person_id": person_id, "hash": hashed})


async def find_credentials(reader: Reader, email: str, organization_id: str | None) -> list[Row]:
    """Who may sign in with an e-mail address: one a tenant at most; in one tenant when it is given."""
    return await reader.all(SQL["find_credentials"], {"email": email, "organization_id": organization_id})


async def find_sign_in_block(tx: Transaction, key: str, limit: int, window: timedelta) -> timedelta | None:
    """For how long a key has used up its attempts, or None. Attempts with the key now wait for this transaction."""
    await tx.one(SQL["hold_sign_in_key"], {"key": key})
    row = await tx.one(SQL["find_sign_in_block"], {"key": key, "limit": limit, "window": window})
    return None if row is None else row["until"] - row["real_now"]


async def note_sign_in_attempt(tx: Transaction, key: str, attempt_id: str) -> None:
    """Count an attempt as failed until it is forgotten."""
    await tx.execute(SQL["insert_sign_in_attempt"], {"key": key, "attempt_id": attempt_id})


async def forget_sign_in_attempts(tx: Transaction, email_key: str, address_key: str, attempt_id: str) -> None:
    """Forget the attempts of an e-mail address, and this one of a network address: it succeeded."""
    keys = {"email_key": email_key, "address_key": address_key, "attempt_id": attempt_id}
    await tx.execute(SQL["forget_sign_in_attempts"], keys)
    await tx.execute(SQL["forget_old_sign_in_attempts"], {})


async def insert_client(tx: Transaction, client: Client, secret_digest: bytes) -> Client:
    """A new OAuth client."""
    values: Row = {**asdict(client), "redirect_uris": list(client.redirect_uris), "secret_digest": secret_digest}
    row = await tx.one(SQL["insert_client"], {**values, **_mark(tx)})
    assert row is not None
    return _client(row)


async def list_clients(reader: Reader, organization_id: str, client_id: str | None = None) -> list[Client]:
    """The organization's OAuth clients by name, or the one asked for."""
    rows = await reader.all(SQL["list_clients"], {"organization_id": organization_id, "id": client_id})
    return [_client(row) for row in rows]


async def update_client(tx: Transaction, client_id: str, changes: Row) -> Client | None:
    """Change what is not None of a client."""
    keys = ("name", "description", "secret_digest", "redirect_uris", "token_seconds", "state")
    row = await tx.one(SQL["update_client"], {**_mark(tx), "id": client_id, **{k: changes.get(k) for k in keys}})
    return None if row is None else _client(row)


async def find_known_clients(reader: Reader, client_id: str) -> list[KnownClient]:
    """The clients with an id, in whatever organization."""
    rows = await reader.all(SQL["find_client_secret"], {"id": client_id})
    return [
        KnownClient(
            organization_id=row.pop("organization_id"),
            secret_digest=bytes(row.pop("secret_digest")),
            client=_client(row),
        )
        for row in rows
    ]


async def insert_code(tx: Transaction, code: Row) -> None:
    """Keep an authorization code."""
    await tx.execute(SQL["insert_code"], {"organization_id": tx.context.organization_id, **code})


async def find_code(reader: Reader, digest: bytes) -> IssuedCode | None:
    """An authorization code by its digest, used or not."""
    row = await reader.one(SQL["find_code"], {"digest": digest})
    return None if row is None else IssuedCode(**row)


async def use_code(tx: Transaction, digest: bytes) -> bool:
    """Use a code up; False when somebody else did meanwhile."""
    values = {"organization_id": tx.context.organization_id, "digest": digest}
    return await tx.one(SQL["use_code"], values) is not None
