"""A planner at the API: one business unit with a site, and the vendor's three steps of an upload in one call."""

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

from tests.store.conftest import Api, Tenant

from shiftline.foundation.ids import new_id
from shiftline.foundation.time import Weekday
from shiftline.identity.model import Person
from shiftline.workforce.units.model import UnitDraft
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.units.operations.business_units import create_business_unit_in
from shiftline.workforce.units.operations.management_units import create_management_unit_in

ROOT = "/api/v2/workforcemanagement"
WEEK = "2023-10-22"


@dataclass
class Planner:
    """Somebody who may do everything, and the unit they plan for."""

    api: Api
    tenant: Tenant
    unit_id: str = "bu-1"
    agents: dict[str, Person] = field(default_factory=dict[str, Person])

    @property
    def token(self) -> str:
        assert self.tenant.context.actor.person_id is not None
        return self.tenant.tokens[self.tenant.context.actor.person_id]

    async def settle(self, zone: str = "America/Chicago", starts: Weekday = Weekday.SUNDAY, **more: Any) -> None:
        """Make the unit and its site ``mu-1`` of the same zone."""
        async with self.tenant.context.transaction() as tx:
            draft = UnitDraft(name=self.unit_id, time_zone=zone, start_day_of_week=starts, id=self.unit_id, **more)
            await create_business_unit_in(tx, draft)
        await self.open_site("mu-1")

    async def open_site(self, site_id: str, zone: str | None = None) -> None:
        async with self.tenant.context.transaction() as tx:
            await create_management_unit_in(tx, self.unit_id, UnitDraft(name=site_id, id=site_id, time_zone=zone))

    async def hire(self, name: str, *permissions: str, site: str = "mu-1") -> Person:
        """A person who is an agent of a site; their id is their name."""
        person = await self.tenant.person(name, *permissions, person_id=name)
        async with self.tenant.context.transaction() as tx:
            await move_agents_in(tx, [person.id], site)
        self.agents[name] = person
        return person

    def path(self, rest: str = "", *, week: str = WEEK) -> str:
        return f"{ROOT}/businessunits/{self.unit_id}/weeks/{week}/schedules{rest}"

    async def call(
        self, method: str, path: str, body: Any = None, *, status: int | None = 200, token: str | None = None
    ) -> Any:
        answer = await self.api.call(method, path, token or self.token, body)
        if status is not None:
            assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def put(self, path: str, content: bytes, size: int | None = None) -> Any:
        """Open an upload and put the bytes there; the answer of the opening."""
        opened = await self.call("POST", f"{path}/uploadurl", {"contentLengthBytes": size or len(content)})
        done = await self.api.client.put(opened["url"], content=content, headers=opened["headers"])
        assert done.status_code == 200, done.text
        return opened

    async def upload(self, path: str, data: Any, *, status: int | None = 200, later: bool = False) -> Any:
        """The three steps: open, put, have it worked on."""
        content = gzip.compress(data if isinstance(data, bytes) else json.dumps(data).encode())
        opened = await self.put(path, content)
        query = "?forceAsync=true" if later else ""
        return await self.call("POST", path + query, {"uploadKey": opened["uploadKey"]}, status=status)

    async def bring(
        self, *agent_schedules: Any, week: str = WEEK, published: bool = True, status: int | None = 200, **more: Any
    ) -> Any:
        """Import a schedule with these agents' parts."""
        data = {"description": "A week", "published": published, "agentSchedules": list(agent_schedules), **more}
        data.setdefault("id", new_id())
        return await self.upload(self.path("/import", week=week), data, status=status)

    async def change(
        self, schedule_id: str, *agent_schedules: Any, week: str = WEEK, status: int | None = 200, **more: Any
    ) -> Any:
        """Update a schedule, with the current versions unless given."""
        if "metadata" not in more:
            more["metadata"] = {"version": await self.version(schedule_id, week=week)}
        data = {"agentSchedules": list(agent_schedules), **more}
        return await self.upload(self.path(f"/{schedule_id}/update", week=week), data, status=status)

    async def version(self, schedule_id: str, *, week: str = WEEK) -> int:
        return (await self.call("GET", self.path(f"/{schedule_id}", week=week)))["metadata"]["version"]

    async def parts(self, schedule_id: str, *, week: str = WEEK, **query: Any) -> dict[str, Any]:
        """Agents' parts of a schedule by agent."""
        path = self.path(f"/{schedule_id}/agentschedules/query", week=week)
        found = await self.call("POST", path, query)
        return {part["user"]["id"]: part for part in found["result"]["agentSchedules"]}

    async def in_force(
        self, agent_id: str, start: str = "2023-10-01T00:00:00Z", end: str = "2023-12-01T00:00:00Z"
    ) -> list[Any]:
        """An agent's shifts in force."""
        path = f"{ROOT}/businessunits/{self.unit_id}/agentschedules/search"
        body = {"startDate": start, "endDate": end, "userIds": [agent_id]}
        found = (await self.call("POST", path, body))["result"]["agentSchedules"]
        return [shift for part in found for shift in part["shifts"]]


def shift(start: str, minutes: int = 480, *, id: str | None = None, **more: Any) -> Any:
    """A shift for a file."""
    return {"startDate": start, "lengthMinutes": minutes, **({"id": id} if id else {}), **more}


def part(agent_id: str, *shifts: Any, version: int | None = None, **more: Any) -> Any:
    """An agent's part for a file."""
    metadata = {} if version is None else {"metadata": {"version": version}}
    return {"userId": agent_id, "shifts": list(shifts), **metadata, **more}


def activity(start: str, minutes: int, code: str, **more: Any) -> Any:
    """An activity for a file."""
    return {"startDate": start, "lengthMinutes": minutes, "activityCodeId": code, **more}


def walls(shifts: list[Any]) -> list[str]:
    """Shifts as their agent reads them."""
    return [f"{each['wallStart']}-{each['wallEnd'][11:]}" for each in shifts]
