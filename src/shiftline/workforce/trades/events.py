"""What happened to trades. Each event carries the whole trade."""

from dataclasses import dataclass

from shiftline.foundation.events import event
from shiftline.workforce.trades.model import State, Trade

SERVICE = "WorkforceManagement"
ENTITY = ("ShiftTrade", "trade_id")


@event("workforce.trade.offered", service=SERVICE, entity=ENTITY, action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class TradeOffered:
    """An agent offered a shift."""

    organization_id: str
    trade_id: str
    trade: Trade


@event("workforce.trade.state_changed", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class TradeStateChanged:
    """A trade moved from one state to another."""

    organization_id: str
    trade_id: str
    former_state: State
    trade: Trade
