"""Offers of shifts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from shiftline.foundation.time import Interval
from shiftline.workforce.units.model import Agent


class State(StrEnum):
    """Where a trade stands, in the vendor's words."""

    UNMATCHED = "Unmatched"
    MATCHED = "Matched"
    APPROVED = "Approved"
    DENIED = "Denied"
    EXPIRED = "Expired"
    CANCELED = "Canceled"


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

    @property
    def one_sided(self) -> bool:
        """Whether the initiator asks for no shift in return."""
        return not self.acceptable


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
class TradeSettings:
    """A management unit's rules for trades, as far as offers are concerned; the vendor's ShiftTradeSettings."""

    enabled: bool = True
    allow_direct_trades: bool = True
    allow_one_sided: bool = True
    notice: timedelta = timedelta(0)
    offers_per_week: int | None = None

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "TradeSettings":
        """From a management unit's settings; what is not set takes the default."""
        found: Mapping[str, Any] = settings.get("shiftTrading") or {}
        return cls(
            enabled=found.get("enabled", True) is not False,
            allow_direct_trades=found.get("allowDirectTrades", True) is not False,
            allow_one_sided=found.get("oneSided", "Allow") != "Disallow",
            notice=timedelta(hours=found.get("minHoursInFuture") or 0),
            offers_per_week=found.get("maxTradesPerAgentPerWeek"),
        )


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
    """What stands when somebody looks for offers that they could take."""

    agent: Agent
    settings: TradeSettings
    shifts: Sequence[Shift]
    time_off: Sequence[Interval]


@dataclass(frozen=True, slots=True)
class Opening:
    """An offer that somebody could take: one-sided (no matches), or for one of ``match_ids``, shifts of theirs."""

    trade: Trade
    match_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TradeFilter:
    """Which trades are wanted; None does not restrict. A person is found on either side."""

    business_unit_id: str | None = None
    management_unit_ids: Sequence[str] | None = None
    week_dates: Sequence[date] | None = None
    person_ids: Sequence[str] | None = None
    only_open: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """What an operation answered that was asked to answer later."""

    id: str
    kind: str
    body: Mapping[str, Any]
