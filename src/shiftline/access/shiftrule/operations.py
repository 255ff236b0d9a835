"""Whom the shift rule does not concern, and who is let in outside their shifts: listed, made, ended.

Exceptions belong to the rule: they need ``access:shiftRule:edit``. Letting one person in for a while is a supervisor's:
``access:shiftRule:override`` in the person's division, for anybody but oneself.
"""

from dataclasses import replace

from shiftline.access.shiftrule import store
from shiftline.access.shiftrule.errors import (
    AlreadyOver,
    ExceptionNotFound,
    NotForOneself,
    OverrideNotFound,
    SubjectUnknown,
    TooLong,
)
from shiftline.access.shiftrule.events import ShiftExceptionChanged, ShiftOverrideChanged
from shiftline.access.shiftrule.model import ExceptionDraft, OverrideDraft, ShiftException, ShiftOverride
from shiftline.authorization.model import EVERY_DIVISION
from shiftline.authorization.operations import require
from shiftline.authorization.rules import divisions_of
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.identity.operations.organizations import get_tenant_settings
from shiftline.identity.operations.people import find_people

VIEW = "access:shiftRule:view"
EDIT = "access:shiftRule:edit"
OVERRIDE = "access:shiftRule:override"


async def list_exceptions(context: Context, page: Page, *, standing: bool) -> tuple[list[ShiftException], int]:
    """One page of whom the rule does not concern, and how many there are; ``standing``: without those that are over."""
    require(context, VIEW, EDIT)
    at = context.now() if standing else None
    async with context.reader() as reader:
        return await store.list_exceptions(reader, context.organization_id, page, at)


async def except_from_rule(context: Context, draft: ExceptionDraft) -> ShiftException:
    """Let the rule not concern somebody; of a subject that is excepted already, the reason and the end become these.

    Raises SubjectUnknown, AlreadyOver, PermissionMissing.
    """
    require(context, EDIT)
    async with context.transaction() as tx:
        return await except_from_rule_in(tx, draft)


async def except_from_rule_in(tx: Transaction, draft: ExceptionDraft) -> ShiftException:
    """``except_from_rule`` in the transaction of a caller who may."""
    organization_id = tx.context.organization_id
    if draft.ends_at is not None and draft.ends_at <= tx.context.now():
        raise AlreadyOver
    if await store.find_subject(tx, organization_id, draft.kind, draft.subject_id) is None:
        raise SubjectUnknown(draft.kind, draft.subject_id)
    changed = await store.set_exception(tx, new_id(), draft)
    found = await store.find_exception_of(tx, organization_id, draft.kind, draft.subject_id)
    assert found is not None
    if changed:
        _record_exception(tx, found)
    return found


async def end_exception(context: Context, exception_id: str) -> ShiftException:
    """Let the rule concern somebody again; what is ended already stays as it is. Raises ExceptionNotFound."""
    require(context, EDIT)
    async with context.transaction() as tx:
        ended = await store.end_exception(tx, exception_id)
        found = await store.find_exception(tx, context.organization_id, exception_id)
        if found is None:
            raise ExceptionNotFound(exception_id)
        if ended:
            _record_exception(tx, found)
        return found


async def list_overrides(
    context: Context, page: Page, person_id: str | None, *, standing: bool
) -> tuple[list[ShiftOverride], int]:
    """One page of who was let in, latest first, and how many there are: one's own freely, others' of the divisions in which
    the caller may look or let in.
    """
    divisions = None
    if person_id is None or person_id != context.actor.person_id:
        require(context, VIEW, OVERRIDE)
        divisions = _divisions(context)
    async with context.reader() as reader:
        return await store.list_overrides(
            reader,
            context.organization_id,
            page,
            person_id=person_id,
            division_ids=divisions,
            at=context.now() if standing else None,
        )


def _divisions(context: Context) -> frozenset[str] | None:
    """The divisions whose overrides the caller may see; None: all."""
    if context.actor.kind == "system":
        return None
    found = divisions_of(context.actor.grants, VIEW) | divisions_of(context.actor.grants, OVERRIDE)
    return None if EVERY_DIVISION in found else found


async def let_in(context: Context, draft: OverrideDraft) -> ShiftOverride:
    """Let one person's softphone connect outside their shifts, from now on and for a time.

    What the caller asked for before in the same words, and stands, is not made twice. Raises NotForOneself, TooLong, Invalid
    for an unknown person, PermissionMissing.
    """
    require(context, OVERRIDE)
    settings = await get_tenant_settings(context)
    most = settings.shift_override_most_minutes
    minutes = settings.shift_override_default_minutes if draft.minutes is None else draft.minutes
    async with context.transaction() as tx:
        person = (await find_people(tx, context.organization_id, [draft.person_id])).get(draft.person_id)
        if person is None or person.state == "deleted":
            raise Invalid(Problem("userId", f"there is no user with id {draft.person_id}.", "not.found"))
        require(context, OVERRIDE, division_id=person.division_id)
        if person.id == context.actor.person_id:
            raise NotForOneself
        if minutes > most:
            raise TooLong(minutes, most)
        wanted = replace(draft, minutes=minutes)
        await store.lock_overrides(tx, person.id)
        known = await store.find_same_override(tx, wanted)
        override_id = known or new_id()
        if known is None:
            await store.insert_override(tx, override_id, wanted)
        found = await store.find_override(tx, context.organization_id, override_id)
        assert found is not None
        if known is None:
            _record_override(tx, found)
        return found


async def end_override(context: Context, override_id: str) -> ShiftOverride:
    """End an override early; one that is over already stays as it is. Raises OverrideNotFound, PermissionMissing."""
    require(context, OVERRIDE)
    async with context.transaction() as tx:
        found = await store.find_override(tx, context.organization_id, override_id)
        if found is None:
            raise OverrideNotFound(override_id)
        require(context, OVERRIDE, division_id=found.division_id)
        if not await store.end_override(tx, override_id):
            return found
        ended = await store.find_override(tx, context.organization_id, override_id)
        assert ended is not None
        _record_override(tx, ended)
        return ended


def _record_exception(tx: Transaction, found: ShiftException) -> None:
    tx.record(
        ShiftExceptionChanged(
            organization_id=tx.context.organization_id,
            exception_id=found.id,
            kind=found.kind,
            subject_id=found.subject_id,
            reason=found.reason,
            ends_at=found.ends_at,
            active=found.active,
            person_id=found.subject_id if found.kind == "person" else None,
        )
    )


def _record_override(tx: Transaction, found: ShiftOverride) -> None:
    tx.record(
        ShiftOverrideChanged(
            organization_id=tx.context.organization_id,
            override_id=found.id,
            person_id=found.person_id,
            reason=found.reason,
            starts_at=found.starts_at,
            ends_at=found.ends_at,
            ended_at=found.ended_at,
        )
    )
