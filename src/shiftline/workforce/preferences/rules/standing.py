"""Whether a standing wish makes sense, by itself and beside the others. Pure."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.workforce.preferences.model import Kind, Level, StandingWish

MOST = 100
FARTHEST = timedelta(days=2 * 366)
FIELDS = {
    Kind.DAYS: ("days",),
    Kind.STARTS: ("earliestStartMinutes", "latestStartMinutes"),
    Kind.PARTNERS: ("partnerIds",),
}


def check_standing(
    wish: StandingWish, others: Sequence[StandingWish], colleagues: Collection[str], today: date
) -> None:
    """Raise Invalid for a wish that says nothing, says what its kind does not have, is over, or contradicts another.

    ``others`` are the agent's other standing wishes, ``colleagues`` the ids of the agents of their business unit,
    ``today`` is the date in their zone.
    """
    problems = [*_shape(wish), *_validity(wish, today), *_partners(wish, colleagues)]
    if len(others) >= MOST:
        problems.append(Problem("kind", f"an agent can have at most {MOST} standing preferences.", "wishes.too.many"))
    problems += _contradictions(wish, others)
    if problems:
        raise Invalid(*problems)


def _shape(wish: StandingWish) -> Iterator[Problem]:
    if wish.level is Level.UNAVAILABLE:
        yield Problem("level", "is for times at which somebody cannot work: use unavailable times.", "wishes.level")
    stated = {
        "days": wish.days or None,
        "earliestStartMinutes": wish.earliest_start_minutes,
        "latestStartMinutes": wish.latest_start_minutes,
        "partnerIds": wish.partner_ids or None,
    }
    for name, value in stated.items():
        wanted = name in FIELDS[wish.kind]
        if wanted and value is None:
            yield Problem(name, f"is required for the kind {wish.kind}.", "wishes.kind")
        elif not wanted and value is not None:
            yield Problem(name, f"does not belong to the kind {wish.kind}.", "wishes.kind")


def _validity(wish: StandingWish, today: date) -> Iterator[Problem]:
    if wish.valid_until is not None and wish.valid_until < wish.valid_from:
        yield Problem("validUntil", f"is before validFrom ({wish.valid_from}).", "wishes.validity")
    elif wish.valid_until is not None and wish.valid_until < today:
        yield Problem("validUntil", f"is over already: today is {today} where the agent works.", "wishes.past")
    if abs(wish.valid_from - today) > FARTHEST:
        yield Problem("validFrom", "must be within two years of today.", "wishes.far")


def _partners(wish: StandingWish, colleagues: Collection[str]) -> Iterator[Problem]:
    for index, partner_id in enumerate(wish.partner_ids):
        place = f"partnerIds[{index}]"
        if partner_id == wish.person_id:
            yield Problem(place, "is the agent themselves; name colleagues.", "wishes.partner.self")
        elif partner_id not in colleagues:
            yield Problem(place, f"{partner_id} is no agent of the same business unit.", "wishes.partner.unknown")


def _contradictions(wish: StandingWish, others: Sequence[StandingWish]) -> Iterator[Problem]:
    """The same day, start or colleague is not both preferred and avoided at one time."""
    for other in others:
        if other.kind is not wish.kind or other.likes is wish.likes or not _meet(wish, other):
            continue
        shared = _shared(wish, other)
        if shared:
            sentence = f"contradicts the standing preference {other.id} ({other.level}) in {shared}."
            yield Problem(FIELDS[wish.kind][0], sentence, "wishes.contradictory")


def _meet(one: StandingWish, two: StandingWish) -> bool:
    last = [each for each in (one.valid_until, two.valid_until) if each is not None]
    return not last or max(one.valid_from, two.valid_from) <= min(last)


def _shared(one: StandingWish, two: StandingWish) -> str:
    if one.kind is Kind.DAYS:
        return ", ".join(day for day in one.days if day in two.days)
    if one.kind is Kind.PARTNERS:
        return ", ".join(each for each in one.partner_ids if each in two.partner_ids)
    same = all(one.starts_in(minute) for minute in range(24 * 60) if two.starts_in(minute))
    return "all of its starts" if same else ""
