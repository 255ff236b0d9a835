"""The sample contact centre: two sites in two zones, 60 agents, and a second organization to stay apart from."""

import asyncio
from collections.abc import Sequence

from shiftline.apps.sample.cast import (
    AGENTS,
    COMPLIANCE,
    HISTORY,
    OTHER_AGENT,
    OTHER_DOMAIN,
    OTHER_SITE,
    OTHER_SKILL,
    SITE_SIZE,
    SITES,
    SUPERVISORS,
    Site,
)
from shiftline.apps.sample.credentials import Secrets
from shiftline.apps.sample.organization import (
    Newcomer,
    create_organization,
    create_people,
    script_client,
    with_clock_back,
)
from shiftline.apps.sample.workplace import create_phones, create_routing, create_site, file_time_off, publish_weeks
from shiftline.authorization.model import Role
from shiftline.foundation.context import Context
from shiftline.identity.model import PersonDraft
from shiftline.routing.operations.skills import create_skill_in


async def create_own_organization(context: Context, secrets: Secrets, domain: str, *, demo: bool) -> None:
    """The first organization with its administrator; the contact centre in it for a demo."""
    past = with_clock_back(context, HISTORY)
    name = "Northwind Contact Centre" if demo else "My organization"
    client = (script_client(secrets.client_id), secrets.client_secret)
    roles = await create_organization(past, name, domain, client)
    admin = PersonDraft(id=secrets.admin_id, name="Avery Admin", email=f"admin@{domain}.example", title="Administrator")
    await create_people(past, [Newcomer(admin, "Administrator")], roles, secrets)
    if demo:
        await create_contact_centre(context, roles, secrets)


async def create_contact_centre(context: Context, roles: dict[str, Role], secrets: Secrets) -> None:
    """People, then what they work with."""
    past = with_clock_back(context, HISTORY)
    newcomers = [Newcomer(draft, "Agent") for draft in AGENTS] + [Newcomer(d, "Supervisor") for d in SUPERVISORS]
    people = await create_people(past, newcomers, roles, secrets)
    await create_people(past, [Newcomer(draft, "Compliance") for draft in COMPLIANCE], roles, secrets)
    agent_ids = [person.id for person in people[: len(AGENTS)]]
    # Side by side: while one waits for the database another plans, and two of its processes work on two cores.
    await asyncio.gather(
        create_routing(past, agent_ids),
        create_phones(past, [(person.id, person.name) for person in people]),
        _fill_site(context, SITES[0], agent_ids[:SITE_SIZE]),
        _fill_site(context, SITES[1], agent_ids[SITE_SIZE:]),
    )


async def _fill_site(context: Context, site: Site, agent_ids: Sequence[str]) -> None:
    unit = await create_site(with_clock_back(context, HISTORY), site, agent_ids)
    await publish_weeks(context, site, unit, agent_ids)
    await file_time_off(context, unit, agent_ids)


async def create_other_organization(context: Context, secrets: Secrets) -> None:
    """A second tenant, to show that the two never see each other."""
    past = with_clock_back(context, HISTORY)
    client = script_client(f"other-{secrets.derive('other-client', 12)}")
    roles = await create_organization(past, "Southwind", OTHER_DOMAIN, (client, secrets.derive("other", 40)))
    draft = PersonDraft(id=OTHER_AGENT, name="Nora South", email=f"nora@{OTHER_DOMAIN}.example")
    people = await create_people(past, [Newcomer(draft, "Agent")], roles, secrets)
    async with past.transaction() as tx:
        await create_skill_in(tx, "Voice", OTHER_SKILL)
    unit = await create_site(past, OTHER_SITE, [people[0].id])
    await publish_weeks(context, OTHER_SITE, unit, [people[0].id])
