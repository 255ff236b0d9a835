"""Copying by wall time: what an agent reads on their wall stays the same over every change of clocks."""

import pytest
from tests.store.schedule.planner import Planner, activity, part, shift, walls


@pytest.mark.parametrize(
    ("week", "hours", "offsets"),
    [
        ("2023-10-29", 9, ("-05:00", "-06:00")),
        ("2024-03-03", 7, ("-06:00", "-05:00")),
        ("2023-11-12", 8, ("-06:00", "-06:00")),
    ],
)
async def test_a_night_shift_stays_ten_to_six(
    planner: Planner, week: str, hours: int, offsets: tuple[str, str]
) -> None:
    night = shift(
        "2023-10-28T22:00:00-05:00",
        activities=[activity("2023-10-29T00:00:00-05:00", 30, "2"), activity("2023-10-29T04:00:00-05:00", 15, "1")],
    )
    await planner.bring(part("ann", night, fullDayTimeOffMarkers=[{"businessUnitDate": "2023-10-25"}]), id="sch-1")
    done = await planner.call("POST", planner.path("/sch-1/copy"), {"weekDate": week, "description": "Again"})
    copied = done["result"]
    assert (copied["weekDate"], copied["published"], copied["description"]) == (week, False, "Again")
    found = (await planner.parts(copied["id"], week=week))["ann"]
    [moved] = found["shifts"]
    assert (moved["wallStart"][11:], moved["wallEnd"][11:]) == ("22:00", "06:00")
    assert (moved["utcOffsetStart"], moved["utcOffsetEnd"]) == offsets
    assert moved["lengthMinutes"] == hours * 60
    assert moved["paidMinutes"] == hours * 60 - 30
    meal, short = [each for each in moved["activities"] if each["activityCodeId"] in "12"]
    assert (meal["lengthMinutes"], short["lengthMinutes"]) == (30, 15)
    assert sum(each["lengthMinutes"] for each in moved["activities"]) == hours * 60
    day = found["fullDayTimeOffMarkers"][0]["businessUnitDate"]
    assert walls(await planner.in_force("ann")) == ["2023-10-28T22:00-06:00"]
    assert day != "2023-10-25"


async def test_a_copy_into_the_gap_says_what_it_did(planner: Planner) -> None:
    early = shift("2023-10-29T02:30:00-05:00", 240)
    gone = shift("2023-10-29T02:00:00-05:00", 60)
    await planner.bring(part("ann", early), part("bob", gone), week="2023-10-29", id="sch-1")
    path = planner.path("/sch-1/copy", week="2023-10-29")
    copied = (await planner.call("POST", path, {"weekDate": "2024-03-10"}))["result"]
    notes = {note["field"]: note for note in copied["notes"]}
    assert "2024-03-10 03:30 was taken" in notes["ann.shifts[0].wallStart"]["sentence"]
    assert notes["bob.shifts[0]"]["code"] == "shift.gone"
    parts = await planner.parts(copied["id"], week="2024-03-10")
    assert walls(parts["ann"]["shifts"]) == ["2024-03-10T03:30-06:30"]
    assert parts["bob"]["shifts"] == []


async def test_the_second_of_two_hours_stays_the_second_or_becomes_the_only_one(planner: Planner) -> None:
    second = {"startDate": "2023-11-05T01:30:00-06:00", "lengthMinutes": 60}
    await planner.bring(part("ann", second), week="2023-11-05", id="sch-1")
    path = planner.path("/sch-1/copy", week="2023-11-05")
    same = (await planner.call("POST", path, {"weekDate": "2023-11-05"}))["result"]
    [kept] = (await planner.parts(same["id"], week="2023-11-05"))["ann"]["shifts"]
    assert kept["startDate"] == "2023-11-05T07:30:00Z"
    other = (await planner.call("POST", path, {"weekDate": "2023-11-12"}))["result"]
    [moved] = (await planner.parts(other["id"], week="2023-11-12"))["ann"]["shifts"]
    assert (moved["wallStart"], moved["startDate"]) == ("2023-11-12T01:30", "2023-11-12T07:30:00Z")


async def test_a_copy_needs_a_week_of_the_unit_and_a_source(planner: Planner) -> None:
    await planner.bring(part("ann", shift("2023-10-27T06:00:00-05:00")), id="sch-1")
    refused = await planner.call("POST", planner.path("/sch-1/copy"), {"weekDate": "2023-10-30"}, status=400)
    assert refused["details"][0]["fieldName"] == "weekDate"
    await planner.call("POST", planner.path("/nope/copy"), {"weekDate": "2023-10-29"}, status=404)
    await planner.call("POST", planner.path("/sch-1/copy", week="2023-10-29"), {"weekDate": "2023-10-29"}, status=404)
