"""How rules are spelled: fields as on the wire, times and lengths for a person. Pure."""

from collections.abc import Collection

from shiftline.foundation.time import Weekday
from shiftline.workforce.workplans.model import DAY_MINUTES, WEEK_DAYS, Bounds


def on_the_wire(name: str) -> str:
    """A field of the model as the wire spells it."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def clock_text(minutes: int) -> str:
    """Minutes from midnight as a time of day: 1500 is 01:00 on the next day."""
    days, rest = divmod(minutes, DAY_MINUTES)
    text = f"{rest // 60:02d}:{rest % 60:02d}"
    return text if days == 0 else f"{text} on the next day" if days == 1 else f"{text} {days} days on"


def length_text(minutes: int) -> str:
    """A length: 7 h 30 min."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min")
    return " ".join(parts)


def lengths_text(bounds: Bounds) -> str:
    """A length that may vary: 4 h to 8 h."""
    if bounds.least == bounds.most:
        return length_text(bounds.least)
    return f"{length_text(bounds.least)} to {length_text(bounds.most)}"


def days_text(days: Collection[Weekday]) -> str:
    """Days of the week in their order."""
    return ", ".join(day.value for day in WEEK_DAYS if day in days) or "no day"


def count_text(count: int, noun: str) -> str:
    """A number of things: 1 day, 2 days."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
