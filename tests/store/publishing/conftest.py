"""A planner whose unit has the mission's schedule in force, with the mission's agent and skill."""

from collections.abc import AsyncIterator

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import make_tenant, serve
from tests.store.schedule.planner import Planner

from shiftline.foundation.database import Database
from shiftline.publishing import endpoints as publishing_endpoints
from shiftline.routing.operations.skills import create_skill_in
from shiftline.workforce.schedule import endpoints as schedule_endpoints
from shiftline.workforce.timeoff import endpoints as timeoff_endpoints
from shiftline.workforce.units import endpoints as unit_endpoints
from shiftline.workforce.workplans import endpoints as work_plan_endpoints

ROUTES = [
    *unit_endpoints.ROUTES,
    *schedule_endpoints.ROUTES,
    *timeoff_endpoints.ROUTES,
    *publishing_endpoints.ROUTES,
    *work_plan_endpoints.ROUTES,
]


@pytest.fixture
async def planner(database: Database, context: SettableContext) -> AsyncIterator[Planner]:
    context.clock.set("2023-10-26T12:00:00-05:00")
    tenant = await make_tenant(context)
    async with serve(database, context.clock, ROUTES) as api:
        planner = Planner(api, tenant)
        await planner.settle()
        await planner.hire("ann", "webRTC:enable")
        await planner.hire("bob")
        async with context.transaction() as tx:
            await create_skill_in(tx, "Voice support", "skill-voice-support")
        yield planner
