"""Judges a set of rings of trades against the instance that they were found in. Shares no code with what found them.

Plain values in, sentences out: none means that every ring is legal, at most four people long, and shares nobody with
another. Run by itself: ``python -m benchmarks.workforce.check_cycles INSTANCE.json RINGS.json``.

A ring is a list of steps ``{"agent", "offer" (or null: takes only), "gets" (a shift's id, or null: gives only)}``. One of
them may be ``{"open"}``, an open shift of the instance: nobody gives it, and nobody is paid less for it.
"""

import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LONGEST = 4
SIX_WEEKS = 6 * 7 * 24 * 60


class Checker:
    """An instance, indexed."""

    def __init__(self, instance: dict[str, Any]) -> None:
        self.epoch = datetime.fromisoformat(instance["epoch"])
        self.zone = ZoneInfo(instance["calendarZone"])
        self.units = {unit["id"]: unit for unit in instance["units"]}
        self.agents = {agent["id"]: agent for agent in instance["agents"]}
        self.offers = {offer["id"]: offer for offer in instance["offers"]}
        self.takers = {taker["agent"]: taker for taker in instance["takers"]}
        self.shifts = {shift["id"]: (agent["id"], shift) for agent in instance["agents"] for shift in agent["shifts"]}
        self.opened = {each["id"]: each for each in instance.get("openShifts", ())}
        self.left = {each["shift"]["id"]: each for each in self.opened.values()}

    def check(self, rings: list[list[dict[str, Any]]]) -> list[str]:
        """What is wrong with a set of rings."""
        wrong: list[str] = []
        seen: set[str] = set()
        for number, ring in enumerate(rings):
            wrong += [f"ring {number}: {sentence}" for sentence in self.check_ring(ring)]
            people = {step.get("agent") or f"the open shift {step['open']}" for step in ring}
            wrong += [f"ring {number}: {person} stands in another ring, too" for person in sorted(people & seen)]
            seen |= people
        return wrong

    def check_ring(self, ring: list[dict[str, Any]]) -> list[str]:
        """What is wrong with one ring, its people judged with the given shift away and the received one in."""
        begins = [step["open"] for step in ring if "open" in step]
        wrong = self._check_people(ring, begins)
        if wrong:
            return wrong
        ring = [step for step in ring if "open" not in step]
        given = {step["offer"]: self._given(step) for step in ring if step["offer"] is not None}
        if None in given.values():
            return ["an offer is not of the one who brings it"]
        shifts = [each for each in given.values() if each is not None]
        shifts += [self.opened[each]["shift"] for each in begins]
        got = [step["gets"] for step in ring if step["gets"] is not None]
        if sorted(shift["id"] for shift in shifts) != sorted(got):
            return ["what is given is not what is got"]
        if (
            sum(step["offer"] is None for step in ring) > 1
            or sum(step["gets"] is None for step in ring) + len(begins) > 1
        ):
            return ["more than one chain in it"]
        for step in ring:
            wrong += [f"{step['agent']} {sentence}" for sentence in self._check_step(step, ring)]
        return wrong

    def _check_people(self, ring: list[dict[str, Any]], begins: list[str]) -> list[str]:
        if not 2 <= len(ring) <= LONGEST:
            return [f"{len(ring)} people"]
        if len(begins) > 1 or any(each not in self.opened for each in begins):
            return ["more than one open shift in it, or one that is not there"]
        people = [step["agent"] for step in ring if "open" not in step]
        return ["somebody stands twice in it"] if len(set(people)) < len(people) else []

    def _given(self, step: dict[str, Any]) -> dict[str, Any] | None:
        offer = self.offers[step["offer"]]
        owner, shift = self.shifts[offer["shift"]]
        return shift if owner == offer["agent"] == step["agent"] else None

    def _check_step(self, step: dict[str, Any], ring: list[dict[str, Any]]) -> list[str]:
        agent = self.agents[step["agent"]]
        own = None if step["offer"] is None else self._given(step)
        gets = None if step["gets"] is None else self._shift(step["gets"])
        accepts = (self.takers[agent["id"]] if own is None else self.offers[step["offer"]])["accepts"]
        wrong = self._check_week(agent, own, gets)
        if own is not None and own["start"] <= 0:
            wrong.append("gives a shift that has begun")
        if (gets is None) != (not accepts):
            wrong.append("gets a shift for one given for nothing, or none for one that is not")
        if gets is None:
            return wrong
        if not any(start <= gets["start"] and gets["end"] <= end for start, end in accepts):
            wrong.append("gets a shift outside the accepted times")
        if gets["id"] in self.left:
            if gets["start"] <= 0:
                wrong.append("gets an open shift that has begun")
            unit = self.left[gets["id"]]["unit"]
        else:
            giver = next(each for each in ring if each["offer"] and self.offers[each["offer"]]["shift"] == gets["id"])
            unit = self.agents[giver["agent"]]["unit"]
        return wrong + self._check_between(agent, unit, own, gets) + self._check_day(agent, own, gets)

    def _shift(self, shift_id: str) -> dict[str, Any]:
        return self.left[shift_id]["shift"] if shift_id in self.left else self.shifts[shift_id][1]

    def _check_between(
        self, agent: dict[str, Any], unit: str, own: dict[str, Any] | None, gets: dict[str, Any]
    ) -> list[str]:
        mine, theirs = self.units[agent["unit"]], self.units[unit]
        wrong: list[str] = []
        if mine["id"] != theirs["id"] and not (mine["across"] and theirs["across"]):
            wrong.append("trades with another unit")
        if own is not None and own["paid"] != gets["paid"] and (mine["equalPaid"] or theirs["equalPaid"]):
            wrong.append("gets a shift that is paid otherwise")
        if own is not None and abs(own["start"] - gets["start"]) > SIX_WEEKS:
            wrong.append("gets a shift more than six weeks away")
        return wrong

    def _check_day(self, agent: dict[str, Any], own: dict[str, Any] | None, gets: dict[str, Any]) -> list[str]:
        kept = [shift for shift in agent["shifts"] if own is None or shift["id"] != own["id"]]
        rest = self.units[agent["unit"]]["rest"]
        wrong: list[str] = []
        for shift in kept:
            between = max(shift["start"] - gets["end"], gets["start"] - shift["end"])
            if between < 0:
                wrong.append("would work two shifts at once")
            elif between < rest:
                wrong.append(f"would rest for {between} minutes")
        if any(start < gets["end"] and gets["start"] < end for start, end in agent["off"]):
            wrong.append("has the time off")
        if not set(gets["skills"]) <= set(agent["skills"]):
            wrong.append("lacks a skill")
        return wrong

    def _check_week(self, agent: dict[str, Any], own: dict[str, Any] | None, gets: dict[str, Any] | None) -> list[str]:
        before: dict[date, int] = {}
        for shift in agent["shifts"]:
            before[self._week(shift)] = before.get(self._week(shift), 0) + shift["paid"]
        after = dict(before)
        if own is not None:
            after[self._week(own)] -= own["paid"]
        if gets is not None:
            after[self._week(gets)] = after.get(self._week(gets), 0) + gets["paid"]
        unit = self.units[agent["unit"]]
        wrong: list[str] = []
        for week, minutes in after.items():
            was = before.get(week, 0)
            if minutes > max(unit["mostPerWeek"], was):
                wrong.append(f"would be paid for {minutes} minutes in the week of {week}")
            if minutes < min(unit["leastPerWeek"], was):
                wrong.append(f"would be paid for {minutes} minutes only in the week of {week}")
        return wrong

    def _week(self, shift: dict[str, Any]) -> date:
        day = (self.epoch + timedelta(minutes=shift["start"])).astimezone(self.zone).date()
        return day - timedelta(days=day.weekday())


def main() -> None:
    instance, rings = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    wrong = Checker(instance).check(rings)
    print("\n".join(wrong) or f"{len(rings)} rings, all legal")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
