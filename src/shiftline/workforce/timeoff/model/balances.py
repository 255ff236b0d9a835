"""Balances of time off: what agents have of a kind of time off, period by period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from shiftline.workforce.timeoff.model import Days
from shiftline.workforce.units.model import Stamp

ALWAYS = Days(date.min, date.max)
"""The period of a balance that is granted for good."""

Takings: TypeAlias = Mapping[date, int]
"""Payable minutes of approved time off by the day on which they count."""


class Accrual(StrEnum):
    """When what a period grants can be taken: at once, or in equal parts from its first day on."""

    AT_ONCE = "AtOnce"
    WEEKLY = "Weekly"
    MONTHLY = "Monthly"


@dataclass(frozen=True, slots=True)
class CarryOver:
    """What of a period's rest goes on into the next: so many minutes at most, which lapse after a day (None: never)."""

    at_most_minutes: int = 0
    expires_on: date | None = None


NO_CARRY_OVER = CarryOver()


@dataclass(frozen=True, slots=True)
class Grant:
    """What an agent shall have of a kind of time off in a period, in payable minutes."""

    person_id: str
    activity_code_id: str
    granted_minutes: int
    period: Days = ALWAYS
    accrual: Accrual = Accrual.AT_ONCE
    carry_over: CarryOver = NO_CARRY_OVER


@dataclass(frozen=True, slots=True)
class Balance:
    """What an agent has of a kind of time off in a period of local days, in payable minutes.

    ``taken_minutes`` is what is approved on its days. ``carried_minutes`` is what the period before leaves as things
    stand, ``lost_minutes`` what of that lapses untaken.
    """

    person_id: str
    activity_code_id: str
    granted_minutes: int
    taken_minutes: int
    stamp: Stamp
    period: Days = ALWAYS
    accrual: Accrual = Accrual.AT_ONCE
    carry_over: CarryOver = NO_CARRY_OVER
    carried_minutes: int = 0
    lost_minutes: int = 0

    @property
    def left_minutes(self) -> int:
        """What is left at the period's end, as approved now."""
        return self.granted_minutes + self.carried_minutes - self.lost_minutes - self.taken_minutes

    def covers(self, day: date) -> bool:
        """Whether a day lies in the period."""
        return self.period.first <= day <= self.period.last


@dataclass(frozen=True, slots=True)
class Account:
    """All periods of an agent's balance of a kind of time off in order, and what is approved."""

    person_id: str
    activity_code_id: str
    periods: Sequence[Balance]
    takings: Takings


@dataclass(frozen=True, slots=True)
class Overdraft:
    """More is asked on a day than can be taken. ``balance`` is the period's, None when no period covers the day."""

    account: Account
    balance: Balance | None
    day: date
    left_minutes: int
    asked_minutes: int

    @property
    def sentence(self) -> str:
        """The overdraft for a person."""
        whose = f"balance of activity code {self.account.activity_code_id} of {self.account.person_id}"
        if self.balance is None:
            return (
                f"No period of the {whose} covers {self.day}: nothing is left then, and {self.asked_minutes} minutes are "
                "asked for. Grant a period with that day first."
            )
        known = [f"{self.balance.granted_minutes} granted"]
        if self.balance.carried_minutes:
            known.append(f"{self.balance.carried_minutes} carried over")
        known.append(f"{self.balance.taken_minutes} approved")
        period, when = self.balance.period, ""
        if period != ALWAYS:
            whose, when = f"{whose} for {period.first} to {period.last}", f" on {self.day}"
        return (
            f"The {whose} has {self.left_minutes} minutes left{when} ({', '.join(known)}), "
            f"and {self.asked_minutes} are asked for."
        )
