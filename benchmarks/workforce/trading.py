"""An instance of open offers as the product's own values."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from benchmarks.workforce.market import Instance
from shiftline.foundation.time import MINUTE, Disambiguation, Interval, Weekday, day_of, find_zone, week_start
from shiftline.workforce.schedule.model import Activity
from shiftline.workforce.schedule.model import Shift as ScheduledShift
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftState
from shiftline.workforce.schedule.rules.shifts import place
from shiftline.workforce.trades.model import Calendar, Held, Role, Shift, Side, State, Trade, TradeSettings
from shiftline.workforce.trades.model.cycles import Market, Stand
from shiftline.workforce.trades.rules.open_shifts import stand_of
from shiftline.workforce.units.model import DEFAULT_CODES, Agent

ON_QUEUE = "0"


def market_of(instance: Instance) -> tuple[Market, datetime]:
    """The market, and the instant at which it is searched: the epoch."""
    epoch = datetime.fromisoformat(instance["epoch"])
    calendar = Calendar(find_zone(instance["calendarZone"]), Weekday.MONDAY)
    units = {unit["id"]: unit for unit in instance["units"]}
    sides = {agent["id"]: _side(agent, units[agent["unit"]], epoch) for agent in instance["agents"]}
    stands = [_offer(offer, sides[offer["agent"]], (epoch, calendar)) for offer in instance["offers"]]
    stands += [Stand(sides[each["agent"]], None, _spans(each["accepts"], epoch)) for each in instance["takers"]]
    stands += [_open_shift(each, units[each["unit"]], (epoch, calendar)) for each in instance.get("openShifts", ())]
    return Market(stands, calendar, {code.id: code for code in DEFAULT_CODES}), epoch


def _spans(times: list[list[int]], epoch: datetime) -> tuple[Interval, ...]:
    return tuple(Interval(epoch + start * MINUTE, epoch + end * MINUTE) for start, end in times)


def _settings(unit: Instance) -> Mapping[str, Any]:
    refuse = "Disallow"
    return {
        "shiftTrading": {
            "autoReview": True,
            "oneSided": "Allow",
            "acrossManagementUnits": "Allow" if unit["across"] else refuse,
            "minMinutesBetweenShifts": unit["rest"],
            "minMinutesBetweenShiftsViolations": refuse,
            "weeklyMaximumPaidMinutes": unit["mostPerWeek"],
            "weeklyMaxPaidViolations": refuse,
            "weeklyMinimumPaidMinutes": unit["leastPerWeek"],
            "weeklyMinPaidViolations": refuse,
            "unequalPaid": refuse if unit["equalPaid"] else "Allow",
            "requiresMatchingSkills": True,
        }
    }


def _side(agent: Instance, unit: Instance, epoch: datetime) -> Side:
    zone = unit["zone"]
    who = Agent(agent["id"], unit["id"], "unit", "home", zone, "America/Chicago", True, epoch, _settings(unit))
    work = tuple(Held("schedule", _scheduled(shift, zone, epoch)) for shift in agent["shifts"])
    return Side(
        role=Role.INITIATING,
        agent=who,
        settings=TradeSettings.of(who.management_unit_settings),
        traded=None,
        found=None,
        work=work,
        time_off=_spans(agent["off"], epoch),
        skill_ids=frozenset(agent["skills"]),
    )


def _scheduled(shift: Instance, zone: str, epoch: datetime) -> ScheduledShift:
    (span,) = _spans([[shift["start"], shift["end"]]], epoch)
    placed = place(span.start, span.end, find_zone(zone))
    activity = Activity(start=span.start, end=span.end, code_id=ON_QUEUE, paid=True, payable_minutes=shift["paid"])
    return ScheduledShift(
        id=shift["id"],
        start=span.start,
        end=span.end,
        wall_start=placed.wall_start,
        wall_end=placed.wall_end,
        zone=zone,
        start_disambiguation=Disambiguation.COMPATIBLE,
        end_disambiguation=Disambiguation.COMPATIBLE,
        start_offset_seconds=placed.start_offset_seconds,
        end_offset_seconds=placed.end_offset_seconds,
        tzdata="bench",
        activities=(activity,),
        paid_minutes=shift["paid"],
        skill_ids=tuple(shift["skills"]),
    )


def _open_shift(opened: Instance, unit: Instance, frame: tuple[datetime, Calendar]) -> Stand:
    epoch, calendar = frame
    shift = _scheduled(opened["shift"], unit["zone"], epoch)
    week = week_start(day_of(shift.start, calendar.zone), calendar.first_day)
    left = OpenShift(
        id=opened["id"],
        schedule_id="schedule",
        schedule_week_date=week,
        business_unit_id="unit",
        management_unit_id=unit["id"],
        week_date=week,
        shift=shift,
        queue_ids=(),
        state=OpenShiftState.OPEN,
        opened_by="planner",
        opened_at=epoch - timedelta(days=1),
        changed_by="planner",
        changed_at=epoch - timedelta(days=1),
    )
    nobody = Agent(left.id, unit["id"], "unit", "home", unit["zone"], "America/Chicago", True, epoch, _settings(unit))
    return stand_of(left, nobody)


def _offer(offer: Instance, side: Side, frame: tuple[datetime, Calendar]) -> Stand:
    epoch, calendar = frame
    held = next(each for each in side.work if each.shift.id == offer["shift"])
    span, week = held.shift.span, week_start(day_of(held.shift.start, calendar.zone), calendar.first_day)
    shift = Shift(held.shift.id, held.schedule_id, week, side.agent.person_id, span, week)
    accepts = _spans(offer["accepts"], epoch)
    trade = Trade(
        id=offer["id"],
        state=State.UNMATCHED,
        business_unit_id="unit",
        management_unit_id=side.agent.management_unit_id,
        person_id=side.agent.person_id,
        shift=shift,
        acceptable=accepts,
        target_person_id=None,
        expires_at=span.start,
        review_note=None,
        created_by=side.agent.person_id,
        created_at=epoch - timedelta(days=1),
        changed_by=side.agent.person_id,
        changed_at=epoch - timedelta(days=1),
    )
    mine = Side(
        role=side.role,
        agent=side.agent,
        settings=side.settings,
        traded=shift,
        found=shift,
        work=side.work,
        time_off=side.time_off,
        skill_ids=side.skill_ids,
    )
    return Stand(mine, trade, accepts)
