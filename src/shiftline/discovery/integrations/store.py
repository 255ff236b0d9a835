"""Integrations and credentials in PostgreSQL."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from psycopg.types.json import Json

from shiftline.discovery.integrations.model import (
    Configuration,
    Credential,
    Integration,
    IntegrationFilter,
    SealedSecret,
    Verdict,
)
from shiftline.foundation.database import Queries, Reader, Row, Transaction

SQL = Queries.beside(__file__)


def _mark(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


async def insert_credential(
    tx: Transaction, credential_id: str, name: str, kind: str, secret: SealedSecret
) -> Credential | None:
    """A new credential; None when the name is taken."""
    values = {"id": credential_id, "name": name, "type": kind, **_secret(secret)}
    row = await tx.one(SQL["insert_credential"], {**_mark(tx), **values})
    return None if row is None else _credential(row)


async def update_credential(tx: Transaction, credential_id: str, name: str, secret: SealedSecret) -> Credential | None:
    """Another name and secret of a credential that was locked; None when the name is taken."""
    values = {"id": credential_id, "name": name, **_secret(secret)}
    row = await tx.one(SQL["update_credential"], {**_mark(tx), **values})
    return None if row is None else _credential(row)


async def delete_credential(tx: Transaction, credential_id: str) -> None:
    """A credential goes, and its secret with it."""
    await tx.execute(SQL["delete_credential"], {**_mark(tx), "id": credential_id})


async def find_credentials(
    reader: Reader, organization_id: str, ids: Collection[str]
) -> dict[str, tuple[Credential, SealedSecret]]:
    """Credentials by id, with their sealed secrets."""
    rows = await reader.all(SQL["find_credentials"], {"organization_id": organization_id, "ids": list(ids)})
    return {row["id"]: (_credential(row), _sealed(row)) for row in rows}


async def lock_credential(tx: Transaction, credential_id: str) -> Credential | None:
    """A credential that nobody else changes until the end of the transaction."""
    row = await tx.one(SQL["lock_credential"], {**_mark(tx), "id": credential_id})
    return None if row is None else _credential(row)


async def list_credentials(
    reader: Reader, organization_id: str, limit: int, offset: int
) -> tuple[list[Credential], int]:
    """Credentials by name; and how many there are."""
    rows = await reader.all(
        SQL["list_credentials"], {"organization_id": organization_id, "limit": limit, "offset": offset}
    )
    return [_credential(row) for row in rows], rows[0]["total"] if rows else 0


async def insert_integration(tx: Transaction, integration_id: str, name: str, kind: str) -> Integration | None:
    """A new integration that is not enabled; None when the name is taken."""
    row = await tx.one(SQL["insert_integration"], {**_mark(tx), "id": integration_id, "name": name, "type": kind})
    return None if row is None else _integration(row)


async def find_integration(reader: Reader, organization_id: str, integration_id: str) -> Integration | None:
    """An integration, a deleted one too, or None."""
    row = await reader.one(SQL["find_integration"], {"organization_id": organization_id, "id": integration_id})
    return None if row is None else _integration(row)


async def lock_integration(tx: Transaction, integration_id: str) -> Integration | None:
    """An integration that is not deleted, and that nobody else changes until the end of the transaction."""
    row = await tx.one(SQL["lock_integration"], {**_mark(tx), "id": integration_id})
    return None if row is None else _integration(row)


async def is_name_taken(tx: Transaction, integration: Integration) -> bool:
    """Whether another integration has the name of this one."""
    values = {"id": integration.id, "name": integration.name}
    return await tx.one(SQL["name_taken"], {**_mark(tx), **values}) is not None


async def update_integration(tx: Transaction, integration: Integration) -> Integration:
    """An integration as it is from now on."""
    configuration, reported = integration.configuration, integration.reported
    values: Row = {
        "id": integration.id,
        "name": integration.name,
        "notes": integration.notes,
        "enabled": integration.enabled,
        "config_name": configuration.name,
        "config_notes": configuration.notes,
        "config_version": configuration.version,
        "properties": Json(configuration.properties),
        "credentials": Json(configuration.credentials),
        "works": None if reported is None else reported.works,
        "reported": None if reported is None else reported.sentence,
        "reported_at": integration.reported_at,
        "deleted": integration.deleted,
    }
    row = await tx.one(SQL["update_integration"], {**_mark(tx), **values})
    assert row is not None
    return _integration(row)


async def report_probe(tx: Transaction, integration: Integration, verdict: Verdict) -> Integration | None:
    """What a probe of this configuration found; None when it was changed meanwhile."""
    values = {
        "id": integration.id,
        "config_version": integration.configuration.version,
        "works": verdict.works,
        "reported": verdict.sentence,
    }
    row = await tx.one(SQL["report_probe"], {**_mark(tx), **values})
    return None if row is None else _integration(row)


async def list_integrations(
    reader: Reader, organization_id: str, wanted: IntegrationFilter, limit: int, offset: int
) -> tuple[list[Integration], int]:
    """Integrations by name; and how many there are."""
    values: Row = {
        "organization_id": organization_id,
        "ids": None if wanted.ids is None else list(wanted.ids),
        "type": wanted.type,
        "state": wanted.reported_state,
        "credential_id": wanted.credential_id,
        "limit": limit,
        "offset": offset,
    }
    rows = await reader.all(SQL["list_integrations"], values)
    return [_integration(row) for row in rows], rows[0]["total"] if rows else 0


async def list_other_keys(reader: Reader, key_id: str) -> list[tuple[str, str, str, bytes]]:
    """Organization, id, key-encryption key and wrapped key of credentials that another one wrapped, in all organizations."""
    rows = await reader.all(SQL["list_other_keys"], {"key_id": key_id})
    return [(row["organization_id"], row["id"], row["key_id"], bytes(row["wrapped_key"])) for row in rows]


async def set_wrapped_key(
    tx: Transaction, credential_id: str, former: tuple[str, bytes], now: tuple[str, bytes]
) -> None:
    """A credential's key as it is wrapped now, unless it was stored anew meanwhile."""
    values: Row = {"id": credential_id, "former": former[0], "former_wrapped": former[1]}
    await tx.execute(SQL["set_wrapped_key"], {**_mark(tx), **values, "key_id": now[0], "wrapped_key": now[1]})


def _secret(secret: SealedSecret) -> dict[str, Any]:
    return {"key_id": secret.key_id, "wrapped_key": secret.wrapped_key, "sealed": secret.sealed}


def _sealed(row: Row) -> SealedSecret:
    return SealedSecret(row["key_id"], bytes(row["wrapped_key"]), bytes(row["sealed"]))


def _credential(row: Row) -> Credential:
    return Credential(**{each.name: row[each.name] for each in fields(Credential)})


def _integration(row: Row) -> Integration:
    same = ("id", "name", "type", "notes", "enabled", "reported_at", "deleted")
    marks = ("created_at", "created_by", "changed_at", "changed_by")
    return Integration(
        **{name: row[name] for name in (*same, *marks)},
        configuration=Configuration(
            name=row["config_name"],
            notes=row["config_notes"],
            version=row["config_version"],
            properties=row["properties"],
            credentials=row["credentials"],
        ),
        reported=None if row["works"] is None else Verdict(row["works"], row["reported"]),
    )
