"""Whether what an agent wishes contradicts their work plan: the wish's field and the plan's rule are named. Pure.

Of times at which somebody cannot work it is asked what the plan still lets them work in a week, with the most favourable
shifts: what is told is proven. Rest between shifts and breaks are left aside, so that less is told, never too much.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from shiftline.foundation.time import DAY, MINUTE, Interval, Weekday, Zone, day_of, resolve, wall_at, week_bounds
from shiftline.foundation.time import week_start as first_of
from shiftline.workforce.preferences.model import ContractConflict, Kind, StandingWish, WishPlan
from shiftline.workforce.workplans.model import WEEK_DAYS, PlanShift, WorkPlan
from shiftline.workforce.workplans.rules.choosing import AgentPlans, choose_plan
from shiftline.workforce.workplans.rules.spelling import clock_text, count_text, days_text, length_text


@dataclass(frozen=True, slots=True)
class Contract:
    """An agent's work plan, the zone of their wall, and the day on which their weeks begin."""

    plan: WorkPlan
    zone: Zone
    first_day: Weekday = Weekday.MONDAY


@dataclass(frozen=True, slots=True)
class Contracts:
    """What counts for an agent week by week: their work plans, the zone of their wall, and the day their weeks begin on."""

    plans: AgentPlans
    zone: Zone
    first_day: Weekday = Weekday.MONDAY

    def of(self, week: date) -> Contract | None:
        """The contract of the week that begins on a day; None: no work plan counts in it."""
        plan = choose_plan(self.plans, week).plan
        return None if plan is None else Contract(plan, self.zone, self.first_day)


@dataclass(frozen=True, slots=True)
class _Week:
    """A week that a request touches, and what each of its days can pay at most; days without a shift are left out."""

    field: str
    first: date
    pays: Mapping[date, int]


def judge_times(contracts: Contracts, wishes: WishPlan, unavailable: Sequence[Interval]) -> list[ContractConflict]:
    """What the times that a request states as unavailable leave too little of. ``unavailable`` are all that stand."""
    found: list[ContractConflict] = []
    for first, field in _touched(contracts, wishes).items():
        contract = contracts.of(first)
        if contract is not None:
            found += judge_week(contract, (first, field), unavailable)
    return found


def judge_week(contract: Contract, week: tuple[date, str], unavailable: Sequence[Interval]) -> list[ContractConflict]:
    """What unavailable times leave too little of in one week, given by its first day and the field that is to be named."""
    first, field = week
    days = (first + number * DAY for number in range(7))
    near = [span for span in unavailable if span.overlaps(_around(first, contract.zone))]
    pays = {day: _most_paid(contract, day, near) for day in days}
    left = _Week(field, first, {day: paid for day, paid in pays.items() if paid is not None})
    return [*_judge_days(contract, left), *_judge_count(contract, left), *_judge_paid(contract, left)]


def _touched(contracts: Contracts, wishes: WishPlan) -> dict[date, str]:
    """The weeks that a request's times touch, each with the first entry that does."""
    touched: dict[date, str] = {}
    for wish in wishes.put:
        day = first_of(day_of(wish.span.start, contracts.zone) - DAY, contracts.first_day)  # a night shift reaches over
        while week_bounds(day, contracts.zone).start < wish.span.end:
            touched.setdefault(day, f"{wishes.made_by.get(wish.id, 'entities')}.timeSpan")
            day += 7 * DAY
    return dict(sorted(touched.items()))


def _around(first: date, zone: Zone) -> Interval:
    """A week, and the day after, into which its last shift may last."""
    week = week_bounds(first, zone)
    return Interval(week.start, week.end + 2 * DAY)


def _most_paid(contract: Contract, day: date, unavailable: Sequence[Interval]) -> int | None:
    """The most paid minutes of a shift of the plan that can be worked on a day; None: no shift can."""
    weekday = WEEK_DAYS[day.weekday()]
    paid = (_most_of(shift, contract, day, unavailable) for shift in contract.plan.shifts if weekday in shift.days)
    return max((each for each in paid if each is not None), default=None)


def _most_of(shift: PlanShift, contract: Contract, day: date, unavailable: Sequence[Interval]) -> int | None:
    """The same of one shift: it starts at the beginning of its window, or as soon as a time of absence is over."""
    best: int | None = None
    for start in _starts(shift, contract, day, unavailable):
        if any(span.contains(start) for span in unavailable):
            continue
        begins = [span.start for span in unavailable if span.start > start]
        room = shift.lengths.most if not begins else (min(begins) - start) // MINUTE
        paid = min(room - shift.unpaid_minutes, shift.paid.most)
        if paid >= shift.paid.least and (best is None or paid > best):
            best = paid
    return best


def _starts(shift: PlanShift, contract: Contract, day: date, unavailable: Sequence[Interval]) -> Iterable[datetime]:
    earliest, latest = (_instant(contract, day, minutes) for minutes in (shift.starts.least, shift.starts.most))
    yield earliest
    step = (shift.start_increment_minutes or 1) * MINUTE
    for span in unavailable:
        if earliest < span.end <= latest:
            late = earliest + -((earliest - span.end) // step) * step  # the next start that the increment allows
            if late <= latest:
                yield late


def _instant(contract: Contract, day: date, minutes: int) -> datetime:
    midnight = datetime.combine(day + minutes // (24 * 60) * DAY, time.min)
    return resolve(midnight + minutes % (24 * 60) * MINUTE, contract.zone).instant


def _conflict(
    contract: Contract, code: str, places: tuple[str, str], sentence: str, limit: object = ""
) -> ContractConflict:
    plan = contract.plan
    told = f"{sentence[:1].upper()}{sentence[1:]} ({places[1]} of the work plan {plan.name})."
    return ContractConflict(code, places[0], places[1], plan.id, told, str(limit))


def _judge_days(contract: Contract, week: _Week) -> list[ContractConflict]:
    required = contract.plan.required_days
    days = [week.first + number * DAY for number in range(7)]
    lost = [day for day in days if WEEK_DAYS[day.weekday()] in required and day not in week.pays]
    return [
        _conflict(
            contract,
            "wishes.contract.day",
            (week.field, "optionalDays"),
            f"no shift can be worked on {WEEK_DAYS[day.weekday()]} {day}, which the contract requires",
            day,
        )
        for day in lost
    ]


def _judge_count(contract: Contract, week: _Week) -> list[ContractConflict]:
    least = contract.plan.terms.minimum_working_days_per_week
    if least is None or len(week.pays) >= least:
        return []
    sentence = (
        f"in the week of {week.first} work is possible on {count_text(len(week.pays), 'day')} only; the contract wants "
        f"{least}"
    )
    return [_conflict(contract, "wishes.contract.days", (week.field, "minimumWorkingDaysPerWeek"), sentence, least)]


def _judge_paid(contract: Contract, week: _Week) -> list[ContractConflict]:
    terms = contract.plan.terms
    bounds, most_days = terms.weekly_paid, 7 if terms.maximum_days is None else terms.maximum_days
    reach = sum(sorted(week.pays.values(), reverse=True)[:most_days])
    if bounds is None or reach >= bounds.least:
        return []
    rule = "weeklyMinimumPaidMinutes" if terms.flexible_weekly_paid_time else "weeklyExactPaidMinutes"
    sentence = (
        f"in the week of {week.first} at most {length_text(reach)} of paid time can be reached; the contract wants "
        f"{length_text(bounds.least)}"
    )
    return [_conflict(contract, "wishes.contract.paid", (week.field, rule), sentence, bounds.least)]


def judge_standing(contract: Contract, wish: StandingWish) -> list[ContractConflict]:
    """What a standing wish asks for that the plan has not, or asks to be spared that the plan requires."""
    if wish.kind is Kind.DAYS:
        return _judge_wished_days(contract, wish)
    if wish.kind is Kind.STARTS:
        return _judge_wished_starts(contract, wish)
    return []


def _judge_wished_days(contract: Contract, wish: StandingWish) -> list[ContractConflict]:
    plan = contract.plan
    if wish.likes:
        lost = [day for day in wish.days if day not in plan.working_days]
        sentence = f"the contract has no shift on {days_text(lost)}, which the wish prefers"
        place = ("days", "shifts[].days")
    else:
        lost = [day for day in wish.days if day in plan.required_days]
        sentence = f"the contract requires {days_text(lost)}, which the wish avoids"
        place = ("days", "optionalDays")
    return [_conflict(contract, "wishes.contract.day", place, sentence)] if lost else []


def _judge_wished_starts(contract: Contract, wish: StandingWish) -> list[ContractConflict]:
    windows = [shift.starts for shift in contract.plan.shifts]
    # Minutes from midnight: a day has 1440 of them, so that all starts of a window can be looked at.
    starts = [{minute % (24 * 60) for minute in range(each.least, each.most + 1)} for each in windows]
    wished = [any(wish.starts_in(minute) for minute in each) for each in starts]
    spared = [any(not wish.starts_in(minute) for minute in each) for each in starts]
    if not windows or any(wished if wish.likes else spared):
        return []
    has = "; ".join(dict.fromkeys(f"{clock_text(each.least)} to {clock_text(each.most)}" for each in windows))
    asked = f"{clock_text(wish.earliest_start_minutes or 0)} to {clock_text(wish.latest_start_minutes or 0)}"
    verb = "prefers" if wish.likes else "avoids"
    sentence = f"the shifts of the contract start {has}, and the wish {verb} {asked}"
    rule = "shifts[].earliestStartTimeMinutesFromMidnight"
    return [_conflict(contract, "wishes.contract.start", ("earliestStartMinutes", rule), sentence)]


def minutes_on_wall(instant: datetime, zone: Zone) -> int:
    """What a clock on the wall shows, in minutes from midnight."""
    wall = wall_at(instant, zone)
    return wall.hour * 60 + wall.minute
