"""Which of an agent's wishes a shift keeps and breaks, and what that weighs. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from shiftline.foundation.time import Interval, Weekday, Zone, day_of
from shiftline.workforce.preferences.model import AgentWishes, Kind, Level, StandingWish, Wish, WishVerdict
from shiftline.workforce.preferences.rules.contract import minutes_on_wall
from shiftline.workforce.workplans.rules.spelling import clock_text, days_text

WEIGHTS: Mapping[Level, int] = {
    Level.STRONGLY_PREFER: 2,
    Level.PREFER: 1,
    Level.AVOID: 1,
    Level.STRONGLY_AVOID: 2,
    Level.UNAVAILABLE: 100,
}
"""What a wish weighs, kept or broken."""
DAYS: Sequence[Weekday] = tuple(Weekday)


def weigh_shift(
    shift: Interval, zone: Zone, wishes: AgentWishes, partners: Mapping[str, Sequence[Interval]] | None = None
) -> tuple[WishVerdict, ...]:
    """What a shift makes of each wish of its agent that is about it; days and starts are those of the zone's wall.

    ``partners`` are the shifts of the colleagues whom the wishes name, by person; None: not known, and not judged. Wishes
    about other times are left out.
    """
    day = day_of(shift.start, zone)
    found = [_weigh_time(shift, wish) for wish in wishes.wishes]
    found += [_weigh_standing(shift, zone, wish, partners) for wish in wishes.standing if wish.holds_on(day)]
    return tuple(each for each in found if each is not None)


def score_of(verdicts: Iterable[WishVerdict]) -> int:
    """The weights of the wishes kept, less those of the wishes broken."""
    return sum(WEIGHTS[each.level] if each.kept else -WEIGHTS[each.level] for each in verdicts)


def _weigh_time(shift: Interval, wish: Wish) -> WishVerdict | None:
    if not wish.span.overlaps(shift):
        return None
    kept = wish.level in (Level.PREFER, Level.STRONGLY_PREFER)
    sentence = f"The shift lies in a time given as {wish.level}."
    return WishVerdict(wish.id, wish.level, kept, sentence)


def _weigh_standing(
    shift: Interval, zone: Zone, wish: StandingWish, partners: Mapping[str, Sequence[Interval]] | None
) -> WishVerdict | None:
    match wish.kind:
        case Kind.DAYS:
            weekday = DAYS[day_of(shift.start, zone).weekday()]
            met, what = weekday in wish.days, f"is on a {weekday}; the wish names {days_text(wish.days)}"
        case Kind.STARTS:
            minutes = minutes_on_wall(shift.start, zone)
            met = wish.starts_in(minutes)
            window = f"{clock_text(wish.earliest_start_minutes or 0)} to {clock_text(wish.latest_start_minutes or 0)}"
            what = f"starts at {clock_text(minutes)}; the wish names {window}"
        case Kind.PARTNERS:
            if partners is None:
                return None
            present = [each for each in wish.partner_ids if any(shift.overlaps(one) for one in partners.get(each, ()))]
            met = bool(present)
            what = f"is worked beside {', '.join(present) or 'none'} of the colleagues named"
    return WishVerdict(wish.id, wish.level, met is wish.likes, f"The shift {what} ({wish.level}).")
