"""Fills an empty database, once, and tells the ready line's content at every start."""

from typing import Any

from shiftline.apps import rooms
from shiftline.apps.sample.contact_centre import (
    AGENTS,
    DOMAIN,
    HISTORY,
    OTHER_DOMAIN,
    create_contact_centre,
    create_other_organization,
    describe_contact_centre,
    describe_other_organization,
)
from shiftline.apps.sample.organization import (
    Newcomer,
    Secrets,
    create_organization,
    create_people,
    digest,
    issue_tokens,
    script_client,
    system,
    with_clock_back,
)
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.ids import new_id
from shiftline.foundation.settings import Settings
from shiftline.identity import store
from shiftline.identity.model import WEB_CLIENT_ID, Organization, PersonDraft

SERVED_DOMAIN = "shiftline"


async def prepare_folder(settings: Settings, *, demo: bool, secret: str) -> dict[str, Any]:
    """Fill what is empty; then the ready line's content: fresh access tokens, the folder's passwords."""
    rooms.load("events")
    database = Database(settings.database_url, size=4)
    await database.open()
    try:
        context = Context(database, Clock(settings.clock_offset), Actor("", "system"))
        return await _prepare(context, Secrets(secret), demo=demo)
    finally:
        await database.close()


async def _prepare(context: Context, secrets: Secrets, *, demo: bool) -> dict[str, Any]:
    async with context.reader() as reader:
        known = {organization.domain: organization for organization in await store.list_organizations(reader)}
    own = known.get(DOMAIN if demo else SERVED_DOMAIN) or next(iter(known.values()), None)
    if own is None:
        own = await _create(context, secrets, demo=demo)
    if demo and OTHER_DOMAIN not in known:
        await create_other_organization(system(context, new_id()), secrets)
    mine = system(context, own.id)
    return await _describe(mine, own, secrets, demo=demo)


async def _create(context: Context, secrets: Secrets, *, demo: bool) -> Organization:
    mine = system(context, new_id())
    past = with_clock_back(mine, HISTORY)
    domain, name = (DOMAIN, "Northwind Contact Centre") if demo else (SERVED_DOMAIN, "My organization")
    client = script_client(_client_id(secrets), "Scripts")
    client_secret = secrets.derive("client-secret", 40)
    roles = await create_organization(past, name, domain, client, digest(client_secret))
    admin = PersonDraft(
        id=_admin_id(secrets), name="Avery Admin", email=f"admin@{domain}.example", title="Administrator"
    )
    await create_people(past, [Newcomer(admin, "Administrator")], roles, secrets)
    if demo:
        await create_contact_centre(mine, roles, secrets)
    async with mine.reader() as reader:
        found = await store.find_organization(reader, mine.organization_id)
    assert found is not None
    return found


async def _describe(context: Context, own: Organization, secrets: Secrets, *, demo: bool) -> dict[str, Any]:
    admin_id = _admin_id(secrets)
    agent_ids = [agent.id for agent in AGENTS if agent.id] if demo else []
    tokens = await issue_tokens(context, [admin_id, *agent_ids], WEB_CLIENT_ID)
    async with context.reader() as reader:
        people = {person.id: person for person in await store.find_people(reader, own.id, list(tokens))}
    admin = {
        "clientId": _client_id(secrets),
        "clientSecret": secrets.derive("client-secret", 40),
        "userId": admin_id,
        "email": people[admin_id].email,
        "password": secrets.derive(f"password:{admin_id}", 14),
        "accessToken": tokens[admin_id],
    }
    if not demo:
        return {"organizationId": own.id, "admin": admin, "agents": [], "queues": []}
    agents = [
        {
            "userId": agent_id,
            "name": people[agent_id].name,
            "email": people[agent_id].email,
            "password": secrets.derive(f"password:{agent_id}", 14),
            "accessToken": tokens[agent_id],
            "jabberId": people[agent_id].jabber_id,
        }
        for agent_id in agent_ids
        if agent_id in people
    ]
    return {
        "organizationId": own.id,
        "admin": admin,
        "agents": agents,
        **describe_contact_centre(),
        "otherOrganization": await describe_other_organization(context),
    }


def _admin_id(secrets: Secrets) -> str:
    return f"admin-{secrets.derive('admin', 12)}"


def _client_id(secrets: Secrets) -> str:
    return f"scripts-{secrets.derive('client', 12)}"
