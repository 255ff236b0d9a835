"""An import begins: a row, and by the API a job that reads the folder."""

from dataclasses import replace
from pathlib import Path

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.ids import new_id
from shiftline.foundation.jobs import defer
from shiftline.foundation.time import find_zone
from shiftline.imports import store
from shiftline.imports.errors import FolderInvalid, FolderUnset
from shiftline.imports.events import ImportStarted
from shiftline.imports.model import Import, ImportDraft
from shiftline.imports.operations.reading import ADD, get_import

JOB = "imports.read"


async def start_import(context: Context, draft: ImportDraft, *, deferred: bool) -> Import:
    """An import of a folder, by a job when ``deferred``. Raises PermissionMissing, ZoneUnknown."""
    require(context, ADD)
    if draft.zone is not None:
        find_zone(draft.zone, "timeZone")
    import_id = new_id()
    async with context.transaction() as tx:
        await store.insert_import(tx, import_id, draft)
        started = ImportStarted(
            organization_id=context.organization_id, import_id=import_id, folder=draft.folder, reason=draft.reason
        )
        tx.record(started)
        if deferred:
            await defer(tx, JOB, {"import_id": import_id}, lock=f"{JOB} {context.organization_id}")
    return await get_import(context, import_id)


async def start_import_below(context: Context, root: Path | None, draft: ImportDraft) -> Import:
    """An import of a folder below the one that the installation names, by a job. Raises FolderUnset, FolderInvalid."""
    require(context, ADD)
    place = resolve_below(root, context.organization_id, draft.folder)
    if not place.is_dir():
        raise FolderInvalid(f"{draft.folder} is no folder in the organization's folder for imports.")
    return await start_import(context, replace(draft, folder=draft.folder.strip("/") or "."), deferred=True)


def resolve_below(root: Path | None, organization_id: str, name: str) -> Path:
    """Where a folder of an organization's imports is: each has its own. Raises FolderUnset, FolderInvalid for one that leads out."""
    if root is None:
        raise FolderUnset
    own = (root / organization_id).resolve()
    place = (own / name.strip("/")).resolve()
    if not place.is_relative_to(own) or own.parent != root.resolve():
        raise FolderInvalid(f"{name} leads out of the organization's folder for imports.")
    return place


async def fail_import(context: Context, import_id: str, problem: str) -> None:
    """An import that cannot be read is through, and says why."""
    async with context.transaction() as tx:
        await store.end_import(tx, import_id, problem)
