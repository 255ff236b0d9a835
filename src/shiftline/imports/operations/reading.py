"""Imports and quarantine as they are told, and the reports of what was wrong before and is not after."""

from collections.abc import AsyncIterator
from datetime import datetime

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Page
from shiftline.imports import store
from shiftline.imports.errors import ImportNotFound, ItemNotFound
from shiftline.imports.model import Import, Item, ItemFilter, Refused, ReportLine
from shiftline.imports.rules import reporting

ADD = "recording:import:add"
VIEW = "recording:import:view"
EDIT = "recording:import:edit"

MOST_REVISIONS = 100_000
BATCH = 500


async def get_import(context: Context, import_id: str) -> Import:
    """How far an import is. Raises ImportNotFound, PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        found = await store.find_import(reader, context.organization_id, import_id)
    if found is None:
        raise ImportNotFound(import_id)
    return found


async def list_imports(context: Context, page: Page) -> tuple[list[Import], int]:
    """Imports, latest first; and how many there are. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await store.list_imports(reader, context.organization_id, part=(page.size, page.offset))


async def list_refusals(context: Context, import_id: str) -> list[Refused]:
    """What an import did not keep, and why. Raises ImportNotFound, PermissionMissing."""
    await get_import(context, import_id)
    async with context.reader() as reader:
        return await store.list_refusals(reader, context.organization_id, import_id)


async def get_item(context: Context, item_id: str) -> Item:
    """One item of the quarantine, also one that left it. Raises ItemNotFound, PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        found = await store.find_item(reader, context.organization_id, item_id)
    if found is None:
        raise ItemNotFound(item_id)
    return found


async def list_items(context: Context, wanted: ItemFilter, page: Page) -> tuple[list[Item], int]:
    """Items by their paths; and how many there are. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await store.list_items(reader, context.organization_id, wanted, part=(page.size, page.offset))


async def report_import(context: Context, import_id: str) -> list[ReportLine]:
    """Each problem of an import's items: what was, and what is now. Raises ImportNotFound, PermissionMissing."""
    await get_import(context, import_id)
    return [line async for item in _items(context, import_id) for line in reporting.lines_of_item(item)]


async def _items(context: Context, import_id: str) -> AsyncIterator[Item]:
    after = ("", "")
    while True:
        async with context.reader() as reader:
            found = await store.list_items_after(reader, context.organization_id, import_id, after, BATCH)
        if not found:
            return
        for item in found:
            yield item
        after = found[-1].path, found[-1].id


async def report_revisions(context: Context, span: tuple[datetime, datetime]) -> list[ReportLine]:
    """Each field that a revision of a span changed (a refresh, for one): what was, and what is now. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        found = await store.list_revisions(reader, context.organization_id, span, MOST_REVISIONS)
    return [
        line for recording_id, difference in found for line in reporting.lines_of_revision(recording_id, difference)
    ]
