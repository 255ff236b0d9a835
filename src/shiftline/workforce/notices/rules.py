"""Who is told of what. Pure."""

from collections.abc import Iterable, Sequence

from shiftline.workforce.notices.model import Audience, Kind, Notice, Subject, TimeOffFacts, TradeFacts
from shiftline.workforce.timeoff.events import TimeOffNews
from shiftline.workforce.timeoff.model import Status
from shiftline.workforce.trades.events import TradeOffered, TradeStateChanged
from shiftline.workforce.trades.model import State, Trade

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
    facts = TradeFacts(
        trade_id=trade.id,
        person_id=trade.person_id,
        week_date=trade.shift.week_date,
        one_sided=trade.one_sided,
        state=trade.state.value,
        shift_starts_at=trade.shift.span.start,
        target_person_id=trade.target_person_id,
    )
    return Subject(Kind.TRADE, trade.id, trade.version, trade.changed_at, trade=facts)


def choose_trade_audience(happened: TradeOffered | TradeStateChanged) -> Audience | None:
    """The target of a direct offer is told of it and of its end; the initiator is told when it expires."""
    trade = happened.trade
    told = [] if trade.target_person_id is None else [trade.target_person_id]
    if trade.state is State.EXPIRED:
        told.append(trade.person_id)
    return Audience(agents=tuple(told), author_id=trade.changed_by) if told else None


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
