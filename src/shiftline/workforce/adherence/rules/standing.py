"""How an agent stands now, since when, and when that must be judged again. Pure."""

from collections.abc import Iterable
from datetime import datetime

from shiftline.workforce.adherence.model import (
    Explanation,
    ExplanationStatus,
    Facts,
    Impact,
    Seen,
    Standing,
    State,
    Verdict,
)
from shiftline.workforce.adherence.rules.judging import category_of, judge


def stand(facts: Facts, before: Standing | None, now: datetime) -> Seen:
    """The standing that follows from the facts. ``before`` is the last one known, which tells since when.

    Out of adherence is shown when it lasted as long as the unit's threshold; until then the agent is in. A standing that
    nothing changed is equal to the one before.
    """
    scheduled, actual = facts.scheduled, facts.actual
    code_id, code = (None, None) if scheduled is None else (scheduled.code_id, scheduled.code)
    explanation = _explanation_at(facts.explanations, now)
    approved = explanation is not None and explanation.status is ExplanationStatus.APPROVED
    presence = (actual.system_presence, actual.definition_id, actual.routing_status)
    verdict = judge(code_id, code, facts.settings, presence, explained=approved)
    verdict_at = _since(facts, before, verdict, now)
    graced = verdict.state is State.OUT and now < verdict_at + facts.settings.threshold
    shown = State.IN if graced else verdict.state
    unchanged = before is not None and before.state is shown and not before.removed
    severe_at = None if facts.settings.severe_after is None else verdict_at + facts.settings.severe_after
    standing = Standing(
        person_id=facts.person_id,
        management_unit_id=facts.management_unit_id,
        business_unit_id=facts.business_unit_id,
        scheduled_code_id=code_id,
        scheduled_category=category_of(code_id, code),
        system_presence=actual.system_presence,
        definition_id=actual.definition_id,
        presence_at=actual.presence_at,
        routing_status=actual.routing_status,
        actual_category=verdict.actual_category,
        state=shown,
        state_at=before.state_at if unchanged and before is not None else verdict_at,
        impact=Impact.NEUTRAL if graced else verdict.impact,
        verdict=verdict.state,
        verdict_at=verdict_at,
        severe=shown is State.OUT and severe_at is not None and now >= severe_at,
        explanation_id=None if explanation is None else explanation.id,
        explanation_version=None if explanation is None else explanation.version,
    )
    due_at = _soonest(_instants(facts, verdict, verdict_at), now)
    return Seen(standing, code, explanation, facts.ahead, due_at)


def _since(facts: Facts, before: Standing | None, verdict: Verdict, now: datetime) -> datetime:
    """Since when the verdict holds: as before, or from the latest thing that happened. Never later than now."""
    if before is not None and not before.removed and before.verdict is verdict.state:
        return before.verdict_at
    happened = (
        facts.actual.presence_at,
        facts.actual.routing_at,
        facts.ended_at if facts.scheduled is None else facts.scheduled.start,
        facts.joined_at,
        *(each for explanation in facts.explanations for each in (explanation.start, explanation.end)),
    )
    return max((each for each in happened if each is not None and each <= now), default=now)


def _explanation_at(explanations: Iterable[Explanation], now: datetime) -> Explanation | None:
    for explanation in explanations:
        if explanation.status is not ExplanationStatus.DENIED and explanation.span.contains(now):
            return explanation
    return None


def _instants(facts: Facts, verdict: Verdict, verdict_at: datetime) -> list[datetime]:
    instants = [each.start for each in facts.ahead]
    if facts.scheduled is not None:
        instants.append(facts.scheduled.end)
    if verdict.state is State.OUT:
        instants.append(verdict_at + facts.settings.threshold)
        if facts.settings.severe_after is not None:
            instants.append(verdict_at + facts.settings.severe_after)
    for explanation in facts.explanations:
        instants += [explanation.start, explanation.end]
    return instants


def _soonest(instants: Iterable[datetime], now: datetime) -> datetime | None:
    return min((each for each in instants if each > now), default=None)
