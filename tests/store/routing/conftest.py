"""A floor for what routing does."""

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant
from tests.store.routing.floor import Floor


@pytest.fixture
async def floor(tenant: Tenant, context: SettableContext) -> Floor:
    """An organization with definitions of presences and settings of phones."""
    floor = Floor(tenant, context)
    await floor.prepare()
    return floor
