"""New rules of a zone between publishing and the shift: wall times stay, instants follow, once."""

from tests.conftest import SettableContext
from tests.store.schedule.planner import Planner, activity, part, shift, walls

from shiftline.foundation.time import TZDATA_VERSION
from shiftline.workforce.schedule.operations.following import follow_tzdata


async def resolved_by_another_release(context: SettableContext, hours: int) -> None:
    """Make what is stored look as if an older tzdata had put the zone so many hours further east."""
    async with context.reader() as reader:
        await reader.connection.execute(
            f"""
            update schedule.shift set tzdata = '2019a',
              span = tstzrange(lower(span) - interval '{hours} hours', upper(span) - interval '{hours} hours'),
              activity_starts = (select array_agg(a - interval '{hours} hours' order by a) from unnest(activity_starts) a),
              start_offset_seconds = start_offset_seconds + {hours * 3600},
              end_offset_seconds = end_offset_seconds + {hours * 3600}
            """.encode()
        )


async def test_instants_follow_the_wall_in_a_new_revision(planner: Planner, context: SettableContext) -> None:
    context.clock.set("2023-10-20T12:00:00Z")
    meal = [activity("2023-10-27T10:00:00-05:00", 30, "2")]
    friday = shift("2023-10-27T06:00:00-05:00", activities=meal, isSwap=True, swapReason="Agent Preference", id="s-1")
    await planner.bring(part("ann", friday), id="sch-1")
    [before] = await planner.in_force("ann")
    await resolved_by_another_release(context, 1)
    assert (await planner.in_force("ann"))[0]["startDate"] == "2023-10-27T10:00:00Z"
    assert await follow_tzdata(context) == 1
    assert await planner.in_force("ann") == [before]
    [latest, *_] = (await planner.call("GET", "/api/v2/shiftline/schedules/sch-1/revisions"))["entities"]
    assert (latest["number"], latest["by"]["id"]) == (2, "System")
    assert f"tzdata {TZDATA_VERSION}" in latest["reason"]
    assert await follow_tzdata(context) == 0
    assert await planner.version("sch-1") == 2


async def test_the_same_instants_by_new_rules_are_no_revision(planner: Planner, context: SettableContext) -> None:
    context.clock.set("2023-10-20T12:00:00Z")
    await planner.bring(part("ann", shift("2023-10-27T06:00:00-05:00")), id="sch-1")
    await resolved_by_another_release(context, 0)
    assert await follow_tzdata(context) == 0
    assert await planner.version("sch-1") == 1
    async with context.reader() as reader:
        [row] = await reader.all("select tzdata from schedule.shift", {})
    assert row["tzdata"] == TZDATA_VERSION


async def test_what_was_worked_already_stays_as_it_was(planner: Planner, context: SettableContext) -> None:
    await planner.bring(part("ann", shift("2023-10-27T06:00:00-05:00")), id="sch-1")
    await resolved_by_another_release(context, 1)
    context.clock.set("2023-10-28T12:00:00Z")
    assert await follow_tzdata(context) == 0
    assert walls(await planner.in_force("ann")) == ["2023-10-27T06:00-14:00"]
    assert (await planner.in_force("ann"))[0]["startDate"] == "2023-10-27T10:00:00Z"
