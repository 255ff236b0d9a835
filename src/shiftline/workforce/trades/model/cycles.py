"""Rings of trades: what somebody brings to one, what the rules say of it, and a ring as it is proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model import Shift as ScheduledShift
from shiftline.workforce.schedule.model.open_shifts import OpenShift
from shiftline.workforce.trades.model import Calendar, Finding, Mode, Pay, Ruling, Shift, Side, Trade
from shiftline.workforce.units.model import ActivityCode

Stake: TypeAlias = tuple[str, str | None, int | None]
"""What somebody brings to a ring: their id, their offer and its version (none: they only take)."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What somebody brings to a ring of trades: an offer (their side, with the shift they give), or, with no offer, the
    wish to work more. ``accepts``: within which times they would work (none: they give for nothing).

    An open shift stands in a market, too: as an offer of nobody's, for nothing.
    """

    side: Side
    trade: Trade | None
    accepts: tuple[Interval, ...]
    open_shift: OpenShift | None = None

    @property
    def person_id(self) -> str:
        """Whose stand it is."""
        return self.side.agent.person_id

    @property
    def stake(self) -> Stake:
        """What they bring; an open shift brings itself."""
        if self.open_shift is not None:
            return "", self.open_shift.id, self.open_shift.version
        trade = self.trade
        return (self.person_id, None, None) if trade is None else (self.person_id, trade.id, trade.version)


@dataclass(frozen=True, slots=True)
class Market:
    """All stands of a business unit at one moment. ``declined``: who has declined what for what they bring."""

    stands: Sequence[Stand]
    calendar: Calendar
    codes: Mapping[str, ActivityCode]
    declined: frozenset[tuple[Stake, Stake]] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """What a ring is for one of its people: what they give and get, what they are paid, which rules do not hold."""

    person_id: str
    gives: ScheduledShift | None
    gets: ScheduledShift | None
    pay: Pay
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class RingJudgement:
    """What all rules say of a ring: of each of its people in its order, and the rule that decides for all."""

    verdict: Mode
    ruling: Ruling
    moves: tuple[Move, ...]


class CycleState(StrEnum):
    """Where a proposed ring stands. ``Accepted``: by all of its people; it waits for whoever reviews trades."""

    PROPOSED = "Proposed"
    ACCEPTED = "Accepted"
    APPROVED = "Approved"
    DENIED = "Denied"
    DECLINED = "Declined"
    VOID = "Void"
    EXPIRED = "Expired"


class Answer(StrEnum):
    """What one of a ring's people has said."""

    WAITING = "Waiting"
    ACCEPTED = "Accepted"
    DECLINED = "Declined"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a proposed ring: the offer that they bring, at its version, and its shift; none: they only take."""

    person_id: str
    management_unit_id: str
    trade_id: str | None = None
    trade_version: int | None = None
    shift: Shift | None = None
    answer: Answer = Answer.WAITING
    answered_at: datetime | None = None

    @property
    def stake(self) -> Stake:
        """What they bring."""
        return self.person_id, self.trade_id, self.trade_version


@dataclass(frozen=True, slots=True)
class Cycle:
    """A proposed ring: each member gets the shift of the next, the last that of the first (none, in a chain).

    A chain may begin with an open shift, at a version: the last member gets it, the first gives nothing. ``ruling`` says
    why it stands as it does.
    """

    id: str
    business_unit_id: str
    week_date: date
    state: CycleState
    members: tuple[Member, ...]
    expires_at: datetime
    proposed_by: str
    proposed_at: datetime
    changed_by: str
    changed_at: datetime
    version: int = 1
    ruling: Ruling | None = None
    open_shift_id: str | None = None
    open_shift_version: int | None = None

    @property
    def is_chain(self) -> bool:
        """Whether somebody takes a shift for nothing, and somebody gives one, or it was open."""
        return any(member.shift is None for member in self.members)

    @property
    def open_shift_ids(self) -> list[str]:
        """The open shift that it begins with, if any."""
        return [] if self.open_shift_id is None else [self.open_shift_id]

    @property
    def open_stake(self) -> Stake | None:
        """What the open shift brings that it begins with."""
        return None if self.open_shift_id is None else ("", self.open_shift_id, self.open_shift_version)

    @property
    def declined(self) -> list[tuple[Stake, Stake]]:
        """What those who declined would have given and got."""
        brought = [member.stake for member in self.members]
        gets = [*brought[1:], self.open_stake or brought[0]]
        return [
            (member.stake, got)
            for member, got in zip(self.members, gets, strict=True)
            if member.answer is Answer.DECLINED
        ]

    @property
    def accepted(self) -> int:
        """How many of its people have accepted."""
        return sum(member.answer is Answer.ACCEPTED for member in self.members)

    @property
    def trade_ids(self) -> list[str]:
        """The offers in it, in the order in which they are locked."""
        return sorted(member.trade_id for member in self.members if member.trade_id is not None)


@dataclass(frozen=True, slots=True)
class CycleFilter:
    """Which proposals are meant: of some weeks of a business unit, of one person if named, in one state if named."""

    business_unit_id: str
    weeks: tuple[date, ...]
    person_id: str | None = None
    state: CycleState | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """When somebody would work more than they do, in the weeks of one search; ``times`` empty: they would not."""

    person_id: str
    week_date: date
    times: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for rings found: the proposals made of them, and how good they are together.

    ``offers``: how many were looked at; ``moved``: shifts that change hands in all; no packing moves more than ``bound``.
    """

    id: str
    offers: int
    moved: int
    bound: int
    cycles: tuple[Cycle, ...]
