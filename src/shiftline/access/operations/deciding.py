"""Decide, explain, and keep what was decided."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from shiftline.access import store
from shiftline.access.errors import DecisionNotFound
from shiftline.access.model.connecting import Action, Attempt, Question, Snapshot
from shiftline.access.model.offers import OfferFact, Queueing
from shiftline.access.model.receiving import Reception
from shiftline.access.model.recording import PauseFact, SpeakerFact
from shiftline.access.model.remedies import Facts
from shiftline.access.operations.telling import VIEW, describe_whole, judge_with_remedies, tell
from shiftline.access.rules.connecting import judge_access, retry_at_of
from shiftline.access.rules.offers import find_declined, find_waiting, judge_offers, with_history
from shiftline.access.rules.receiving import ANY_CALL, Wish, judge_reception
from shiftline.access.rules.recording import judge_recorded, judge_recordings
from shiftline.access.rules.remedies import Judge
from shiftline.authorization.operations import may, require
from shiftline.authorization.rules import grants_of
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.decision import Decision, text_of
from shiftline.foundation.errors import Invalid, Problem, Refused
from shiftline.foundation.telemetry import DECISIONS
from shiftline.identity.operations.people import find_people
from shiftline.recordings.model import Storage

NAMES = "directory:user:view"
TRACES_A_DAY = 500
TRACE_BYTES = 20_000

# A refusal that ends by itself is asked again at least this often: a rule may be switched off meanwhile.
# COMPAT: the SDK adds a pause of its own to each Retry-After, 2 s and doubling to 90 s: asked every half minute, an agent
# who came a quarter of an hour early would be a minute and a half late for the shift; asked thrice, eight seconds.
SOONEST_AGAIN = timedelta(minutes=5)

_SECRETS = re.compile(
    r"(?i)(bearer\s+|authKey:|access_?token[\"'=:\s]+|password[\"'=:\s]+|authorization[\"'=:\s]+)[^\s\"',;&<}]+"
)


async def decide_in(
    reader: Reader,
    context: Context,
    action: Action,
    *,
    person_id: str,
    token_digest: bytes | None,
) -> Decision:
    """The verdict on what stands now, from one read. Raises Unavailable."""
    snapshot = await store.read_snapshot(
        reader, context.organization_id, person_id, context.now(), past=False, token_digest=token_digest
    )
    decision = judge_access(action, snapshot)
    DECISIONS.labels(action, str(decision.allowed)).inc()
    return decision


async def foresee_access_in(reader: Reader, context: Context, person_id: str, at: datetime) -> Decision:
    """Whether a person could connect at an instant, from what stands now (in the caller's transaction)."""
    snapshot = await store.read_snapshot(reader, context.organization_id, person_id, at, past=True)
    return judge_access("connect", snapshot, ahead=True)


async def find_grants(reader: Reader, context: Context, person_id: str) -> Mapping[str, frozenset[str]]:
    """What a person holds now: permission -> divisions."""
    snapshot = await store.read_snapshot(reader, context.organization_id, person_id, context.now(), past=False)
    return grants_of([(held.division_id, held.permissions) for held in snapshot.holdings if held.active])


async def enforce_in(tx: Transaction, action: Action, evidence: dict[str, object]) -> Decision:
    """Decide for the calling person and keep the attempt; the caller commits, then calls ``refuse_unless_allowed``."""
    actor = tx.context.actor
    assert actor.person_id is not None
    decision = await decide_in(tx, tx.context, action, person_id=actor.person_id, token_digest=actor.token_digest)
    await keep_in(tx, decision, "enforce", evidence)
    return decision


def refuse_unless_allowed(decision: Decision) -> None:
    """Raise Refused when the decision says no. ``retry_at`` is set when the denial ends by itself."""
    if decision.allowed is True:
        return
    ends = retry_at_of(decision)
    soon = decision.evaluated_at + SOONEST_AGAIN
    raise Refused(
        decision.without_names(),
        code="not.authorized" if decision.blockers else "unknown",
        params={"blockers": ",".join(gate.code for gate in decision.blockers), "decisionId": decision.decision_id},
        retry_at=None if ends is None else min(ends, soon),
    )


async def keep_in(tx: Transaction, decision: Decision, purpose: str, evidence: dict[str, object]) -> None:
    """Store a decision with its evidence."""
    now = tx.context.clock.real_now()
    await store.insert_attempt(
        tx,
        Attempt(
            decision_id=decision.decision_id,
            person_id=decision.subject_id,
            action=decision.action,
            purpose=purpose,
            at=decision.evaluated_at,
            real_at=now,
            allowed=decision.allowed,
            decision=describe_whole(decision),
            evidence={
                "correlationId": tx.context.correlation_id,
                "remoteAddress": tx.context.remote_address,
                **evidence,
            },
        ),
    )


async def explain_access(
    context: Context, person_id: str, question: Question, storage: Storage | None = None
) -> dict[str, object]:
    """Why a person may or does something or not, now or at another instant; the answer is kept under its id.

    One's own access freely; others' with ``access:decision:view``. ``storage``: where recordings are kept, as far as this
    program knows. Raises Invalid for an unknown person, queue or conversation, PermissionMissing.
    """
    if person_id != context.actor.person_id:
        require(context, VIEW)
    async with context.transaction() as tx:
        if not await find_people(tx, context.organization_id, [person_id]):
            raise Invalid(Problem("userId", f"there is no user with id {person_id}.", "not.found"))
        decision = await judge_question_in(tx, person_id, question, storage, lifts=True)
        await keep_in(tx, decision, "why", {"askedBy": context.actor.id, **_asked(question)})
    return tell(context, describe_whole(decision))


def _asked(question: Question) -> dict[str, object]:
    named = {"conversationId": question.conversation_id, "queueId": question.queue_id}
    return {name: value for name, value in named.items() if value is not None}


async def judge_question_in(
    tx: Transaction, person_id: str, question: Question, storage: Storage | None = None, *, lifts: bool = False
) -> Decision:
    """The verdict on a question, in the caller's transaction; nothing is kept. ``lifts``: with what each remedy does."""
    at, now = question.at, tx.context.now()
    organization_id = tx.context.organization_id
    snapshot = await store.read_snapshot(tx, organization_id, person_id, at or now, past=at is not None)
    match question.action:
        case "receive":
            return await _explain_reception(tx, question, snapshot, lifts=lifts)
        case "record" if question.conversation_id is not None:
            return await _explain_recorded(tx, question, snapshot, lifts=lifts)
        case "record":
            return await _explain_recording(tx, question, snapshot, None if question.at else storage, lifts=lifts)
        case action:
            judge = partial(_judge_access, action, now)
            return await _complete(tx, question, Facts(snapshot), judge, lifts=lifts)


def _judge_access(action: Action, now: datetime, facts: Facts) -> Decision:
    return judge_access(action, facts.snapshot, ahead=facts.snapshot.at > now)


async def _complete(tx: Transaction, question: Question, facts: Facts, judge: Judge, *, lifts: bool) -> Decision:
    return await judge_with_remedies(tx, question, facts, judge) if lifts else judge(facts)


async def _explain_reception(tx: Transaction, question: Question, snapshot: Snapshot, *, lifts: bool) -> Decision:
    """Why somebody is offered calls or not: by the facts, and of a call that waits no more by what was written then."""
    queueing = None if question.conversation_id is None else await _read_queueing(tx, question, snapshot)
    if queueing is None:
        reception = await _read_reception(tx, question, snapshot)
        if question.queue_id is not None and reception.queue is None:
            raise Invalid(Problem("queueId", f"there is no queue with id {question.queue_id}.", "not.found"))
        judge = partial(_judge_reception, tx.context.now())
        return await _complete(tx, question, Facts(snapshot, reception), judge, lifts=lifts)
    line = find_waiting(queueing, snapshot.at)
    if line is None:
        return judge_offers(snapshot, queueing)
    reception = await _read_reception(tx, replace(question, queue_id=line.queue_id), snapshot)
    wish = Wish(line, queueing.skills, find_declined(queueing, line, snapshot.person_id))
    judge = partial(_judge_reception, tx.context.now(), wish=wish)
    decision = await _complete(tx, question, Facts(snapshot, reception), judge, lifts=lifts)
    return with_history(decision, snapshot, queueing)


def _judge_reception(now: datetime, facts: Facts, *, wish: Wish = ANY_CALL) -> Decision:
    assert facts.reception is not None
    return judge_reception(facts.snapshot, facts.reception, wish, ahead=facts.snapshot.at > now)


async def _read_reception(tx: Transaction, question: Question, snapshot: Snapshot) -> Reception:
    context = tx.context
    return await store.read_reception(
        tx,
        context.organization_id,
        snapshot.person_id,
        question,
        moment=snapshot.at,
        real_now=context.clock.real_now(),
    )


async def _read_queueing(tx: Transaction, question: Question, snapshot: Snapshot) -> Queueing:
    """What became of the conversation, with the names of those only whom the caller may see. Raises Invalid."""
    context = tx.context
    queueing = await store.read_queueing(tx, context.organization_id, snapshot.person_id, question, moment=snapshot.at)
    if not queueing.known:
        sentence = f"there is no conversation with id {question.conversation_id}."
        raise Invalid(Problem("conversationId", sentence, "not.found"))
    if question.queue_id is not None and not queueing.lines:
        raise Invalid(Problem("queueId", f"the conversation did not wait in a queue with id {question.queue_id}."))
    return replace(queueing, offers=tuple(_as_seen(context, each, snapshot.person_id) for each in queueing.offers))


def _as_seen(context: Context, offer: OfferFact, person_id: str) -> OfferFact:
    """An offer without the name of somebody whom the caller may not look up."""
    if offer.person_id in (person_id, context.actor.person_id) or may(context, NAMES, division_id=offer.division_id):
        return offer
    return replace(offer, person_id="", name=None)


async def _explain_recording(
    tx: Transaction, question: Question, snapshot: Snapshot, storage: Storage | None, *, lifts: bool
) -> Decision:
    """Whether calls of a queue, or of a person, are recorded."""
    wish = await store.read_policies(tx, tx.context.organization_id, snapshot.person_id, question)
    if question.queue_id is not None:
        if wish.named is None:
            raise Invalid(Problem("queueId", f"there is no queue with id {question.queue_id}.", "not.found"))
        if wish.named not in wish.joined:
            require(tx.context, VIEW)
    judge = partial(_judge_recordings, storage)
    return await _complete(tx, question, Facts(snapshot, wish=wish), judge, lifts=lifts)


def _judge_recordings(storage: Storage | None, facts: Facts) -> Decision:
    assert facts.wish is not None
    return judge_recordings(facts.snapshot, facts.wish, storage)


async def _explain_recorded(tx: Transaction, question: Question, snapshot: Snapshot, *, lifts: bool) -> Decision:
    """Whether a conversation was recorded; a stranger to it needs the permission for others' decisions."""
    context, conversation_id = tx.context, question.conversation_id
    assert conversation_id is not None
    recorded = await store.read_recorded(
        tx, context.organization_id, snapshot.person_id, conversation_id, moment=snapshot.at
    )
    if not recorded.known:
        raise Invalid(Problem("conversationId", f"there is no conversation with id {conversation_id}.", "not.found"))
    if context.actor.person_id not in {each.person_id for each in recorded.speakers}:
        require(context, VIEW)
    speakers = tuple(_as_heard(context, each) for each in recorded.speakers)
    pauses = tuple(_as_paused(context, each) for each in recorded.pauses)
    facts = Facts(snapshot, recorded=replace(recorded, speakers=speakers, pauses=pauses))
    return await _complete(tx, question, facts, _judge_recorded, lifts=lifts)


def _judge_recorded(facts: Facts) -> Decision:
    assert facts.recorded is not None
    return judge_recorded(facts.snapshot, facts.recorded)


def _as_paused(context: Context, pause: PauseFact) -> PauseFact:
    """A pause without the names of colleagues whom the caller may not look up."""

    def told(person_id: str | None, division_id: str | None) -> bool:
        return person_id in (None, context.actor.person_id) or may(context, NAMES, division_id=division_id)

    if not told(pause.from_by, pause.from_division_id):
        pause = replace(pause, from_by="", from_name=None)
    if not told(pause.until_by, pause.until_division_id):
        pause = replace(pause, until_by="", until_name=None)
    return pause


def _as_heard(context: Context, speaker: SpeakerFact) -> SpeakerFact:
    """Somebody who spoke, without the name of a colleague whom the caller may not look up."""
    own = speaker.person_id in (None, context.actor.person_id)
    return speaker if own or may(context, NAMES, division_id=speaker.division_id) else replace(speaker, name=None)


async def get_decision(context: Context, decision_id: str) -> dict[str, object]:
    """A decision that was made, with its evidence and what the client saw around it. Raises DecisionNotFound."""
    async with context.reader() as reader:
        attempt = await store.find_attempt(reader, context.organization_id, decision_id)
        if attempt is None:
            raise DecisionNotFound(decision_id)
        if attempt.person_id != context.actor.person_id:
            require(context, VIEW)
        start, end = attempt.at - timedelta(minutes=1), attempt.at + timedelta(minutes=3)
        traces = await store.list_traces(reader, context.organization_id, attempt.person_id, start, end)
    return {
        **tell(context, attempt.decision),
        "purpose": attempt.purpose,
        "evidence": attempt.evidence,
        "client_log": [{"at": text_of(trace["at"]), **_as_object(trace["body"])} for trace in traces],
    }


async def list_attempts(
    context: Context, person_id: str, start: datetime, end: datetime, *, limit: int = 100
) -> list[dict[str, object]]:
    """The decisions made on a person's attempts in a span, newest first."""
    if person_id != context.actor.person_id:
        require(context, VIEW)
    async with context.reader() as reader:
        attempts = await store.list_attempts(reader, context.organization_id, person_id, start, end, limit=limit)
    return [tell(context, attempt.decision) for attempt in attempts]


async def keep_client_trace(context: Context, body: Any) -> None:
    """Keep what a client saw, without its secrets; silently dropped when it sends too much."""
    if context.actor.person_id is None:
        return
    async with context.transaction() as tx:
        await store.insert_trace(tx, context.actor.person_id, redact(body), most_a_day=TRACES_A_DAY)


def redact(value: Any) -> Any:
    """The same JSON without tokens, passwords and NULs, wherever they stand; long texts cut."""
    if isinstance(value, str):
        legible = value[:TRACE_BYTES].replace("\0", "\N{REPLACEMENT CHARACTER}")  # PostgreSQL's JSON holds no NUL
        return _SECRETS.sub(lambda match: match[1] + "[redacted]", legible)
    if isinstance(value, list):
        return [redact(item) for item in value[:200]]
    if isinstance(value, dict):
        return {redact(str(key)): "[redacted]" if _is_secret(str(key)) else redact(item) for key, item in value.items()}
    return value


def _is_secret(key: str) -> bool:
    return key.lower().replace("_", "") in {"accesstoken", "password", "authorization", "token", "authkey"}


def _as_object(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {"log": body}
