"""Holds are placed: a few recordings at once, many by the worker; they may be paused, and go on where they were."""

from shiftline.authorization.model import EVERY_DIVISION
from shiftline.authorization.operations import require
from shiftline.authorization.rules import divisions_of
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.recordings.matters import store
from shiftline.recordings.matters.errors import AllDestroyed, HoldNotFound, HoldOver, NothingMatches, SelectionEmpty
from shiftline.recordings.matters.events import HoldPlaced
from shiftline.recordings.matters.model import Hold, HoldDraft, HoldState, Matter, Selection
from shiftline.recordings.matters.operations.entering import PLACED, enter_event_in
from shiftline.recordings.matters.operations.opening import VIEW, find_matter, lock_open_in
from shiftline.recordings.matters.operations.taking import take_batch_in

ADD = "recording:hold:add"

AT_ONCE = 200
"""More recordings than these are taken by the worker."""


def permitted_divisions(context: Context, permission: str) -> tuple[str, ...] | None:
    """The divisions in which the caller holds a permission, None: all. Raises PermissionMissing when in none."""
    require(context, permission)
    held = divisions_of(context.actor.grants, permission)
    return None if context.actor.kind == "system" or EVERY_DIVISION in held else tuple(sorted(held))


async def place_hold(context: Context, matter_id: str, draft: HoldDraft) -> Hold:
    """A matter holds the recordings that are meant, in the caller's divisions: at once, or by the worker when they are many.

    Deletions of them that were marked are over, and whoever marked them is told. Raises MatterNotFound, MatterClosed,
    SelectionEmpty, NothingMatches, AllDestroyed (all were destroyed, and when), Invalid (ids that a standing hold does not
    know), PermissionMissing.
    """
    divisions = permitted_divisions(context, ADD)
    if draft.selection == Selection():
        raise SelectionEmpty
    async with context.transaction() as tx:
        if draft.standing:
            await store.change_standing(tx)
        matter = await lock_open_in(tx, matter_id)
        return await place_hold_in(tx, matter, draft, divisions)


async def place_hold_in(
    tx: Transaction, matter: Matter, draft: HoldDraft, divisions: tuple[str, ...] | None, at_once: int = AT_ONCE
) -> Hold:
    """``place_hold`` for a matter that is locked and open; up to ``at_once`` recordings are taken here."""
    organization_id = tx.context.organization_id
    total = await store.count_matching(tx, organization_id, draft.selection, divisions)
    await _check(tx, draft, total)
    hold = Hold(
        id=new_id(),
        matter_id=matter.id,
        selection=draft.selection,
        reason=draft.reason,
        standing=draft.standing,
        division_ids=divisions,
        state=HoldState.RUNNING,
        total=total,
        taken=0,
        already=0,
        refused=0,
        later=0,
        refusals=(),
        placed_at=tx.context.now(),
        placed_by=tx.context.actor.id,
    )
    await store.insert_hold(tx, hold)
    await enter_event_in(tx, PLACED, hold.id, _placed(organization_id, hold))
    if total <= at_once:
        await take_batch_in(tx, matter, hold, at_once + 1)
    placed = await _find(tx, organization_id, hold.id)
    if placed.state is HoldState.DONE and placed.refused and not placed.taken and not placed.already:
        raise AllDestroyed(placed.refusals)
    return placed


async def _check(tx: Transaction, draft: HoldDraft, total: int) -> None:
    if draft.standing:
        unknown = await store.unknown_ids(tx, tx.context.organization_id, draft.selection)
        if unknown:
            raise Invalid(*(Problem(f"selection.{field}", f"there is no {found[:100]}.") for field, found in unknown))
    elif total == 0:
        raise NothingMatches


def _placed(organization_id: str, hold: Hold) -> HoldPlaced:
    return HoldPlaced(
        organization_id=organization_id,
        matter_id=hold.matter_id,
        hold_id=hold.id,
        selection=hold.selection,
        reason=hold.reason,
        standing=hold.standing,
        total=hold.total,
    )


async def _find(tx: Transaction, organization_id: str, hold_id: str) -> Hold:
    found = await store.find_hold(tx, organization_id, hold_id)
    assert found is not None
    return found


async def get_hold(context: Context, matter_id: str, hold_id: str) -> Hold:
    """A hold and how far it is. Raises MatterNotFound, HoldNotFound, PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        await find_matter(reader, context.organization_id, matter_id)
        hold = await store.find_hold(reader, context.organization_id, hold_id)
    if hold is None or hold.matter_id != matter_id:
        raise HoldNotFound(hold_id)
    return hold


async def list_holds(context: Context, matter_id: str, page: Page) -> tuple[list[Hold], int]:
    """A matter's holds, latest first; and how many there are. Raises MatterNotFound, PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        await find_matter(reader, context.organization_id, matter_id)
        return await store.list_holds(reader, context.organization_id, matter_id, (page.size, page.offset))


async def pause_hold(context: Context, matter_id: str, hold_id: str) -> Hold:
    """A hold takes nothing until it goes on; what it took stays held. Raises HoldOver, HoldNotFound, PermissionMissing."""
    return await _switch(context, matter_id, hold_id, HoldState.PAUSED)


async def resume_hold(context: Context, matter_id: str, hold_id: str) -> Hold:
    """A paused hold goes on where it was. Raises HoldOver, HoldNotFound, PermissionMissing."""
    return await _switch(context, matter_id, hold_id, HoldState.RUNNING)


async def _switch(context: Context, matter_id: str, hold_id: str, state: HoldState) -> Hold:
    require(context, ADD)
    async with context.transaction() as tx:
        hold = await store.lock_hold(tx, hold_id)
        if hold is None or hold.matter_id != matter_id:
            raise HoldNotFound(hold_id)
        if not await store.set_hold_state(tx, hold_id, state):
            raise HoldOver(hold_id)
        return await _find(tx, context.organization_id, hold_id)
