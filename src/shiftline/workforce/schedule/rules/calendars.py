"""An agent's shifts in force as an iCalendar text (RFC 5545). Pure.

Every event stands in UTC, so that no reader must know a zone; what the agent's wall shows stands in the description. An
event's UID stays while its shift stays in its schedule, and its SEQUENCE is the revision by which it last changed. What is
no longer in force is not in the text any more. Source: RFC 5545, sections 3.1, 3.3.11, 3.6.1, 3.8; RFC 7986, section 5.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from shiftline.foundation.time import DAY, Zone, find_zone, wall_at
from shiftline.workforce.schedule.model import Activity, FullDay, Shift
from shiftline.workforce.units.model import ActivityCategory, ActivityCode

PRODUCT = "-//Shiftline//Schedule//EN"
REFRESH = "PT15M"
OCTETS_AT_MOST = 75  # of a line, its end not counted (3.1)

Codes = Mapping[str, Mapping[str, ActivityCode]]
"""Activity codes by id, by business unit."""


@dataclass(frozen=True, slots=True)
class FeedShift:
    """A shift in force, with the revision of its schedule that it came by, and when that was."""

    schedule_id: str
    business_unit_id: str
    revision: int
    revised_at: datetime
    shift: Shift


@dataclass(frozen=True, slots=True)
class FeedDay:
    """A whole day off in force, likewise."""

    schedule_id: str
    business_unit_id: str
    revision: int
    revised_at: datetime
    full_day: FullDay


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is; ``zone`` is that of their wall, if they are an agent."""

    organization_id: str
    person_id: str
    name: str
    zone: Zone | None = None


def write_calendar(owner: Owner, shifts: Sequence[FeedShift], days: Sequence[FeedDay], codes: Codes) -> str:
    """The whole calendar, each line ended by CRLF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escape(f'Shifts of {owner.name}')}",
        f"X-WR-CALNAME:{escape(f'Shifts of {owner.name}')}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    ]
    if owner.zone is not None:
        lines.append(f"X-WR-TIMEZONE:{owner.zone.key}")
    for shift in shifts:
        lines += _shift_event(owner, shift, codes.get(shift.business_unit_id, {}))
        lines += _time_off_events(owner, shift, codes.get(shift.business_unit_id, {}))
    for day in days:
        lines += _day_event(owner, day, codes.get(day.business_unit_id, {}))
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def _shift_event(owner: Owner, feed: FeedShift, codes: Mapping[str, ActivityCode]) -> list[str]:
    shift = feed.shift
    zone = find_zone(shift.zone)
    told = [f"{shift.wall_start:%a %d %b %H:%M} to {shift.wall_end:%a %d %b %H:%M} {shift.zone}"]
    told += [_activity_text(activity, zone, codes) for activity in shift.activities]
    told.append(f"Paid: {shift.paid_minutes // 60} h {shift.paid_minutes % 60:02d} min")
    if shift.is_swap:
        told.append("By a swap" + (f": {shift.swap_reason}" if shift.swap_reason else ""))
    times = [f"DTSTART:{instant_text(shift.start)}", f"DTEND:{instant_text(shift.end)}"]
    return _event(_Head(f"{shift.id}.{feed.schedule_id}", owner, feed.revision, feed.revised_at), times, "Shift", told)


def _activity_text(activity: Activity, zone: Zone, codes: Mapping[str, ActivityCode]) -> str:
    about = f": {activity.description}" if activity.description else ""
    start, end = wall_at(activity.start, zone), wall_at(activity.end, zone)
    return f"{start:%H:%M}-{end:%H:%M} {_name(activity.code_id, codes)}{about}"


def _name(code_id: str, codes: Mapping[str, ActivityCode]) -> str:
    code = codes.get(code_id)
    return code_id if code is None else code.name


def _time_off_events(owner: Owner, feed: FeedShift, codes: Mapping[str, ActivityCode]) -> list[str]:
    """Parts of the day off within a shift: events of their own, so that a calendar shows them."""
    lines: list[str] = []
    for activity in feed.shift.activities:
        code = codes.get(activity.code_id)
        if activity.time_off_request_id is None and (code is None or code.category is not ActivityCategory.TIME_OFF):
            continue
        uid = f"off-{feed.shift.id}-{instant_text(activity.start)}.{feed.schedule_id}"
        times = [f"DTSTART:{instant_text(activity.start)}", f"DTEND:{instant_text(activity.end)}"]
        told = [activity.description] if activity.description else []
        head = _Head(uid, owner, feed.revision, feed.revised_at)
        lines += _event(head, times, _name(activity.code_id, codes), told)
    return lines


def _day_event(owner: Owner, feed: FeedDay, codes: Mapping[str, ActivityCode]) -> list[str]:
    day = feed.full_day
    times = [f"DTSTART;VALUE=DATE:{date_text(day.day)}", f"DTEND;VALUE=DATE:{date_text(day.day + DAY)}"]
    told = [day.description] if day.description else []
    uid = f"day-{date_text(day.day)}-{owner.person_id}.{feed.schedule_id}"
    return _event(_Head(uid, owner, feed.revision, feed.revised_at), times, _name(day.code_id, codes), told)


@dataclass(frozen=True, slots=True)
class _Head:
    """What names an event and its version."""

    uid: str
    owner: Owner
    revision: int
    revised_at: datetime


def _event(head: _Head, times: Iterable[str], summary: str, told: Sequence[str]) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escape(f'{head.uid}@{head.owner.organization_id}.shiftline')}",
        f"SEQUENCE:{head.revision}",
        f"DTSTAMP:{instant_text(head.revised_at)}",
        f"LAST-MODIFIED:{instant_text(head.revised_at)}",
        *times,
        f"SUMMARY:{escape(summary)}",
    ]
    if told:
        lines.append(f"DESCRIPTION:{escape(chr(10).join(told))}")
    return [*lines, "END:VEVENT"]


def instant_text(instant: datetime) -> str:
    """An instant in UTC: ``20231105T040000Z``."""
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def date_text(day: date) -> str:
    """A date: ``20231105``."""
    return f"{day:%Y%m%d}"


_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def escape(text: str) -> str:
    """A TEXT value (3.3.11): no control characters, and what has a meaning is escaped."""
    plain = _CONTROL.sub(" ", text.replace("\r\n", "\n"))
    for character in ("\\", ";", ","):
        plain = plain.replace(character, f"\\{character}")
    return plain.replace("\n", "\\n")


def fold(line: str) -> str:
    """A content line in pieces of at most 75 octets, each further one led by a space; no character is torn (3.1)."""
    pieces: list[str] = []
    piece, size = "", 0
    for character in line:
        octets = len(character.encode(errors="replace"))
        if size + octets > OCTETS_AT_MOST:
            pieces.append(piece)
            piece, size = " ", 1
        piece += character
        size += octets
    return "\r\n".join([*pieces, piece])
