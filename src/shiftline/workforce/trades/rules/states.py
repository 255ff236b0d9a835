"""How a trade moves from state to state: a table, and one rule for each transition."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from shiftline.foundation.decision import Reason
from shiftline.workforce.trades.model import State, Trade


def judge_cancellation(trade: Trade, now: datetime) -> Reason:
    """The initiator takes an offer back as long as it is open, or matched and not yet decided."""
    del trade, now
    return Reason("trade.cancel", holds=True, sentence="It may be canceled.")


def judge_expiry(trade: Trade, now: datetime) -> Reason:
    """An open offer ends at its expiry, a matched trade when the first of its shifts starts."""
    due = trade.ends_at <= now
    sentence = f"It {'expired' if due else 'expires'} at {trade.ends_at.isoformat()}."
    return Reason("trade.expire", holds=due, sentence=sentence)


def judge_matching(trade: Trade, now: datetime) -> Reason:
    """An open offer is taken; whether the match is good is judged by the rules of matching."""
    del trade, now
    return Reason("trade.take", holds=True, sentence="It may be taken.")


def judge_review(trade: Trade, now: datetime) -> Reason:
    """A matched trade is approved or denied."""
    del trade, now
    return Reason("trade.review", holds=True, sentence="It may be decided.")


TransitionRule: TypeAlias = Callable[[Trade, datetime], Reason]

# From, to -> the rule; what is not here is not allowed. The initiator cancels, the receiver matches, whoever reviews
# approves or denies, time expires.
TRANSITIONS: Mapping[tuple[State, State], TransitionRule] = {
    (State.UNMATCHED, State.CANCELED): judge_cancellation,
    (State.UNMATCHED, State.EXPIRED): judge_expiry,
    (State.UNMATCHED, State.MATCHED): judge_matching,
    (State.MATCHED, State.APPROVED): judge_review,
    (State.MATCHED, State.DENIED): judge_review,
    (State.MATCHED, State.CANCELED): judge_cancellation,
    (State.MATCHED, State.EXPIRED): judge_expiry,
}


def judge_transition(trade: Trade, target: State, now: datetime) -> Reason:
    """Whether a trade may move to another state now."""
    current = as_of(trade, now)
    rule = TRANSITIONS.get((current.state, target))
    if rule is None:
        sentence = f"A trade that is {current.state} cannot become {target}."
        return Reason("trade.transition.not.allowed", holds=False, sentence=sentence)
    return rule(current, now)


def judge_own_transition(trade: Trade, target: State, now: datetime) -> Reason:
    """Whether the initiator may move their trade: they cancel, and nothing else."""
    if target is not State.CANCELED:
        sentence = f"The agent who offers cannot make a trade {target}; they cancel it."
        return Reason("trade.transition.not.allowed", holds=False, sentence=sentence)
    return judge_transition(trade, target, now)


def as_of(trade: Trade, now: datetime) -> Trade:
    """The trade as it stands now: one whose end has come undecided is expired, whoever has noticed."""
    if trade.state in (State.UNMATCHED, State.MATCHED) and trade.ends_at <= now:
        return replace(trade, state=State.EXPIRED)
    return trade


def move(trade: Trade, state: State, by: str, now: datetime) -> Trade:
    """The trade in a new state, under its next version."""
    return replace(trade, state=state, changed_by=by, changed_at=now, version=trade.version + 1)
