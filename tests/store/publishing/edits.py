"""A week for edits, and the calls of the edits' operations."""

from typing import Any

from tests.store.schedule.planner import Planner, activity, part, shift

ID = "sch-edits"
PATH = f"/api/v2/shiftline/schedules/{ID}"
MEAL, MEETING, TRAINING = "2", "3", "6"


async def publish(planner: Planner, *more: Any, published: bool = True) -> None:
    """Ann and Bob work Wednesday, with a meal at noon (half an hour, not paid); Bob works Friday, too."""
    meal = activity("2023-10-25T12:00:00-05:00", 30, MEAL)
    await planner.bring(
        part("ann", shift("2023-10-25T08:00:00-05:00", id="ann-wed", activities=[meal])),
        part(
            "bob",
            shift("2023-10-25T08:00:00-05:00", id="bob-wed", activities=[meal]),
            shift("2023-10-27T08:00:00-05:00", id="bob-fri"),
        ),
        *more,
        id=ID,
        published=published,
    )


def body(*edits: Any, version: int | None = 1, **more: Any) -> dict[str, Any]:
    return {"edits": list(edits), **({} if version is None else {"version": version}), **more}


async def edit(planner: Planner, *edits: Any, status: int | None = 200, version: int | None = 1, **more: Any) -> Any:
    return await planner.call("POST", f"{PATH}/edits", body(*edits, version=version, **more), status=status)


async def preview(planner: Planner, *edits: Any, status: int | None = 200, version: int | None = 1) -> Any:
    return await planner.call("POST", f"{PATH}/edits/preview", body(*edits, version=version), status=status)


def asked(kind: str, user: str = "ann", **more: Any) -> dict[str, Any]:
    return {"type": kind, "userId": user, **more}


def placed(*users: str, minutes: int = 60, code: str = MEETING, **more: Any) -> dict[str, Any]:
    return {
        "type": "placeActivity",
        "userIds": list(users),
        "lengthMinutes": minutes,
        "activityCodeId": code,
        **more,
    }


def codes(answer: Any, severity: str = "breach") -> list[tuple[str, str]]:
    """The rules that break, and for whom."""
    return [(each["code"], each["user"]["id"]) for each in answer["breaches"] if each["severity"] == severity]


def inside(shift: Any) -> list[tuple[str, int, str]]:
    """A shift's activities: start, minutes, code."""
    return [(each["startDate"][11:16], each["lengthMinutes"], each["activityCodeId"]) for each in shift["activities"]]
