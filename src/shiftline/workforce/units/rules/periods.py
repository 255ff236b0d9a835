"""Planning periods of a management unit: some weeks each, or a month each. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import DAY

WEEKS_AT_MOST = 53
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class PlanningPeriods:
    """How periods follow each other from ``start`` on; before it there are none. ``weeks`` None: a month each."""

    start: date
    weeks: int | None

    @property
    def fewest_weeks(self) -> int:
        """In how many weeks a day of the week is at least in each period."""
        return 4 if self.weeks is None else self.weeks

    @property
    def most_weeks(self) -> int:
        """In how many weeks a day of the week is at most in a period: five in months that are not of four weeks."""
        return 5 if self.weeks is None else self.weeks

    def meeting(self, week: date) -> Iterator[tuple[date, date]]:
        """The first and last days of the periods that the week that begins on a day has days of: two where a month ends in it."""
        last: tuple[date, date] | None = None
        for number in range(WEEK_DAYS):
            found = self.containing(week + number * DAY)
            if found is not None and found != last:
                yield found
                last = found

    def containing(self, day: date) -> tuple[date, date] | None:
        """The first and the last day of the period that a day is in."""
        if day < self.start:
            return None
        if self.weeks is None:
            first = day.replace(day=1)
            return (first, (first + 31 * DAY).replace(day=1) - DAY)
        length = self.weeks * WEEK_DAYS
        first = self.start + (day - self.start).days // length * length * DAY
        return (first, first + (length - 1) * DAY)


def periods_of(settings: Mapping[str, Any]) -> PlanningPeriods | None:
    """The planning periods that a management unit's settings name; None: none, or none that can be read."""
    try:
        return read_periods(settings)
    except Invalid:
        return None


def read_periods(settings: Mapping[str, Any]) -> PlanningPeriods | None:
    """The same. Raises Invalid naming what cannot be read, or both fields where both are stated."""
    scheduling = _group(settings.get("scheduling"))
    weekly, monthly = (_value(scheduling.get(name)) for name in ("planningPeriod", "monthlyPlanningPeriod"))
    at = "settings.scheduling."
    if weekly and monthly:
        raise Invalid(
            Problem(f"{at}planningPeriod", "and monthlyPlanningPeriod contradict each other: state one.", "periods.two")
        )
    if weekly:
        weeks = weekly.get("weekCount")
        if not isinstance(weeks, int) or isinstance(weeks, bool) or not 1 <= weeks <= WEEKS_AT_MOST:
            sentence = f"must be a whole number of weeks from 1 to {WEEKS_AT_MOST}."
            raise Invalid(Problem(f"{at}planningPeriod.weekCount", sentence))
        return PlanningPeriods(_date(weekly, f"{at}planningPeriod.startDate"), weeks)
    if monthly:
        start = _date(monthly, f"{at}monthlyPlanningPeriod.startDate")
        if start.day != 1:
            raise Invalid(Problem(f"{at}monthlyPlanningPeriod.startDate", "must be the first day of a month."))
        return PlanningPeriods(start, None)
    return None


def _group(found: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def _value(found: Any) -> Mapping[str, Any]:
    """What a setting says, also where it stands as a request wraps it."""
    group = _group(found)
    return _group(group.get("value")) if "value" in group else group


def _date(group: Mapping[str, Any], field: str) -> date:
    try:
        return date.fromisoformat(str(group.get("startDate")))
    except ValueError as error:
        raise Invalid(Problem(field, "must be a date, as 2023-10-30.")) from error
