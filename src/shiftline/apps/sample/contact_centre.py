"""The sample contact centre: two sites in two zones, 60 agents, and a second organization to stay apart from."""

from datetime import timedelta
from typing import Any

from shiftline.apps.sample.organization import (
    Newcomer,
    Secrets,
    create_organization,
    create_people,
    digest,
    script_client,
    with_clock_back,
)
from shiftline.apps.sample.workplace import (
    QUEUES,
    Site,
    create_phones,
    create_routing,
    create_site,
    file_time_off,
    publish_weeks,
)
from shiftline.authorization.model import Role
from shiftline.authorization.operations import find_home_division
from shiftline.foundation.context import Context
from shiftline.identity import store
from shiftline.identity.model import PersonDraft
from shiftline.routing.operations.skills import create_skill_in

HISTORY = timedelta(days=70)
DOMAIN = "northwind"
OTHER_DOMAIN = "southwind"
OTHER_SKILL = "skill-southwind-voice"
OTHER_SITE = Site("Southwind", "Europe/London", "sch-southwind")
OTHER_AGENT = "0b0b0b0b-1111-4222-8333-944444444444"

# The mission's own agent comes first; the ids of the others only need to stay the same.
MISSION_AGENT = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"

_NAMES = (
    "Ana Ruiz, Ben Carter, Chloe Nguyen, Diego Alvarez, Ella Johnson, Farid Haddad, Grace Kim, Hugo Martin, Ines Costa, "
    "Jack Brown, Kira Novak, Liam Murphy, Maya Patel, Noah Wilson, Olga Petrova, Pablo Garcia, Quinn Taylor, Rosa Silva, "
    "Sam Lee, Tara Singh, Umar Khan, Vera Schmidt, Will Davis, Xenia Popov, Yara Hassan, Zoe Clark, Adam Scott, "
    "Bella Rossi, Carl Weber, Dana White, Aoife Byrne, Brian Walsh, Ciara Kelly, Declan Ryan, Eimear Doyle, Fionn Kennedy, "
    "Grainne Lynch, Hannah Moore, Ivan Horvat, Julia Nowak, Kevin Daly, Laura Quinn, Marta Lopez, Niall Burke, "
    "Orla Nolan, Patrick Casey, Queenie Ward, Roisin Dunne, Sean Flynn, Tomas Novotny, Una Foley, Viktor Berg, "
    "Wanda Zielinska, Xavier Dupont, Yvonne Hayes, Zara Ali, Aidan Power, Blanca Moreno, Cormac Healy, Deirdre Hogan"
)


def _draft(number: int, name: str) -> PersonDraft:
    local = name.lower().replace(" ", ".")
    return PersonDraft(
        id=MISSION_AGENT if number == 0 else f"5a5a0000-0000-4000-8000-{number:012d}",
        name=name,
        email=f"{local}@{DOMAIN}.example",
        title="Agent",
        department="Chicago" if number < SITE_SIZE else "Dublin",
    )


SITE_SIZE = 30
SITES = (Site("Chicago", "America/Chicago", "sch-987654321"), Site("Dublin", "Europe/Dublin"))
AGENTS = [_draft(number, " ".join(name.split())) for number, name in enumerate(_NAMES.split(", "))]


async def create_contact_centre(context: Context, roles: dict[str, Role], secrets: Secrets) -> None:
    """People, then what they work with."""
    past = with_clock_back(context, HISTORY)
    supervisors = [
        PersonDraft(
            id=f"5b5b0000-0000-4000-8000-{number:012d}", name=name, email=f"{name.split()[0].lower()}@{DOMAIN}.example"
        )
        for number, name in enumerate(("Sofia Chen", "Martin Gallagher"))
    ]
    newcomers = [Newcomer(draft, "Agent") for draft in AGENTS] + [Newcomer(d, "Supervisor") for d in supervisors]
    people = await create_people(past, newcomers, roles, secrets)
    agent_ids = [person.id for person in people[: len(AGENTS)]]
    await create_routing(past, agent_ids)
    await create_phones(past, [(person.id, person.name) for person in people])
    for site, members in zip(SITES, (agent_ids[:SITE_SIZE], agent_ids[SITE_SIZE:]), strict=True):
        unit = await create_site(past, site, members)
        await publish_weeks(context, site, unit, members)
        await file_time_off(context, unit, members)


async def create_other_organization(context: Context, secrets: Secrets) -> None:
    """A second tenant, to show that the two never see each other."""
    past = with_clock_back(context, HISTORY)
    client = script_client(f"other-{secrets.derive('other-client', 12)}", "Scripts")
    roles = await create_organization(past, "Southwind", OTHER_DOMAIN, client, digest(secrets.derive("other", 40)))
    draft = PersonDraft(id=OTHER_AGENT, name="Nora South", email=f"nora@{OTHER_DOMAIN}.example")
    people = await create_people(past, [Newcomer(draft, "Agent")], roles, secrets)
    async with past.transaction() as tx:
        await create_skill_in(tx, "Voice", OTHER_SKILL)
    unit = await create_site(past, OTHER_SITE, [people[0].id])
    await publish_weeks(context, OTHER_SITE, unit, [people[0].id])


def describe_contact_centre() -> dict[str, Any]:
    """What the ready line says of it."""
    return {"queues": [{"id": queue.id, "name": queue.name} for queue in QUEUES]}


async def describe_other_organization(context: Context) -> dict[str, Any]:
    """What the ready line says of the second tenant."""
    async with context.reader() as reader:
        found = [o for o in await store.list_organizations(reader) if o.domain == OTHER_DOMAIN]
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
