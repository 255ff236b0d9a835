"""Whether a shift may be offered: one rule, one sentence each. A rule that refuses names the field in its facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeAlias

from shiftline.foundation.decision import Reason
from shiftline.foundation.time import DAY, Interval
from shiftline.workforce.trades.model import Mode, Offer, OfferChange, OfferSnapshot, Trade, TradeSettings
from shiftline.workforce.units.model import Agent

INTERVALS_AT_MOST = 50
REACH = 6 * 7 * DAY  # trades reach over six weeks, as commercial systems document
SHORTEST = timedelta(minutes=15)

OfferRule: TypeAlias = Callable[[Offer, OfferSnapshot, datetime], Reason]


def _verdict(code: str, field: str, sentence: str, *, holds: bool) -> Reason:
    return Reason(code, holds=holds, sentence=sentence, facts={"field": field})


def judge_enabled(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> Reason:
    """Shift trading is on in the agent's management unit."""
    del now
    sentence = "Shift trading is off in your management unit."
    return _verdict("trade.disabled", offer.at("shift_id"), sentence, holds=snapshot.settings.enabled)


def judge_own(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> Reason:
    """An agent offers only their own shift."""
    del now
    holds = snapshot.shift.person_id == snapshot.agent.person_id
    return _verdict("trade.shift.not.own", offer.at("shift_id"), "Only your own shift can be offered.", holds=holds)


def judge_week(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> Reason:
    """The shift is of the week that the offer names."""
    del now
    weeks = (None, snapshot.shift.week_date, snapshot.shift.schedule_week_date)
    sentence = f"The shift is not of this week but of the week of {snapshot.shift.week_date}."
    return _verdict("trade.week.different", offer.at("week_date"), sentence, holds=offer.week_date in weeks)


def judge_future(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> Reason:
    """A shift that has begun cannot be offered."""
    begun = snapshot.shift.span.start <= now
    return _verdict("trade.shift.begun", offer.at("shift_id"), "The shift has begun or is over.", holds=not begun)


def judge_notice(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> Reason:
    """A shift is offered with the management unit's notice before its start."""
    notice, start = snapshot.settings.notice, snapshot.shift.span.start
    sentence = (
        f"The shift starts in less than {notice // timedelta(hours=1)} hours, the notice of your management unit."
    )
    holds = start <= now or start - now >= notice  # a begun shift has a rule of its own
    return _verdict("trade.notice", offer.at("shift_id"), sentence, holds=holds)


def judge_free(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> Reason:
    """A shift stands in one open offer at a time."""
    del now
    trade = snapshot.open_trade
    sentence = "" if trade is None else f"The shift is offered already (trade {trade.id}, version {trade.version})."
    return _verdict("trade.already.offered", offer.at("shift_id"), sentence, holds=trade is None)


def judge_intervals(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> Reason:
    """Acceptable intervals are at least a quarter of an hour long, to come, near the shift, and apart from each other."""
    field = offer.at("acceptable")
    if len(offer.acceptable) > INTERVALS_AT_MOST:
        sentence = f"At most {INTERVALS_AT_MOST} acceptable intervals can be given."
        return _verdict("trade.intervals.too.many", field, sentence, holds=False)
    near = Interval(max(now, snapshot.shift.span.start - REACH), max(now, snapshot.shift.span.end + REACH))
    for index, interval in enumerate(offer.acceptable):
        wrong = _wrong_with(interval, near)
        if wrong is not None:
            return _verdict("trade.interval", f"{field}[{index}]", wrong, holds=False)
    for earlier, later in pairwise(sorted(offer.acceptable)):
        if earlier.overlaps(later):
            sentence = f"The intervals from {earlier.start.isoformat()} and from {later.start.isoformat()} overlap."
            return _verdict("trade.intervals.overlap", field, sentence, holds=False)
    return _verdict("trade.intervals", field, "The acceptable intervals are sound.", holds=True)


def _wrong_with(interval: Interval, near: Interval) -> str | None:
    if interval.length < SHORTEST:
        return f"must be at least {SHORTEST // timedelta(minutes=1)} minutes long."
    if interval.end <= near.start:
        return "is over already."
    if not near.overlaps(interval):
        return f"is more than {REACH // (7 * DAY)} weeks from the shift."
    return None


def judge_expiry(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> Reason:
    """An offer expires after now and no later than its shift starts."""
    field, expiry, start = offer.at("expires_at"), offer.expires_at, snapshot.shift.span.start
    if expiry is not None and expiry <= now:
        return _verdict("trade.expiry.past", field, "The expiry must be later than now.", holds=False)
    sentence = f"The offer must expire no later than its shift starts, {start.isoformat()}."
    return _verdict("trade.expiry.late", field, sentence, holds=expiry is None or expiry <= start)


def judge_target(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> Reason:
    """A direct offer goes to another agent of a management unit that trades with this one, where that is allowed."""
    del now
    field, target = offer.at("target_person_id"), snapshot.target
    if offer.target_person_id is None:
        return _verdict("trade.target", field, "The offer is open to all.", holds=True)
    if not snapshot.settings.allow_direct_trades:
        sentence = "Direct trades are not allowed in your management unit."
        return _verdict("trade.target.not.allowed", field, sentence, holds=False)
    if offer.target_person_id == snapshot.agent.person_id:
        return _verdict("trade.target.self", field, "A shift cannot be traded with yourself.", holds=False)
    holds = target is not None and _is_near(snapshot.agent, target)
    sentence = f"{offer.target_person_id} is no agent of your management unit, nor of one that trades with it."
    return _verdict("trade.target.elsewhere", field, sentence, holds=holds)


def _is_near(agent: Agent, target: Agent) -> bool:
    if agent.management_unit_id == target.management_unit_id:
        return True
    both = [TradeSettings.of(each.management_unit_settings).across_units for each in (agent, target)]
    return agent.business_unit_id == target.business_unit_id and Mode.REFUSE not in both


def judge_return(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> Reason:
    """A shift is given away for nothing only where one-sided trades are allowed."""
    del now
    sentence = "One-sided trades are not allowed in your management unit: give acceptable intervals."
    holds = bool(offer.acceptable) or snapshot.settings.allow_one_sided
    return _verdict("trade.one.sided", offer.at("acceptable"), sentence, holds=holds)


def judge_limit(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> Reason:
    """An agent makes at most so many offers for shifts of one week."""
    del now
    limit = snapshot.settings.offers_per_week
    sentence = f"You have made {snapshot.week_offers} offers for shifts of that week; {limit} are allowed."
    holds = limit is None or snapshot.week_offers < limit
    return _verdict("trade.weekly.limit", offer.at("shift_id"), sentence, holds=holds)


RULES: tuple[OfferRule, ...] = (
    judge_enabled,
    judge_own,
    judge_week,
    judge_future,
    judge_notice,
    judge_free,
    judge_intervals,
    judge_expiry,
    judge_target,
    judge_return,
    judge_limit,
)


def judge_offer(offer: Offer, snapshot: OfferSnapshot, now: datetime) -> tuple[Reason, ...]:
    """The verdicts of all rules, in order."""
    return tuple(rule(offer, snapshot, now) for rule in RULES)


def is_same_offer(trade: Trade, offer: Offer, person_id: str) -> bool:
    """Whether an open trade is what is offered again: a repeat of a request must not be refused as a second offer."""
    expires_at = trade.shift.span.start if offer.expires_at is None else offer.expires_at
    return (trade.person_id, trade.acceptable, trade.target_person_id, trade.expires_at, trade.review_note) == (
        person_id,
        tuple(sorted(offer.acceptable)),
        offer.target_person_id,
        expires_at,
        offer.review_note,
    )


def change_of(trade: Trade, change: OfferChange) -> Offer:
    """The offer that a change makes of an open one."""
    standing = Offer(
        shift_id=trade.shift.id,
        schedule_id=trade.shift.schedule_id,
        week_date=change.week_date,
        acceptable=trade.acceptable,
        target_person_id=trade.target_person_id,
        # Without another wish an offer that held until its shift goes on doing so.
        expires_at=None if trade.expires_at == trade.shift.span.start else trade.expires_at,
        review_note=trade.review_note,
        fields=change.fields,
    )
    return replace(standing, **change.values)
