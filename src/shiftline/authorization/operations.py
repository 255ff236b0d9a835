"""What can be done with divisions, roles and grants; and ``require``, by which every other operation asks."""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import asynccontextmanager

import psycopg

from shiftline.authorization import rules, store
from shiftline.authorization.errors import (
    DivisionNotFound,
    LastAdministrator,
    NameTaken,
    PermissionMissing,
    PermissionUnknown,
    RoleNotFound,
)
from shiftline.authorization.events import DivisionChanged, GrantChanged, RoleChanged
from shiftline.authorization.model import EVERY_DIVISION, Division, Grant, Role, RoleDraft
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id


def require(context: Context, *any_of: str, division_id: str | None = None) -> None:
    """Go on only with one of the permissions (in the target's division when given). Raises PermissionMissing."""
    decision = rules.judge(context.actor, any_of, division_id, context.now())
    if decision.allowed is not True:
        raise PermissionMissing(decision, any_of)


def may(context: Context, *any_of: str, division_id: str | None = None) -> bool:
    """Whether ``require`` would go on: for what is shown, not for what is done."""
    return rules.judge(context.actor, any_of, division_id, context.now()).allowed is True


@asynccontextmanager
async def keeping_an_administrator(tx: Transaction) -> AsyncGenerator[None]:
    """Around what may take away who can grant roles, in the caller's transaction: undone when nobody would be left.

    Two at once wait for each other here, so lock rows of people and clients before, and those of roles and grants after.
    Raises LastAdministrator.
    """
    await store.lock_granters(tx)
    before = await store.list_granters(tx)
    yield
    last = rules.find_last_granter(before, await store.list_granters(tx))
    if last is not None:
        raise LastAdministrator(last)


async def list_divisions(context: Context) -> list[Division]:
    """The organization's divisions, the home division first."""
    async with context.reader() as reader:
        return await store.list_divisions(reader, context.organization_id)


async def list_permitted_divisions(context: Context, permission: str) -> list[Division]:
    """The divisions in which the caller holds a permission."""
    return [each for each in await list_divisions(context) if may(context, permission, division_id=each.id)]


async def get_division(context: Context, division_id: str) -> Division:
    """One division. Raises DivisionNotFound."""
    for division in await list_divisions(context):
        if division.id == division_id:
            return division
    raise DivisionNotFound(division_id)


async def get_home_division(context: Context) -> Division:
    """The division that everything belongs to unless said otherwise."""
    async with context.reader() as reader:
        return await find_home_division(reader, context.organization_id)


async def find_home_division(reader: Reader, organization_id: str) -> Division:
    """The home division of an organization. Raises DivisionNotFound for an organization that has none."""
    for division in await store.list_divisions(reader, organization_id):
        if division.home:
            return division
    raise DivisionNotFound("home")


async def create_division(context: Context, name: str, description: str | None) -> Division:
    """A new division. Raises NameTaken."""
    require(context, "authorization:division:add")
    async with context.transaction() as tx:
        return await create_division_in(tx, name, description=description)


async def create_division_in(
    tx: Transaction, name: str, *, description: str | None = None, home: bool = False, division_id: str | None = None
) -> Division:
    """A new division in the caller's transaction. Raises NameTaken."""
    draft = Division(id=division_id or new_id(), name=name, description=description, home=home, version=1)
    try:
        division = await store.insert_division(tx, draft)
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken("division", name) from error
    if division is None:
        raise NameTaken("division", draft.id)
    tx.record(DivisionChanged(organization_id=tx.context.organization_id, division_id=division.id, name=name))
    return division


async def change_division(context: Context, division_id: str, name: str, description: str | None) -> Division:
    """Rename a division. Raises DivisionNotFound, NameTaken."""
    require(context, "authorization:division:edit")
    async with context.transaction() as tx:
        try:
            division = await store.update_division(tx, division_id, name, description)
        except psycopg.errors.UniqueViolation as error:
            raise NameTaken("division", name) from error
        if division is None:
            raise DivisionNotFound(division_id)
        tx.record(DivisionChanged(organization_id=context.organization_id, division_id=division_id, name=name))
        return division


async def list_roles(context: Context, *, ids: Collection[str] | None = None, name: str | None = None) -> list[Role]:
    """The organization's roles by name."""
    require(context, "authorization:role:view")
    async with context.reader() as reader:
        return await store.list_roles(reader, context.organization_id, ids=ids, name=name)


async def get_role(context: Context, role_id: str) -> Role:
    """One role. Raises RoleNotFound."""
    for role in await list_roles(context, ids=[role_id]):
        return role
    raise RoleNotFound(role_id)


async def create_role(context: Context, draft: RoleDraft) -> Role:
    """A new role. Raises NameTaken, PermissionUnknown."""
    require(context, "authorization:role:add")
    async with context.transaction() as tx:
        return await create_role_in(tx, draft)


async def create_role_in(tx: Transaction, draft: RoleDraft) -> Role:
    """A new role in the caller's transaction. Raises NameTaken, PermissionUnknown."""
    _check(draft)
    try:
        role = await store.insert_role(tx, draft.id or new_id(), draft)
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken("role", draft.name) from error
    if role is None:
        raise NameTaken("role", draft.id or draft.name)
    tx.record(_changed(tx, role, active=True))
    return role


async def change_role(context: Context, role_id: str, draft: RoleDraft) -> Role:
    """Change a role; its holders gain and lose at once.

    Raises RoleNotFound, NameTaken, PermissionUnknown, LastAdministrator.
    """
    require(context, "authorization:role:edit")
    async with context.transaction() as tx:
        return await change_role_in(tx, role_id, draft)


async def change_role_in(tx: Transaction, role_id: str, draft: RoleDraft) -> Role:
    """``change_role`` in the transaction of a caller who may."""
    _check(draft)
    async with keeping_an_administrator(tx):
        found = await store.list_roles(tx, tx.context.organization_id, ids=[role_id])
        if found and rules.is_as_drafted(found[0], draft):
            return found[0]
        try:
            role = await store.update_role(tx, role_id, draft)
        except psycopg.errors.UniqueViolation as error:
            raise NameTaken("role", draft.name) from error
        if role is None:
            raise RoleNotFound(role_id)
        tx.record(_changed(tx, role, active=True))
        return role


async def find_roles(reader: Reader, organization_id: str, role_ids: Collection[str]) -> list[Role]:
    """Roles by their ids, for operations that have judged whether they may be seen."""
    return await store.list_roles(reader, organization_id, ids=role_ids)


async def find_roles_giving(reader: Reader, organization_id: str, permission: str) -> list[Role]:
    """The roles that hold a permission, those that hold the least beside it first."""
    roles = await store.list_roles(reader, organization_id)
    giving = [role for role in roles if any(rules.covers(each, permission) for each in role.permissions)]
    return sorted(
        giving, key=lambda role: (any("*" in each for each in role.permissions), len(role.permissions), role.name)
    )


async def delete_role(context: Context, role_id: str) -> None:
    """Take a role out of force; its past stays. Raises RoleNotFound, LastAdministrator."""
    require(context, "authorization:role:delete")
    async with context.transaction() as tx, keeping_an_administrator(tx):
        found = await store.list_roles(tx, context.organization_id, ids=[role_id])
        if not found:
            raise RoleNotFound(role_id)
        draft = RoleDraft(found[0].name, found[0].description, found[0].permissions)
        await store.update_role(tx, role_id, draft, active=False)
        tx.record(_changed(tx, found[0], active=False))


async def list_grants(context: Context, *, subject_id: str | None = None, role_id: str | None = None) -> list[Grant]:
    """Who holds what: one's own freely, others' with ``authorization:grant:view``."""
    if subject_id is None or subject_id != context.actor.id:
        require(context, "authorization:grant:view")
    subjects = None if subject_id is None else [subject_id]
    async with context.reader() as reader:
        return await store.list_grants(reader, context.organization_id, subject_ids=subjects, role_id=role_id)


async def find_grants(reader: Reader, organization_id: str, subject_ids: Collection[str]) -> list[Grant]:
    """What some subjects hold, for operations that have judged whether it may be seen."""
    return await store.list_grants(reader, organization_id, subject_ids=subject_ids)


async def grant_roles(
    context: Context, subject_id: str, pairs: Sequence[tuple[str, str]], *, active: bool = True
) -> None:
    """Give (or with ``active=False`` take) roles as (role id, division id).

    The permission must hold in each division named. Raises RoleNotFound, DivisionNotFound, LastAdministrator.
    """
    require(context, "authorization:grant:add" if active else "authorization:grant:delete")
    _require_to_grant(context, pairs, active=active)
    async with context.transaction() as tx:
        if active:
            await _set_grants_in(tx, subject_id, pairs)
            return
        async with keeping_an_administrator(tx):
            await _set_grants_in(tx, subject_id, pairs, active=False)


async def replace_grants(context: Context, subject_id: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Make these the subject's only roles. Raises RoleNotFound, DivisionNotFound, LastAdministrator."""
    require(context, "authorization:grant:add")
    require(context, "authorization:grant:delete")
    async with context.transaction() as tx:
        await replace_grants_in(tx, subject_id, pairs)


async def replace_grants_in(tx: Transaction, subject_id: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Make these the subject's only roles, in the caller's transaction.

    What changes needs the permission in its division. Raises PermissionMissing, RoleNotFound, DivisionNotFound,
    LastAdministrator.
    """
    grants = await store.list_grants(tx, tx.context.organization_id, subject_ids=[subject_id])
    held, wanted = {(grant.role.id, grant.division_id) for grant in grants}, set(pairs)
    _require_to_grant(tx.context, held - wanted, active=False)
    _require_to_grant(tx.context, wanted - held)
    async with keeping_an_administrator(tx):
        await _set_grants_in(tx, subject_id, sorted(held - wanted), active=False)
        await _set_grants_in(tx, subject_id, sorted(wanted - held))


def _require_to_grant(context: Context, pairs: Collection[tuple[str, str]], *, active: bool = True) -> None:
    permission = "authorization:grant:add" if active else "authorization:grant:delete"
    for division_id in sorted({division_id for _, division_id in pairs}):
        require(context, permission, division_id=division_id)


async def grant_role_in(
    tx: Transaction, subject_id: str, role_id: str, division_id: str, *, active: bool = True
) -> bool:
    """Give or take one role; whether that changed anything. Raises RoleNotFound, DivisionNotFound, LastAdministrator."""
    if active:
        return await _set_grant_in(tx, subject_id, role_id, division_id, active=True)
    async with keeping_an_administrator(tx):
        return await _set_grant_in(tx, subject_id, role_id, division_id, active=False)


async def _set_grants_in(
    tx: Transaction, subject_id: str, pairs: Sequence[tuple[str, str]], *, active: bool = True
) -> None:
    for role_id, division_id in pairs:
        await _set_grant_in(tx, subject_id, role_id, division_id, active=active)


async def _set_grant_in(tx: Transaction, subject_id: str, role_id: str, division_id: str, *, active: bool) -> bool:
    organization_id = tx.context.organization_id
    if not await store.list_roles(tx, organization_id, ids=[role_id]):
        raise RoleNotFound(role_id)
    known = {division.id for division in await store.list_divisions(tx, organization_id)}
    if division_id != EVERY_DIVISION and division_id not in known:
        raise DivisionNotFound(division_id)
    changed = await store.set_grant(tx, subject_id, role_id, division_id, active=active)
    if changed:
        tx.record(
            GrantChanged(
                organization_id=organization_id,
                person_id=subject_id,
                role_id=role_id,
                division_id=division_id,
                active=active,
            )
        )
    return changed


def _check(draft: RoleDraft) -> None:
    for index, permission in enumerate(draft.permissions):
        if not rules.is_permission(permission):
            raise PermissionUnknown(f"permissions[{index}]", permission)


def _changed(tx: Transaction, role: Role, *, active: bool) -> RoleChanged:
    return RoleChanged(
        organization_id=tx.context.organization_id,
        role_id=role.id,
        name=role.name,
        permissions=role.permissions,
        active=active,
    )
