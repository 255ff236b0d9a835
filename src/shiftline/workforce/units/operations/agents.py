"""Agents: where people work, and moving them."""

from collections.abc import Collection, Mapping, Sequence

from shiftline.authorization.operations import may, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Problem
from shiftline.identity.operations.people import find_people
from shiftline.workforce.units import rules, store
from shiftline.workforce.units.errors import AgentNotFound, ManagementUnitNotFound, PeopleUnknown
from shiftline.workforce.units.events import AgentChanged, AgentsMoved
from shiftline.workforce.units.model import Agent, AgentDraft, ManagementUnit, MoveResult, Moves
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.operations.management_units import find_management_unit, find_management_units
from shiftline.workforce.units.operations.reading import READ_AGENTS


async def find_agents(
    reader: Reader, organization_id: str, person_ids: Collection[str] | None = None, business_unit_id: str | None = None
) -> dict[str, Agent]:
    """Agents by the id of the person, for other rooms; people in no management unit are left out."""
    found = await store.find_agents(reader, organization_id, person_ids=person_ids, business_unit_id=business_unit_id)
    return {agent.person_id: agent for agent in found}


async def find_agent(reader: Reader, organization_id: str, person_id: str) -> Agent:
    """One agent, for other rooms. Raises AgentNotFound."""
    for agent in await store.find_agents(reader, organization_id, person_ids=[person_id]):
        return agent
    raise AgentNotFound(person_id)


async def get_agent(context: Context, person_id: str) -> Agent:
    """Where a person works: oneself freely, others with a permission on agents. Raises AgentNotFound."""
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, person_id)
    if person_id != context.actor.person_id:
        require(context, *READ_AGENTS, division_id=agent.division_id)
    return agent


async def get_agent_of(context: Context, management_unit_id: str, person_id: str) -> Agent:
    """One agent of a management unit. Raises ManagementUnitNotFound, AgentNotFound."""
    for agent in await list_agents(context, management_unit_id):
        if agent.person_id == person_id:
            return agent
    raise AgentNotFound(person_id)


async def list_agents(context: Context, management_unit_id: str) -> list[Agent]:
    """The agents of a management unit. Raises ManagementUnitNotFound."""
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, management_unit_id)
        require(context, *READ_AGENTS, division_id=unit.division_id)
        return await store.find_agents(reader, context.organization_id, management_unit_id=unit.id)


async def list_agents_by_unit(context: Context, business_unit_id: str) -> list[tuple[ManagementUnit, list[Agent]]]:
    """A business unit's management units, each with its agents. Raises BusinessUnitNotFound."""
    async with context.reader() as reader:
        parent = await find_business_unit(reader, context.organization_id, business_unit_id)
        require(context, "wfm:agent:view", division_id=parent.division_id)
        units = await find_management_units(reader, context.organization_id, parent.id)
        agents = await store.find_agents(reader, context.organization_id, business_unit_id=parent.id)
    return [(unit, [agent for agent in agents if agent.management_unit_id == unit.id]) for unit in units]


async def move_agents(context: Context, person_ids: Sequence[str], management_unit_id: str | None) -> Moves:
    """Put people into a management unit, or with None out of theirs; each result is final.

    Raises ManagementUnitNotFound, PeopleUnknown.
    """
    async with context.transaction() as tx:
        if management_unit_id is not None:
            unit = await find_management_unit(tx, context.organization_id, management_unit_id)
            require(context, "wfm:agent:edit", division_id=unit.division_id)
        else:
            require(context, "wfm:agent:edit")
        return await move_agents_in(tx, person_ids, management_unit_id)


async def move_agents_in(tx: Transaction, person_ids: Sequence[str], management_unit_id: str | None) -> Moves:
    """The same in the caller's transaction. Raises ManagementUnitNotFound, PeopleUnknown."""
    context, wanted = tx.context, list(dict.fromkeys(person_ids))
    if management_unit_id is not None and await store.lock_management_unit(tx, management_unit_id) is None:
        raise ManagementUnitNotFound(management_unit_id)
    await _check_people(tx, person_ids)
    here = await store.lock_agents(tx, wanted)
    moves = rules.judge_moves(wanted, here, management_unit_id, await _closed_units(tx, here))
    moved = [move.person_id for move in moves if move.result is MoveResult.MOVED]
    if moved:
        await store.put_agents(tx, moved, management_unit_id)
        tx.record(
            AgentsMoved(
                organization_id=context.organization_id,
                management_unit_id=management_unit_id or here[moved[0]] or "",
                destination_id=management_unit_id,
                requested_by=context.actor.id,
                results=tuple((move.person_id, move.result.value) for move in moves),
            )
        )
    return Moves(context.actor.id, management_unit_id, moves)


async def _check_people(tx: Transaction, person_ids: Sequence[str]) -> None:
    people = await find_people(tx, tx.context.organization_id, person_ids)
    problems = [
        Problem(f"userIds[{index}]", f"there is no user with id {person_id}.", "user.unknown")
        for index, person_id in enumerate(person_ids)
        if person_id not in people or people[person_id].state == "deleted"
    ]
    if problems:
        raise PeopleUnknown(problems)


async def _closed_units(tx: Transaction, here: Mapping[str, str | None]) -> set[str]:
    """The units that these people are in and that the actor may not take anybody from."""
    inside = {unit_id for unit_id in here.values() if unit_id is not None}
    units = await find_management_units(tx, tx.context.organization_id) if inside else []
    return {
        unit.id
        for unit in units
        if unit.id in inside and not may(tx.context, "wfm:agent:edit", division_id=unit.division_id)
    }


async def change_agents(context: Context, management_unit_id: str, wanted: Mapping[str, AgentDraft]) -> None:
    """Change agents of a unit, all or none. Raises ManagementUnitNotFound, AgentNotFound."""
    async with context.transaction() as tx:
        unit = await find_management_unit(tx, context.organization_id, management_unit_id)
        require(context, "wfm:agent:edit", division_id=unit.division_id)
        here = await store.lock_agents(tx, wanted)
        for person_id, draft in wanted.items():
            if here.get(person_id) != unit.id:
                raise AgentNotFound(person_id)
            if await store.change_agent(tx, unit.id, person_id, draft):
                tx.record(
                    AgentChanged(
                        organization_id=context.organization_id,
                        person_id=person_id,
                        schedulable=draft.schedulable,
                        minor_until=draft.minor_until,
                    )
                )
