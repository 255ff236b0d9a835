"""Offers of shifts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from shiftline.foundation.decision import Reason
from shiftline.foundation.time import Interval, Weekday, Zone
from shiftline.workforce.preferences.model import AgentWishes, WishVerdict
from shiftline.workforce.schedule.model import Shift as ScheduledShift
from shiftline.workforce.trades.model.settings import Mode, TradeSettings
from shiftline.workforce.units.model import ActivityCode, Agent
from shiftline.workforce.workplans.rules.choosing import AgentPlans
from shiftline.workforce.workplans.rules.worked import DayOff


class State(StrEnum):
    """Where a trade stands, in the vendor's words."""

    UNMATCHED = "Unmatched"
    MATCHED = "Matched"
    APPROVED = "Approved"
    DENIED = "Denied"
    EXPIRED = "Expired"
    CANCELED = "Canceled"


class Role(StrEnum):
    """The two sides of a trade: who offers, and who takes."""

    INITIATING = "Initiating"
    RECEIVING = "Receiving"


WHO = {Role.INITIATING: "the agent who offers", Role.RECEIVING: "the agent who takes"}
"""The two sides in a sentence."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a business unit counts weeks."""

    zone: Zone
    first_day: Weekday


@dataclass(frozen=True, slots=True)
class Shift:
    """A published shift as this room sees it. ``week_date`` is the first day of its week in the business unit's zone."""

    id: str
    schedule_id: str
    schedule_week_date: date
    person_id: str
    span: Interval
    week_date: date


@dataclass(frozen=True, slots=True)
class Match:
    """Who takes an offer, since when, and the shift that they give for it (None: nothing)."""

    person_id: str
    management_unit_id: str
    shift: Shift | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rule that decided how a trade goes on, and its sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Trade:
    """An offer and where it stands. ``version`` counts its changes."""

    id: str
    state: State
    business_unit_id: str
    management_unit_id: str
    person_id: str
    shift: Shift
    acceptable: tuple[Interval, ...]
    target_person_id: str | None
    expires_at: datetime
    review_note: str | None
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime
    version: int = 1
    match: Match | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    ruling: Ruling | None = None

    @property
    def one_sided(self) -> bool:
        """Whether the initiator asks for no shift in return."""
        return not self.acceptable

    @property
    def ends_at(self) -> datetime:
        """When it ends by itself: an offer at its expiry, a matched trade when the first of its shifts starts."""
        if self.state is State.UNMATCHED or self.match is None:
            return self.expires_at
        given = self.match.shift
        return self.shift.span.start if given is None else min(self.shift.span.start, given.span.start)


@dataclass(frozen=True, slots=True)
class Offer:
    """A trade to be. ``expires_at`` None: at the start of the shift. ``fields`` maps our names to the caller's."""

    shift_id: str
    schedule_id: str
    week_date: date | None = None
    acceptable: Sequence[Interval] = ()
    target_person_id: str | None = None
    expires_at: datetime | None = None
    review_note: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict[str, str])

    def at(self, name: str) -> str:
        """Where a field stands in the caller's request."""
        return self.fields.get(name, name)


@dataclass(frozen=True, slots=True)
class OfferChange:
    """What shall become of an open offer, at the version that was read. ``values`` are fields of an Offer: what is not
    among them stays. ``fields`` maps our names to the caller's.
    """

    version: int
    values: Mapping[str, Any]
    week_date: date | None = None
    fields: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class WeekMatches:
    """How many matched trades wait for a review: of shifts of the week that are offered, and of those that are given for
    one of another week.
    """

    week_date: date
    offered: int
    given: int


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A trade after a review; ``refusal`` says why it did not move, ``violation`` in the vendor's word if there is one."""

    trade: Trade
    refusal: Ruling | None = None
    violation: str | None = None


@dataclass(frozen=True, slots=True)
class OfferSnapshot:
    """What stands when an offer is judged. ``week_offers`` counts the agent's offers of shifts of that week so far."""

    agent: Agent
    settings: TradeSettings
    shift: Shift
    open_trade: Trade | None
    week_offers: int
    target: Agent | None = None


@dataclass(frozen=True, slots=True)
class TakerSnapshot:
    """What stands when somebody looks for offers that they could take. ``unit_ids``: whose offers they may take."""

    agent: Agent
    settings: TradeSettings
    shifts: Sequence[Shift]
    time_off: Sequence[Interval]
    unit_ids: frozenset[str] = frozenset()
    unavailable: Sequence[Interval] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A shift in force, and the schedule that it stands in."""

    schedule_id: str
    shift: ScheduledShift


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a trade as things stand: the agent, what they trade away (None: nothing), and what is known of them.

    ``found`` is what is published under the traded shift's id now, whoever works it; ``work`` are the agent's shifts in
    force in all weeks that the trade touches and as far around as their ``plans`` (None: they have none) look.
    ``other_trade_id``: another trade of the same shift. ``days_off`` are whole ones. ``partners`` are the shifts of the
    colleagues whom their ``wishes`` name.
    """

    role: Role
    agent: Agent
    settings: TradeSettings
    traded: Shift | None
    found: Shift | None
    work: Sequence[Held]
    time_off: Sequence[Interval] = ()
    unavailable: Sequence[Interval] = ()
    skill_ids: frozenset[str] = frozenset()
    queue_ids: frozenset[str] = frozenset()
    other_trade_id: str | None = None
    plans: AgentPlans | None = None
    days_off: Sequence[DayOff] = ()
    wishes: AgentWishes = field(default_factory=AgentWishes)
    partners: Mapping[str, Sequence[Interval]] = field(default_factory=dict[str, Sequence[Interval]])

    @property
    def gives(self) -> ScheduledShift | None:
        """The traded shift as the agent works it now; None when they do not."""
        if self.traded is None:
            return None
        wanted = (self.traded.schedule_id, self.traded.id)
        return next((held.shift for held in self.work if (held.schedule_id, held.shift.id) == wanted), None)


@dataclass(frozen=True, slots=True)
class MatchSnapshot:
    """What stands when a match is judged, the trade with the match in it."""

    trade: Trade
    initiating: Side
    receiving: Side
    calendar: Calendar
    codes: Mapping[str, ActivityCode]

    def other(self, side: Side) -> Side:
        """The side across the table."""
        return self.receiving if side.role is Role.INITIATING else self.initiating


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not hold: the vendor's word for it, what follows, and the reason for a person."""

    violation: str
    mode: Mode
    reason: Reason


@dataclass(frozen=True, slots=True)
class WeekPay:
    """Minutes paid for the shifts of one week, before and after a trade."""

    week_date: date
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Pay:
    """What a trade changes in one side's paid time, week by week, and the limits of a week where they are known."""

    weeks: tuple[WeekPay, ...]
    minimum: int | None
    maximum: int | None

    @property
    def before(self) -> int:
        """Minutes paid in all weeks that the trade touches, as they stand."""
        return sum(week.before for week in self.weeks)

    @property
    def after(self) -> int:
        """The same once the trade is done."""
        return sum(week.after for week in self.weeks)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all rules say of a match: ``findings`` in the order of the rules, and the rule that decides.

    ``unevaluated``: the vendor's names of rules whose limits are not known. Without ``pay`` a side is gone. ``wishes``:
    what the shift that a side gets makes of theirs; it is for nobody else's eyes.
    """

    verdict: Mode
    ruling: Ruling
    findings: tuple[Finding, ...] = ()
    unevaluated: tuple[str, ...] = ()
    pay: Mapping[Role, Pay] = field(default_factory=dict[Role, Pay])
    receives: Mapping[Role, ScheduledShift | None] = field(default_factory=dict[Role, ScheduledShift | None])
    wishes: Mapping[Role, tuple[WishVerdict, ...]] = field(default_factory=dict[Role, tuple[WishVerdict, ...]])


@dataclass(frozen=True, slots=True)
class Opening:
    """An offer that somebody could take: one-sided (no matches), or for one of ``match_ids``, shifts of theirs.

    ``judgements`` are what the rules say of each: by the id of the shift given, None for one-sided.
    """

    trade: Trade
    match_ids: tuple[str, ...] = ()
    judgements: Mapping[str | None, Judgement] = field(default_factory=dict[str | None, Judgement])


@dataclass(frozen=True, slots=True)
class TradeFilter:
    """Which trades are wanted; None does not restrict. A person is found on either side."""

    business_unit_id: str | None = None
    management_unit_ids: Sequence[str] | None = None
    week_dates: Sequence[date] | None = None
    person_ids: Sequence[str] | None = None
    states: Sequence[State] | None = None
    only_open: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """What an operation answered that was asked to answer later."""

    id: str
    kind: str
    body: Mapping[str, Any]
