"""Who can hold a role: the organization's people and its OAuth clients."""

from collections.abc import Collection, Sequence

from shiftline.authorization.model import Grant
from shiftline.authorization.operations import find_grants, grant_roles, list_grants, replace_grants
from shiftline.foundation.context import Context
from shiftline.foundation.errors import NotFound
from shiftline.identity import store


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
