"""A week's open offers and open shifts of a contact centre, made from a seed: plain JSON values, for the search and for its checker alike.

Everything is in minutes from an instant (``epoch``, UTC); a shift is [start, end). Units trade among themselves, and with
others where both say so; shifts follow the patterns of their unit's wall, so a shift in Berlin is seven hours before one
in Chicago. The night of 2023-11-05 (25 hours in Chicago) lies within.
"""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

Instance: TypeAlias = dict[str, Any]

EPOCH = datetime(2023, 10, 29, tzinfo=UTC)
FIRST = date(2023, 10, 30)  # a Monday; the second of the two weeks ends after the clocks' change of 2023-11-05
DAYS = 14
ZONES = ("America/Chicago", "Europe/Berlin", "America/New_York")
STARTS = (6 * 60, 7 * 60, 8 * 60, 9 * 60, 10 * 60, 12 * 60, 14 * 60, 15 * 60, 22 * 60)
LENGTHS = (360, 480, 480, 480, 540)
SKILLS = ("voice", "chat", "mail", "billing", "retention", "german", "spanish")


def make_market(offers: int = 2000, *, seed: int = 1, units: int = 12, agents: int = 1500) -> Instance:
    """An instance: ``units``, ``agents`` with their shifts, and ``offers``, nine of ten two-sided; one open shift beside
    twenty of them.
    """
    rng = random.Random(seed)
    made: Instance = {"epoch": EPOCH.isoformat(), "calendarZone": ZONES[0], "units": [], "agents": [], "offers": []}
    for number in range(units):
        made["units"].append(_unit(rng, number))
    for number in range(agents):
        made["agents"].append(_agent(rng, number, made["units"]))
    wanted = [(agent, shift) for agent in made["agents"] for shift in agent["shifts"]]
    for agent, shift in rng.sample(wanted, min(offers, len(wanted))):
        made["offers"].append(_offer(rng, agent, shift, made["units"]))
    made["takers"] = [
        {"agent": agent["id"], "accepts": _times(rng, agent, made["units"], 2)}
        for agent in rng.sample(made["agents"], max(1, offers // 40))
    ]
    made["openShifts"] = [_open_shift(rng, number, made["units"]) for number in range(max(1, offers // 20))]
    return made


def _open_shift(rng: random.Random, number: int, units: list[Instance]) -> Instance:
    """Work of a unit that belongs to nobody."""
    unit, length = rng.choice(units), rng.choice(LENGTHS)
    start = _minute(FIRST + timedelta(days=rng.randrange(DAYS)), rng.choice(STARTS), unit["zone"])
    needs = sorted(rng.sample(SKILLS, rng.choice((0, 1, 1, 2))))
    shift = {"id": f"open-{number}", "start": start, "end": start + length, "skills": needs}
    return {"id": f"left-{number}", "unit": unit["id"], "shift": {**shift, "paid": length - 30 * (length >= 480)}}


def _unit(rng: random.Random, number: int) -> Instance:
    return {
        "id": f"unit-{number}",
        "zone": ZONES[number % len(ZONES)],
        "across": number % 4 == 0,
        "rest": rng.choice((480, 600, 660)),
        "mostPerWeek": rng.choice((2400, 2640, 2880)),
        "leastPerWeek": rng.choice((0, 900, 1200)),
        "equalPaid": rng.random() < 0.3,
    }


def _agent(rng: random.Random, number: int, units: list[Instance]) -> Instance:
    unit = rng.choice(units)
    favourite = rng.choice(STARTS)
    shifts = []
    for week in range(DAYS // 7):
        for day in sorted(rng.sample(range(7), rng.choice((3, 4, 4, 5)))):
            start = favourite if rng.random() < 0.7 else rng.choice(STARTS)
            shifts.append((7 * week + day, start, rng.choice(LENGTHS)))
    skills: list[str] = sorted(rng.sample(SKILLS, rng.choice((2, 3, 4, 5))))
    agent: Instance = {"id": f"agent-{number}", "unit": unit["id"], "skills": skills}
    worked: list[Instance] = []
    busy: list[tuple[int, int]] = []
    for day, wall, length in shifts:
        start = _minute(FIRST + timedelta(days=day), wall, unit["zone"])
        if all(end + 660 <= start for _, end in busy):
            busy.append((start, start + length))
            needs = sorted(rng.sample(skills, rng.choice((0, 1, 1, 2))))
            shift = {"id": f"shift-{number}-{len(busy)}", "start": start, "end": start + length, "skills": needs}
            worked.append({**shift, "paid": length - 30 * (length >= 480)})
    off: list[list[int]] = []
    if rng.random() < 0.15:
        start = _minute(FIRST + timedelta(days=rng.randrange(DAYS)), 0, unit["zone"])
        if not any(a < start + 1440 and start < b for a, b in busy):
            off.append([start, start + 1440])
    return {**agent, "shifts": worked, "off": off}


def _offer(rng: random.Random, agent: Instance, shift: Instance, units: list[Instance]) -> Instance:
    two_sided = rng.random() < 0.9
    accepts = _times(rng, agent, units, rng.choice((1, 2, 3, 4, 5))) if two_sided else []
    return {"id": f"offer-{shift['id']}", "agent": agent["id"], "shift": shift["id"], "accepts": accepts}


def _times(rng: random.Random, agent: Instance, units: list[Instance], count: int) -> list[list[int]]:
    """Times at which somebody would work: an early, a late, or any part of some days, by their own wall."""
    zone = next(unit["zone"] for unit in units if unit["id"] == agent["unit"])
    times: list[list[int]] = []
    for day in sorted(rng.sample(range(DAYS), count)):
        start, end = rng.choice(((5 * 60, 18 * 60), (9 * 60, 24 * 60), (0, 24 * 60), (20 * 60, 32 * 60)))
        first, last = (_minute(FIRST + timedelta(days=day), at, zone) for at in (start, end))
        if not times or times[-1][1] <= first:
            times.append([first, last])
    return times


def _minute(day: date, wall_minutes: int, zone: str) -> int:
    wall = datetime.combine(day + timedelta(days=wall_minutes // 1440), time(), ZoneInfo(zone))
    instant = wall.replace(hour=wall_minutes % 1440 // 60, minute=wall_minutes % 60)
    return int((instant.astimezone(UTC) - EPOCH).total_seconds()) // 60
