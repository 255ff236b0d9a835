"""Who can hold a role: the organization's people and its OAuth clients."""

from collections.abc import Collection, Sequence

from shiftline.authorization.model import Grant
from shiftline.authorization.operations import (
    find_grants,
    get_home_division,
    get_role,
    grant_role_in,
    grant_roles,
    list_grants,
    replace_grants,
    replace_grants_in,
    require,
)
from shiftline.foundation.context import Context
from shiftline.foundation.errors import NotFound
from shiftline.identity import store
from shiftline.identity.errors import PersonNotFound


async def get_subject_name(context: Context, subject_id: str) -> str:
    """What a subject is called. Raises NotFound for anybody who is not of the organization, or deleted."""
    async with context.reader() as reader:
        people = await store.find_people(reader, context.organization_id, [subject_id])
        if people and people[0].state != "deleted":
            return people[0].name
        for client in await store.list_clients(reader, context.organization_id, subject_id):
            return client.name
    raise NotFound("subject", subject_id)


async def list_grants_of(context: Context, subject_ids: Collection[str]) -> dict[str, list[Grant]]:
    """What subjects hold, by subject: the caller has judged whether it may be seen."""
    async with context.reader() as reader:
        grants = await find_grants(reader, context.organization_id, subject_ids)
    held: dict[str, list[Grant]] = {}
    for grant in grants:
        held.setdefault(grant.subject_id, []).append(grant)
    return held


async def get_subject(context: Context, subject_id: str) -> tuple[str, list[Grant]]:
    """A subject's name and grants. Raises NotFound, PermissionMissing."""
    grants = await list_grants(context, subject_id=subject_id)
    return await get_subject_name(context, subject_id), grants


async def grant_to(context: Context, subject_id: str, pairs: Sequence[tuple[str, str]], *, active: bool = True) -> None:
    """Give or take roles as (role id, division id). Raises NotFound, PermissionMissing."""
    await get_subject_name(context, subject_id)
    await grant_roles(context, subject_id, pairs, active=active)


async def replace_of(context: Context, subject_id: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Make these the subject's only roles. Raises NotFound, PermissionMissing."""
    await get_subject_name(context, subject_id)
    await replace_grants(context, subject_id, pairs)


async def replace_roles_of(context: Context, person_id: str, role_ids: Collection[str]) -> None:
    """Make these somebody's only roles: kept ones where they are held, new ones in the home division.

    Raises NotFound, RoleNotFound, PermissionMissing.
    """
    require(context, "authorization:grant:add")
    await get_subject_name(context, person_id)
    home = await get_home_division(context)
    async with context.transaction() as tx:
        held = [
            (grant.role.id, grant.division_id) for grant in await find_grants(tx, context.organization_id, [person_id])
        ]
        kept = [pair for pair in held if pair[0] in role_ids]
        new = [(role_id, home.id) for role_id in role_ids if role_id not in {pair[0] for pair in held}]
        await replace_grants_in(tx, person_id, [*kept, *new])


async def list_holders(context: Context, role_id: str) -> list[str]:
    """The ids of the people who hold a role. Raises RoleNotFound, PermissionMissing."""
    role = await get_role(context, role_id)
    holders = {grant.subject_id for grant in await list_grants(context, role_id=role.id)}
    async with context.reader() as reader:
        people = await store.find_people(reader, context.organization_id, holders)
    return sorted(person.id for person in people if person.state != "deleted")


async def add_holders(context: Context, role_id: str, person_ids: Sequence[str]) -> list[str]:
    """Give people a role in the home division, all or none. Raises PersonNotFound, RoleNotFound, PermissionMissing."""
    home = await get_home_division(context)
    require(context, "authorization:grant:add", division_id=home.id)
    async with context.transaction() as tx:
        people = await store.find_people(tx, context.organization_id, person_ids)
        known = {person.id for person in people if person.state != "deleted"}
        for person_id in person_ids:
            if person_id not in known:
                raise PersonNotFound(person_id)
        for person_id in sorted(known):
            await grant_role_in(tx, person_id, role_id, home.id)
    return list(person_ids)
