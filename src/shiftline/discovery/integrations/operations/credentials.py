"""Credentials: stored, stored anew, listed, deleted. Their secrets come out only to store recordings."""

from collections.abc import Mapping

from shiftline.authorization.operations import require
from shiftline.discovery.integrations import rules, store
from shiftline.discovery.integrations.errors import CredentialInUse, CredentialNotFound, NameTaken, TypeNotFound
from shiftline.discovery.integrations.events import CredentialChanged, CredentialDeleted
from shiftline.discovery.integrations.model import ACCESS_KEY, Credential, IntegrationFilter
from shiftline.discovery.integrations.operations.secrets import seal
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.recordings.keys import Keys

VIEW = "integrations:integration:view"
ADD = "integrations:integration:add"
EDIT = "integrations:integration:edit"
DELETE = "integrations:integration:delete"
WHAT = "a credential"


async def create_credential(
    context: Context, keys: Keys, name: str | None, kind: str, fields: Mapping[str, str]
) -> Credential:
    """Store a credential, its secret sealed. Raises PermissionMissing, TypeNotFound, ConfigurationInvalid, NameTaken,
    KeysUnavailable.
    """
    require(context, ADD)
    _check_type(kind)
    access, credential_id = rules.read_access_key(fields), new_id()
    secret = seal(keys, context.organization_id, credential_id, access)
    called = name or f"Credential {credential_id}"
    async with context.transaction() as tx:
        made = await store.insert_credential(tx, credential_id, called, kind, secret)
        if made is None:
            raise NameTaken(WHAT, called)
        _record(tx, made)
    return made


async def change_credential(
    context: Context, keys: Keys, credential_id: str, name: str | None, fields: Mapping[str, str]
) -> Credential:
    """Store a credential anew. Raises CredentialNotFound and as ``create_credential``."""
    require(context, EDIT)
    access = rules.read_access_key(fields)
    secret = seal(keys, context.organization_id, credential_id, access)
    async with context.transaction() as tx:
        before = await store.lock_credential(tx, credential_id)
        if before is None:
            raise CredentialNotFound(credential_id)
        changed = await store.update_credential(tx, credential_id, name or before.name, secret)
        if changed is None:
            raise NameTaken(WHAT, name or before.name)
        _record(tx, changed)
    return changed


async def delete_credential(context: Context, credential_id: str) -> None:
    """Delete a credential that no integration uses. Raises PermissionMissing, CredentialNotFound, CredentialInUse."""
    require(context, DELETE)
    async with context.transaction() as tx:
        credential = await store.lock_credential(tx, credential_id)
        if credential is None:
            raise CredentialNotFound(credential_id)
        wanted = IntegrationFilter(credential_id=credential_id)
        users, _ = await store.list_integrations(tx, context.organization_id, wanted, 1, 0)
        if users:
            raise CredentialInUse(credential, users[0])
        await store.delete_credential(tx, credential_id)
        tx.record(
            CredentialDeleted(
                organization_id=context.organization_id, credential_id=credential_id, name=credential.name
            )
        )


async def get_credential(context: Context, credential_id: str) -> Credential:
    """A credential without its secret. Raises PermissionMissing, CredentialNotFound."""
    require(context, VIEW)
    async with context.reader() as reader:
        found = await store.find_credentials(reader, context.organization_id, [credential_id])
    if credential_id not in found:
        raise CredentialNotFound(credential_id)
    return found[credential_id][0]


async def list_credentials(context: Context, page: Page) -> tuple[list[Credential], int]:
    """Credentials without their secrets, by name; and how many there are. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await store.list_credentials(reader, context.organization_id, page.size, page.offset)


def _check_type(kind: str) -> None:
    if kind != ACCESS_KEY:
        raise TypeNotFound(kind)


def _record(tx: Transaction, credential: Credential) -> None:
    changed = CredentialChanged(
        organization_id=tx.context.organization_id,
        credential_id=credential.id,
        name=credential.name,
        version=credential.version,
    )
    tx.record(changed)
