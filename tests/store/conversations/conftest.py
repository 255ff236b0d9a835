"""A tenant's calls."""

import pytest
from tests.store.conftest import Tenant
from tests.store.conversations.centre import Calls, make_calls


@pytest.fixture
async def calls(tenant: Tenant) -> Calls:
    """The calls of ``org-1``, whose queue demands wrap-ups."""
    return await make_calls(tenant)
