"""An agent's calendar subscription on a real PostgreSQL, read by a calendar library that shares nothing with ours."""

from datetime import date, datetime
from typing import Any

import icalendar
from tests.conftest import SettableContext
from tests.store.schedule.planner import Planner, activity, part, shift

from shiftline.identity.operations.people import change_state
from shiftline.workforce.schedule.events import CalendarFeedChanged

MINE = "/api/v2/shiftline/workforce/calendarfeeds/mine"
OUT = 'Fire drill, "Süd"; bring \\ nothing — ' + "x" * 60


async def subscribe(planner: Planner, name: str = "ann") -> str:
    return (await planner.call("POST", MINE, token=planner.tenant.tokens[name]))["url"]


async def read(planner: Planner, url: str) -> Any:
    answer = await planner.api.client.get(url)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    return icalendar.Calendar.from_ical(answer.content)


def events(calendar: Any) -> dict[str, Any]:
    """The events by their UID."""
    found = {str(each["UID"]): each for each in calendar.walk("VEVENT")}
    assert len(found) == len(calendar.walk("VEVENT"))
    return found


async def test_shifts_time_off_and_the_night_on_which_clocks_go_back(
    planner: Planner, context: SettableContext
) -> None:
    context.clock.set("2023-10-26T12:00:00Z")
    drill = activity("2023-11-02T10:00:00-05:00", 30, "3", description=OUT)
    off = activity("2023-11-02T12:00:00-05:00", 60, "5")
    await planner.bring(
        part(
            "ann",
            shift("2023-11-02T08:00:00-05:00", id="thu", activities=[drill, off]),
            shift("2023-11-04T22:00:00-05:00", 540, id="night"),
            fullDayTimeOffMarkers=[{"businessUnitDate": "2023-10-31", "activityCodeId": "5"}],
        ),
        week="2023-10-29",
        id="sch-1",
    )
    calendar = await read(planner, await subscribe(planner))
    assert (calendar["VERSION"], calendar["METHOD"], calendar["X-WR-TIMEZONE"]) == ("2.0", "PUBLISH", "America/Chicago")
    found = events(calendar)
    night = found["night.sch-1@org-1.shiftline"]
    assert night["DTSTART"].dt == datetime.fromisoformat("2023-11-05T03:00:00+00:00")
    assert night["DTEND"].dt == datetime.fromisoformat("2023-11-05T12:00:00+00:00")
    assert "Sat 04 Nov 22:00 to Sun 05 Nov 06:00 America/Chicago" in night["DESCRIPTION"]
    assert "Paid: 9 h 00 min" in night["DESCRIPTION"]
    thursday = str(found["thu.sch-1@org-1.shiftline"]["DESCRIPTION"]).split("\n")
    assert thursday[2] == f"10:00-10:30 Meeting: {OUT}"
    [part_off] = [each for uid, each in found.items() if uid.startswith("off-thu-")]
    assert (str(part_off["SUMMARY"]), part_off["DTSTART"].dt.hour) == ("Time Off", 17)
    [day] = [each for uid, each in found.items() if uid.startswith("day-")]
    assert (day["DTSTART"].dt, day["DTEND"].dt) == (date(2023, 10, 31), date(2023, 11, 1))


async def test_an_event_keeps_its_uid_counts_its_versions_and_vanishes(
    planner: Planner, context: SettableContext
) -> None:
    context.clock.set("2023-10-20T12:00:00Z")
    two = (shift("2023-10-25T08:00:00-05:00", id="wed"), shift("2023-10-26T08:00:00-05:00", id="thu"))
    await planner.bring(part("ann", *two), id="sch-1")
    url = await subscribe(planner)
    first = events(await read(planner, url))
    assert {int(each["SEQUENCE"]) for each in first.values()} == {1}
    context.clock.set("2023-10-21T12:00:00Z")
    moved = shift("2023-10-25T10:00:00-05:00", id="wed")
    await planner.change("sch-1", part("ann", moved, version=1))
    second = events(await read(planner, url))
    assert second.keys() == first.keys()
    wednesday, thursday = (second[f"{name}.sch-1@org-1.shiftline"] for name in ("wed", "thu"))
    assert (int(wednesday["SEQUENCE"]), wednesday["DTSTART"].dt.hour) == (2, 15)
    assert wednesday["DTSTAMP"].dt == context.now()
    assert thursday == first["thu.sch-1@org-1.shiftline"]
    await planner.change("sch-1", part("ann", {"id": "wed", "delete": True}, version=2))
    assert [str(each["UID"]) for each in events(await read(planner, url)).values()] == ["thu.sch-1@org-1.shiftline"]


async def test_drafts_and_other_peoples_shifts_are_not_in_it(planner: Planner, context: SettableContext) -> None:
    context.clock.set("2023-10-20T12:00:00Z")
    await planner.bring(part("ann", shift("2023-10-25T08:00:00-05:00")), published=False)
    await planner.bring(part("bob", shift("2023-10-25T08:00:00-05:00")))
    assert events(await read(planner, await subscribe(planner))) == {}


async def test_an_address_ends_when_it_is_renewed_or_revoked_or_its_owner_leaves(planner: Planner) -> None:
    ann = planner.tenant.tokens["ann"]
    assert await planner.call("GET", MINE, token=ann) == {"active": False}
    old = await subscribe(planner)
    new = await subscribe(planner)
    assert (await planner.call("GET", MINE, token=ann))["active"] is True
    await read(planner, new)
    for dead in (old, f"{new}x", new.replace("org-1", "org-2"), old.split("=")[0] + "=.org-1"):
        assert (await planner.api.client.get(dead)).status_code == 404
    await planner.call("DELETE", MINE, status=204, token=ann)
    await planner.call("DELETE", MINE, status=204, token=ann)
    assert (await planner.api.client.get(new)).status_code == 404
    assert [each.active for each in await planner.tenant.news(CalendarFeedChanged)] == [True, True, False]
    last = await subscribe(planner)
    await change_state(planner.tenant.context, "ann", "inactive", version=None)
    assert (await planner.api.client.get(last)).status_code == 404


async def test_who_may_not_see_their_shifts_gets_no_address(planner: Planner) -> None:
    await planner.call("POST", MINE, status=403, token=planner.tenant.tokens["bob"])
