"""What happened to trades. Each event carries the whole trade."""

from dataclasses import dataclass
from datetime import date

from shiftline.foundation.events import event
from shiftline.workforce.trades.model import Reviewed, State, Trade
from shiftline.workforce.trades.model.cycles import Cycle, CycleState

SERVICE = "WorkforceManagement"
ENTITY = ("ShiftTrade", "trade_id")


@event("workforce.trade.offered", service=SERVICE, entity=ENTITY, action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class TradeOffered:
    """An agent offered a shift."""

    organization_id: str
    trade_id: str
    trade: Trade


@event("workforce.trade.changed", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferChanged:
    """The initiator changed what they ask for, or from whom, or until when."""

    organization_id: str
    trade_id: str
    former: Trade
    trade: Trade


@event("workforce.trade.state_changed", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class TradeStateChanged:
    """A trade moved from one state to another."""

    organization_id: str
    trade_id: str
    former_state: State
    trade: Trade


@event("workforce.trades.reviewed", service=SERVICE, entity=("ShiftTradeReview", "operation_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class TradesReviewed:
    """Somebody decided trades of a management unit's week; each that moved has its own event, too."""

    organization_id: str
    management_unit_id: str
    operation_id: str
    week_date: date
    outcomes: tuple[Reviewed, ...]


@event("workforce.trade_cycle.proposed", service=SERVICE, entity=("ShiftTradeCycle", "cycle_id"), action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class CycleProposed:
    """A ring of trades was found and proposed to its people."""

    organization_id: str
    cycle_id: str
    cycle: Cycle


@event("workforce.trade_cycle.changed", service=SERVICE, entity=("ShiftTradeCycle", "cycle_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class CycleChanged:
    """Somebody answered a proposed ring of trades, or it moved from one state to another."""

    organization_id: str
    cycle_id: str
    former_state: CycleState
    cycle: Cycle
