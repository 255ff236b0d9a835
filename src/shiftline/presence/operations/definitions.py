"""Presence definitions: the organization's own words for what people do."""

from dataclasses import replace

from shiftline.authorization.operations import list_divisions, may, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.presence import store
from shiftline.presence.errors import DefinitionNotFound, SystemDefinitionFixed
from shiftline.presence.events import DefinitionChanged
from shiftline.presence.model import (
    EVERY_DIVISION,
    SYSTEM_DEFINITIONS,
    SYSTEM_LABELS,
    Definition,
    DefinitionDraft,
    PresenceRequest,
)

VIEW, ADD = "presence:presenceDefinition:view", "presence:presenceDefinition:add"
EDIT, DELETE = "presence:presenceDefinition:edit", "presence:presenceDefinition:delete"


async def prepare_organization(tx: Transaction, organization_id: str) -> None:
    """The ten system definitions of a new organization; a repeat changes nothing."""
    assert organization_id == tx.context.organization_id
    for presence, definition_id in SYSTEM_DEFINITIONS.items():
        draft = DefinitionDraft(presence, {"en_US": SYSTEM_LABELS[presence]})
        await store.insert_definition(tx, definition_id, "System", draft)


async def list_definitions(
    context: Context, *, active: bool | None = True, division_ids: tuple[str, ...] | None = None
) -> list[Definition]:
    """The definitions that the caller may see: those of every division, others with the permission there."""
    async with context.reader() as reader:
        found = await store.list_definitions(reader, context.organization_id)
    return [
        definition
        for definition in found
        if _is_visible(context, definition)
        and active in (None, definition.active)
        and (division_ids is None or definition.division_id in (*division_ids, EVERY_DIVISION))
    ]


async def get_definition(context: Context, definition_id: str) -> Definition:
    """One definition, in use or not. Raises DefinitionNotFound."""
    async with context.reader() as reader:
        definition = await store.find_definition(reader, context.organization_id, definition_id)
    if definition is None:
        raise DefinitionNotFound(definition_id)
    if not _is_visible(context, definition):
        require(context, VIEW, division_id=definition.division_id)
    return definition


async def create_definition(context: Context, draft: DefinitionDraft) -> Definition:
    """A new definition; an equal one in use is answered as it is. Raises Invalid."""
    require(context, ADD)
    await _check_division(context, draft.division_id)
    async with context.transaction() as tx:
        return await create_definition_in(tx, draft)


async def create_definition_in(tx: Transaction, draft: DefinitionDraft) -> Definition:
    """``create_definition`` in the caller's transaction."""
    await store.lock_definitions(tx)
    for existing in await store.list_definitions(tx, tx.context.organization_id):
        if existing.kind == "User" and _as_draft(existing) == replace(draft, id=None):
            return existing
    definition = await store.insert_definition(tx, draft.id or new_id(), "User", draft)
    if definition is None:
        raise Invalid(Problem("id", f"there is already a presence definition with id {draft.id}."))
    _record(tx, definition)
    return definition


async def change_definition(context: Context, definition_id: str, draft: DefinitionDraft) -> Definition:
    """Make a definition so; its system presence stays. Raises DefinitionNotFound, SystemDefinitionFixed, Invalid."""
    require(context, EDIT)
    await _check_division(context, draft.division_id)
    async with context.transaction() as tx:
        current = await _lock(tx, definition_id)
        require(context, EDIT, division_id=_division(current))
        if draft.system_presence is not current.system_presence:
            raise Invalid(Problem("systemPresence", f"is {current.system_presence} and cannot change."))
        wanted = replace(current, labels=draft.labels, division_id=draft.division_id, active=draft.active)
        return await _write(tx, current, wanted)


async def deactivate_definition(context: Context, definition_id: str) -> None:
    """Put a definition out of use; whoever is in it stays in it. Raises DefinitionNotFound, SystemDefinitionFixed."""
    require(context, DELETE, EDIT)
    async with context.transaction() as tx:
        current = await _lock(tx, definition_id)
        require(context, DELETE, EDIT, division_id=_division(current))
        await _write(tx, current, replace(current, active=False))


async def choose_definition(reader: Reader, organization_id: str, request: PresenceRequest) -> Definition | None:
    """The definition that a change of presence asks for, or None. Raises Invalid, which names the field."""
    definition_id = request.definition_id
    if definition_id is None:
        if request.system_presence is None:
            return None
        definition_id = SYSTEM_DEFINITIONS[request.system_presence]
    definition = await store.find_definition(reader, organization_id, definition_id)
    if definition is None:
        raise Invalid(Problem("presenceDefinition.id", f"there is no presence definition with id {definition_id}."))
    if not definition.active:
        raise Invalid(Problem("presenceDefinition.id", f"the definition {definition.name} is not in use any more."))
    return definition


def _is_visible(context: Context, definition: Definition) -> bool:
    return definition.division_id == EVERY_DIVISION or may(context, VIEW, division_id=definition.division_id)


def _division(definition: Definition) -> str | None:
    return None if definition.division_id == EVERY_DIVISION else definition.division_id


def _as_draft(definition: Definition) -> DefinitionDraft:
    return DefinitionDraft(
        definition.system_presence, definition.labels, definition.division_id, active=definition.active
    )


async def _check_division(context: Context, division_id: str) -> None:
    if division_id == EVERY_DIVISION:
        return
    if all(division.id != division_id for division in await list_divisions(context)):
        raise Invalid(Problem("divisionId", f"there is no division with id {division_id}."))


async def _lock(tx: Transaction, definition_id: str) -> Definition:
    await store.lock_definitions(tx)
    definition = await store.find_definition(tx, tx.context.organization_id, definition_id)
    if definition is None:
        raise DefinitionNotFound(definition_id)
    if definition.kind == "System":
        raise SystemDefinitionFixed
    return definition


async def _write(tx: Transaction, current: Definition, wanted: Definition) -> Definition:
    if wanted == current:
        return current
    changed = await store.update_definition(tx, wanted)
    _record(tx, changed)
    return changed


def _record(tx: Transaction, definition: Definition) -> None:
    tx.record(
        DefinitionChanged(
            organization_id=tx.context.organization_id,
            definition_id=definition.id,
            system_presence=definition.system_presence,
            labels=definition.labels,
            division_id=definition.division_id,
            active=definition.active,
        )
    )
