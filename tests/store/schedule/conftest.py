"""A planner with a unit in Chicago whose weeks start on Sunday, and two agents."""

from collections.abc import AsyncIterator

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant, serve
from tests.store.schedule.planner import Planner

from shiftline.foundation.database import Database
from shiftline.workforce.schedule import endpoints as schedule_endpoints
from shiftline.workforce.units import endpoints as unit_endpoints


@pytest.fixture
async def planner(database: Database, context: SettableContext, tenant: Tenant) -> AsyncIterator[Planner]:
    async with serve(database, context.clock, [*unit_endpoints.ROUTES, *schedule_endpoints.ROUTES]) as api:
        planner = Planner(api, tenant)
        await planner.settle()
        await planner.hire("ann", "wfm:agentSchedule:view")
        await planner.hire("bob")
        yield planner
