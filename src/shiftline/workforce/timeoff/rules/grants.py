"""What may be granted, and what becomes of an agent's periods then. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from shiftline.foundation.errors import Problem
from shiftline.foundation.time import DAY
from shiftline.workforce.timeoff.errors import say_overlap, say_too_small
from shiftline.workforce.timeoff.model.balances import ALWAYS, Account, Accrual, Balance, Grant
from shiftline.workforce.timeoff.rules.balances import check_apart, find_deficit, settle
from shiftline.workforce.units.model import Stamp

YEARS = range(1990, 2201)
LONGEST_ACCRUAL = timedelta(days=5 * 366)
LATEST_EXPIRY = timedelta(days=2 * 366)


def check_grant(grant: Grant, name: Callable[[str], str]) -> list[Problem]:
    """What is wrong with a grant by itself; ``name`` makes the caller's name of a field."""
    period, carry = grant.period, grant.carry_over
    problems = [
        Problem(name(field), f"the year must be from {YEARS[0]} to {YEARS[-1]}.", "timeoff.year")
        for field, day, open_end in (
            ("startDate", period.first, ALWAYS.first),
            ("endDate", period.last, ALWAYS.last),
            ("carryOverExpiresOn", carry.expires_on, None),
        )
        if day is not None and day != open_end and day.year not in YEARS
    ]
    if problems:
        return problems
    if period.last < period.first:
        sentence = f"{period.last} is before the start, {period.first}."
        problems.append(Problem(name("endDate"), sentence, "invalid.date"))
    elif grant.accrual is not Accrual.AT_ONCE and not _is_bounded(grant):
        sentence = f"{grant.accrual} is for periods with a start and an end, of at most {LONGEST_ACCRUAL.days} days."
        problems.append(Problem(name("accrual"), sentence, "timeoff.balance.accrual"))
    if carry.at_most_minutes and period.last == ALWAYS.last:
        sentence = "needs an endDate: nothing follows a period without end."
        problems.append(Problem(name("carryOverAtMostMinutes"), sentence, "timeoff.balance.carry"))
    if carry.expires_on is not None and not (
        period.last < ALWAYS.last and period.last < carry.expires_on <= period.last + LATEST_EXPIRY
    ):
        sentence = f"must be after the endDate, by at most {LATEST_EXPIRY.days} days."
        problems.append(Problem(name("carryOverExpiresOn"), sentence, "timeoff.balance.carry"))
    return problems


def _is_bounded(grant: Grant) -> bool:
    first, last = grant.period.first, grant.period.last
    return first != ALWAYS.first and last != ALWAYS.last and last - first + DAY <= LONGEST_ACCRUAL


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a grant cannot be: the period it is about, and what is wrong, by the field in which it is."""

    field: str
    code: str
    sentence: str
    overlap: tuple[Balance, Balance] | None = None
    deficit: tuple[Balance, date, int] | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """An agent's balance with grants put in: which periods are to be stored, or what forbids it."""

    account: Account
    changed: Sequence[Balance]
    obstacle: Obstacle | None = None


def put_grants(account: Account, grants: Sequence[Grant], stamp: Stamp) -> Granted:
    """An agent's balance with grants put in, each in the place of the period that starts on the same day, if any."""
    stored = {balance.period.first: balance for balance in account.periods}
    wanted: dict[date, Balance] = dict(stored)
    for grant in grants:
        base = stored.get(grant.period.first) or Balance(
            grant.person_id, grant.activity_code_id, grant.granted_minutes, 0, stamp
        )
        wanted[grant.period.first] = replace(
            base,
            granted_minutes=grant.granted_minutes,
            period=grant.period,
            accrual=grant.accrual,
            carry_over=grant.carry_over,
        )
    return judge_periods(account, wanted)


def judge_periods(account: Account, wanted: Mapping[date, Balance]) -> Granted:
    """An agent's balance with other periods, by their first days."""
    stored = {balance.period.first: balance for balance in account.periods}
    after = replace(account, periods=[wanted[first] for first in sorted(wanted)])
    overlap = check_apart(after.periods)
    if overlap is not None:
        sentence = say_overlap(*overlap)
        return Granted(after, (), Obstacle("startDate", "timeoff.balance.periods.overlap", sentence, overlap=overlap))
    periods = settle(after)
    deficit = find_deficit(after)
    if deficit is not None:
        sentence = say_too_small(*deficit)
        return Granted(after, (), Obstacle("grantedMinutes", "timeoff.balance.exceeded", sentence, deficit=deficit))
    changed = [balance for balance in periods if stored.get(balance.period.first) != balance]
    return Granted(replace(after, periods=periods), changed)
