"""How agents stand now, for boards. What is shown is judged at the moment of asking, as a follow-up would judge it."""

from collections.abc import Sequence

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.workforce.adherence import store
from shiftline.workforce.adherence.model import Seen
from shiftline.workforce.adherence.rules.standing import stand
from shiftline.workforce.units.operations.agents import find_agents
from shiftline.workforce.units.operations.management_units import find_management_unit

VIEW = "wfm:realtimeAdherence:view"
AT_ONCE = 500


async def watch_unit(context: Context, management_unit_id: str) -> list[Seen]:
    """How the agents of a management unit stand. Raises ManagementUnitNotFound, PermissionMissing."""
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, management_unit_id)
        require(context, VIEW, division_id=unit.division_id)
        person_ids = await store.list_agents_of(reader, context.organization_id, management_unit_id=unit.id)
        return await _see(context, reader, person_ids)


async def watch_agents(context: Context, person_ids: Sequence[str]) -> list[Seen]:
    """How people stand, in the given order; who is no agent is left out. Raises PermissionMissing.

    Oneself needs no permission beside an agent's own.
    """
    mine = context.actor.person_id
    if list(person_ids) != [mine]:
        require(context, VIEW)
    async with context.reader() as reader:
        agents = await find_agents(reader, context.organization_id, person_ids)
        for division_id in {agent.division_id for agent in agents.values() if agent.person_id != mine}:
            require(context, VIEW, division_id=division_id)
        return await _see(context, reader, [each for each in dict.fromkeys(person_ids) if each in agents])


async def _see(context: Context, reader: Reader, person_ids: Sequence[str]) -> list[Seen]:
    now, seen = context.now(), list[Seen]()
    for first in range(0, len(person_ids), AT_ONCE):
        some = person_ids[first : first + AT_ONCE]
        facts = await store.find_facts(reader, context.organization_id, some, now)
        before = await store.find_standings(reader, context.organization_id, some)
        seen += [stand(facts[each], before.get(each), now) for each in some if each in facts]
    return seen
