"""Whether a unit takes wishes, and what follows when one contradicts the contract."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.preferences import store
from shiftline.workforce.preferences.errors import WishesDisabled
from shiftline.workforce.preferences.events import PreferenceSettingsChanged
from shiftline.workforce.preferences.model import ConflictMode, Family, PreferenceSettings
from shiftline.workforce.units.errors import ManagementUnitNotFound
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.agents import find_agent, find_agents
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.operations.management_units import find_management_unit, find_management_units

# The vendor's permissions for its preview operations on preferences are not published, so these are ours.
SEE_OWN = {
    Family.PREFERENCES: ("wfm:agentSchedulingPreferences:view", "wfm:agentSchedulingPreferences:edit"),
    Family.UNAVAILABLE_TIMES: ("wfm:agentUnavailableTimes:submit",),
}
SEE = ("wfm:schedulingPreferences:view", "wfm:businessUnit:view", "wfm:businessUnit:edit")
SEE_UNIT = ("wfm:unavailableTimes:view", "wfm:managementUnit:view", "wfm:managementUnit:edit")


def unit_of(agent: Agent, family: Family) -> str:
    """The unit whose settings hold for an agent's wishes of a family."""
    return agent.business_unit_id if family is Family.PREFERENCES else agent.management_unit_id


async def find_settings_of(reader: Reader, organization_id: str, agent: Agent, family: Family) -> PreferenceSettings:
    """The settings that hold for an agent."""
    unit_id = unit_of(agent, family)
    return (await store.find_settings(reader, organization_id, family, [unit_id]))[unit_id]


async def check_enabled(tx: Transaction, person_id: str, family: Family) -> None:
    """Raise WishesDisabled where the agent's unit does not take wishes of a family."""
    agent = (await find_agents(tx, tx.context.organization_id, [person_id])).get(person_id)
    if agent is None:
        return
    settings = await find_settings_of(tx, tx.context.organization_id, agent, family)
    if not settings.enabled:
        raise WishesDisabled(family, unit_of(agent, family))


async def get_own_settings(context: Context, family: Family) -> PreferenceSettings:
    """The settings that hold for the caller. Raises AgentNotFound."""
    require(context, *SEE_OWN[family])
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, own_person_id(context))
        return await find_settings_of(reader, context.organization_id, agent, family)


async def get_settings(context: Context, business_unit_id: str) -> PreferenceSettings:
    """A business unit's settings of preferences. Raises BusinessUnitNotFound."""
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        require(context, *SEE, division_id=unit.division_id)
        found = await store.find_settings(reader, context.organization_id, Family.PREFERENCES, [unit.id])
    return found[unit.id]


async def list_settings(
    context: Context, business_unit_id: str, unit_ids: Collection[str]
) -> Mapping[str, PreferenceSettings]:
    """The settings of unavailable times of some of a business unit's management units, or of all; by unit.

    Raises BusinessUnitNotFound, ManagementUnitNotFound.
    """
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        require(context, *SEE_UNIT, division_id=unit.division_id)
        inside = [each.id for each in await find_management_units(reader, context.organization_id, unit.id)]
        for unit_id in unit_ids:
            if unit_id not in inside:
                raise ManagementUnitNotFound(unit_id)
        wanted = list(dict.fromkeys(unit_ids)) or inside
        return await store.find_settings(reader, context.organization_id, Family.UNAVAILABLE_TIMES, wanted)


async def change_settings(
    context: Context, business_unit_id: str, *, enabled: bool | None, conflicts: ConflictMode | None
) -> PreferenceSettings:
    """Change a business unit's settings of preferences; what is None stays. Raises BusinessUnitNotFound."""
    async with context.transaction() as tx:
        unit = await find_business_unit(tx, context.organization_id, business_unit_id)
        require(context, "wfm:businessUnit:edit", division_id=unit.division_id)
        return await _change(tx, Family.PREFERENCES, unit.id, enabled=enabled, conflicts=conflicts)


async def change_unit_settings(
    context: Context, management_unit_id: str, *, enabled: bool | None, conflicts: ConflictMode | None
) -> PreferenceSettings:
    """Change a management unit's settings of unavailable times; what is None stays. Raises ManagementUnitNotFound."""
    async with context.transaction() as tx:
        unit = await find_management_unit(tx, context.organization_id, management_unit_id)
        require(context, "wfm:managementUnit:edit", division_id=unit.division_id)
        return await _change(tx, Family.UNAVAILABLE_TIMES, unit.id, enabled=enabled, conflicts=conflicts)


async def _change(
    tx: Transaction, family: Family, unit_id: str, *, enabled: bool | None, conflicts: ConflictMode | None
) -> PreferenceSettings:
    organization_id = tx.context.organization_id
    current = (await store.find_settings(tx, organization_id, family, [unit_id]))[unit_id]
    wanted = replace(
        current,
        enabled=current.enabled if enabled is None else enabled,
        conflicts=conflicts or current.conflicts,
    )
    if wanted != current:
        await store.put_settings(tx, family, unit_id, wanted)
        tx.record(
            PreferenceSettingsChanged(organization_id=organization_id, unit_id=unit_id, family=family, settings=wanted)
        )
    return wanted
