"""A contact centre of one business unit with two management units in two zones, and agents in them."""

from dataclasses import dataclass

import pytest
from tests.store.conftest import Tenant

from shiftline.foundation.context import Context
from shiftline.foundation.time import Weekday
from shiftline.workforce.units.model import BusinessUnit, ManagementUnit, UnitDraft
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.units.operations.business_units import create_business_unit_in
from shiftline.workforce.units.operations.management_units import create_management_unit_in

AGENT = (
    "wfm:agentSchedule:view",
    "wfm:agentTimeOffRequest:submit",
    "wfm:agentUnavailableTimes:submit",
    "wfm:agentShiftTradeRequest:participate",
    "wfm:agentSchedulingPreferences:edit",
)


@dataclass
class Centre:
    """The units, and contexts of their people. ``ada`` and ``bob`` work in Chicago, ``cleo`` in Berlin."""

    tenant: Tenant
    unit: BusinessUnit
    chicago: ManagementUnit
    berlin: ManagementUnit
    ada: Context
    bob: Context
    cleo: Context

    @property
    def boss(self) -> Context:
        """The administrator."""
        return self.tenant.context


def person_id(context: Context) -> str:
    assert context.actor.person_id is not None
    return context.actor.person_id


async def make_centre(tenant: Tenant) -> Centre:
    people = [await tenant.person(name, *AGENT) for name in ("ada", "bob", "cleo")]
    async with tenant.context.transaction() as tx:
        zone = "America/Chicago"
        unit = await create_business_unit_in(tx, UnitDraft("Sales", time_zone=zone, start_day_of_week=Weekday.MONDAY))
        chicago = await create_management_unit_in(tx, unit.id, UnitDraft("Chicago"))
        berlin = await create_management_unit_in(tx, unit.id, UnitDraft("Berlin", time_zone="Europe/Berlin"))
        await move_agents_in(tx, [people[0].id, people[1].id], chicago.id)
        await move_agents_in(tx, [people[2].id], berlin.id)
    ada, bob, cleo = (tenant.acting_as(person, *AGENT) for person in people)
    return Centre(tenant, unit, chicago, berlin, ada, bob, cleo)


@pytest.fixture
async def centre(tenant: Tenant) -> Centre:
    return await make_centre(tenant)


@pytest.fixture
async def other_centre(other_tenant: Tenant) -> Centre:
    return await make_centre(other_tenant)
