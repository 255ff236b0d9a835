"""Who is told of what. Pure."""

from collections.abc import Iterable, Sequence

from shiftline.workforce.adherence.events import ExplanationAdded, ExplanationDecided
from shiftline.workforce.adherence.model import Explanation, ExplanationStatus
from shiftline.workforce.notices.model import (
    Audience,
    ExplanationFacts,
    Kind,
    Notice,
    OpenShiftFacts,
    RingFacts,
    Subject,
    TimeOffFacts,
    TradeFacts,
)
from shiftline.workforce.schedule.events import OpenShiftChanged
from shiftline.workforce.schedule.model.open_shifts import OpenShiftState
from shiftline.workforce.timeoff.events import TimeOffNews
from shiftline.workforce.timeoff.model import Status
from shiftline.workforce.trades.events import CycleChanged, CycleProposed, TradeOffered, TradeStateChanged
from shiftline.workforce.trades.model import State, Trade
from shiftline.workforce.trades.model.cycles import Cycle, CycleState

REVIEW_TRADES = ("wfm:shiftTradeRequest:edit",)
DECIDE_EXPLANATIONS = ("wfm:adherenceExplanation:notify", "wfm:adherenceExplanation:edit")
APPROVE_TIME_OFF = ("wfm:timeOffRequest:notify", "wfm:timeOffRequest:edit")


def describe_time_off(happened: TimeOffNews) -> Subject:
    """What a notice says of a time-off request."""
    request = happened.request
    facts = TimeOffFacts(
        request_id=request.id,
        person_id=request.person_id,
        status=request.status.value,
        days=tuple(piece.day for piece in request.pieces if piece.day is not None),
        starts=tuple(piece.starts_at for piece in request.pieces if piece.day is None),
    )
    return Subject(Kind.TIME_OFF, request.id, request.version, request.modified_at, time_off=facts)


def choose_time_off_audience(happened: TimeOffNews) -> Audience | None:
    """The agent is told what others file or decide; approvers are told what asks for them, or does so no longer.

    Notes, read marks and other changes that leave the state tell nobody.
    """
    request = happened.request
    if request.status is happened.former_status:
        return None
    agent, author = request.person_id, request.modified_by
    asks = Status.PENDING in (request.status, happened.former_status)
    return Audience(
        agents=() if author == agent else (agent,),
        permissions=APPROVE_TIME_OFF if asks and author == agent else (),
        agent_id=agent,
        author_id=author,
    )


def describe_trade(trade: Trade) -> Subject:
    """What a notice says of a trade."""
    match = trade.match
    facts = TradeFacts(
        trade_id=trade.id,
        person_id=trade.person_id,
        week_date=trade.shift.week_date,
        one_sided=trade.one_sided,
        state=trade.state.value,
        shift_starts_at=trade.shift.span.start,
        target_person_id=trade.target_person_id,
        receiving_person_id=None if match is None else match.person_id,
        receiving_shift_starts_at=None if match is None or match.shift is None else match.shift.span.start,
    )
    return Subject(Kind.TRADE, trade.id, trade.version, trade.changed_at, trade=facts)


def choose_trade_audience(happened: TradeOffered | TradeStateChanged) -> Audience | None:
    """The target of a direct offer is told of it and of its end, both sides of what becomes of a match; the initiator is
    told when the offer expires, and whoever reviews trades when a match waits for them.
    """
    trade = happened.trade
    told = [] if trade.target_person_id is None else [trade.target_person_id]
    if trade.match is not None:
        told += [trade.person_id, trade.match.person_id]
    elif trade.state is State.EXPIRED:
        told.append(trade.person_id)
    if not told:
        return None
    waits = trade.state is State.MATCHED
    return Audience(
        agents=tuple(dict.fromkeys(told)),
        permissions=REVIEW_TRADES if waits else (),
        agent_id=trade.person_id if waits else None,
        author_id=trade.changed_by,
    )


def describe_ring(cycle: Cycle) -> Subject:
    """What a notice says of a ring of trades."""
    facts = RingFacts(
        ring_id=cycle.id,
        business_unit_id=cycle.business_unit_id,
        week_date=cycle.week_date,
        state=cycle.state.value,
        people=len(cycle.members),
        accepted=cycle.accepted,
        sentence=None if cycle.ruling is None else cycle.ruling.sentence,
    )
    return Subject(Kind.RING, cycle.id, cycle.version, cycle.changed_at, ring=facts)


def choose_ring_audience(happened: CycleProposed | CycleChanged) -> Audience | None:
    """All of a ring's people are told that it is proposed and what became of it, except whoever's answer or decision that
    was; whoever reviews trades is told that it waits for them. An acceptance that leaves others to answer tells nobody.
    """
    cycle = happened.cycle
    if isinstance(happened, CycleChanged) and happened.former_state is cycle.state:
        return None
    waits = cycle.state is CycleState.ACCEPTED
    return Audience(
        agents=tuple(member.person_id for member in cycle.members),
        permissions=REVIEW_TRADES if waits else (),
        agent_id=cycle.members[0].person_id if waits else None,
        author_id=None if isinstance(happened, CycleProposed) else cycle.changed_by,
    )


def describe_open_shift(happened: OpenShiftChanged) -> Subject:
    """What a notice says of an open shift that somebody claimed."""
    found = happened.open_shift
    facts = OpenShiftFacts(
        open_shift_id=found.id,
        person_id=_claimant_of(happened) or "",
        management_unit_id=found.management_unit_id,
        business_unit_id=found.business_unit_id,
        week_date=found.week_date,
        state=found.state.value,
        starts_at=found.shift.start,
        length_minutes=found.shift.minutes,
        sentence=None if found.ruling is None else found.ruling[1],
    )
    return Subject(Kind.OPEN_SHIFT, found.id, found.version, found.changed_at, open_shift=facts)


def choose_open_shift_audience(happened: OpenShiftChanged) -> Audience | None:
    """Whoever reviews trades is told of a claim that waits for them; who claimed, what became of it without their doing.
    What is taken at once, and what nobody had claimed, tells nobody.
    """
    found, claimant = happened.open_shift, _claimant_of(happened)
    if claimant is None:
        return None
    if found.state is OpenShiftState.CLAIMED:
        return Audience(permissions=REVIEW_TRADES, agent_id=claimant, author_id=found.changed_by)
    if happened.former_state is not OpenShiftState.CLAIMED or found.changed_by == claimant:
        return None
    return Audience(agents=(claimant,), author_id=found.changed_by)


def _claimant_of(happened: OpenShiftChanged) -> str | None:
    taker = happened.open_shift.taker
    return happened.former_taker_id if taker is None else taker.person_id


def describe_explanation(explanation: Explanation) -> Subject:
    """What a notice says of an adherence explanation."""
    facts = ExplanationFacts(
        explanation_id=explanation.id,
        person_id=explanation.person_id,
        management_unit_id=explanation.management_unit_id,
        business_unit_id=explanation.business_unit_id,
        type=explanation.type,
        status=explanation.status.value,
        starts_at=explanation.start,
        length_minutes=explanation.length_minutes,
        notes=explanation.notes,
    )
    at = explanation.reviewed_at or explanation.submitted_at
    return Subject(Kind.EXPLANATION, explanation.id, explanation.version, at, explanation=facts)


def choose_explanation_audience(happened: ExplanationAdded | ExplanationDecided) -> Audience:
    """The agent is told what others enter or decide; whoever decides explanations is told of one that waits for them."""
    explanation = happened.explanation
    waits = explanation.status is ExplanationStatus.PENDING
    return Audience(
        agents=(explanation.person_id,),
        permissions=DECIDE_EXPLANATIONS if waits else (),
        agent_id=explanation.person_id,
        author_id=happened.by,
    )


def compose_notices(
    subject: Subject, audience: Audience, approver_ids: Iterable[str], ids: Sequence[str]
) -> tuple[Notice, ...]:
    """One notice for each person, once, in the order agents before approvers; ``ids`` are fresh, at least as many."""
    agents = dict.fromkeys(person for person in audience.agents if person != audience.author_id)
    approvers = dict.fromkeys(person for person in approver_ids if person not in (*agents, audience.author_id))
    told = [(person, True) for person in agents] + [(person, False) for person in approvers]
    return tuple(
        Notice(notice_id, person, subject, for_agent) for (person, for_agent), notice_id in zip(told, ids, strict=False)
    )
