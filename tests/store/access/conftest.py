"""A floor on which somebody asks why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant
from tests.store.routing.floor import Floor

from shiftline.access.model.connecting import Question
from shiftline.access.operations.deciding import explain_access
from shiftline.foundation.context import Actor, Context


@dataclass
class Asking:
    """A floor, and answers about it."""

    floor: Floor

    async def why(self, person_id: str, action: Any = "receive", *, by: Context | None = None, **more: Any) -> Any:
        """The decision on a person as JSON, as its administrator (or somebody else) asks for it."""
        return await explain_access(by or self.floor.context, person_id, Question(action, **more))

    async def blockers(self, person_id: str, **more: Any) -> list[str]:
        """The codes that stand against receiving."""
        return [gate["code"] for gate in (await self.why(person_id, **more))["blockers"]]

    def as_person(self, person_id: str, *permissions: str) -> Context:
        """Somebody of the floor, with permissions everywhere."""
        grants = {permission: frozenset({"*"}) for permission in permissions}
        return self.floor.context.acting_as(
            Actor(self.floor.context.organization_id, "person", person_id=person_id, grants=grants)
        )

    @property
    def now(self) -> datetime:
        return self.floor.context.now()


@pytest.fixture
async def asking(tenant: Tenant, context: SettableContext) -> Asking:
    """An organization with definitions of presences and settings of phones."""
    floor = Floor(tenant, context)
    await floor.prepare()
    return Asking(floor)
