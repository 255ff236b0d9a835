"""Why somebody did or did not get one call: told from what was written when it was offered, never judged anew. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from shiftline.access.model.connecting import Snapshot
from shiftline.access.model.offers import HindranceFact, LineFact, OfferFact, Queueing
from shiftline.access.rules.connecting import name_of
from shiftline.access.rules.hindrances import refuse
from shiftline.access.rules.irrelevances import list_irrelevances
from shiftline.access.rules.passing import NO_MEMBER, Moment, Scene, as_hindrance, word_hindrances
from shiftline.access.rules.words import count
from shiftline.foundation.decision import Decision, Fact, Irrelevance, Reason, Source

SOMEBODY = "another agent"
_TOLD = 3
"""So many offers are told in the first sentence; all stand among the gates."""


def find_waiting(queueing: Queueing, moment: datetime) -> LineFact | None:
    """The place in a queue in which the conversation waited at a moment, offered to nobody just then."""
    for line in queueing.lines:
        alerting = any(each.line_id == line.id and _state(each, moment) == "alerting" for each in queueing.offers)
        if not alerting and not _is_past(line.assigned_at, moment) and not _is_past(line.ended_at, moment):
            return line
    return None


def find_declined(queueing: Queueing, line: LineFact, person_id: str) -> datetime | None:
    """When the person declined a call that waits, the last time."""
    mine = [each for each in queueing.offers if each.line_id == line.id and each.person_id == person_id]
    return max((each.settled_at for each in mine if each.state == "declined" and each.settled_at), default=None)


def judge_offers(snapshot: Snapshot, queueing: Queueing) -> Decision:
    """Whether the person got the conversation, and why not: each offer with what was written then."""
    scene = Scene(name_of(snapshot), queueing, snapshot.at)
    against, told = _tell_history(scene, snapshot.person_id)
    got = _find_got(scene, snapshot.person_id)
    if got is not None:
        return _decide(snapshot, (got[0],), got[1], tuple(_as_note(gate) for gate in against))
    if not against:
        against, told = [_never_queued(scene)], []
    sentence = f"{scene.name} did not get this call: {_join(told)}." if told else against[0].sentence
    return _decide(snapshot, tuple(against), sentence)


def with_history(decision: Decision, snapshot: Snapshot, queueing: Queueing) -> Decision:
    """The decision on a call that waits, with what became of its offers until then."""
    history, _ = _tell_history(Scene(name_of(snapshot), queueing, snapshot.at), snapshot.person_id)
    return replace(decision, warnings=(*decision.warnings, *(_as_note(gate) for gate in history)))


def _decide(
    snapshot: Snapshot, gates: tuple[Reason, ...], told: str, warnings: tuple[Irrelevance, ...] = ()
) -> Decision:
    return Decision(
        action="receive",
        subject_id=snapshot.person_id,
        evaluated_at=snapshot.at,
        gates=gates,
        not_a_cause=list_irrelevances("receive", snapshot),
        warnings=warnings,
        who=name_of(snapshot),
        what="get this call",
        told=told,
    )


def _is_past(instant: datetime | None, moment: datetime) -> bool:
    return instant is not None and instant <= moment


def _state(offer: OfferFact, moment: datetime) -> str:
    """The offer's state as it was."""
    return offer.state if _is_past(offer.settled_at, moment) else "alerting"


def _as_note(gate: Reason) -> Irrelevance:
    return Irrelevance(gate.code, gate.sentence, gate.facts)


def _capital(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}."


def _join(clauses: list[str]) -> str:
    if len(clauses) <= _TOLD + 1:
        return "; ".join(clauses)
    more = count(len(clauses) - _TOLD, "more offer")
    return "; ".join([*clauses[: _TOLD - 1], f"({more})", clauses[-1]])


# How they got it


def _find_got(scene: Scene, person_id: str) -> tuple[Reason, str] | None:
    """By which way the person got the conversation, as a gate and a sentence; None: they did not."""
    mine = [each for each in scene.queueing.offers if each.person_id == person_id]
    for offer in reversed(mine):
        state = _state(offer, scene.now)
        if state == "accepted":
            return _accepted(offer, scene)
        if state == "alerting":
            return _alerting(offer, scene)
    return _connected(scene)


def _accepted(offer: OfferFact, scene: Scene) -> tuple[Reason, str]:
    assert offer.settled_at is not None
    clause = f"{scene.at(offer.offered_at)} it was offered, and {scene.at(offer.settled_at)} accepted"
    gate = Reason("offer.accepted", True, _capital(clause), _facts_of(offer), Source("routing.offer", offer.settled_at))
    return gate, f"{scene.name} got this call: {clause}."


def _alerting(offer: OfferFact, scene: Scene) -> tuple[Reason, str]:
    clause = f"it rings, having been offered {scene.at(offer.offered_at)}"
    gate = Reason("offer.alerting", True, _capital(clause), _facts_of(offer), Source("routing.offer", offer.offered_at))
    return gate, f"{scene.name} is being offered this call: {clause}."


def _connected(scene: Scene) -> tuple[Reason, str] | None:
    for part in scene.queueing.parts:
        if part.connected_at is not None and part.connected_at <= scene.now:
            clause = f"{scene.at(part.connected_at)} they were connected, by no offer of a queue"
            source = Source("conversations.participant", part.connected_at)
            gate = Reason("conversation.joined", True, _capital(clause), {"purpose": part.purpose}, source)
            return gate, f"{scene.name} got this call: {clause}."
    return None


# Why they did not


def _tell_history(scene: Scene, person_id: str) -> tuple[list[Reason], list[str]]:
    """What kept the conversation from the person, oldest first: as gates, and as clauses of one sentence."""
    gates, clauses = list[Reason](), list[str]()
    for offer in scene.queueing.offers:
        told = _own_offer(offer, scene) if offer.person_id == person_id else _passed(offer, scene)
        if told is not None:
            gates += told[0]
            clauses.append(told[1])
    for line in scene.queueing.lines:
        if not _is_past(line.assigned_at, scene.now) and line.ended_at is not None and line.ended_at <= scene.now:
            left = _left(line, line.ended_at, scene)
            gates += left[0]
            clauses.append(left[1])
    return gates, clauses


def _own_offer(offer: OfferFact, scene: Scene) -> tuple[list[Reason], str] | None:
    """An offer to the person that came to nothing."""
    state = _state(offer, scene.now)
    if state in ("accepted", "alerting") or offer.settled_at is None:
        return None
    settled = scene.at(offer.settled_at)
    why = f" ({offer.reason})" if offer.reason else ""
    code, fate = {
        "missed": ("offer.missed", f"and {settled} it was over without an answer"),
        "declined": ("offer.declined", f"who declined it {settled}"),
        "failed": ("offer.failed", f"whose phone did not come up until {settled.removeprefix('at ')}{why}"),
    }.get(state, ("offer.withdrawn", f"and {settled} taken back{why}"))
    clause = f"{scene.at(offer.offered_at)} it was offered to {scene.name}, {fate}"
    return [_own_gate(code, _capital(clause), offer)], clause


def _own_gate(code: str, sentence: str, offer: OfferFact) -> Reason:
    facts, source = _facts_of(offer), Source("routing.offer", offer.settled_at)
    match code:
        case "offer.missed":
            return Reason("offer.missed", False, sentence, facts, source)
        case "offer.declined":
            return Reason("offer.declined", False, sentence, facts, source)
        case "offer.failed":
            return Reason("offer.failed", False, sentence, facts, source)
        case _:
            return Reason("offer.withdrawn", False, sentence, facts, source)


def _passed(offer: OfferFact, scene: Scene) -> tuple[list[Reason], str]:
    """An offer to somebody else."""
    start = f"{scene.at(offer.offered_at)} it was offered to {offer.name or SOMEBODY}"
    source = Source("routing.offer", offer.offered_at)
    return _Round(start, Moment.of(offer), _facts_of(offer), source).tell(offer.passed, scene)


def _left(line: LineFact, ended_at: datetime, scene: Scene) -> tuple[list[Reason], str]:
    """A conversation that left a queue without anybody having taken it."""
    end = f"{scene.at(ended_at)} it left the queue {line.queue} ({line.end_reason})"
    facts: dict[str, Fact] = {"queue": line.queue, "endReason": line.end_reason, "seenAt": _text(line.seen_at)}
    source = Source("routing.interaction", ended_at)
    if line.seen_at is None:
        clause = f"{end}, taken by nobody"
        if any(offer.line_id == line.id for offer in scene.queueing.offers):
            return [], clause  # somebody was sought: what kept it from the person is told of those offers
        return [Reason("offer.none", False, _capital(clause), facts, source)], clause
    start = f"{end}: when it was looked last, {scene.at(line.seen_at)}, nobody was free"
    return _Round(start, Moment(line.seen_at, line.queue), facts, source).tell(line.passed, scene)


@dataclass(frozen=True, slots=True)
class _Round:
    """One time that somebody was sought for a conversation. ``start``: what came of it, as the start of a sentence."""

    start: str
    moment: Moment
    facts: dict[str, Fact]
    source: Source

    def tell(self, passed: tuple[HindranceFact, ...] | None, scene: Scene) -> tuple[list[Reason], str]:
        """A gate for each thing that hindered the person, and all in one clause."""
        found = (NO_MEMBER,) if passed is None else passed
        return [self._gate(each, scene) for each in found], self.start + word_hindrances(found, self.moment, scene)

    def _gate(self, found: HindranceFact, scene: Scene) -> Reason:
        sentence = _capital(self.start + word_hindrances((found,), self.moment, scene))
        return refuse(as_hindrance(found), sentence, self.facts, self.source)


def _never_queued(scene: Scene) -> Reason:
    queue = scene.queueing
    rang = next((part for part in queue.parts if part.connected_at is None), None)
    direct = f"; it rang {scene.at(rang.started_at)}, by no queue, without being answered" if rang else ""
    sentence = f"{scene.name} did not get this call: it waited in no queue{direct}."
    return Reason("conversation.not_queued", False, sentence, {"conversationId": queue.conversation_id})


def _facts_of(offer: OfferFact) -> dict[str, Fact]:
    return {
        "offerId": offer.id,
        "queue": offer.queue,
        "offeredTo": offer.name or SOMEBODY,
        "offeredToId": offer.person_id or None,
        "offeredAt": offer.offered_at.isoformat(),
        "settledAt": _text(offer.settled_at),
        "outcome": offer.state,
        "status": offer.status,
        "statusSince": _text(offer.status_since),
    }


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
