"""Wrap-up codes, and which queue offers which."""

from collections.abc import Sequence
from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.routing.errors import NameTaken, QueueNotFound, Unknown, WrapupCodeNotFound
from shiftline.routing.events import QueueWrapupCodesChanged, WrapupCodeChanged
from shiftline.routing.model.places import EVERY_DIVISION
from shiftline.routing.model.wrapup_codes import WrapupCode, WrapupCodeDraft, WrapupCodeFilter
from shiftline.routing.operations.places import choose_division, find_queue_for, require_view
from shiftline.routing.operations.queues import EDIT
from shiftline.routing.operations.queues import VIEW as VIEW_QUEUE
from shiftline.routing.store import queues, wrapup_codes

VIEW = "routing:wrapupCode:view"
ADD = "routing:wrapupCode:add"
MOST_CODES = 10_000


async def list_wrapup_codes(context: Context, page: Page, wanted: WrapupCodeFilter) -> tuple[list[WrapupCode], int]:
    """One page of the wrap-up codes that the caller may see, by name, and how many there are."""
    visible = require_view(context, VIEW)
    async with context.reader() as reader:
        return await wrapup_codes.list_wrapup_codes(
            reader, context.organization_id, page, replace(wanted, visible_in=visible)
        )


async def get_wrapup_code(context: Context, code_id: str) -> WrapupCode:
    """One wrap-up code. Raises WrapupCodeNotFound."""
    found, _ = await list_wrapup_codes(context, Page(1), WrapupCodeFilter(ids=(code_id,)))
    if not found:
        raise WrapupCodeNotFound(code_id)
    return found[0]


async def create_wrapup_code(context: Context, draft: WrapupCodeDraft) -> WrapupCode:
    """A new wrap-up code; an equal one that exists is answered as it is. Raises NameTaken, Unknown, PermissionMissing."""
    require(context, ADD)
    async with context.transaction() as tx:
        return await create_wrapup_code_in(tx, draft)


async def create_wrapup_code_in(tx: Transaction, draft: WrapupCodeDraft) -> WrapupCode:
    """``create_wrapup_code`` in the caller's transaction."""
    organization_id, code_id = tx.context.organization_id, draft.id or new_id()
    if draft.division_id != EVERY_DIVISION:
        division = await choose_division(tx, organization_id, draft.division_id, "division.id")
        draft = replace(draft, division_id=division.id)
    require(tx.context, ADD, division_id=draft.division_id)
    if not await wrapup_codes.insert_wrapup_code(tx, code_id, draft):
        existing = await wrapup_codes.find_wrapup_code_by_name(tx, organization_id, draft.name)
        if existing is None or not _is_same(existing, draft):
            raise NameTaken("wrap-up code", draft.name if existing else code_id)
        return existing
    code = await wrapup_codes.find_wrapup_code(tx, organization_id, code_id)
    assert code is not None
    tx.record(
        WrapupCodeChanged(
            organization_id=organization_id, wrapup_code_id=code_id, name=code.name, active=True, version=1
        )
    )
    return code


def _is_same(code: WrapupCode, draft: WrapupCodeDraft) -> bool:
    return WrapupCodeDraft(code.name, code.description, code.division.id, draft.id and code.id) == draft


async def list_queue_wrapup_codes(
    context: Context, queue_id: str, page: Page, *, name: str | None = None
) -> tuple[list[WrapupCode], int]:
    """One page of a queue's wrap-up codes by name, and how many there are. Raises QueueNotFound, PermissionMissing."""
    async with context.reader() as reader:
        await find_queue_for(context, reader, queue_id, VIEW_QUEUE)
        wanted = WrapupCodeFilter(name=name, queue_id=queue_id)
        return await wrapup_codes.list_wrapup_codes(reader, context.organization_id, page, wanted)


async def add_queue_wrapup_codes(context: Context, queue_id: str, code_ids: Sequence[str]) -> list[WrapupCode]:
    """Give a queue wrap-up codes; those that it has already stay. Raises QueueNotFound, Unknown, PermissionMissing."""
    async with context.transaction() as tx:
        await find_queue_for(context, tx, queue_id, EDIT)
        return await add_queue_wrapup_codes_in(tx, queue_id, code_ids)


async def add_queue_wrapup_codes_in(tx: Transaction, queue_id: str, code_ids: Sequence[str]) -> list[WrapupCode]:
    """``add_queue_wrapup_codes`` in the caller's transaction. Raises QueueNotFound, Unknown."""
    if not await queues.hold_queue(tx, queue_id):
        raise QueueNotFound(queue_id)
    page, wanted = Page(max(1, len(code_ids))), WrapupCodeFilter(ids=tuple(code_ids))
    found, _ = await wrapup_codes.list_wrapup_codes(tx, tx.context.organization_id, page, wanted)
    known = {code.id for code in found}
    for index, code_id in enumerate(code_ids):
        if code_id not in known:
            raise Unknown(f"[{index}].id", "wrap-up code", code_id)
    added = await wrapup_codes.add_queue_wrapup_codes(tx, queue_id, code_ids)
    if added:
        tx.record(QueueWrapupCodesChanged(organization_id=tx.context.organization_id, queue_id=queue_id, added=added))
    return found


async def remove_queue_wrapup_code(context: Context, queue_id: str, code_id: str) -> None:
    """Take a wrap-up code from a queue; nothing happens when it has it not.

    Raises QueueNotFound, WrapupCodeNotFound, PermissionMissing.
    """
    async with context.transaction() as tx:
        await find_queue_for(context, tx, queue_id, EDIT)
        if await wrapup_codes.find_wrapup_code(tx, context.organization_id, code_id) is None:
            raise WrapupCodeNotFound(code_id)
        if await wrapup_codes.remove_queue_wrapup_code(tx, queue_id, code_id):
            tx.record(
                QueueWrapupCodesChanged(organization_id=context.organization_id, queue_id=queue_id, removed=(code_id,))
            )


async def find_queue_wrapup_codes(reader: Reader, organization_id: str, queue_id: str) -> list[WrapupCode]:
    """What a queue offers, by name; for rooms that have judged who may know."""
    wanted = WrapupCodeFilter(queue_id=queue_id)
    found, _ = await wrapup_codes.list_wrapup_codes(reader, organization_id, Page(MOST_CODES), wanted)
    return found
