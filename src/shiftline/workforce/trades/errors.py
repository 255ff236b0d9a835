"""What this room refuses."""

from collections.abc import Sequence

from shiftline.foundation.decision import Reason
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Problem
from shiftline.workforce.schedule.model.open_shifts import OpenShift
from shiftline.workforce.trades.model import Finding, Trade
from shiftline.workforce.trades.model.cycles import Cycle


class TradeNotFound(NotFound):
    """No such trade, or none that the caller has a part in."""

    def __init__(self, trade_id: str) -> None:
        super().__init__("shiftTrade", trade_id)


class ShiftNotFound(NotFound):
    """No such published shift."""

    def __init__(self, shift_id: str) -> None:
        super().__init__("shift", shift_id)


class JobNotFound(NotFound):
    """No such job of the caller; results are kept for a day, after a 202 only."""

    def __init__(self, job_id: str) -> None:
        super().__init__("job", job_id)


class OfferRefused(Invalid):
    """Rules stand against an offer: all of them, each naming a field."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(*(Problem(str(each.facts.get("field")), each.sentence, each.code) for each in reasons))
        self.reasons = tuple(reasons)


class TooManyTrades(Invalid):
    """More trades match than one answer holds; none is left out in silence."""

    def __init__(self, most: int) -> None:
        sentence = (
            f"more than {most} trades match: the span is too large. Ask for fewer weeks at once, or for single "
            "management units or people (the jobs under shifttrading/trades take all of these)."
        )
        super().__init__(Problem("weekDates", sentence, "trades.too.many"))


class AlreadyOffered(Conflict):
    """The shift stands in another open offer."""

    def __init__(self, reason: Reason, trade: Trade) -> None:
        super().__init__(
            reason.sentence,
            code=reason.code,
            current_version=trade.version,
            changed_by=trade.changed_by,
            changed_at=trade.changed_at,
        )


class StaleVersion(Conflict):
    """The trade changed since the caller read it."""

    def __init__(self, current: Trade, sent: int) -> None:
        super().__init__(
            f"You sent version {sent}; the current version is {current.version}.",
            code="trade.version.stale",
            current_version=current.version,
            changed_by=current.changed_by,
            changed_at=current.changed_at,
        )


class OfferTaken(Conflict):
    """An offer that is taken, decided or over is not changed any more."""

    def __init__(self, current: Trade) -> None:
        super().__init__(
            f"The trade is {current.state}: only an open offer can be changed.",
            code="trade.not.open",
            current_version=current.version,
            changed_by=current.changed_by,
            changed_at=current.changed_at,
        )


class TradeImpossible(Conflict):
    """The schedule refuses what a trade would make of it; nothing was changed."""

    def __init__(self, trade: Trade, why: str) -> None:
        super().__init__(
            f"The trade cannot be carried out, and nothing was changed: {why}",
            code="trade.impossible",
            current_version=trade.version,
            changed_by=trade.changed_by,
            changed_at=trade.changed_at,
        )


class OfferHeld(Conflict):
    """The offer is used by a ring that all of its people have accepted and that waits for its review."""

    def __init__(self, trade: Trade, cycle: Cycle) -> None:
        super().__init__(
            f"The offer is a part of the ring {cycle.id}, which all of its people have accepted and which waits for a "
            f"review until {cycle.expires_at.isoformat()}. It is free again if that is denied or ends: try then, or ask "
            "whoever reviews trades to decide the ring.",
            code="trade.ring.held",
            current_version=trade.version,
            changed_by=cycle.changed_by,
            changed_at=cycle.changed_at,
        )


class OpenShiftHeld(Conflict):
    """The open shift begins a ring that all of its people have accepted and that waits for its review."""

    def __init__(self, open_shift: OpenShift, cycle: Cycle) -> None:
        super().__init__(
            f"The shift begins the ring {cycle.id}, which all of its people have accepted and which waits for a review "
            f"until {cycle.expires_at.isoformat()}. It is open again if that is denied or ends: try then, or ask whoever "
            "reviews trades to decide the ring.",
            code="open.shift.held",
            current_version=open_shift.version,
            changed_by=cycle.changed_by,
            changed_at=cycle.changed_at,
        )


class CycleNotFound(NotFound):
    """No such proposed ring of trades, or none that the caller has a part in."""

    def __init__(self, cycle_id: str) -> None:
        super().__init__("tradeCycle", cycle_id)


class CycleClosed(Conflict):
    """The proposal is not (any more) where that can be done with it; its state and why."""

    def __init__(self, cycle: Cycle, wish: str) -> None:
        why = "" if cycle.ruling is None else f" {cycle.ruling.sentence}"
        super().__init__(
            f"A proposal that is {cycle.state} cannot be {wish}.{why}",
            code="trade.ring.closed",
            current_version=cycle.version,
            changed_by=cycle.changed_by,
            changed_at=cycle.changed_at,
        )


class CycleStale(Conflict):
    """The proposal changed since the caller read it."""

    def __init__(self, current: Cycle, sent: int) -> None:
        super().__init__(
            f"You sent version {sent}; the current version is {current.version}.",
            code="trade.ring.version.stale",
            current_version=current.version,
            changed_by=current.changed_by,
            changed_at=current.changed_at,
        )


class TooManyOffers(Invalid):
    """More open offers than one search takes; none is left out in silence."""

    def __init__(self, most: int) -> None:
        sentence = f"more than {most} offers are open in these weeks: search fewer weeks, or single management units."
        super().__init__(Problem("weekCount", sentence, "trades.too.many"))


class OpenShiftRefused(Invalid):
    """Rules stand against taking an open shift: all of them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            *(Problem("openShiftId", each.reason.sentence, each.reason.code) for each in findings),
            code=findings[0].reason.code,
        )
        self.findings = tuple(findings)


class OpenShiftImpossible(Conflict):
    """The schedule refuses what taking an open shift would make of it; nothing was changed."""

    def __init__(self, open_shift: OpenShift, why: str) -> None:
        super().__init__(
            f"The open shift {open_shift.id} cannot be taken, and nothing was changed: {why}",
            code="open.shift.impossible",
            current_version=open_shift.version,
        )
