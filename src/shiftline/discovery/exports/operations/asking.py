"""Exports are asked for, looked at, paused, cancelled and resumed."""

from datetime import datetime

from shiftline.authorization.errors import PermissionMissing
from shiftline.authorization.model import EVERY_DIVISION
from shiftline.authorization.operations import require
from shiftline.authorization.rules import divisions_of, judge
from shiftline.discovery.exports.destinations.placing import Places, check_destination
from shiftline.discovery.exports.errors import (
    DestinationInvalid,
    ExportNotFound,
    MatterTaken,
    NothingSelected,
    StatusForbids,
)
from shiftline.discovery.exports.events import ExportCreated
from shiftline.discovery.exports.model import (
    ExportDraft,
    ExportState,
    LogFilter,
    PlannedObject,
    Selection,
    Status,
    StepTaken,
)
from shiftline.discovery.exports.operations.storing import advanced
from shiftline.discovery.exports.store import frozen, states
from shiftline.discovery.model import Stored
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.jobs import defer
from shiftline.foundation.web.paging import Page

ADD = "discovery:export:add"
EDIT = "discovery:export:edit"
VIEW = "discovery:export:view"
JOB = "discovery.export"

_KNOWN = (
    ("known_agents", "agent_ids", "selection.userIds", "user"),
    ("known_queues", "queue_ids", "selection.queueIds", "queue"),
    ("known_conversations", "conversation_ids", "selection.conversationIds", "conversation"),
)


def require_all(context: Context, permission: str) -> None:
    """Go on only for one who may in every division: an export takes from all of them. Raises PermissionMissing."""
    require(context, permission)
    if context.actor.kind != "system" and EVERY_DIVISION not in divisions_of(context.actor.grants, permission):
        raise PermissionMissing(judge(context.actor, (permission,), EVERY_DIVISION, context.now()), (permission,))


async def create_export(
    context: Context, places: Places, draft: ExportDraft, operator_name: str | None = None
) -> ExportState:
    """A new export, which goes on by itself. ``operator_name`` None: that of the caller.

    Raises PermissionMissing, DestinationInvalid, NothingSelected, MatterTaken.
    """
    require_all(context, ADD)
    check_destination(draft.destination, places, trusted=context.actor.kind == "system")
    _check_until(draft, context.now())
    export_id = new_id()
    async with context.transaction() as tx:
        await _require_something(tx, context.organization_id, draft.selection)
        if draft.matter_id is not None:
            if await frozen.find_matter(tx, context.organization_id, draft.matter_id) is None:
                raise NothingSelected("matterId", f"there is no matter with the id {draft.matter_id}.")
            await states.lock_matter(tx, draft.matter_id)
            other = await states.find_of_matter(tx, context.organization_id, draft.matter_id)
            if other is not None:
                raise MatterTaken(other)
        name = operator_name or await _name_of(tx)
        await states.insert_export(tx, export_id, draft, name)
        await states.insert_step(tx, export_id, 1, "draft", f"{name} asked for it: {draft.reason}.")
        tx.record(
            ExportCreated(
                organization_id=context.organization_id,
                export_id=export_id,
                matter_id=draft.matter_id,
                matter_name=draft.matter_name,
                reason=draft.reason,
                destination=f"{draft.destination.place.value}:{draft.destination.name}",
            )
        )
        await defer_run(tx, export_id, 1)
    return await get_export(context, export_id)


async def _name_of(tx: Transaction) -> str:
    """How the caller is called in the package."""
    actor = tx.context.actor
    return (await frozen.names_of(tx, actor.organization_id, [actor.id])).get(actor.id, actor.id)


def _check_until(draft: ExportDraft, now: datetime) -> None:
    until = draft.destination.retain_until
    if until is not None and until <= now:
        raise DestinationInvalid(
            "destination.retainUntil", f"{until.isoformat()} is past: a lock needs a coming instant."
        )


async def _require_something(reader: Reader, organization_id: str, wanted: Selection) -> None:
    """Go on only when a selection takes something now. Raises NothingSelected, which names what is unknown."""
    if wanted.held_by is not None and await frozen.find_matter(reader, organization_id, wanted.held_by) is None:
        raise NothingSelected("selection.matterId", f"there is no matter with the id {wanted.held_by}.")
    for statement, name, field, entity in _KNOWN:
        ids = getattr(wanted, name)
        if ids is not None:
            unknown = await frozen.list_unknown(reader, organization_id, statement, ids)
            if unknown:
                raise NothingSelected(field, f"there is no {entity} with the id {unknown[0]}.")
    found = await frozen.select_conversations(reader, organization_id, wanted, after=None, limit=1)
    if not found:
        raise NothingSelected(
            "selection",
            "nothing matches it: no conversation with a recording or with messages meets all of its conditions. Widen it, "
            "or leave a condition out.",
        )


async def defer_run(tx: Transaction, export_id: str, run: int) -> None:
    """Let the worker go on with an export."""
    await defer(tx, JOB, {"export_id": export_id, "run": run}, lock=f"{JOB} {export_id} {run}")


async def get_export(context: Context, export_id: str) -> ExportState:
    """One export. Raises PermissionMissing, ExportNotFound."""
    require(context, VIEW, ADD)
    async with context.reader() as reader:
        found = await states.find_export(reader, context.organization_id, export_id)
    if found is None:
        raise ExportNotFound(export_id)
    return found


async def list_exports(context: Context, page: Page) -> tuple[list[ExportState], int]:
    """Exports, latest first; and how many there are. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await states.list_exports(reader, context.organization_id, (page.size, page.offset))


async def list_of_recording(context: Context, recording_id: str) -> list[ExportState]:
    """The exports that a recording is in. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await states.exports_of_recording(reader, context.organization_id, recording_id)


async def list_steps(context: Context, export_id: str) -> list[StepTaken]:
    """What became of an export, latest first. Raises PermissionMissing, ExportNotFound."""
    await get_export(context, export_id)
    async with context.reader() as reader:
        return await states.list_steps(reader, context.organization_id, export_id)


async def list_log(
    context: Context, export_id: str, wanted: LogFilter, page: Page
) -> tuple[list[tuple[PlannedObject, Stored, datetime | None]], int]:
    """Every object with its size, hash, attempts and refusals, in the order of custody; of an agent, or all.

    Raises PermissionMissing, ExportNotFound.
    """
    await get_export(context, export_id)
    async with context.reader() as reader:
        part = (page.size, page.offset)
        return await states.page_objects(reader, context.organization_id, export_id, wanted, part)


async def pause_export(context: Context, export_id: str) -> ExportState:
    """Stop after what is under way. Raises PermissionMissing, ExportNotFound, StatusForbids."""
    return await _change(context, export_id, Status.PAUSED, (Status.RUNNING,), "paused")


async def resume_export(context: Context, export_id: str) -> ExportState:
    """Go on where it stopped or failed. Raises PermissionMissing, ExportNotFound, StatusForbids, MatterTaken."""
    return await _change(context, export_id, Status.RUNNING, (Status.PAUSED, Status.FAILED), "resumed")


async def cancel_export(context: Context, export_id: str) -> ExportState:
    """Give it up for good; what was stored stays where it is. Raises PermissionMissing, ExportNotFound, StatusForbids."""
    return await _change(
        context, export_id, Status.CANCELLED, (Status.RUNNING, Status.PAUSED, Status.FAILED), "cancelled"
    )


async def _change(
    context: Context, export_id: str, status: Status, coming_from: tuple[Status, ...], word: str
) -> ExportState:
    require_all(context, EDIT)
    async with context.transaction() as tx:
        export = await states.lock_export(tx, export_id)
        if export is None:
            raise ExportNotFound(export_id)
        if export.status not in coming_from:
            raise StatusForbids(export, word)
        goes_on = status is Status.RUNNING
        if goes_on and export.matter_id is not None:
            await states.lock_matter(tx, export.matter_id)
            other = await states.find_of_matter(tx, context.organization_id, export.matter_id)
            if other is not None and other.id != export_id:
                raise MatterTaken(other)
        run = await states.set_status(tx, export_id, status, coming_from=coming_from, new_run=goes_on)
        assert run is not None
        await states.insert_step(tx, export_id, run, word, f"It was {word}.")
        if goes_on:
            await defer_run(tx, export_id, run)
        found = await states.find_export(tx, context.organization_id, export_id)
        assert found is not None
        tx.record(advanced(found))
    return found


async def list_signers(reader: Reader, organization_id: str) -> list[bytes]:
    """By what the organization's packages were signed: public keys (PEM), the latest first. For other rooms."""
    return await frozen.attestation_keys(reader, organization_id)
