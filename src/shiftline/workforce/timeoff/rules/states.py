"""How a request moves from state to state: a table, and one rule for each transition."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from shiftline.foundation.decision import Reason
from shiftline.workforce.timeoff.model import Status, Substatus, TimeOffRequest


def judge_approval(request: TimeOffRequest, now: datetime) -> Reason:
    """An approver may grant what is pending or was denied, also for the past: sick days are often entered late."""
    del now
    return Reason("timeoff.approve", holds=True, sentence="It may be approved.", facts={"id": request.id})


def judge_denial(request: TimeOffRequest, now: datetime) -> Reason:
    """An approver may deny what is pending, and take an approval back until the time off has ended."""
    if request.status is Status.APPROVED and request.pieces[-1].ends_at <= now:
        sentence = "It was approved and is over: time off that was taken cannot be denied any more."
        return Reason("timeoff.deny.over", holds=False, sentence=sentence)
    return Reason("timeoff.deny", holds=True, sentence="It may be denied.")


def judge_reopening(request: TimeOffRequest, now: datetime) -> Reason:
    """An approver may put a decision back to pending until the time off has begun."""
    if request.pieces[0].starts_at <= now:
        sentence = "Its time has begun: it cannot be put back to pending. Approve or deny it."
        return Reason("timeoff.reopen.begun", holds=False, sentence=sentence)
    return Reason("timeoff.reopen", holds=True, sentence="It may be put back to pending.")


def judge_cancellation(request: TimeOffRequest, now: datetime) -> Reason:
    """The agent may cancel until the first requested day or part of a day has passed."""
    if request.pieces[0].ends_at <= now:
        sentence = "Its first requested day has passed: it cannot be canceled any more. Ask an approver."
        return Reason("timeoff.cancel.passed", holds=False, sentence=sentence)
    return Reason("timeoff.cancel", holds=True, sentence="It may be canceled.")


def judge_annotation(request: TimeOffRequest) -> Reason:
    """The agent may change notes and estimates while the request is pending."""
    if request.status is Status.PENDING:
        return Reason("timeoff.annotate", holds=True, sentence="It may be annotated.")
    sentence = f"It is {request.status}: notes and estimates can be changed only while a request is pending."
    return Reason("timeoff.annotate.not.pending", holds=False, sentence=sentence)


def judge_edit(request: TimeOffRequest) -> Reason:
    """An approver may change whatever the agent has not canceled."""
    if request.status is not Status.CANCELED:
        return Reason("timeoff.edit", holds=True, sentence="It may be changed.")
    sentence = "Its agent canceled it: it cannot be changed any more. A new request can be entered."
    return Reason("timeoff.edit.canceled", holds=False, sentence=sentence)


TransitionRule: TypeAlias = Callable[[TimeOffRequest, datetime], Reason]

# From, to -> the rule. What is not here is refused; canceling is the agent's, everything else the approver's.
TRANSITIONS: Mapping[tuple[Status, Status], TransitionRule] = {
    (Status.PENDING, Status.APPROVED): judge_approval,
    (Status.PENDING, Status.DENIED): judge_denial,
    (Status.PENDING, Status.CANCELED): judge_cancellation,
    (Status.APPROVED, Status.PENDING): judge_reopening,
    (Status.APPROVED, Status.DENIED): judge_denial,
    (Status.APPROVED, Status.CANCELED): judge_cancellation,
    (Status.DENIED, Status.PENDING): judge_reopening,
    (Status.DENIED, Status.APPROVED): judge_approval,
}


def judge_transition(request: TimeOffRequest, target: Status, now: datetime) -> Reason:
    """Whether a request may move to another state now."""
    rule = TRANSITIONS.get((request.status, target))
    if rule is None:
        sentence = f"A time-off request that is {request.status} cannot become {target}."
        return Reason("timeoff.transition.not.allowed", holds=False, sentence=sentence)
    return rule(request, now)


def choose_substatus(status: Status) -> Substatus | None:
    """The substatus of a fresh state: pending requests wait for a person, decided ones need no further word."""
    return Substatus.MANUAL_APPROVAL if status is Status.PENDING else None
