"""Integrations: made, configured, enabled, probed, deleted; and opened by whoever stores recordings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from shiftline.authorization.operations import require
from shiftline.discovery.integrations import rules, store
from shiftline.discovery.integrations.errors import (
    ConfigurationChanged,
    ConfigurationInvalid,
    IntegrationNotFound,
    IntegrationUnusable,
    NameTaken,
    TypeNotFound,
)
from shiftline.discovery.integrations.events import (
    IntegrationChanged,
    IntegrationCreated,
    IntegrationDeleted,
    IntegrationProbed,
)
from shiftline.discovery.integrations.model import (
    ACCESS_KEY,
    BULK_ACTIONS,
    AccessKey,
    Configuration,
    Credential,
    Integration,
    IntegrationFilter,
    Place,
    Verdict,
)
from shiftline.discovery.integrations.operations.credentials import ADD, DELETE, EDIT, VIEW
from shiftline.discovery.integrations.operations.secrets import unseal
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.recordings.keys import Keys

USUAL_NAME = "AWS S3 recording bulk actions"
WHAT = "an integration"

Probe: TypeAlias = Callable[[Place, AccessKey, datetime], Awaitable[Verdict]]
"""Goes to a bucket, at an instant of real time, and says whether recordings can be stored there."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An integration with what is needed to store into its bucket."""

    integration: Integration
    place: Place
    access: AccessKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be otherwise; None leaves it."""

    name: str | None = None
    notes: str | None = None
    enabled: bool | None = None


async def create_integration(context: Context, name: str | None, kind: str) -> Integration:
    """A new integration, not configured and not enabled. Raises PermissionMissing, TypeNotFound, NameTaken."""
    require(context, ADD)
    if kind != BULK_ACTIONS:
        raise TypeNotFound(kind)
    called = name or USUAL_NAME
    async with context.transaction() as tx:
        made = await store.insert_integration(tx, new_id(), called, kind)
        if made is None:
            raise NameTaken(WHAT, called)
        tx.record(
            IntegrationCreated(
                organization_id=context.organization_id, integration_id=made.id, name=made.name, type=made.type
            )
        )
    return made


async def get_integration(context: Context, integration_id: str) -> Integration:
    """An integration. Raises PermissionMissing, IntegrationNotFound."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await _find(reader, context.organization_id, integration_id)


async def list_integrations(context: Context, wanted: IntegrationFilter, page: Page) -> tuple[list[Integration], int]:
    """Integrations by name; and how many there are. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await store.list_integrations(reader, context.organization_id, wanted, page.size, page.offset)


async def change_integration(
    context: Context, keys: Keys, integration_id: str, change: Change, probe: Probe
) -> Integration:
    """Name, enable or disable an integration. What is enabled is probed and says what was found.

    Raises PermissionMissing, IntegrationNotFound, NameTaken; ConfigurationInvalid and as ``open_integration`` when it
    cannot be enabled yet.
    """
    require(context, EDIT)
    async with context.transaction() as tx:
        before = await _lock(tx, integration_id)
        after = replace(
            before,
            name=change.name or before.name,
            notes=before.notes if change.notes is None else change.notes or None,
            enabled=before.enabled if change.enabled is None else change.enabled,
        )
        if await store.is_name_taken(tx, after):
            raise NameTaken(WHAT, after.name)
        if after.enabled:
            await _open(tx, keys, after)
        if (before.name, before.notes, before.enabled) != (after.name, after.notes, after.enabled):
            after = await _write(tx, after)
    return await _probe(context, keys, after, probe) if after.enabled and not before.enabled else after


async def configure(
    context: Context, keys: Keys, integration_id: str, wanted: Configuration, probe: Probe
) -> Integration:
    """Give an integration another configuration; ``wanted.version`` is that which it changes.

    Raises PermissionMissing, IntegrationNotFound, ConfigurationInvalid, ConfigurationChanged, and as ``open_integration``
    when it is enabled.
    """
    require(context, EDIT)
    rules.read_place(wanted.properties)
    rules.check_credentials(wanted.credentials)
    async with context.transaction() as tx:
        before = await _lock(tx, integration_id)
        if wanted.version != before.configuration.version:
            raise ConfigurationChanged(before)
        known = await store.find_credentials(tx, context.organization_id, list(wanted.credentials.values()))
        for name, credential_id in wanted.credentials.items():
            if credential_id not in known:
                raise ConfigurationInvalid(f"credentials.{name}", f"there is no credential {credential_id[:100]}.")
        configuration = replace(wanted, version=before.configuration.version + 1)
        after = replace(before, configuration=configuration, reported=None, reported_at=None)
        if after.enabled:
            await _open(tx, keys, after)
        after = await _write(tx, after)
    return await _probe(context, keys, after, probe) if after.enabled else after


async def probe_integration(context: Context, keys: Keys, integration_id: str, probe: Probe) -> Integration:
    """Go to the bucket now, enabled or not, and keep what was found. Raises as ``configure``."""
    require(context, EDIT)
    async with context.reader() as reader:
        integration = await _find(reader, context.organization_id, integration_id)
    return await _probe(context, keys, integration, probe)


async def delete_integration(context: Context, integration_id: str) -> Integration:
    """Delete an integration: its jobs store nothing more. Raises PermissionMissing, IntegrationNotFound."""
    require(context, DELETE)
    async with context.transaction() as tx:
        before = await _lock(tx, integration_id)
        after = replace(before, enabled=False, deleted=True)
        await store.update_integration(tx, after)
        tx.record(
            IntegrationDeleted(organization_id=context.organization_id, integration_id=before.id, name=before.name)
        )
    return after


async def find_names(context: Context, integration: Integration) -> dict[str, Credential]:
    """The credentials of an integration, by the name that its configuration gives them."""
    wanted = integration.configuration.credentials
    async with context.reader() as reader:
        found = await store.find_credentials(reader, context.organization_id, list(wanted.values()))
    return {name: found[each][0] for name, each in wanted.items() if each in found}


async def find_usable(reader: Reader, organization_id: str, integration_id: str) -> Integration:
    """An integration that recordings can be stored by. Raises IntegrationNotFound, IntegrationUnusable."""
    integration = await _find(reader, organization_id, integration_id)
    if not integration.enabled:
        raise IntegrationUnusable(integration)
    return integration


async def open_integration(reader: Reader, keys: Keys, organization_id: str, integration_id: str) -> Opened:
    """What is needed to store into an integration's bucket.

    Raises IntegrationNotFound, IntegrationUnusable, ConfigurationInvalid, SecretUnreadable, KeysUnavailable.
    """
    integration = await store.find_integration(reader, organization_id, integration_id)
    if integration is None:
        raise IntegrationNotFound(integration_id)
    if integration.deleted or not integration.enabled:
        raise IntegrationUnusable(integration)
    return await _open_of(reader, keys, organization_id, integration)


async def _open(tx: Transaction, keys: Keys, integration: Integration) -> Opened:
    return await _open_of(tx, keys, tx.context.organization_id, integration)


async def _open_of(reader: Reader, keys: Keys, organization_id: str, integration: Integration) -> Opened:
    place = rules.read_place(integration.configuration.properties)
    credential_id = integration.configuration.credentials.get(ACCESS_KEY)
    if credential_id is None:
        raise ConfigurationInvalid(
            f"credentials.{ACCESS_KEY}", "is missing: it names the credential that opens the bucket."
        )
    found = await store.find_credentials(reader, organization_id, [credential_id])
    if credential_id not in found:
        raise ConfigurationInvalid(f"credentials.{ACCESS_KEY}", f"there is no credential {credential_id} any more.")
    return Opened(integration, place, unseal(keys, organization_id, credential_id, found[credential_id][1]))


async def _probe(context: Context, keys: Keys, integration: Integration, probe: Probe) -> Integration:
    async with context.reader() as reader:
        opened = await _open_of(reader, keys, context.organization_id, integration)
    verdict = await probe(opened.place, opened.access, context.clock.real_now())
    async with context.transaction() as tx:
        reported = await store.report_probe(tx, integration, verdict)
        tx.record(
            IntegrationProbed(
                organization_id=context.organization_id,
                integration_id=integration.id,
                works=verdict.works,
                sentence=verdict.sentence,
            )
        )
    return reported or integration


async def _find(reader: Reader, organization_id: str, integration_id: str) -> Integration:
    found = await store.find_integration(reader, organization_id, integration_id)
    if found is None or found.deleted:
        raise IntegrationNotFound(integration_id)
    return found


async def _lock(tx: Transaction, integration_id: str) -> Integration:
    found = await store.lock_integration(tx, integration_id)
    if found is None:
        raise IntegrationNotFound(integration_id)
    return found


async def _write(tx: Transaction, integration: Integration) -> Integration:
    written = await store.update_integration(tx, integration)
    properties = written.configuration.properties
    bucket, endpoint = properties.get("bucket"), properties.get("endpoint")
    tx.record(
        IntegrationChanged(
            organization_id=tx.context.organization_id,
            integration_id=written.id,
            name=written.name,
            enabled=written.enabled,
            version=written.configuration.version,
            bucket=None if bucket is None else str(bucket),
            endpoint=None if endpoint is None else str(endpoint),
        )
    )
    return written
