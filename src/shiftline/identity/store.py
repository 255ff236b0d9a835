"""Identity in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from psycopg.types.json import Json

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.identity.model import Client, Organization, Person, PersonDraft, TenantSettings

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


async def insert_token(
    tx: Transaction, digest: bytes, lifetime: timedelta, *, person_id: str | None, client_id: str, kind: str
) -> None:
    """Keep a token's digest."""
    values = {"digest": digest, "person_id": person_id, "client_id": client_id, "kind": kind}
    mark = {"organization_id": tx.context.organization_id, "issued_at": tx.context.now(), "lifetime": lifetime}
    await tx.execute(SQL["insert_token"], {**mark, **values})


async def revoke_tokens(
    tx: Transaction,
    reason: str,
    *,
    digest: bytes | None = None,
    person_id: str | None = None,
    client_id: str | None = None,
) -> list[bytes]:
    """Revoke what matches; the digests revoked."""
    which = {"digest": digest, "person_id": person_id, "client_id": client_id}
    rows = await tx.all(SQL["revoke_tokens"], {**_mark(tx), **which, "reason": reason})
    return [bytes(row["digest"]) for row in rows]


async def find_token(reader: Reader, digest: bytes) -> Row | None:
    """A token by its digest, whoever's."""
    return await reader.one(SQL["find_token"], {"digest": digest})


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
    reader: Reader, organization_id: str, wanted: dict[str, Any], *, limit: int, offset: int
) -> tuple[Sequence[Person], int]:
    """One page of people by name, and how many there are."""
    parameters = {"organization_id": organization_id, "limit": limit, "offset": offset, **wanted}
    rows = await reader.all(SQL["list_people"], parameters)
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


async def find_credentials(reader: Reader, email: str) -> list[Row]:
    """Who may sign in with an e-mail address: one a tenant at most."""
    return await reader.all(SQL["find_credentials"], {"email": email})


async def count_failed_sign_ins(reader: Reader, key: str) -> Row:
    """Failures of the last 15 minutes for a key, the oldest of them, and the real time."""
    row = await reader.one(SQL["count_failed_sign_ins"], {"key": key})
    assert row is not None
    return row


async def note_failed_sign_in(tx: Transaction, key: str) -> None:
    """Count a failure."""
    await tx.execute(SQL["insert_failed_sign_in"], {"key": key})


async def forget_failed_sign_ins(tx: Transaction, key: str) -> None:
    """Forget the failures of a key: it succeeded."""
    await tx.execute(SQL["forget_failed_sign_ins"], {"key": key})


async def insert_client(tx: Transaction, client: Client, secret_digest: bytes) -> Client:
    """A new OAuth client."""
    values = {**asdict(client), "redirect_uris": list(client.redirect_uris), "secret_digest": secret_digest}
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


async def find_client_secret(reader: Reader, client_id: str) -> list[Row]:
    """The clients with an id, in whatever organization, with the digest of their secret."""
    return await reader.all(SQL["find_client_secret"], {"id": client_id})


async def insert_code(tx: Transaction, code: Row) -> None:
    """Keep an authorization code."""
    await tx.execute(SQL["insert_code"], {"organization_id": tx.context.organization_id, **code})


async def use_code(tx: Transaction, digest: bytes) -> Row | None:
    """An authorization code, used up by this call, or None."""
    return await tx.one(SQL["use_code"], {"digest": digest})
