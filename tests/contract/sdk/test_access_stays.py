"""Whatever workforce management does through the vendor's operations, no decision on access changes by it."""

from datetime import datetime, timedelta
from typing import Any, TypeAlias

import pytest

from contract.ours import raw
from contract.sdk import workforce_calls
from contract.sdk.calls import Call
from contract.sdk.centre import GROUP, Centre

pytestmark = GROUP

CALLS = (
    *workforce_calls.SCHEDULES,
    *workforce_calls.TIME_OFF,
    *workforce_calls.PREFERENCES,
    *workforce_calls.TRADES,
)
PEOPLE = (0, Centre.trader, Centre.taker)
# In and out of hours, on working days and days off.
INSTANTS = tuple(timedelta(days=days, hours=hours) for days, hours in ((0, 0), (1, 7), (2, 19), (5, 13)))

Decided: TypeAlias = dict[tuple[int, timedelta], tuple[bool, list[Any], list[Any]]]


def decided(centre: Centre, start: datetime) -> Decided:
    """Who may connect and when, with every gate that hinders or that would."""
    found: Decided = {}
    for person in PEOPLE:
        for later in INSTANTS:
            at = (start + later).isoformat().replace("+00:00", "Z")
            place = f"/api/v2/shiftline/access/why?userId={centre.agent_id(person)}&action=connect&at={at}"
            told = raw(centre, "GET", place)
            gates = [(gate["code"], gate["holds"]) for gate in told["gates"]]
            found[person, later] = (told["allowed"], [blocker["code"] for blocker in told["blockers"]], gates)
    return found


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
def test_no_decision_changes(call: Call, centre: Centre) -> None:
    start = centre.now() + timedelta(minutes=1)
    before = decided(centre, start)
    arguments, more = call.arguments(centre)
    centre.call(call.operation, *arguments, who=call.by, **more)
    assert decided(centre, start) == before
    assert all(gates for _, _, gates in before.values())
