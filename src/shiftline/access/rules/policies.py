"""Which policy of recording decides, told with the names of its queue and of who set it, and what changes it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from shiftline.access.model.recording import PolicyFact, Recorded, RecordedQueue
from shiftline.foundation.decision import Reason
from shiftline.recordings.control.model import Channel, Scope, ScopedPolicy, Terms
from shiftline.recordings.control.rules import choose_policy, judge_policy, name_policy

DIRECTIONS = ("inbound", "outbound")
CHANGED = "on the page (/recordings?part=policies) or by PUT /api/v2/shiftline/recordings/policies"


def choose_all(facts: Sequence[PolicyFact], queues: Sequence[RecordedQueue | None]) -> list[ScopedPolicy]:
    """The policies that decide of the calls of some queues (None: of no queue) in both directions, each once."""
    known = [_scoped(each) for each in facts]
    wanted = [Scope(Channel.CALL, queue and queue.id, direction) for queue in queues for direction in DIRECTIONS]
    return _once(choose_policy(known, scope) for scope in wanted)


def judge(policy: ScopedPolicy, facts: Sequence[PolicyFact], queues: Iterable[RecordedQueue | None]) -> Reason:
    """The gate of a policy by the rule that opens recordings, worded with the names of its queue and of who set it."""
    names = {each.id: each.name for each in queues if each is not None}
    authors = {_scoped(each).scope: each.by_name or each.by for each in facts}
    scope = policy.scope
    named = replace(scope, queue_id=names.get(scope.queue_id, scope.queue_id) if scope.queue_id else None)
    worded = judge_policy(replace(policy, scope=named, changed_by=authors.get(scope)))
    gate = judge_policy(policy)
    return replace(worded, facts=gate.facts, source=gate.source)


def find_deciding(recorded: Recorded) -> list[ScopedPolicy]:
    """The policies that decided of what was recorded of a conversation, and of what was not, as they stood then."""
    made = [_choose(recorded, each.started_at, each.queue_id) for each in recorded.recordings]
    not_made = [
        _choose(recorded, each.at, each.queue_id)
        for each in recorded.not_made
        if any(code.startswith("policy.") for code in each.codes)
    ]
    return _once([*made, *(each for each in not_made if not each.terms.record)])


def tell_deciding(policies: Sequence[ScopedPolicy]) -> str:
    """A sentence that names the policies and what changes them."""
    names = ", ".join(name_policy(each.scope) for each in policies)
    if len(policies) == 1:
        return f"The policy {names} decides; it is changed {CHANGED}."
    return f"The policies {names} decide; they are changed {CHANGED}."


def _choose(recorded: Recorded, at: datetime, queue_id: str | None) -> ScopedPolicy:
    then = [each for each in recorded.policies if each.since <= at and (each.until is None or at < each.until)]
    scope = Scope(Channel(recorded.channel), queue_id, recorded.direction)
    return choose_policy([_scoped(each) for each in then], scope)


def _scoped(fact: PolicyFact) -> ScopedPolicy:
    scope = Scope(Channel(fact.channel), fact.queue_id, fact.direction)
    terms = Terms(record=fact.record, snippet=fact.snippet)
    return ScopedPolicy(scope, terms, fact.since, fact.by)


def _once(policies: Iterable[ScopedPolicy]) -> list[ScopedPolicy]:
    return list({each.scope: each for each in policies}.values())
