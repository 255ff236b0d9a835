"""Fills an empty database, once, and tells the ready line's content at every start."""

import asyncio
from typing import Any

from shiftline.apps.sample.cast import (
    AGENTS,
    COMPLIANCE,
    DOMAIN,
    OTHER_AGENT,
    OTHER_DOMAIN,
    OTHER_SITE,
    OTHER_SKILL,
    QUEUES,
    SUPERVISORS,
)
from shiftline.apps.sample.credentials import Secrets, issue_tokens
from shiftline.authorization.operations import find_home_division
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.ids import new_id
from shiftline.foundation.settings import Settings
from shiftline.identity.model import WEB_CLIENT_ID, Organization
from shiftline.identity.operations.organizations import list_organizations
from shiftline.identity.operations.people import find_people

SERVED_DOMAIN = "shiftline"
# As many as the parts of the sample that are made side by side.
_CONNECTIONS = 6


async def prepare_folder(settings: Settings, *, demo: bool, secret: str) -> dict[str, Any]:
    """Fill what is empty; then the ready line's content: fresh access tokens, the folder's passwords."""
    database = Database(settings.database_url, size=_CONNECTIONS)
    await database.open()
    try:
        context = Context(database, Clock(settings.clock_offset), Actor("", "system"))
        return await _prepare(context, Secrets(secret), demo=demo)
    finally:
        await database.close()


async def _prepare(context: Context, secrets: Secrets, *, demo: bool) -> dict[str, Any]:
    async with context.reader() as reader:
        known = {organization.domain: organization for organization in await list_organizations(reader)}
    own = known.get(DOMAIN if demo else SERVED_DOMAIN) or next(iter(known.values()), None)
    if own is None or (demo and OTHER_DOMAIN not in known):
        await _create(context, secrets, own, demo=demo)
        return await _prepare(context, secrets, demo=demo)
    return await _describe(context.acting_as(Actor(own.id, "system")), own, secrets, demo=demo)


async def _create(context: Context, secrets: Secrets, own: Organization | None, *, demo: bool) -> None:
    # Loaded only here: what makes a sample is a second of loading that a filled folder does not need.
    from shiftline.apps.sample.contact_centre import create_other_organization, create_own_organization

    async with asyncio.TaskGroup() as group:
        if own is None:
            mine = context.acting_as(Actor(new_id(), "system"))
            group.create_task(create_own_organization(mine, secrets, DOMAIN if demo else SERVED_DOMAIN, demo=demo))
        if demo:
            group.create_task(create_other_organization(context.acting_as(Actor(new_id(), "system")), secrets))


async def _describe(context: Context, own: Organization, secrets: Secrets, *, demo: bool) -> dict[str, Any]:
    # A folder that was put back from a backup has another secret: then nobody's id or password follows from it.
    admin_id, ours = secrets.admin_id, await _is_known(context, own, secrets.admin_id)
    agent_ids = [agent.id for agent in AGENTS if agent.id] if demo else []
    supervisor_ids = [person.id for person in SUPERVISORS if person.id] if demo else []
    compliance_ids = [person.id for person in COMPLIANCE if person.id] if demo else []
    everybody = [*([admin_id] if ours else []), *agent_ids, *supervisor_ids, *compliance_ids]
    tokens = await issue_tokens(context, everybody, WEB_CLIENT_ID)
    async with context.reader() as reader:
        people = await find_people(reader, own.id, list(tokens))
    admin: dict[str, Any] = {}
    if ours:
        admin = {
            "clientId": secrets.client_id,
            "clientSecret": secrets.client_secret,
            "userId": admin_id,
            "email": people[admin_id].email,
            "password": secrets.derive(f"password:{admin_id}", 14),
            "accessToken": tokens[admin_id],
        }
    if not demo:
        return {"organizationId": own.id, "admin": admin, "agents": [], "queues": []}
    agents, supervisors, compliance = (
        [
            {
                "userId": person_id,
                "name": people[person_id].name,
                "email": people[person_id].email,
                **({"password": secrets.derive(f"password:{person_id}", 14)} if ours else {}),
                "accessToken": tokens[person_id],
                "jabberId": people[person_id].jabber_id,
            }
            for person_id in ids
            if person_id in people
        ]
        for ids in (agent_ids, supervisor_ids, compliance_ids)
    )
    return {
        "organizationId": own.id,
        "admin": admin,
        "agents": agents,
        "supervisors": supervisors,
        "compliance": compliance,
        "queues": [{"id": queue.id, "name": queue.name} for queue in QUEUES],
        "otherOrganization": await _describe_other(context),
    }


async def _is_known(context: Context, own: Organization, person_id: str) -> bool:
    async with context.reader() as reader:
        return person_id in await find_people(reader, own.id, [person_id])


async def _describe_other(context: Context) -> dict[str, Any]:
    """What the ready line says of the second tenant."""
    async with context.reader() as reader:
        found = [o for o in await list_organizations(reader) if o.domain == OTHER_DOMAIN]
        if not found:
            return {}
        home = await find_home_division(reader, found[0].id)
    return {
        "organizationId": found[0].id,
        "userId": OTHER_AGENT,
        "scheduleId": OTHER_SITE.current_id,
        "skillId": OTHER_SKILL,
        "divisionId": home.id,
    }
