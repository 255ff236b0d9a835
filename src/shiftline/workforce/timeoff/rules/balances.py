"""What approvals take from balances, period by period, and what is left on a day. Pure.

Of what a period has, what it was carried goes first, since that lapses. What is left on a day is what can be asked for on
it without any later day, of this period or of those after it, running short. So approvals in whatever order never overdraw.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from shiftline.foundation.time import DAY, day_of, find_zone
from shiftline.workforce.timeoff.model import Days, Piece, Status, TimeOffRequest
from shiftline.workforce.timeoff.model.balances import Account, Accrual, Balance, Overdraft, Takings

WEEK = timedelta(weeks=1)


def charged_on(piece: Piece, zone: str) -> date:
    """The day on which a piece counts: its own, or the local day on which a part of a day starts."""
    return piece.day or day_of(piece.starts_at, find_zone(zone))


def charges_of(request: TimeOffRequest) -> dict[date, int]:
    """The payable minutes that a request takes once it is approved, by day."""
    charges: dict[date, int] = {}
    for piece in request.pieces:
        day = charged_on(piece, request.zone)
        charges[day] = charges.get(day, 0) + piece.payable_minutes
    return charges


def list_moves(former: TimeOffRequest | None, latter: TimeOffRequest) -> dict[str, dict[date, int]]:
    """By how many minutes each balance of the agent is taken from (or given back to, below zero), by code and day."""
    moves: dict[str, dict[date, int]] = {}
    for sign, request in ((-1, former), (1, latter)):
        if request is not None and request.status is Status.APPROVED:
            days = moves.setdefault(request.activity_code_id, {})
            for day, minutes in charges_of(request).items():
                days[day] = days.get(day, 0) + sign * minutes
    return {
        code_id: {day: minutes for day, minutes in sorted(days.items()) if minutes}
        for code_id, days in sorted(moves.items())
    }


@dataclass(frozen=True, slots=True)
class Step:
    """From a day on, until the next step: what there is less what is taken, and how much more could be asked for."""

    day: date
    level: int
    room: int
    lapsing: int = 0


def settle(account: Account) -> tuple[Balance, ...]:
    """The periods with what is taken of each, carried into it and lost of that, as things stand."""
    return tuple(balance for balance, _ in _walk(account))


def find_deficit(account: Account) -> tuple[Balance, date, int] | None:
    """The first day on which more is taken than there is, with its period and how much is missing."""
    for balance, steps in _walk(account):
        for step in steps:
            if step.level < 0:
                return balance, step.day, -step.level
    return None


def left_on(account: Account, days: Days | Sequence[date]) -> list[int]:
    """What can still be asked for on each day; nothing where no period is."""
    steps, ends = _rooms(account)
    starts = [step.day for step in steps]
    left: list[int] = []
    for day in days:
        at = bisect_right(starts, day) - 1
        left.append(max(steps[at].room, 0) if at >= 0 and day <= ends[at] else 0)
    return left


def find_overdraft(account: Account, asked: Mapping[date, int]) -> Overdraft | None:
    """The first day on which what is asked in addition finds too little left; None when all of it is left."""
    more = {day: minutes for day, minutes in sorted(asked.items()) if minutes > 0}
    for day, minutes in more.items():
        if not any(balance.covers(day) for balance in account.periods):
            return Overdraft(account, None, day, 0, minutes)
    if not more or find_deficit(replace(account, takings=_added(account.takings, asked))) is None:
        return None
    added: dict[date, int] = {day: minutes for day, minutes in asked.items() if minutes < 0}
    for day, minutes in more.items():
        added[day] = minutes
        if find_deficit(replace(account, takings=_added(account.takings, added))) is None:
            continue
        settled = next(balance for balance in settle(account) if balance.covers(day))
        (left,) = left_on(account, [day])
        until_now, whole = (
            sum(minutes for other, minutes in some.items() if minutes > 0 and settled.covers(other))
            for some in (added, more)
        )
        return Overdraft(account, settled, day, left, whole if whole > left else until_now)
    raise AssertionError("what runs short with all of it runs short at one of the days")  # pragma: no cover


def list_instalments(balance: Balance) -> list[date]:
    """The days on which a period's grant comes, in equal parts."""
    first, last = balance.period.first, balance.period.last
    if balance.accrual is Accrual.AT_ONCE:
        return [first]
    if balance.accrual is Accrual.WEEKLY:
        return [first + WEEK * number for number in range((last - first) // WEEK + 1)]
    return list(_months(first, last))


def _months(first: date, last: date) -> Iterator[date]:
    number = 0
    while True:
        year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
        day = date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))
        if day > last:
            return
        yield day
        number += 1


def _walk(account: Account) -> Iterator[tuple[Balance, list[Step]]]:
    """Each period as it stands with its steps, whose rooms are not known yet."""
    before: Balance | None = None
    for balance in account.periods:
        carried, expires_on = _carried(before, balance)
        taken = {day: minutes for day, minutes in account.takings.items() if balance.covers(day)}
        instalments = frozenset(list_instalments(balance))
        lapses = expires_on is not None and expires_on < balance.period.last
        moments = {balance.period.first, *instalments, *taken}
        if lapses and expires_on is not None:
            moments.add(expires_on + DAY)
        steps: list[Step] = []
        come = used = lost = 0
        for day in sorted(moments):
            if lapses and expires_on is not None and day == expires_on + DAY:
                lost = max(carried - used, 0)
                if steps:
                    steps[-1] = replace(steps[-1], lapsing=lost)
            come += day in instalments
            used += taken.get(day, 0)
            there = balance.granted_minutes * come // len(instalments)
            steps.append(Step(day, carried + there - lost - used, 0))
        before = replace(balance, taken_minutes=used, carried_minutes=carried, lost_minutes=lost)
        yield before, steps


def _carried(before: Balance | None, balance: Balance) -> tuple[int, date | None]:
    if before is None:
        return 0, None
    expires_on = before.carry_over.expires_on
    if expires_on is not None and expires_on < balance.period.first:
        return 0, None
    return min(max(before.left_minutes, 0), before.carry_over.at_most_minutes), expires_on


def _rooms(account: Account) -> tuple[list[Step], list[date]]:
    """All steps with their rooms, and the last day of each step's period."""
    walked = list(_walk(account))
    steps: list[Step] = []
    ends: list[date] = []
    later: int | None = None  # how much less the next period could be carried
    for (balance, own), carried_on in zip(
        reversed(walked), [0, *(after.carried_minutes for after, _ in reversed(walked[1:]))], strict=True
    ):
        room = balance.left_minutes - carried_on + min(carried_on, later or 0)
        made: list[Step] = []
        for step in reversed(own):
            room = min(step.level, room + step.lapsing)
            made.append(replace(step, room=room))
        steps += made
        ends += [balance.period.last] * len(made)
        later = room
    return steps[::-1], ends[::-1]


def _added(takings: Takings, more: Mapping[date, int]) -> dict[date, int]:
    return {day: takings.get(day, 0) + more.get(day, 0) for day in {*takings, *more}}


def check_apart(periods: Sequence[Balance]) -> tuple[Balance, Balance] | None:
    """Two periods, in order, that share a day."""
    for earlier, later in pairwise(periods):
        if later.period.first <= earlier.period.last:
            return earlier, later
    return None
