"""What became of somebody's access between two instants, and what happened around them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shiftline.access import store
from shiftline.access.model.changes import Arrival, Difference, Happened
from shiftline.access.model.connecting import Attempt, Question
from shiftline.access.model.histories import History
from shiftline.access.operations.deciding import NAMES, VIEW, judge_question_in, keep_in
from shiftline.access.rules.connecting import judge_access
from shiftline.access.rules.differences import WRITTEN_WITHIN, compare, explain
from shiftline.access.rules.histories import list_changes, list_instants, snapshot_at
from shiftline.authorization.operations import may, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.decision import Decision
from shiftline.foundation.errors import Invalid, Problem
from shiftline.identity.operations.people import find_people

LONGEST = timedelta(days=31)
INSTANTS_AT_MOST = 500
EVENTS_AT_MOST = 2000
ATTEMPTS_AT_MOST = 500

FindArrivals = Callable[[Reader, Mapping[int, datetime]], Awaitable[Mapping[int, tuple[Arrival, ...]]]]
"""At which nodes events are, by id, given when each was written. A room above knows that; programs that have it hand it in."""


async def find_difference(
    context: Context,
    person_id: str,
    question: Question,
    span: tuple[datetime, datetime],
    find_arrivals: FindArrivals | None = None,
) -> Difference:
    """A verdict at two instants, and each event between them that changed it or its reasons; both verdicts are kept.

    One's own freely, others' with ``access:decision:view``. Raises Invalid for an unknown person, for a span that is too
    long, ends before it begins, or in which too much happened; PermissionMissing.
    """
    since, until = span
    _check(context, person_id, since, until)
    async with context.transaction() as tx:
        await _check_person(tx, person_id)
        setting, (history,) = await store.read_histories(tx, context.organization_id, [person_id], since, until)
        changes = list_changes(history, setting)
        instants = list_instants(history, setting, since, until)
        decisions: list[Decision] = []
        if question.action in ("sign-in", "connect"):
            now = context.now()
            decisions += [
                judge_access(question.action, snapshot_at(history, setting, at), ahead=at > now)
                for at in _distinct(since, instants, until)
            ]
        else:
            more = await store.list_reception_instants(
                tx, context.organization_id, person_id, question, (since, until), limit=INSTANTS_AT_MOST + 1
            )
            changes.update(more)
            wanted = _distinct(since, sorted({*instants, *more}), until)
            _refuse_many(wanted)
            decisions += [await judge_question_in(tx, person_id, replace(question, at=at)) for at in wanted]
        named = may(context, VIEW)
        difference = compare([each if named else each.without_names() for each in decisions], changes)
        flips = [(flip.at, flip.at + WRITTEN_WITHIN) for flip in difference.flips if not flip.by_itself]
        difference = explain(difference, await _list_happened(tx, history, flips, find_arrivals))
        for decision in (decisions[0], decisions[-1]):
            await keep_in(tx, decision, "why", {"askedBy": context.actor.id})
    return difference


async def list_timeline(
    context: Context, person_id: str, span: tuple[datetime, datetime], find_arrivals: FindArrivals | None = None
) -> tuple[list[Happened], list[Attempt]]:
    """What happened around a person in a span, oldest first, and what was decided on their attempts, newest first.

    One's own freely, others' with ``access:decision:view``, and so at which nodes each event is. Raises Invalid, PermissionMissing.
    """
    since, until = span
    _check(context, person_id, since, until)
    async with context.transaction() as tx:
        await _check_person(tx, person_id)
        _, (history,) = await store.read_histories(tx, context.organization_id, [person_id], since, until)
        happened = await _list_happened(tx, history, [span], find_arrivals)
        attempts = await store.list_attempts(
            tx, context.organization_id, person_id, since, until, limit=ATTEMPTS_AT_MOST
        )
    return happened, attempts


def _distinct(since: datetime, instants: Sequence[datetime], until: datetime) -> list[datetime]:
    return list(dict.fromkeys([since, *instants, until]))


def _refuse_many(instants: Sequence[datetime]) -> None:
    if len(instants) > INSTANTS_AT_MOST:
        sentence = f"more than {INSTANTS_AT_MOST} things happened since then that decide: ask of a shorter span."
        raise Invalid(Problem("from", sentence, "too.much"))


def _check(context: Context, person_id: str, since: datetime, until: datetime) -> None:
    if person_id != context.actor.person_id:
        require(context, VIEW)
    if until <= since:
        raise Invalid(Problem("to", "must be later than from."))
    if until - since > LONGEST:
        raise Invalid(Problem("from", f"the span may last {LONGEST.days} days at most."))


async def _check_person(tx: Transaction, person_id: str) -> None:
    if not await find_people(tx, tx.context.organization_id, [person_id]):
        raise Invalid(Problem("userId", f"there is no user with id {person_id}.", "not.found"))


async def _list_happened(
    tx: Transaction,
    history: History,
    spans: Sequence[tuple[datetime, datetime]],
    find_arrivals: FindArrivals | None,
) -> list[Happened]:
    """What happened in spans, with the names of those only whom the caller may see."""
    roles = {one.fact.role_id for one in history.holdings}
    found = await store.list_happened(
        tx, tx.context.organization_id, history.person_id, spans, roles, limit=EVENTS_AT_MOST
    )
    seen = [_as_seen(tx.context, each) for each in found]
    if find_arrivals is None or not seen or not may(tx.context, VIEW):
        return seen
    arrivals = await find_arrivals(tx, {each.id: each.real_at for each in seen})
    return [replace(each, arrivals=arrivals.get(each.id)) for each in seen]


def _as_seen(context: Context, happened: Happened) -> Happened:
    own = happened.by == context.actor.person_id
    if own or may(context, NAMES, division_id=happened.by_division_id):
        return happened
    return replace(happened, by="", by_name=None)
