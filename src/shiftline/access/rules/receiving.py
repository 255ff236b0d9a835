"""May somebody be offered calls: the gates of connecting, then routing's own rules, each told in a sentence. Pure.

What hinders is judged by ``routing.rules.eligibility``, which the router asks when it makes offers: the two cannot disagree
about the same facts. Only the words are made here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from shiftline.access.model.connecting import Snapshot
from shiftline.access.model.offers import LineFact
from shiftline.access.model.receiving import MembershipFact, Reception
from shiftline.access.rules.connecting import list_gates, name_of
from shiftline.access.rules.hindrances import GO_ON_QUEUE, MAKE_PHONE, refuse
from shiftline.access.rules.irrelevances import list_irrelevances
from shiftline.access.rules.words import count, lasting, listing, since, when
from shiftline.foundation.decision import Decision, Fact, Irrelevance, Reason, Source
from shiftline.presence.model import SYSTEM_LABELS, SystemPresence
from shiftline.routing.model.choices import Agent, Hindrance, Need, Place
from shiftline.routing.model.queues import HIGHEST_RING, Medium, QueueSettings, SkillEvaluation
from shiftline.routing.rules import eligibility
from shiftline.routing.rules.choices import REFUSAL_PAUSE
from shiftline.routing.rules.eligibility import Ask, Rule, asked_skills
from shiftline.routing.rules.rings import reach_ring, relax

SOFTPHONE_TRANSPORT = "xmpp"


@dataclass(frozen=True, slots=True)
class Wish:
    """The call that waits and is asked about (None: any), with names of its skills by id.

    ``declined_at``: when the person declined it last.
    """

    line: LineFact | None = None
    skills: Mapping[str, str] = field(default_factory=dict[str, str])
    declined_at: datetime | None = None


ANY_CALL = Wish()
NOT_MEMBER = Hindrance("not.member", {})
"""Routing considers members alone; of somebody else it is told here."""


def judge_reception(
    snapshot: Snapshot, reception: Reception, wish: Wish = ANY_CALL, *, ahead: bool = False
) -> Decision:
    """Every gate of being offered calls (of a queue, or one that waits), all blockers, not just the first."""
    connecting, next_change_at = list_gates("receive", snapshot, ahead=ahead)
    case = _Case(snapshot, reception, wish)
    told = [(rule, case.tell(rule, tell)) for rule, tell in GATES]
    gates = [*connecting, *(gate for _, gate in told if gate is not None)]
    gates.insert(len(connecting) + _BEFORE_PRESENCE, _tell_presence(case))
    declined = _judge_declined(case)
    if declined is not None:
        gates.append(declined)
    coming = [each for each in (next_change_at, *case.changes()) if each is not None and each > snapshot.at]
    return Decision(
        action="receive",
        subject_id=snapshot.person_id,
        evaluated_at=snapshot.at,
        gates=tuple(gates),
        not_a_cause=list_irrelevances("receive", snapshot),
        warnings=_warn_of_ring(case),
        next_change_at=min(coming, default=None),
        who=name_of(snapshot),
        what=case.what,
    )


def list_planned_gates(snapshot: Snapshot, reception: Reception, *, ahead: bool) -> tuple[Reason, ...]:
    """The gates of being offered calls that stand on what is planned and set; not what somebody does at that moment (a session, the
    presence, another call).
    """
    connecting, _ = list_gates("receive", snapshot, ahead=ahead)
    joining = _Case(snapshot, reception, ANY_CALL).tell(eligibility.judge_joining, _tell_joining)
    return connecting if joining is None else (*connecting, joining)


class _Case:
    """The facts as routing's rules take them."""

    def __init__(self, snapshot: Snapshot, reception: Reception, wish: Wish) -> None:
        self.snapshot, self.reception, self.wish = snapshot, reception, wish
        self.name = name_of(snapshot)
        self.agent = _make_agent(snapshot, reception)
        self.queue_id, self.queue = self._choose_queue()
        self.ask = self._make_ask()

    @property
    def settings(self) -> QueueSettings | None:
        """How the queue works that is asked about; None: none in particular."""
        if self.wish.line is not None:
            return self.wish.line.settings
        return self.reception.queue and self.reception.queue.settings

    @property
    def what(self) -> str:
        if self.wish.line is not None:
            return "get this call"
        return "receive calls" if self.queue is None else f"receive calls of {self.queue}"

    @property
    def membership(self) -> MembershipFact | None:
        """The place in the queue that is asked about, or that was."""
        return next((each for each in self.reception.memberships if each.queue_id == self.queue_id), None)

    def tell(self, rule: Rule, tell: "_Tell") -> Reason | None:
        return tell(rule(self.agent, self.ask), self)

    def changes(self) -> tuple[datetime | None, ...]:
        """When hindrances that end by themselves do so."""
        return _reached_at(self), self.wish.declined_at and self.wish.declined_at + REFUSAL_PAUSE

    def _choose_queue(self) -> tuple[str, str | None]:
        if self.wish.line is not None:
            return self.wish.line.queue_id, self.wish.line.queue
        if self.reception.queue is not None:
            return self.reception.queue.id, self.reception.queue.name
        joined = next((each.queue_id for each in self.reception.memberships if each.active and each.joined), "")
        return joined, None

    def _make_ask(self) -> Ask:
        line, utilization = self.wish.line, self.reception.utilization
        if line is None:
            return Ask(self.queue_id, Need(Medium.CALL), HIGHEST_RING, SkillEvaluation.ALL, utilization)
        rings = line.settings.rings
        ring = reach_ring(rings, self.snapshot.at - line.enqueued_at)
        need = relax(Need(line.medium, line.skill_ids, line.language_id), rings, ring)
        return Ask(line.queue_id, need, ring, line.settings.skill_evaluation, utilization)


def _make_agent(snapshot: Snapshot, reception: Reception) -> Agent:
    status, load = reception.status, dict[Medium, int]()
    for each in reception.handled:
        load[each.medium] = load.get(each.medium, 0) + 1
    return Agent(
        person_id=snapshot.person_id,
        active=True,  # those two are gates of connecting
        permitted=True,
        reachable=any(each.transport == SOFTPHONE_TRANSPORT for each in reception.sessions),
        connected=bool(reception.sessions),
        station_id=snapshot.station and snapshot.station.id,
        auto_answer=False,
        status=status.status if status else "OFF_QUEUE",
        since=(status and (status.started_at or status.since)) or snapshot.at,
        alerted=reception.alert is not None,
        load=load,
        skills={each.skill_id: each.proficiency for each in reception.skills},
        places={each.queue_id: Place(each.joined, each.ring_number) for each in reception.memberships if each.active},
    )


def _tell_session(hindrance: Hindrance | None, case: _Case) -> Reason:
    sessions = sorted(case.reception.sessions, key=lambda each: (each.transport != SOFTPHONE_TRANSPORT, each.since))
    if hindrance is None:
        first = sessions[0].since
        source = Source("presence.session_lease", first)
        return Reason("session.live", True, f"A softphone is connected since {when(first)}.", source=source)
    left = case.reception.left
    ended = f": the last one was disconnected on {when(left.at)}" if left else ""
    other = "; something else listens for notifications, but cannot ring" if sessions else ""
    source = left and Source("presence.session_lease", left.at)
    facts = {"lastDisconnectReason": left.reason} if left else {}
    return refuse(hindrance, f"No softphone is connected{ended}{other}.", facts, source)


def _tell_station(hindrance: Hindrance | None, case: _Case) -> Reason:
    station = case.snapshot.station
    if hindrance is None and station is not None:
        facts = {"stationId": station.id}
        return Reason("station.associated", True, f"The station {station.name} is associated.", facts)
    sentence = "No station is associated: there is no phone to ring."
    gate = refuse(hindrance or Hindrance("no.station", {}), sentence)
    return gate if case.reception.own_station is not None else replace(gate, remedies=(MAKE_PHONE,))


def _tell_presence(case: _Case) -> Reason:
    fact = case.reception.presence
    source = fact and Source("presence.agent_presence", fact.since, fact.by)
    if fact is not None and fact.presence == SystemPresence.ON_QUEUE:
        return Reason("presence.on_queue", True, f"The presence is On Queue since {when(fact.since)}.", source=source)
    current = SystemPresence(fact.presence) if fact else SystemPresence.OFFLINE
    sentence = f"The presence is {SYSTEM_LABELS[current]}{since(fact and fact.since)}, not On Queue."
    facts = {"presence": current}
    return Reason("presence.not_on_queue", False, sentence, facts, source, (GO_ON_QUEUE,))


def _tell_status(hindrance: Hindrance | None, case: _Case) -> Reason:
    fact = case.reception.status
    source = fact and Source("presence.routing_status", fact.since, fact.by)
    status = f"The routing status is {case.agent.status}{since(fact and fact.since)}"
    if hindrance is not None:
        facts = _facts_of_load(case) if case.agent.load else {}
        return refuse(hindrance, f"{status}{_explain_status(case)}.", facts, source)
    more = f": {_tell_load(case)}, and more fits beside it" if case.agent.load else ""
    return Reason("status.free", True, f"{status}{more}.", {"status": case.agent.status}, source)


def _explain_status(case: _Case) -> str:
    match case.agent.status:
        case "OFF_QUEUE":
            return ": it follows from the presence"
        case "NOT_RESPONDING":
            missed = case.reception.missed
            if missed is None:
                return ": an offer was not answered"
            of_queue = f" of {missed.queue}" if missed.queue else ""
            return f": a call{of_queue} that rang on {when(missed.offered_at)} was not answered"
        case "COMMUNICATING":
            return ": in a call of their own, which no queue gave"
        case _ if case.agent.load:
            return f": {_tell_load(case)}, and no more fits beside it"
        case _:
            return ": nothing is offered until it is IDLE again"


def _tell_load(case: _Case) -> str:
    """What the person handles, the oldest first and named."""
    first = min(case.reception.handled, key=lambda each: each.since)
    doing = "is in the after-call work of a call" if first.wrapping_up else f"handles a {first.medium}"
    of_queue = f" of {first.queue}" if first.queue else ""
    others = len(case.reception.handled) - 1
    beside = f" and {others} more" if others else ""
    return f"{case.name} {doing}{of_queue}{since(first.since)}{beside}"


def _facts_of_load(case: _Case) -> dict[str, Fact]:
    handled = case.reception.handled
    return {
        "conversationIds": [each.conversation_id for each in handled],
        "afterCallWork": any(each.wrapping_up for each in handled),
    }


def _tell_joining(hindrance: Hindrance | None, case: _Case) -> Reason:
    if case.queue is None:
        return _tell_queues(hindrance, case)
    fact = case.membership
    source = fact and Source("routing.queue_member", fact.since, fact.by)
    facts = {"queueId": case.queue_id, "queue": case.queue}
    if hindrance is None:
        sentence = f"{case.name} has joined the queue {case.queue}{since(fact and fact.since)}."
        return Reason("queue.joined", True, sentence, facts, source)
    if fact is not None and fact.active:
        sentence = f"{case.name} is a member of the queue {case.queue}, but has left it for a while{since(fact.since)}."
        return refuse(hindrance, sentence, facts, source)
    sentence = f"{case.name} is no member of the queue {case.queue}{since(fact and fact.since)}."
    return refuse(NOT_MEMBER, sentence, facts, source)


def _tell_queues(hindrance: Hindrance | None, case: _Case) -> Reason:
    """Of whoever is asked about without a queue: one that they joined is enough."""
    member = [each for each in case.reception.memberships if each.active]
    joined = [each for each in member if each.joined]
    facts = {"joined": [each.queue for each in joined], "member": [each.queue for each in member]}
    if hindrance is None and joined:
        latest = max(joined, key=lambda each: each.since)
        sentence = f"{case.name} has joined {listing([each.queue for each in joined])}."
        return Reason("queue.joined", True, sentence, facts, Source("routing.queue_member", latest.since, latest.by))
    if not member:
        return refuse(NOT_MEMBER, f"{case.name} is a member of no queue.", facts)
    sentence = f"{case.name} has joined none of their queues, {listing([each.queue for each in member])}."
    return refuse(hindrance or Hindrance("not.joined", {}), sentence, facts)


def _tell_ring(hindrance: Hindrance | None, case: _Case) -> Reason | None:
    line = case.wish.line
    if line is None or not line.settings.rings:
        return None
    waited = lasting(case.snapshot.at - line.enqueued_at)
    if hindrance is None:
        sentence = f"After {waited} of waiting the call has reached {case.name}'s ring."
        return Reason("ring.reached", True, sentence, {"reached": case.ask.ring})
    reached_at = _reached_at(case)
    coming = f", which it reaches on {when(reached_at)}" if reached_at else ""
    ring = hindrance.facts["ring"]
    sentence = (
        f"After {waited} of waiting the call has reached ring {case.ask.ring}; {case.name} is in ring {ring}{coming}."
    )
    return refuse(hindrance, sentence, {"queueId": case.queue_id})


def _reached_at(case: _Case) -> datetime | None:
    """When the call reaches the person's ring, or did."""
    line, place = case.wish.line, case.agent.places.get(case.queue_id)
    if line is None or place is None or not line.settings.rings:
        return None
    return line.enqueued_at + _wait_for(line.settings, place.ring_number)


def _wait_for(settings: QueueSettings, ring: int) -> timedelta:
    return sum((each.timeout for each in settings.rings[: ring - 1]), timedelta(0))


def _warn_of_ring(case: _Case) -> tuple[Irrelevance, ...]:
    """Calls of a queue come later to whoever is in an outer ring."""
    place, settings = case.agent.places.get(case.queue_id), case.settings
    if case.wish.line is not None or settings is None or place is None:
        return ()
    wait = _wait_for(settings, place.ring_number)
    if not wait:
        return ()
    sentence = (
        f"{case.name} is in ring {place.ring_number} of {case.queue}: calls reach it after waiting {lasting(wait)}."
    )
    return (Irrelevance("ring.later", sentence, {"ring": place.ring_number, "seconds": wait.total_seconds()}),)


def _tell_skills(hindrance: Hindrance | None, case: _Case) -> Reason | None:
    if case.wish.line is None:
        return None
    asked = asked_skills(case.ask.need)
    names = [case.wish.skills.get(each, each) for each in asked]
    if hindrance is not None:
        lacking = [each for each in asked if each not in case.agent.skills]
        missing = listing([case.wish.skills.get(each, each) for each in lacking])
        sentence = f"The call asks for {listing(names)}, and {case.name} lacks {missing}."
        return refuse(hindrance, sentence, {"skillIds": lacking})
    if not asked:
        return Reason("skills.suffice", True, "The call asks for no skill.")
    if case.ask.evaluation is SkillEvaluation.NONE:
        return Reason("skills.suffice", True, f"The queue disregards skills; the call names {listing(names)}.")
    return Reason("skills.suffice", True, f"{case.name} has what the call asks for: {listing(names)}.")


def _tell_capacity(hindrance: Hindrance | None, case: _Case) -> Reason | None:
    handled, medium = len(case.reception.handled), case.ask.need.medium
    limit = case.reception.utilization[medium].maximum_capacity
    facts: dict[str, Fact] = {"handled": handled, "capacity": limit}
    if hindrance is None:
        # Of whoever is INTERACTING the status tells whether more fits.
        sentence = f"{case.name} handles nothing; {count(limit, medium)} at a time is what the utilization allows."
        return None if handled else Reason("capacity.left", True, sentence, facts)
    if not handled:
        return refuse(hindrance, f"The utilization gives nobody any {medium}.", facts)
    sentence = f"{_tell_load(case)}, and no more fits beside it."
    return refuse(hindrance, sentence, {**facts, **_facts_of_load(case)}, Source("routing.interaction"))


def _tell_alert(hindrance: Hindrance | None, case: _Case) -> Reason:
    alert = case.reception.alert
    if hindrance is None or alert is None:
        return Reason("alert.none", True, "Nothing else is ringing.")
    of_queue = f" of {alert.queue}" if alert.queue else ""
    sentence = f"A call{of_queue} is ringing at {case.name}'s phone since {when(alert.offered_at)}."
    facts = {"offerId": alert.offer_id, "conversationId": alert.conversation_id}
    return refuse(hindrance, sentence, facts, Source("routing.offer", alert.offered_at))


def _judge_declined(case: _Case) -> Reason | None:
    """Whoever declined a call is not offered it again for a while (``routing.rules.choices``)."""
    declined_at = case.wish.declined_at
    if declined_at is None or case.snapshot.at >= declined_at + REFUSAL_PAUSE:
        return None
    again = declined_at + REFUSAL_PAUSE
    sentence = f"{case.name} declined the call on {when(declined_at)} and is not offered it again before {when(again)}."
    hindrance = Hindrance("declined.before", {"pauseSeconds": REFUSAL_PAUSE.total_seconds()})
    return refuse(hindrance, sentence, source=Source("routing.offer", declined_at))


_Tell: TypeAlias = Callable[[Hindrance | None, _Case], Reason | None]

GATES: tuple[tuple[Rule, _Tell], ...] = (
    (eligibility.judge_session, _tell_session),
    (eligibility.judge_station, _tell_station),
    (eligibility.judge_status, _tell_status),
    (eligibility.judge_joining, _tell_joining),
    (eligibility.judge_ring, _tell_ring),
    (eligibility.judge_skills, _tell_skills),
    (eligibility.judge_capacity, _tell_capacity),
    (eligibility.judge_alert, _tell_alert),
)
_BEFORE_PRESENCE = 2
"""Session and station come before the presence that the status follows from."""

OF_CONNECTING: tuple[Rule, ...] = (eligibility.judge_activity, eligibility.judge_permission)
"""Routing's rules that the gates of connecting tell."""
