"""A floor to which guests write."""

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant
from tests.store.messaging.desk import Desk
from tests.store.routing.floor import Floor


@pytest.fixture
async def desk(tenant: Tenant, context: SettableContext) -> Desk:
    """An organization with definitions of presences and phones."""
    floor = Floor(tenant, context)
    await floor.prepare()
    return Desk(floor)
