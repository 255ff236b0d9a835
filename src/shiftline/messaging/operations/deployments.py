"""Deployments: queues opened to messages from the web."""

import psycopg

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.messaging import store
from shiftline.messaging.errors import DeploymentChanged, DeploymentNameTaken, DeploymentNotFound
from shiftline.messaging.events import DeploymentChangedEvent
from shiftline.messaging.model import Deployment, DeploymentDraft
from shiftline.routing.errors import Unknown
from shiftline.routing.operations.queues import hold_queue_in

VIEW, ADD, EDIT = "webDeployments:deployment:view", "webDeployments:deployment:add", "webDeployments:deployment:edit"


async def list_deployments(context: Context) -> list[Deployment]:
    """All deployments by name. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await store.list_deployments(reader, context.organization_id)


async def get_deployment(context: Context, deployment_id: str) -> Deployment:
    """One deployment. Raises DeploymentNotFound, PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await _find(reader, context.organization_id, deployment_id)


async def create_deployment(context: Context, draft: DeploymentDraft) -> Deployment:
    """A new deployment. Raises Unknown (the queue), DeploymentNameTaken, PermissionMissing."""
    require(context, ADD)
    async with context.transaction() as tx:
        return await create_deployment_in(tx, draft)


async def create_deployment_in(tx: Transaction, draft: DeploymentDraft, deployment_id: str | None = None) -> Deployment:
    """A new deployment in the caller's transaction. Raises Unknown (the queue), DeploymentNameTaken."""
    await _require_queue(tx, draft)
    made = deployment_id or new_id()
    try:
        await store.insert_deployment(tx, made, draft)
    except psycopg.errors.UniqueViolation:
        raise DeploymentNameTaken(draft.name) from None
    return await _told(tx, made)


async def change_deployment(context: Context, deployment_id: str, version: int, draft: DeploymentDraft) -> Deployment:
    """Make a deployment so, given the version that was read; guests who write already go on.

    Raises DeploymentNotFound, DeploymentChanged, Unknown (the queue), DeploymentNameTaken, PermissionMissing.
    """
    require(context, EDIT)
    async with context.transaction() as tx:
        current = await _find(tx, context.organization_id, deployment_id)
        await _require_queue(tx, draft)
        try:
            changed = await store.update_deployment(tx, deployment_id, version, draft)
        except psycopg.errors.UniqueViolation:
            raise DeploymentNameTaken(draft.name) from None
        if not changed:
            current = await _find(tx, context.organization_id, deployment_id)
            raise DeploymentChanged(
                f"The deployment is at version {current.version}, not {version}: read it again.",
                current_version=current.version,
                changed_by=current.changed_by,
                changed_at=current.changed_at,
            )
        return await _told(tx, deployment_id)


async def _require_queue(tx: Transaction, draft: DeploymentDraft) -> None:
    if not await hold_queue_in(tx, draft.queue_id):
        raise Unknown("queueId", "queue", draft.queue_id)


async def _told(tx: Transaction, deployment_id: str) -> Deployment:
    deployment = await _find(tx, tx.context.organization_id, deployment_id)
    tx.record(
        DeploymentChangedEvent(
            organization_id=deployment.organization_id,
            deployment_id=deployment.id,
            name=deployment.name,
            queue_id=deployment.queue_id,
            active=deployment.enabled,
            version=deployment.version,
        )
    )
    return deployment


async def _find(reader: Reader, organization_id: str, deployment_id: str) -> Deployment:
    found = await store.find_deployment(reader, organization_id, deployment_id)
    if found is None:
        raise DeploymentNotFound(deployment_id)
    return found
