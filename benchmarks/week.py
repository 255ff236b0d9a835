"""A contact centre's week as planners upload it: five shifts an agent, six activities a shift, over HTTP."""

import gzip
import http.client
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks.installation import Account
from shiftline.foundation.context import Context
from shiftline.workforce.units.model import BREAK_ID, MEAL_ID, MEETING_ID, UnitDraft
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.units.operations.business_units import create_business_unit_in
from shiftline.workforce.units.operations.management_units import create_management_unit_in

ZONE = "America/Chicago"
SHIFTS = 5
PAUSES = ((60, 15, BREAK_ID), (120, 15, BREAK_ID), (180, 30, MEETING_ID), (240, 30, MEAL_ID), (375, 15, BREAK_ID),
          (420, 15, BREAK_ID))  # fmt: skip


async def make_unit(context: Context, accounts: Sequence[Account]) -> str:
    """A business unit with everybody in one management unit; its id."""
    async with context.transaction() as tx:
        unit = await create_business_unit_in(tx, UnitDraft(name="Benchmark", time_zone=ZONE))
        team = await create_management_unit_in(tx, unit.id, UnitDraft(name="Everybody"))
        await move_agents_in(tx, [account.person_id for account in accounts], team.id)
    return unit.id


def first_day(start: date, number: int) -> date:
    """The first day of the week that lies so many weeks after the one around a day. Weeks begin on Monday."""
    return start - timedelta(days=start.weekday()) + timedelta(weeks=number)


def week_file(person_ids: Sequence[str], first: date) -> bytes:
    """The upload of a whole published week, compressed."""
    agents = [{"userId": person_id, "shifts": _shifts(first, index)} for index, person_id in enumerate(person_ids)]
    whole = {"description": f"Week of {first}", "published": True, "agentSchedules": agents}
    return gzip.compress(json.dumps(whole).encode(), 1)


def _shifts(first: date, index: int) -> list[dict[str, Any]]:
    shifts: list[dict[str, Any]] = []
    for place in range(SHIFTS):
        day = first + timedelta(days=(index + place) % 7)
        start = datetime(day.year, day.month, day.day, 12 + index % 8, tzinfo=UTC)
        activities = [
            {"startDate": _text(start + timedelta(minutes=after)), "lengthMinutes": minutes, "activityCodeId": code}
            for after, minutes, code in PAUSES
        ]
        shifts.append({"startDate": _text(start), "lengthMinutes": 480, "activities": activities})
    return shifts


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class Planner:
    """Somebody with the administrator's token, at the API's own address."""

    address: str
    token: str

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """One request with JSON; the status and the answer."""
        return self._send(method, path, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def publish(self, unit_id: str, first: date, content: bytes) -> str:
        """Hand a week to the worker; the operation to ask for."""
        week = f"/api/v2/workforcemanagement/businessunits/{unit_id}/weeks/{first}/schedules"
        status, upload = self.ask("POST", f"{week}/import/uploadurl", {"contentLengthBytes": len(content)})
        assert status == 200, upload
        place = "/" + upload["url"].split("/", 3)[3]
        status, answer = self._send("PUT", place, content, upload["headers"])
        assert status == 200, answer
        status, answer = self.ask("POST", f"{week}/import?forceAsync=true", {"uploadKey": upload["uploadKey"]})
        assert status == 202, answer
        return str(answer["operationId"])

    def is_done(self, operation_id: str) -> bool:
        """Whether the worker is through. Raises RuntimeError when it was refused."""
        status, answer = self.ask("GET", f"/api/v2/shiftline/operations/{operation_id}")
        assert status == 200, answer
        if answer["status"] == "Error":
            raise RuntimeError(str(answer))
        return str(answer["status"]) == "Complete"

    def await_done(self, operation_id: str, within: float = 180) -> None:
        """Wait for the worker."""
        deadline = time.monotonic() + within
        while not self.is_done(operation_id):
            if time.monotonic() > deadline:
                raise RuntimeError("the worker did not end in time")
            time.sleep(0.1)

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {self.token}", **headers})
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        finally:
            connection.close()
