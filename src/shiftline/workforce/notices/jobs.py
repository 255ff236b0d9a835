"""Notices follow from events of time off, trades, open shifts and adherence."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every, on
from shiftline.workforce.adherence.events import ExplanationAdded, ExplanationDecided
from shiftline.workforce.notices import operations, rules
from shiftline.workforce.schedule.events import OpenShiftChanged
from shiftline.workforce.timeoff.events import (
    ApprovedTimeOffChanged,
    TimeOffChanged,
    TimeOffEntered,
    TimeOffNews,
    TimeOffRequested,
)
from shiftline.workforce.trades.events import CycleChanged, CycleProposed, TradeOffered, TradeStateChanged


@on(TimeOffRequested)
@on(TimeOffEntered)
@on(TimeOffChanged)
@on(ApprovedTimeOffChanged)
async def tell_of_time_off(context: Context, happened: TimeOffNews) -> None:
    """Agents and approvers are told of a request's new state."""
    audience = rules.choose_time_off_audience(happened)
    if audience is not None:
        await operations.send_notices(context, rules.describe_time_off(happened), audience)


@on(TradeOffered)
@on(TradeStateChanged)
async def tell_of_trade(context: Context, happened: TradeOffered | TradeStateChanged) -> None:
    """The other side of a direct offer is told of it; the initiator of its expiry."""
    audience = rules.choose_trade_audience(happened)
    if audience is not None:
        await operations.send_notices(context, rules.describe_trade(happened.trade), audience)


@on(CycleProposed)
@on(CycleChanged)
async def tell_of_ring(context: Context, happened: CycleProposed | CycleChanged) -> None:
    """The people of a ring are told of it and of what became of it; whoever reviews trades when it waits for them."""
    audience = rules.choose_ring_audience(happened)
    if audience is not None:
        await operations.send_notices(context, rules.describe_ring(happened.cycle), audience)


@on(OpenShiftChanged)
async def tell_of_open_shift(context: Context, happened: OpenShiftChanged) -> None:
    """Whoever reviews trades is told of a claim, and its agent of what became of it."""
    audience = rules.choose_open_shift_audience(happened)
    if audience is not None:
        await operations.send_notices(context, rules.describe_open_shift(happened), audience)


@on(ExplanationAdded)
@on(ExplanationDecided)
async def tell_of_explanation(context: Context, happened: ExplanationAdded | ExplanationDecided) -> None:
    """Agents and those who decide are told of an explanation's new state."""
    audience = rules.choose_explanation_audience(happened)
    await operations.send_notices(context, rules.describe_explanation(happened.explanation), audience)


@every(timedelta(hours=6))
async def forget_old_notices(context: Context) -> None:
    """Notices are kept for sixty days."""
    await operations.forget_old_notices(context)
