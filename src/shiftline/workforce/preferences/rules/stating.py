"""What a request makes of an agent's wishes. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Interval, to_instant
from shiftline.workforce.preferences.errors import WishesOverlap, WishNotFound
from shiftline.workforce.preferences.model import Wish, WishChange, WishPlan

LONGEST = timedelta(weeks=6)
FARTHEST = timedelta(days=2 * 366)
WISHES_AT_MOST = 2000


@dataclass(slots=True)
class _Draft:
    """A plan in the making: the wishes that will stand, and which entry of the request made each."""

    standing: dict[str, Wish]
    made_by: dict[str, str] = field(default_factory=dict[str, str])
    results: list[Wish] = field(default_factory=list[Wish])
    removed: list[str] = field(default_factory=list[str])
    skipped: list[str] = field(default_factory=list[str])


def plan_wishes(
    person_id: str,
    standing: Mapping[str, Wish],
    gone: Collection[str],
    changes: Sequence[tuple[str, WishChange]],
    now: datetime,
) -> WishPlan:
    """What shall stand after a request. ``standing`` are the agent's wishes of the family, ``gone`` the ids removed
    before; each change comes with the id that a new wish gets. Deletions come first, then the rest in order.

    Raises Invalid, WishNotFound, WishesOverlap.
    """
    draft = _Draft(dict(standing))
    for _, change in changes:
        if change.delete:
            _remove(draft, gone, change)
    for fresh_id, change in changes:
        if not change.delete:
            _put(draft, person_id, fresh_id, change, now)
    if len(draft.standing) > WISHES_AT_MOST:
        sentence = f"an agent can state at most {WISHES_AT_MOST} times; remove some of the past."
        raise Invalid(Problem(changes[0][1].field, sentence, "wishes.too.many"))
    _judge_overlaps(draft)
    put = [draft.standing[wish_id] for wish_id in draft.made_by]
    return WishPlan(draft.results, put, draft.removed, draft.skipped, dict(draft.made_by))


def _remove(draft: _Draft, gone: Collection[str], change: WishChange) -> None:
    if change.id is None:
        raise Invalid(Problem(f"{change.field}.id", "says which one to delete, and is missing.", "wishes.id"))
    if draft.standing.pop(change.id, None) is not None:
        draft.removed.append(change.id)
    elif change.id in gone or change.id in draft.removed:
        draft.skipped.append(change.id)
    else:
        raise WishNotFound(change.id)


def _put(draft: _Draft, person_id: str, fresh_id: str, change: WishChange, now: datetime) -> None:
    current = None if change.id is None else draft.standing.get(change.id)
    if change.id is not None and current is None:
        raise WishNotFound(change.id)
    if current is not None and current.id in draft.made_by:
        raise Invalid(Problem(f"{change.field}.id", f"{current.id} is there twice.", "wishes.id"))
    span = judge_span(change, None if current is None else current.span, now)
    if current is None:
        wish = Wish(fresh_id, person_id, span, change.level, change.notes or None)
        current = next((other for other in draft.standing.values() if _is_same(other, wish)), None)
    else:
        notes = current.notes if change.notes is None else change.notes or None
        wish = replace(current, span=span, notes=notes)
    if current is not None and _is_same(current, wish):
        draft.results.append(current)
        return
    draft.standing[wish.id] = wish
    draft.made_by[wish.id] = change.field
    draft.results.append(wish)


def _is_same(one: Wish, two: Wish) -> bool:
    return (one.span, one.level, one.notes) == (two.span, two.level, two.notes)


def judge_span(change: WishChange, current: Interval | None, now: datetime) -> Interval:
    """The span of a wish: whole minutes, at most six weeks long, not over yet, at most two years ahead. Raises Invalid."""
    place = f"{change.field}.timeSpan"
    if change.start is None or change.minutes is None:
        if current is None or change.start is not None or change.minutes is not None:
            raise Invalid(Problem(place, "needs startDate and lengthMinutes.", "wishes.span"))
        return current
    if change.start.second or change.start.microsecond:
        raise Invalid(Problem(f"{place}.startDate", "must be on a whole minute.", "wishes.minute"))
    if not 1 <= change.minutes <= LONGEST // timedelta(minutes=1):
        sentence = f"must be from 1 to {LONGEST // timedelta(minutes=1)} (six weeks)."
        raise Invalid(Problem(f"{place}.lengthMinutes", sentence, "wishes.length"))
    if abs(change.start.replace(tzinfo=None) - now.replace(tzinfo=None)) > FARTHEST:
        raise Invalid(Problem(f"{place}.startDate", "must be within two years of now.", "wishes.far"))
    span = Interval.lasting(to_instant(change.start, f"{place}.startDate"), change.minutes)
    if span != current and span.end <= now:
        raise Invalid(Problem(f"{place}.startDate", "is over already: wishes are for times to come.", "wishes.past"))
    return span


def _judge_overlaps(draft: _Draft) -> None:
    """In order of time, each wish is held against the one so far that ends last."""
    latest: Wish | None = None
    for wish in sorted(draft.standing.values(), key=lambda wish: wish.span):
        if latest is not None and latest.span.overlaps(wish.span):
            _refuse(draft, latest, wish)
        if latest is None or wish.span.end > latest.span.end:
            latest = wish


def _refuse(draft: _Draft, one: Wish, two: Wish) -> None:
    mine, other = (one, two) if one.id in draft.made_by else (two, one)
    if other.id in draft.made_by:
        place, twin = sorted((draft.made_by[mine.id], draft.made_by[other.id]), reverse=True)
        raise Invalid(Problem(f"{place}.timeSpan", f"overlaps {twin} of the same request.", "wishes.overlap"))
    raise WishesOverlap(f"{draft.made_by[mine.id]}.timeSpan", other)
