"""Which instants an assertion speaks of, and whether it holds. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shiftline.access.model.assertions import Assertion, AssertionDraft, Breach
from shiftline.access.model.histories import History, Setting
from shiftline.access.rules.foreseeing import foresee
from shiftline.foundation.errors import Problem
from shiftline.foundation.time import Disambiguation, resolve, zone_names

AHEAD = timedelta(days=14)
"""How far ahead an assertion of each week is looked at: as far as schedules are usually published."""


def find_problems(draft: AssertionDraft) -> list[Problem]:
    """What an assertion lacks, or says twice."""
    weekly = (draft.weekdays, draft.wall_time, draft.zone)
    if draft.at is not None and any(each is not None for each in weekly):
        return [
            Problem("at", "an assertion is of one instant, or of each week: give at, or weekdays, wall_time and zone.")
        ]
    if draft.at is None:
        names = ("weekdays", "wall_time", "zone")
        missing = [name for name, value in zip(names, weekly, strict=True) if not value]
        if missing:
            return [Problem(name, "is needed unless at is given.") for name in missing]
    if draft.zone is not None and draft.zone not in zone_names():
        return [Problem("zone", f"there is no time zone {draft.zone!r}.", "time.zone.unknown")]
    return []


def list_moments(assertion: AssertionDraft, now: datetime) -> list[datetime]:
    """The instants from now on that an assertion speaks of, in order; of each week those of the next two."""
    if assertion.at is not None:
        return [assertion.at] if assertion.at > now else []
    assert assertion.zone is not None
    assert assertion.wall_time is not None
    zone = ZoneInfo(assertion.zone)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=i) for i in range(AHEAD.days + 1))
    walls = (
        datetime.combine(day, assertion.wall_time) for day in days if day.isoweekday() in (assertion.weekdays or ())
    )
    moments = (resolve(wall, zone, Disambiguation.COMPATIBLE).instant for wall in walls)
    return [each for each in moments if now < each <= now + AHEAD]


def find_breaches(
    assertions: Iterable[Assertion], setting: Setting, histories: Mapping[str, History], now: datetime
) -> list[Breach]:
    """The assertions that do not hold, each with the first instant at which it does not, of each person."""
    return [
        breach
        for assertion in assertions
        for person_id in assertion.person_ids
        if (breach := _find_first(assertion, setting, histories.get(person_id), now)) is not None
    ]


def _find_first(assertion: Assertion, setting: Setting, history: History | None, now: datetime) -> Breach | None:
    if history is None:
        return None
    for moment in list_moments(assertion, now):
        decision = foresee(assertion.action, history, setting, moment)
        if decision.allowed is not assertion.expected:
            zone = assertion.zone or "UTC"
            when = f"on {moment.astimezone(ZoneInfo(zone)):%a %Y-%m-%d at %H:%M} {zone}"
            sentence = f"{assertion.name!r}: {when}, {decision.sentence}"
            return Breach(assertion, history.person_id, moment, sentence)
    return None
